"""What the demo shop has besides where OCA's commissions and subscriptions are: a month
of its professionals' work. Runs inside Odoo, too."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

# In percent of what they do, and of what they sell.
RATES = {"Joana Lima": 50.0, "Rafael Nogueira": 40.0, "Patrícia Alves": 45.0}
RATE_OF_GOODS = 10.0
ORDERS, DAYS = 36, 30
# What one after the other of them takes.
WORK = (
    ("Corte", "Barba"),
    ("Coloração", "Escova", "Manicure"),
    ("Corte e barba",),
    ("Manicure", "Sobrancelha"),
    ("Corte", "Pomada modeladora"),
    ("Hidratação", "Escova"),
    ("Barba",),
)
BOUGHT, BUYER = "Xampu 300 ml", "Joana Lima"
CLUB, CLUB_PRICE, MEMBER = "Clube do corte", 90.0, "Paulo Henrique Rocha"


def has_commissions(env):
    return "professional_id" in env["sale.order.line"]._fields


def set_up(professionals):
    """Say what the professionals get."""
    env = professionals.env
    if not has_commissions(env):
        return
    commissions = env["commission"]
    goods = commissions.create(_prepare_rate(RATE_OF_GOODS))
    for user in professionals:
        user.partner_id.write(
            {
                "agent": True,
                "commission_id": commissions.create(_prepare_rate(RATES[user.name])).id,
                "product_commission_id": goods.id,
            }
        )


def _prepare_rate(percent):
    return {
        "name": f"{percent:g} %",
        "fix_qty": percent,
        "settlement_type": "sale_invoice",
        # As salons do: what was left on fiado counts as paid.
        "invoice_state": "paid",
    }


def live_a_month(shop):
    """What the professionals did in the last month, all of it paid.

    :param shop: what fills the demo shop: its customers, products, payment forms,
        professionals and cashier
    """
    if not has_commissions(shop.env):
        return
    customers = [name for name in shop.customers if name != shop.walk_in]
    for number in range(ORDERS):
        with _days_ago(DAYS - number * DAYS // ORDERS):
            order = shop.create_order(
                customers[number % len(customers)],
                WORK[number % len(WORK)],
                shop.professionals[number % len(shop.professionals)],
            )
            # Several in one order.
            for index, line in enumerate(order.order_line):
                line.professional_id = shop.professionals[
                    (number + index) % len(shop.professionals)
                ]
            shop.close(order, {("Dinheiro", "Pix")[number % 2]: order.amount_total})
    _deduct(shop)
    _settle(shop.env)


def _deduct(shop):
    [buyer] = shop.professionals.filtered(lambda user: user.name == BUYER).partner_id
    form = shop.env.company._get_deduction_forms()
    with _days_ago(3):
        order = shop.create_order(
            buyer.name, (BOUGHT,), shop.professionals[0], partner=buyer
        )
        order.order_type = "internal"
        order.with_user(shop.cashier).close_order(
            [{"payment_method_line_id": form.id, "amount": order.amount_total}]
        )


def _settle(env):
    """Settle what was done until the end of last month."""
    env["commission.make.settle"].create(
        {"date_to": fields.Date.today(), "settlement_type": "sale_invoice"}
    ).action_settle()


def subscribe(shop):
    """A customer in a club that is paid each month."""
    env = shop.env
    if "sale.subscription" not in env:
        return
    template = env["sale.subscription.template"].create(
        {"name": "Mensal", "code": "CLUBE", "invoicing_mode": "sale_and_invoice"}
    )
    if not env["product.pricelist"].search([], limit=1):
        env["product.pricelist"].create({"name": "Tabela do salão"})
    club = env["product.product"].create(
        {
            "name": CLUB,
            "type": "service",
            "list_price": CLUB_PRICE,
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
            "supplier_taxes_id": [Command.clear()],
            "subscribable": True,
            "subscription_template_id": template.id,
        }
    )
    shop.products[CLUB] = club
    shop.close(
        shop.create_order(MEMBER, (CLUB,), shop.professionals[0]), {"Pix": CLUB_PRICE}
    )


def _days_ago(days):
    return freeze_time(fields.Datetime.now() - timedelta(days=days))

"""What every shop of the lab has. Runs inside Odoo."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

SELLER = "sales_team.group_sale_salesman_all_leads"
# Of the service.
PRICE = 55.0
CASHIER = (SELLER, "bemp_fiado.group_fiado_user")


def create_user(env, login, *groups, **values):
    """A user with the rights of these groups, who gets no e-mails."""
    groups = ",".join(("base.group_user", *groups))
    context = {"no_reset_password": True}
    return new_test_user(env, login, groups, context, email=False, **values)


def create_key(user):
    """A key with which a program is that user, for a day."""
    keys = user.env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate("rpc", "lab", user.env.cr.now() + timedelta(days=1))


def create_customers(env, values):
    """A customer with a number for each of these dicts of values."""
    return env["res.partner"].create(
        [{"name": f"Customer {number}", **own} for number, own in enumerate(values)]
    )


def create_service(env):
    return env["product.product"].create(
        {
            "name": "Haircut",
            "type": "service",
            "invoice_policy": "order",
            "list_price": PRICE,
            "taxes_id": [Command.clear()],
        }
    )


def prepare_order(customer, service, price=None, **values):
    """The values of an order of one service, by default at its own price."""
    line = {"product_id": service.id}
    if price is not None:
        line["price_unit"] = price
    lines = [Command.create(line)]
    return {"partner_id": customer.id, "order_line": lines, **values}


def get_cash(env, payment_type="inbound"):
    """The form of the payments that are made in cash."""
    wanted = [("payment_type", "=", payment_type), ("journal_id.type", "=", "cash")]
    wanted += [("company_id", "=", env.company.id)]
    return env["account.payment.method.line"].search(wanted, limit=1)


def register_payment(invoice, form, **values):
    """Pay an invoice in Odoo's own way, with the rights of the invoice's user."""
    wizard = invoice.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    journal = {"journal_id": form.journal_id.id, "payment_method_line_id": form.id}
    wizard.create(journal | values).action_create_payments()


class Shop:
    """A service, a cashier who sells it, and cash."""

    def __init__(self, env, cashier):
        self.env = env
        self.cash = get_cash(env)
        self.service = create_service(env)
        self.cashier = create_user(env, cashier, *CASHIER)

    def order(self, customer, price=None, user=None, **values):
        """An order of the service, as its seller sees it: by default the cashier."""
        orders = self.env["sale.order"].with_user(user or self.cashier)
        return orders.create(prepare_order(customer, self.service, price, **values))

    def pay(self, amount):
        """What a closing is told of a payment in cash, if there is any."""
        payment = {"payment_method_line_id": self.cash.id, "amount": amount}
        return [payment] if amount else []

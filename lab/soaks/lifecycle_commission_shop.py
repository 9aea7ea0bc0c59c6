"""A salon whose professionals earn commissions and buy things off them, and what of it
is there without the bridge to OCA's commissions. Runs inside Odoo."""

import shops

from odoo import fields
from odoo.exceptions import UserError

from .lifecycle_shop import tell_books, tell_wallets

BRIDGE = "bemp_fiado_commission"
ROW = "professional_id document order_id partner_id kind billed amount settled"


class _Salon(shops.Shop):
    """One professional, who gets half of a service and less of a product."""

    def __init__(self, env):
        env.company.fiado_enabled = True
        super().__init__(env, "commission-cashier")
        half, tenth = env["commission"].create(
            [
                {"name": name, "fix_qty": percent, "invoice_state": "paid"}
                for name, percent in (("Half", 50.0), ("A tenth", 10.0))
            ]
        )
        user = shops.create_user(env, "professional", "sales_team.group_sale_salesman")
        self.professional = user
        user.partner_id.write(
            {"agent": True, "commission_id": half.id, "product_commission_id": tenth.id}
        )
        self.color = env["product.product"].create(
            {"name": "Hair color", "list_price": 30.0, "taxes_id": False}
        )
        self.color.professional_commission_id = tenth
        self.customer = env["res.partner"].create({"name": "Customer"})

    def work(self, price, paid, service=None):
        order = self.order(self.customer, price)
        order.order_line.product_id = service or self.service
        order.order_line.price_unit = price
        order.order_line.professional_id = self.professional
        order.close_order(self.pay(paid), use_balance=True)

    def buy(self, amount):
        """Something for the professional, taken off the commission."""
        values = {"order_type": "internal"}
        order = self.order(self.professional.partner_id, amount, **values)
        form = self.env.company._get_deduction_forms()
        order.close_order([{"payment_method_line_id": form.id, "amount": amount}])
        return order


def fill(env):
    """Work, buy, settle one bill, and work and buy on. Nothing keeps the bridge from
    going then."""
    # Checks the hash chain.
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_user")
    # No bill has the number of a fiscal document.
    _get_bills(env).l10n_latam_use_documents = False
    salon = _Salon(env)
    salon.work(100.0, 100.0)
    salon.work(60.0, 60.0, salon.color)
    salon.buy(20.0)
    _settle(env)
    salon.work(80.0, 30.0)
    salon.work(200.0, 200.0)
    salon.buy(35.0)
    env.cr.commit()


def tell(env):
    return _tell(env)


def look_around(env):
    env = env(context=dict(env.context, lang="en_US"))
    return {**_tell_books(env), "flaws": [*_find_leftovers(env), *_find_uses(env)]}


def tell_again(env):
    """What there is again; and what is wrong once the rest is settled."""
    told = _tell(env)
    professional = _get_professional(env)
    owed = professional._get_deduction(env.company)
    bill = _settle(env)
    told["flaws"] = [f"the audit finds {row}" for row in env["fiado.wallet"].audit()]
    # Half of 80, which the wallet paid, and of 200.
    if bill.amount_total != 140.0 - owed or professional._get_deduction(env.company):
        told["flaws"].append(f"{owed} to deduct, and the bill is {bill.amount_total}")
    return told


# What is told ------------------------------------------------------------------


def _tell(env):
    env = env(context=dict(env.context, lang="en_US"))
    professional = _get_professional(env)
    forms = env.company._get_deduction_forms()
    lines = env["sale.order.line"].search([("professional_id", "!=", False)])
    return {
        **_tell_books(env),
        "commissions": env["fiado.commission"]
        .search([], order="id")
        .read(ROW.split(), load=False),
        "lines": lines.sorted("id").read(["professional_id"], load=False),
        "rates": [
            professional.product_commission_id.id,
            env["product.product"]
            .search([("name", "=", "Hair color")])
            .professional_commission_id.id,
        ],
        "to deduct": professional._get_deduction(env.company),
        "forms": [[form.id, form.name, form.journal_id.active] for form in forms],
    }


def _tell_books(env):
    settlements = env["commission.settlement"].search([], order="id")
    return {
        "wallets": tell_wallets(env),
        "books": tell_books(env),
        "audit": env["fiado.wallet"].audit(),
        "settlements": settlements.read(["agent_id", "total", "state"], load=False),
    }


def _get_professional(env):
    return env["res.users"].search([("login", "=", "professional")]).partner_id


def _get_bills(env):
    return env["account.journal"].search([("type", "=", "purchase")], limit=1)


def _settle(env):
    """Settle what is due until today; returns the posted bill."""
    professional = _get_professional(env)
    today = fields.Date.today()
    env["commission.make.settle"].create(
        {
            "date_to": fields.Date.add(today, months=1, day=1),
            "settlement_type": "sale_invoice",
            "agent_ids": professional.ids,
        }
    ).action_settle()
    settlements = env["commission.settlement"].search([("state", "=", "settled")])
    journal = _get_bills(env)
    product = env["product.product"].create({"name": "Commissions", "type": "service"})
    product.supplier_taxes_id = False
    bill = settlements.make_invoices(journal, product, date=today)
    bill.invoice_date = today
    bill.action_post()
    return bill


# Without the bridge -------------------------------------------------------------


def _find_leftovers(env):
    own = ("professional_commission_id", "product_commission_id", "professional_id")
    for model, domain in (
        ("ir.model.data", [("module", "=", BRIDGE)]),
        ("ir.model.fields", [("name", "in", own)]),
        ("ir.model", [("model", "=like", "fiado.commission%")]),
        ("ir.ui.view", [("arch_db", "like", "is_commission_deduction")]),
        ("ir.ui.view", [("arch_db", "like", "professional_id")]),
    ):
        records = env[model].with_context(active_test=False).search(domain)
        if records:
            yield f"{model} keeps {records.mapped('display_name')}"
    forms = env["fiado.request"]._get_payment_forms(env.company)
    if "COMIS" in forms.journal_id.mapped("code"):
        yield f"the form that deducts is offered: {forms.mapped('payment_form_name')}"


def _find_uses(env):
    """What can't be done any more of what has nothing to do with commissions."""
    customer = env["res.partner"].search([("name", "=", "Customer")])
    owed = customer.fiado_debt
    left = customer.fiado_receive(owed, shops.get_cash(env).id)["balance"]
    if left:
        yield f"{owed} are received, {left} is left"
    bought = env["sale.order"].search([("order_type", "=", "internal")])
    for order in bought:
        order.reopen_order("Brought back")
        try:
            order.close_order([], use_balance=True)
        except UserError:
            continue
        yield f"{order.name} is closed on fiado, as an internal sale"
    audit = env["fiado.wallet"].audit()
    if audit:
        yield f"the audit finds {audit}"
    env.cr.rollback()

"""What closing an order costs, next to Odoo's own way of selling and being paid."""

import secrets

from odoo.fields import Command

from .measuring import in_turns, tell

PRICE = 55.0


class Shop:
    """A customer, a service, a cashier, and a clerk with the rights that Odoo's own
    flow needs."""

    def __init__(self, env):
        self.env = env
        env.company.fiado_enabled = True
        cash = env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", env.company.id)], limit=1
        )
        self.cash = cash.inbound_payment_method_line_ids[:1]
        self.product = env["product.product"].create(
            {
                "name": "Haircut",
                "type": "service",
                "invoice_policy": "order",
                "list_price": PRICE,
                "taxes_id": False,
            }
        )
        self.customer = env["res.partner"].create({"name": "Maria"})
        self.cashier = self._create_user("cashier", "bemp_fiado.group_fiado_user")
        self.clerk = self._create_user("clerk", "account.group_account_invoice")

    def _create_user(self, login, group):
        groups = ("sales_team.group_sale_salesman_all_leads", group)
        return self.env["res.users"].create(
            {
                "name": login,
                # A database may have several shops.
                "login": f"{login}-{secrets.token_hex(4)}",
                "group_ids": [Command.set([self.env.ref(g).id for g in groups])],
            }
        )

    def order(self, user, customer=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": (customer or self.customer).id,
                "user_id": user.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        return order.with_user(user)

    def native(self):
        order = self.order(self.clerk)
        yield
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.register_payment(invoice)

    def register_payment(self, invoice):
        self.env["account.payment.register"].with_user(self.clerk).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "journal_id": self.cash.journal_id.id,
                "payment_method_line_id": self.cash.id,
            }
        ).action_create_payments()
        if invoice.payment_state != "paid":
            raise RuntimeError("The native flow did not pay its invoice.")

    def closing(self, paid, customer=None, debt_paid=0.0):
        order = self.order(self.cashier, customer)
        payments = [{"payment_method_line_id": self.cash.id, "amount": paid}]
        yield
        order.close_order(
            payments if paid else [],
            use_balance=paid != PRICE + debt_paid,
            debt_paid=debt_paid,
        )


def main(env):
    shop = Shop(env)
    for hashed in (False, True):
        env.company.fiado_journal_id.restrict_mode_hash_table = hashed
        results = in_turns(
            env,
            {
                "native, paid in full": shop.native,
                "55 closed with 30": lambda: shop.closing(30.0),
                "55 closed with nothing": lambda: shop.closing(0.0),
                "55 closed with 55": lambda: shop.closing(PRICE),
            },
        )
        tell("hashed journal" if hashed else "journal as set up", results)

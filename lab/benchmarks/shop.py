"""A shop, and what is measured in it: flows as :func:`.measuring.in_turns` takes them,
each of which does what comes before its ``yield`` unmeasured."""

import secrets

import shops
from shops import PRICE

from odoo.fields import Command

from .history import move_each

# Of a debt, or of what is paid without an order; and what is paid of an order where as
# much of it stays open.
AMOUNT, PART_PAID = 25.0, 30.0


class Shop(shops.Shop):
    """With a customer, and a clerk with the rights that Odoo's own flow needs."""

    def __init__(self, env):
        env.company.fiado_enabled = True
        # A database may have several shops.
        token = secrets.token_hex(4)
        super().__init__(env, f"cashier-{token}")
        self.customer = env["res.partner"].create({"name": "Maria"})
        self.clerk = shops.create_user(
            env, f"clerk-{token}", shops.SELLER, "account.group_account_invoice"
        )

    def set_debts(self, customer, number):
        """Have a customer owe so many debts of 25, and nothing else."""
        missing = round(number + customer.fiado_balance / AMOUNT)
        if missing > 1:
            move_each([customer] * missing, -AMOUNT)
        elif missing:
            account = self.env.company.fiado_loss_account_id
            customer.fiado_adjust(-missing * AMOUNT, account.id, "Benchmark")

    # The addon's way.

    def closing(self, paid, customer=None, debt_paid=0.0):
        order = self.order(customer or self.customer)
        yield
        order.close_order(
            self.pay(paid),
            use_balance=paid != PRICE + debt_paid,
            debt_paid=debt_paid,
        )

    def receiving(self, customer, amount=AMOUNT):
        yield
        customer.with_user(self.cashier).fiado_receive(amount, self.cash.id)

    def reading(self, customer, debt):
        company = self.env.company
        yield
        wallet = self.env["fiado.ledger"]._read_wallets(customer, company)[customer]
        if wallet.debt - wallet.credit != debt:
            raise RuntimeError(f"The balance is {wallet.balance}.")

    def owing(self, debts, customer, flow, *arguments):
        """A flow in which a customer first owes so many debts."""
        self.set_debts(customer, debts)
        yield from flow(*arguments)

    # Odoo's own way.

    def native(self):
        order = self.order(self.customer, user=self.clerk)
        yield
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self._register_payment(invoice)

    def native_settling(self):
        line = {"product_id": self.service.id, "price_unit": AMOUNT}
        invoice = create_invoice(self.customer, line)
        invoice.action_post()
        yield
        self._register_payment(invoice)

    def native_payment(self):
        payments = self.env["account.payment"].with_user(self.clerk)
        yield
        payments.create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": AMOUNT,
                "journal_id": self.cash.journal_id.id,
                "payment_method_line_id": self.cash.id,
            }
        ).action_post()

    def _register_payment(self, invoice):
        shops.register_payment(invoice.with_user(self.clerk), self.cash)
        if invoice.payment_state != "paid":
            raise RuntimeError("The native flow did not pay its invoice.")


def create_invoice(customer, line):
    return customer.env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_line_ids": [Command.create(line)],
        }
    )

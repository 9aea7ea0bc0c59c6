"""Closing, settling and selling credit, each next to Odoo's own way of doing it."""

from odoo.fields import Command

from .closing import Shop
from .measuring import in_turns, tell

AMOUNT = 25.0


class Till(Shop):
    """A shop that also takes payments outside any order."""

    def change_debt(self, customer, amount):
        """Move a wallet without an order; negative: the customer owes more."""
        loss_account = self.env.company.fiado_loss_account_id
        customer.fiado_adjust(amount, loss_account.id, "Benchmark")

    def receiving(self, customer, amount=AMOUNT):
        yield
        customer.with_user(self.cashier).fiado_receive(amount, self.cash.id)

    def settling(self):
        self.change_debt(self.customer, -AMOUNT)
        yield from self.receiving(self.customer)

    def native_settling(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": AMOUNT}
                    )
                ],
            }
        )
        invoice.action_post()
        yield
        self.register_payment(invoice)

    def native_payment(self):
        yield
        payment = self.env["account.payment"].with_user(self.clerk)
        payment.create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": AMOUNT,
                "journal_id": self.cash.journal_id.id,
                "payment_method_line_id": self.cash.id,
            }
        ).action_post()


def main(env):
    till = Till(env)
    creditor = env["res.partner"].create({"name": "Ana"})
    tell(
        "closing",
        in_turns(
            env,
            {
                "native, paid in full": till.native,
                "55 closed with 30": lambda: till.closing(30.0),
            },
        ),
    )
    till.change_debt(till.customer, -till.customer.fiado_balance)
    tell(
        "settling",
        in_turns(
            env,
            {
                "native payment of an invoice": till.native_settling,
                "a debt received": till.settling,
            },
        ),
    )
    if till.customer.fiado_balance:
        raise RuntimeError(f"The balance is {till.customer.fiado_balance}.")
    tell(
        "credit sale",
        in_turns(
            env,
            {
                "native payment in advance": till.native_payment,
                "credit sold": lambda: till.receiving(creditor),
            },
        ),
    )

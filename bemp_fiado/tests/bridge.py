"""A bridge as another addon would bring it: customers pay their debts by a link.

It is what ``docs/architecture.md`` says of a new origin, and nothing else.
"""

from odoo import fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move"]
    _module = None

    fiado_origin = fields.Selection(
        selection_add=[("link", "Paid by link")], ondelete={"link": "set null"}
    )


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment"]
    _module = None

    fiado_origin = fields.Selection(
        selection_add=[("link", "Paid by link")], ondelete={"link": "set null"}
    )


class FiadoLedger(models.AbstractModel):
    _name = "fiado.ledger"
    _inherit = ["fiado.ledger"]
    _module = None

    def _get_payment_origins(self):
        return (*super()._get_payment_origins(), "link")

    def _get_receivable_origins(self):
        return (*super()._get_receivable_origins(), "link")


class FiadoBilling(models.Model):
    _name = "fiado.billing"
    _inherit = ["fiado.billing"]
    _module = None

    def _get_origin_figures(self):
        return super()._get_origin_figures() | {"link": "money_credit"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]
    _module = None

    def link_receive(self, amount, payment_method_line_id, reference=None):
        """Receive what the customer paid by a link; like ``fiado_receive``."""
        self.env["fiado.policy"]._check_sales_user()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        payment = {"payment_method_line_id": payment_method_line_id, "amount": amount}
        payments = self.env["fiado.request"]._clean_payments(
            [payment], company, company.currency_id
        )

        def movement(wallet):
            amount = payments[0]["amount"]
            holder._check_fiado_switched_on(wallet, amount)
            return {
                "amount": amount,
                "counterpart": holder._get_fiado_receivable(),
                "origin": "link",
                "payments": payments,
                "ref": "Paid by link",
            }

        values = {"payments": payments}
        return holder._fiado_move(
            company, "link_receive", values, movement, reference, None
        )

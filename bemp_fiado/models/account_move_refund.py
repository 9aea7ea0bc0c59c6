from odoo import models
from odoo.exceptions import UserError

from .elevation import elevate


class AccountMove(models.Model):
    """A customer's credit note that is left in the wallet."""

    _inherit = "account.move"

    def action_leave_in_wallet(self):
        """Leave what is open of a customer's credit note in the wallet: it pays debt
        first, the rest becomes credit.

        :raises UserError: it can't be left there; says what to do
        :raises AccessError: the user may not change invoices
        """
        self.ensure_one()
        self.check_access("write")
        refusal = self._get_leave_in_wallet_refusal()
        if refusal:
            raise UserError(refusal)
        ledger = self.env["fiado.ledger"]
        wallet = ledger._open_wallet(self.commercial_partner_id, self.company_id)
        receivable = self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).account_id
        wallet_move = ledger._create_move(
            wallet,
            self.amount_residual,
            receivable,
            "refund",
            company_id=self.company_id.id,
            fiado_document_ids=self.ids,
            ref=self.name,
        )
        ledger._settle(
            receivable,
            elevate(self) | wallet_move,
            self.env["account.payment"],
            ledger._get_matching_plan(wallet, wallet_move),
        )

    def _get_leave_in_wallet_refusal(self):
        """Why this user may not leave this credit note in the wallet, or nothing.

        :return: a sentence, or ``None``
        """
        self.ensure_one()
        currency = self.company_id.currency_id
        if self.move_type != "out_refund":
            return self.env._("Only credit notes of customers are left in wallets.")
        if self.state != "posted":
            return self.env._("Confirm the credit note first, then leave it there.")
        if self.currency_id != currency:
            return self.env._(
                "This credit note is in %(currency)s, but the wallets are in "
                "%(wallet_currency)s: pay it out, or match it with an invoice.",
                currency=self.currency_id.name,
                wallet_currency=currency.name,
            )
        if currency.compare_amounts(self.amount_residual, 0.0) <= 0:
            return self.env._(
                "Nothing of %(document)s is open: it was paid out or matched already.",
                document=self.name,
            )
        return self.env["fiado.policy"]._get_refund_refusal(
            self.partner_id | self.commercial_partner_id, self.company_id
        )

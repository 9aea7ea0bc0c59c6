from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _fiado_check_kept(self):
        """What a bill took off is open again when the bill is cancelled: the sale stays
        paid, and the next bill takes it off."""
        deducted = self._get_deducted()
        return super(AccountPartialReconcile, self - deducted)._fiado_check_kept()

    def _get_deducted(self):
        """Those that match a purchase with what took it off."""
        # Of all others nothing needs to be read.
        candidates = self.filtered(
            lambda partial: partial.sudo().debit_move_id.account_type == "asset_current"
        )
        if not candidates:
            return candidates
        companies = candidates.sudo().debit_move_id.company_id
        accounts = companies._get_deduction_accounts()
        return candidates.filtered(
            lambda partial: partial.sudo().debit_move_id.account_id in accounts
        )

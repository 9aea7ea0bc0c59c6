from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _fiado_check_kept(self):
        """What a bill took off is open again when the bill is cancelled: the sale stays
        paid, and the next bill takes it off."""
        items = self.sudo().debit_move_id.filtered(
            lambda item: item.account_type == "asset_current"
        )
        accounts = items.company_id._get_deduction_accounts()
        deducted = self.filtered(
            lambda partial: partial.sudo().debit_move_id.account_id in accounts
        )
        return super(AccountPartialReconcile, self - deducted)._fiado_check_kept()

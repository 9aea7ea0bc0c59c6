from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        # Whoever unmatches something, on whichever button, comes through here.
        self._fiado_check_kept()
        return super().unlink()

    def _fiado_check_kept(self):
        """What settles an invoice or a payment of a closed order or of a wallet's
        movement stays matched with it.

        :raises UserError: says how it is undone
        """
        for partial in self:
            items = partial.sudo().debit_move_id | partial.sudo().credit_move_id
            moves = items.move_id
            of_wallets = items & moves._get_fiado_lines()
            # In the wallets others match and unmatch too: bank statements. What took
            # a movement back stays with it.
            if not of_wallets or all(move._is_fiado_posted() for move in moves):
                moves._fiado_check_not_torn()

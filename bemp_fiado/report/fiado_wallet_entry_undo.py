from odoo import api, models
from odoo.exceptions import UserError


class FiadoWalletEntry(models.Model):
    """How an entry is undone."""

    _inherit = "fiado.wallet.entry"

    @api.depends("move_id")
    def _compute_is_standing(self):
        moves = self.move_id
        taken_back = self.env["account.move"].search(
            [
                ("reversed_entry_id", "in", moves.ids),
                ("fiado_origin", "=", "reversal"),
                ("state", "=", "posted"),
            ]
        )
        gone = taken_back.reversed_entry_id
        for entry in self:
            move = entry.move_id
            entry.is_standing = (
                move not in gone
                and not move.reversed_entry_id
                and move._is_fiado_posted()
            )

    def action_undo(self):
        """Open the dialog that shows what taking this entry's movement back does.

        :raises UserError: it can't be taken back; says why
        :raises AccessError: the user doesn't manage wallets
        """
        return self._get_checked_move().action_fiado_undo()

    def undo(self, reason):
        """Take this entry's movement back, with its other entries and its payments:
        the opposite is posted today, and what it had settled is open again. An order's
        movement is taken back by ``reopen_order`` of the order.

        :param str reason: why
        :return: ``{"move_ids", "payment_ids", "balance"}``: the opposite wallet moves,
            the payments that were taken back, and the wallet's balance afterwards
        :raises UserError: it can't be taken back; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        return self._get_checked_move()._fiado_undo(reason)

    def _get_checked_move(self):
        self.env["fiado.policy"]._check_manager()
        if len(self.ids) != 1:
            raise UserError(self.env._("Choose one entry at a time."))
        self.check_access("read")
        return self.move_id

    def _get_undo_forecast(self):
        move = self._get_checked_move().sudo()
        moves = move | move._get_fiado_charges()
        return moves._get_fiado_undo_forecast(move.fiado_document_ids.origin_payment_id)

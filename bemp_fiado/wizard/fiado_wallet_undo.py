from odoo import api, fields, models


class FiadoWalletUndo(models.TransientModel):
    """Shows what taking a movement of a wallet back does, and does it."""

    _name = "fiado.wallet.undo"
    _inherit = "fiado.screen"
    _description = "Undo a Movement of a Wallet"

    # Who manages wallets reads their entries, and need not read journal entries.
    entry_id = fields.Integer(required=True, readonly=True)
    forecast = fields.Text(compute="_compute_forecast")
    reason = fields.Char(required=True)

    @api.depends("entry_id")
    def _compute_forecast(self):
        for undo in self:
            sentences = undo._get_entry()._get_undo_forecast()
            undo.forecast = "\n".join(sentences)

    def action_undo(self):
        self.ensure_one()
        self._get_entry().undo(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _get_entry(self):
        return self.env["fiado.wallet.entry"].browse(self.entry_id)

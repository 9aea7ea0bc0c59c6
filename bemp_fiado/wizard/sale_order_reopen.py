from odoo import api, fields, models


class SaleOrderReopen(models.TransientModel):
    _name = "sale.order.reopen"
    _inherit = "fiado.acting.screen"
    _description = "Reopen Order"
    _shown_by = ("order_id",)

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    forecast = fields.Text(compute="_compute_forecast")
    reason = fields.Char(required=True)

    def _get_to_show(self):
        order = self.order_id
        holder = order.wallet_partner_id
        if not holder:
            return None
        wallets = self.env["fiado.ledger"]._read_wallets(holder, order.company_id)
        return {"partner_id": holder.id, "balance": wallets[holder].balance}

    @api.depends("order_id")
    def _compute_forecast(self):
        for reopen in self:
            reopen.forecast = "\n".join(reopen.order_id._get_reopening_forecast())

    def action_reopen_order(self):
        self.ensure_one()
        self.order_id._check_shown(self._get_shown())
        self.order_id.reopen_order(self.reason)
        return {"type": "ir.actions.act_window_close"}

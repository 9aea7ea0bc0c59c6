from odoo import api, models


class SaleOrderLineAgent(models.Model):
    _inherit = "sale.order.line.agent"

    @api.depends("agent_id")
    def _compute_commission_id(self):
        """A professional who is put there by hand gets the rate for this line."""
        result = super()._compute_commission_id()
        for line in self.filtered(lambda line: line.agent_id and line.object_id):
            line.commission_id = line.object_id._get_commission(line.agent_id)
        return result

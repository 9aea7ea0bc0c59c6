from odoo import api, models


class SaleSubscription(models.Model):
    _inherit = "sale.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.sale_order_id._fiado_mark_subscriptions()
        return subscriptions

    def write(self, values):
        result = super().write(values)
        if values.get("sale_order_id"):
            self.sale_order_id._fiado_mark_subscriptions()
        return result

    def _prepare_sale_order(self, line_ids=False):
        values = super()._prepare_sale_order(line_ids)
        return {**values, "order_type": "subscription"}

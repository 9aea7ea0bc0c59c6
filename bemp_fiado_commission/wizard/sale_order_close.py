from odoo import api, models


class SaleOrderClose(models.TransientModel):
    _inherit = "sale.order.close"

    @api.depends("order_id")
    def _compute_payment_form_ids(self):
        result = super()._compute_payment_form_ids()
        for close in self.filtered("order_id"):
            close.payment_form_ids |= close.order_id._get_deduction_forms()
        return result

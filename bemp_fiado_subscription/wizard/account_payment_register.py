from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _get_fiado_refusal(self):
        """A subscription's invoice without an order leaves no credit, either."""
        refusal = super()._get_fiado_refusal()
        too_much = self.currency_id.compare_amounts(self.payment_difference, 0.0) < 0
        if refusal or not too_much:
            return refusal
        if self.line_ids.move_id._origin.sudo().subscription_id:
            return self.env["sale.order"]._get_subscription_refusal()
        return None

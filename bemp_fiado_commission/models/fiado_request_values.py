from odoo import api, models

from .sale_order import DEDUCTION


class FiadoRequest(models.AbstractModel):
    _inherit = "fiado.request"

    @api.model
    def _get_payment_forms(self, company, payment_type="inbound"):
        """Nothing but an internal sale to a professional is deducted from a
        commission."""
        forms = super()._get_payment_forms(company, payment_type)
        if self.env.context.get("fiado_deduction") is DEDUCTION:
            return forms
        return forms.filtered(lambda form: not form.is_commission_deduction)

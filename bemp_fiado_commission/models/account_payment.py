from odoo import models
from odoo.exceptions import UserError

from odoo.addons.bemp_fiado.models.account_payment import STANDING


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _fiado_check_cancellable(self):
        """What a professional's purchase lacks then would be debt."""
        is_deduction = self.payment_method_line_id.is_commission_deduction
        if is_deduction and self.state in STANDING:
            raise UserError(
                self.env._(
                    "%(payment)s is deducted from a commission, and an internal sale "
                    "leaves no debt. Reopen its order instead.",
                    payment=self.name,
                )
            )
        return super()._fiado_check_cancellable()

from odoo import api, fields, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    payment_form_name = fields.Char(
        string="Payment Form",
        help="What the cashier calls it: its own name, or its journal's where nobody "
        "gave it one.",
        compute="_compute_payment_form_name",
        compute_sudo=True,
    )

    @api.depends("name", "payment_method_id.name", "journal_id.name")
    def _compute_payment_form_name(self):
        for line in self:
            method_names = {line.payment_method_id.name, False}
            line.payment_form_name = (
                line.journal_id.name if line.name in method_names else line.name
            )

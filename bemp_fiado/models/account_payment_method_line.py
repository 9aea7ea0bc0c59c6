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
    @api.depends_context("lang")
    def _compute_payment_form_name(self):
        for line in self:
            # Odoo names a form after its method, in the language of who made it.
            is_named = line.name and line.name not in line._get_method_names()
            line.payment_form_name = line.name if is_named else line.journal_id.name

    def _get_method_names(self):
        method = self.payment_method_id.with_context(prefetch_langs=True)
        codes = {"en_US", *(code for code, _ in self.env["res.lang"].get_installed())}
        return {method.with_context(lang=code).name for code in codes}

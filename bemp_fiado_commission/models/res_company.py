from odoo import api, models


class ResCompany(models.Model):
    """What a shop gets to deduct purchases from commissions, when fiado is switched
    on."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("fiado_enabled")._fiado_set_up_deduction()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if vals.get("fiado_enabled"):
            self._fiado_set_up_deduction()
        return result

    def _fiado_set_up_deduction(self):
        """Give these companies the form that deducts, with the account on which it
        waits. Branches have their root company's."""
        for company in self.root_id:
            company = company.sudo().with_company(company)
            if not company._get_deduction_forms():
                company._fiado_create_deduction_form()

    def _fiado_create_deduction_form(self):
        account = self._fiado_create(
            "account.account",
            "deduction_account",
            code=self._get_fiado_account_code("deduction_account"),
            account_type="asset_current",
            reconcile=True,
        )
        journal = self._fiado_create(
            "account.journal",
            "deduction",
            code=self._get_fiado_journal_code("COMIS"),
            # No till, and no bank: what it brings is an account that a bill clears.
            type="bank",
            company_id=self.id,
            default_account_id=account.id,
            show_on_dashboard=False,
            # Whoever takes the first bank there is takes another.
            sequence=100,
        )
        journal.outbound_payment_method_line_ids.unlink()
        form = journal.inbound_payment_method_line_ids[:1]
        (journal.inbound_payment_method_line_ids - form).unlink()
        form.write({"is_commission_deduction": True, "payment_account_id": account.id})

    def _get_fiado_names(self):
        return {
            **super()._get_fiado_names(),
            "deduction": self.env._("Deduct from commission"),
            "deduction_account": self.env._("Professionals' purchases to deduct"),
        }

    def _get_deduction_forms(self):
        """The payment forms of this company that are deducted from commissions."""
        forms = self.env["account.payment.method.line"].sudo()
        return forms.search(
            [
                ("is_commission_deduction", "=", True),
                ("payment_type", "=", "inbound"),
                ("journal_id.company_id", "parent_of", self.ids),
            ]
        )

    def _get_deduction_accounts(self):
        """The accounts on which purchases wait until they are deducted."""
        return self._get_deduction_forms().payment_account_id

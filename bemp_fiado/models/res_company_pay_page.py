from odoo import models


class ResCompany(models.Model):
    """Whether customers can pay a company without coming to it."""

    _inherit = "res.company"

    def _has_fiado_pay_page(self):
        """Whether a page can offer a customer a road to pay: a code for the phone.
        Without one a link to it would lead nowhere."""
        self.ensure_one()
        company = self.sudo().root_id
        account, _kind, _error = company._get_fiado_pay_account(company.partner_id)
        return bool(account)

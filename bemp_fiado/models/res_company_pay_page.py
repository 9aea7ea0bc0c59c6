from odoo import fields, models


class ResCompany(models.Model):
    """Whether customers can pay a company without coming to it."""

    _inherit = "res.company"

    fiado_is_paid_online = fields.Boolean(
        string="Paid Online",
        help="Whether customers see a provider through which they can pay online.",
        compute="_compute_fiado_is_paid_online",
        compute_sudo=True,
    )

    def _compute_fiado_is_paid_online(self):
        for company in self:
            company.fiado_is_paid_online = bool(
                self.env["payment.provider"].search_count(
                    [
                        ("company_id", "child_of", company.root_id.id),
                        ("state", "in", ("enabled", "test")),
                        ("is_published", "=", True),
                    ],
                    limit=1,
                )
            )

    def _has_fiado_pay_page(self):
        """Whether a page can offer a customer a road to pay: a provider, or a code for
        the phone. Without one a link to it would lead nowhere."""
        self.ensure_one()
        company = self.sudo().root_id
        if company.fiado_is_paid_online:
            return True
        account, _kind, _error = company._get_fiado_pay_account(company.partner_id)
        return bool(account)

from odoo import api, fields, models

from .elevation import elevate
from .res_partner import WALLET_READERS


class ResPartner(models.Model):
    """Odoo's own credit limit, where the shop looks for it."""

    _inherit = "res.partner"

    fiado_has_limits = fields.Boolean(
        string="With Limits", compute="_compute_fiado_limit", groups=WALLET_READERS
    )
    fiado_limit = fields.Monetary(
        string="Limit",
        help="How much this customer may owe in all, invoices included. 0: as much as "
        "the shop lets him.",
        compute="_compute_fiado_limit",
        inverse="_inverse_fiado_limit",
        groups=WALLET_READERS,
    )
    fiado_headroom = fields.Monetary(
        string="Free",
        help="How much more this customer may owe.",
        compute="_compute_fiado_limit",
        groups=WALLET_READERS,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_limit(self):
        company = self.env.company
        holders = self.commercial_partner_id
        limits = self.env["fiado.policy"]._read_limits(holders, company)
        has_limits = company.sudo().root_id.account_use_credit_limit
        for partner in self:
            limit, headroom = limits.get(partner.commercial_partner_id, (0.0, 0.0))
            partner.fiado_has_limits = has_limits
            partner.fiado_limit = limit
            partner.fiado_headroom = headroom

    def _inverse_fiado_limit(self):
        # Who manages wallets needs no rights on accounting for it.
        self.env["fiado.policy"]._check_manager()
        company = self.env.company.sudo().root_id
        for partner in self:
            limit = self.env["fiado.request"]._clean_amount(
                partner.fiado_limit, company.currency_id
            )
            holder = partner.commercial_partner_id
            holder.check_access("read")
            elevate(holder).with_company(company).credit_limit = limit

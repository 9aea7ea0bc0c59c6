from odoo import fields, models


class ResPartner(models.Model):
    """What a professional gets for which kind of work. OCA's own commission is that for
    services, and for what has none of its own here."""

    _inherit = "res.partner"

    product_commission_id = fields.Many2one(
        "commission",
        string="Commission on Products",
        help="Where it is another than the commission on services.",
    )
    package_commission_id = fields.Many2one(
        "commission",
        string="Commission on Packages",
        help="On each part of a package, where it is another than what the part has "
        "when it is sold alone.",
    )

    # -------------------------------------------------------------------------
    # DEDUCTIONS
    # -------------------------------------------------------------------------

    def _get_deduction(self, company):
        """What this professional bought that no bill took off yet, in company currency;
        negative where too much was taken off. What is on a bill that is still to post
        is taken off already."""
        items = self._get_deduction_items(company, ("posted", "draft"))
        return company.currency_id.round(sum(items.mapped("amount_residual")))

    def _get_deduction_items(self, company, states=("posted",)):
        """The open journal items of this professional's purchases to deduct."""
        items = self.env["account.move.line"].sudo()
        return items.search(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("account_id", "in", company._get_deduction_accounts().ids),
                ("company_id", "=", company.id),
                ("parent_state", "in", states),
                ("reconciled", "=", False),
            ]
        )

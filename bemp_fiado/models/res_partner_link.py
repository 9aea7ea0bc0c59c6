import binascii

from odoo import api, models
from odoo.tools import hash_sign, verify_hash_signed

# No link is longer: what nobody signed is not even looked at.
MAX_TOKEN = 200


class ResPartner(models.Model):
    """Signed links to pages that customers open without logging in."""

    _inherit = "res.partner"

    def _sign_fiado_link(self, scope, hours):
        """What a link of this customer to a page of the current company ends with.

        :param str scope: what the link is for: it opens no other page
        :param int hours: for how long it holds
        """
        return hash_sign(
            self.sudo().env,
            scope,
            [self.commercial_partner_id.id, self.env.company.sudo().root_id.id],
            expiration_hours=hours,
        )

    @api.model
    def _read_fiado_link(self, scope, token):
        """Whose link it is, and of which company; nothing where it was forged, is too
        old or for another page, or the customer isn't the company's any more: was
        merged into another, or became a contact of one.

        To be called elevated, by a page that says nothing but what the link is for.

        :return: pair of a customer and a root company
        """
        partners, companies = self.browse(), self.env["res.company"]
        try:
            values = len(token) <= MAX_TOKEN and verify_hash_signed(
                self.env, scope, token
            )
        except (ValueError, binascii.Error):
            values = None
        if not values:
            return partners, companies
        partner = partners.browse(values[0]).exists()
        company = companies.browse(values[1]).exists()
        if not (partner and company and partner._is_fiado_customer_of(company)):
            return partners, companies
        return partner, company

    def _is_fiado_customer_of(self, company):
        """Whether this customer may have a wallet in the company."""
        own_company = self.company_id
        return (
            self.commercial_partner_id == self
            and self != company.fiado_walk_in_partner_id
            and (not own_company or own_company.root_id == company)
        )

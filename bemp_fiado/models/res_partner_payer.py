from odoo import api, fields, models

from .res_partner import WALLET_READERS


class ResPartner(models.Model):
    """Who pays for what a customer takes: a mother, an employer.

    Contacts of one family or firm have one wallet anyway, that of Odoo's commercial
    partner. A payer is for who stays a customer alone, with a CPF and an address of
    their own, and has the orders put on another's wallet.
    """

    _inherit = "res.partner"

    fiado_payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Pays With",
        help="Whose wallet the customer's next orders are put on, such as a relative's "
        "or an employer's. None: the customer's own.",
        tracking=True,
        copy=False,
        index="btree_not_null",
    )

    fiado_is_shared = fields.Boolean(
        string="Shared Wallet",
        help="Others than the holder had something put on this wallet of late.",
        compute="_compute_fiado_is_shared",
        groups=WALLET_READERS,
    )

    @api.depends("fiado_entry_ids")
    def _compute_fiado_is_shared(self):
        for partner in self:
            partner.fiado_is_shared = any(partner.fiado_entry_ids.mapped("taken_by"))

    def _get_fiado_payer(self, company):
        """Who pays for what this customer takes, where it is somebody else.

        :param company: in which it is taken
        """
        payer = self.fiado_payer_id or self.commercial_partner_id.fiado_payer_id
        if not payer.active or not company.sudo().root_id.fiado_enabled:
            return self.browse()
        # Merged contacts, or one who moved in with the other, have one wallet.
        if payer.commercial_partner_id == self.commercial_partner_id:
            return self.browse()
        own_company = payer.sudo().company_id
        if own_company and own_company not in company.sudo().parent_ids:
            return self.browse()
        return payer

    def _get_fiado_usual_holder(self, company):
        """Whose wallet what this customer takes is put on, where nobody says
        otherwise."""
        return (self._get_fiado_payer(company) or self).commercial_partner_id

    def _get_fiado_invoice_address(self):
        """Where invoices of this customer go to."""
        return self.browse(self.address_get(["invoice"])["invoice"])

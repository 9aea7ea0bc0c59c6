from collections.abc import Collection

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

# How a row's id is put together: of 42 bits for the customer and the last 10 of the
# company's id, with the rest of that before them. So it stays within what JavaScript
# counts exactly, and within XML-RPC's integers where a shop has two million contacts
# and a thousand companies.
COMPANIES = 2**10
REST = 2**42


class FiadoWalletRow(models.AbstractModel):
    """A row for each customer and company, in a list over journal items.

    Its id is made of the two, so it stays the same as long as they exist: a row whose
    wallet somebody settled meanwhile is gone from the list, and a click on it still
    knows whose it was.
    """

    _name = "fiado.wallet.row"
    _description = "Row of a Wallet"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    debt = fields.Monetary(readonly=True)

    def _get_row_id(self):
        """The id of a row, of the query's ``partner_id`` and ``company_id``."""
        return SQL(
            "COALESCE(partner_id, 0)::bigint * %(companies)s"
            " + company_id %% %(companies)s"
            " + (company_id / %(companies)s)::bigint * %(rest)s",
            companies=COMPANIES,
            rest=REST,
        )

    def _get_ids_of_rows(self):
        """The customers' and the companies' ids of these rows, in pairs."""
        pairs = []
        for row_id in self.ids:
            rest, row_id = divmod(row_id, REST)
            partner_id, company_id = divmod(row_id, COMPANIES)
            pairs.append((partner_id, rest * COMPANIES + company_id))
        return pairs

    def _get_partners(self):
        """The customers of these rows, be these still there or not."""
        partner_ids = dict.fromkeys(pair[0] for pair in self._get_ids_of_rows())
        return self.env["res.partner"].browse(filter(None, partner_ids)).exists()

    def _get_partner(self):
        """The customer of a row, if it has one, in a company in which the user works.

        :raises AccessError: it is a row of a company in which the user doesn't
        """
        self.ensure_one()
        self.browse().check_access("read")
        [(_partner_id, company_id)] = self._get_ids_of_rows()
        companies = self.env.companies.filtered(
            lambda company: company.sudo().root_id.id == company_id
        )
        if not companies:
            raise AccessError(
                self.env._("This is a wallet of a company that you don't work in now.")
            )
        return self._get_partners().with_company(companies[0])

    def _get_customer(self):
        """As :meth:`_get_partner`.

        :raises UserError: there is no customer
        """
        partner = self._get_partner()
        if not partner:
            raise UserError(
                self.env._(
                    "This customer was deleted or merged meanwhile. Reload the page."
                )
            )
        return partner

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        conditions = list(Domain(domain))
        if len(conditions) == 1 and conditions[0][:2] == ("id", "in"):
            # So rows are fetched. By their ids alone they would only be found by
            # reading all there are; by their customers they are found through indexes.
            row_ids = conditions[0][2]
            if isinstance(row_ids, Collection) and all(
                isinstance(row_id, int) for row_id in row_ids
            ):
                pairs = self.browse(row_ids)._get_ids_of_rows()
                partner_ids = {partner_id or False for partner_id, _company in pairs}
                domain = Domain(domain) & Domain("partner_id", "in", partner_ids)
        return super()._search(domain, *args, **kwargs)

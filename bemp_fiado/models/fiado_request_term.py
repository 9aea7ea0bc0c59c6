from odoo import api, models
from odoo.exceptions import UserError


class FiadoRequest(models.Model):
    """Which of Odoo's payment terms split a debt into instalments."""

    _inherit = "fiado.request"

    @api.model
    def _get_payment_terms(self, company):
        """The payment terms by which a debt can be paid in instalments: of more than
        one part, all of them percentages, so that any debt can be split so.

        :param company: they are its own, those of the companies above it, or anybody's
        """
        terms = self.env["account.payment.term"].search(
            [("company_id", "in", [False, *company.sudo().parent_ids.ids])]
        )
        return terms.filtered(self._is_split)

    def _is_split(self, terms):
        parts = terms.line_ids
        return len(parts) > 1 and set(parts.mapped("value")) == {"percent"}

    @api.model
    def _clean_payment_term(self, payment_term_id, company, required=True):
        """The payment terms that a caller sent.

        :param bool required: whether there must be some
        :raises UserError: none, or such as split no debt; says which ones there are
        """
        terms = self.env["account.payment.term"]
        if not required and (payment_term_id is None or payment_term_id is False):
            return terms
        usable = self._get_payment_terms(company)
        if type(payment_term_id) is int and payment_term_id in usable.ids:
            return terms.browse(payment_term_id)
        if not usable:
            raise UserError(
                self.env._(
                    "%(company)s has no payment terms with several percentages: who "
                    "does the accounting creates them, such as three parts of a month "
                    "each.",
                    company=company.name,
                )
            )
        raise UserError(
            self.env._(
                "Choose how it is split: %(company)s has %(terms)s. Others have one "
                "part only, fixed amounts, or are another company's.",
                company=company.name,
                terms=", ".join(usable.mapped("name")),
            )
        )

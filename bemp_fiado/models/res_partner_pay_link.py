from odoo import models

from .elevation import elevate

# What a signed link to pay is for, and for how long it holds.
PAY_SCOPE = "bemp_fiado.pay"
PAY_HOURS = 60 * 24


class ResPartner(models.Model):
    """The page on which a customer sees what is owed and pays it, without a login."""

    _inherit = "res.partner"

    def _get_fiado_pay_link(self):
        """The signed link by which the customer sees what is owed in the current
        company, as of then, and pays it; ``False`` where the page would offer no road
        to pay: the company has neither a provider nor a code for it."""
        holder = self.commercial_partner_id
        company = self.env.company.sudo().root_id
        if not company._has_fiado_pay_page():
            return False
        token = holder._sign_fiado_link(PAY_SCOPE, PAY_HOURS)
        return f"{self.get_base_url()}/fiado/pay/{token}"

    def _get_fiado_pay_page(self, company):
        """What the page of a signed link says: no more than what its reader needs to
        pay, since links are passed on.

        :param company: the root company that the link is of
        :return: dict of :meth:`_get_fiado_payable`, with the ``first_name``, the
            ``currency`` and the ``pay_code`` for what is payable, as
            ``_get_fiado_pay_code`` has it
        """
        holder = elevate(self).with_company(company)
        holder = holder.with_context(lang=self.lang or self.env.lang)
        payable = holder._get_fiado_payable(company)
        return {
            **payable,
            "first_name": next(iter((holder.name or "").split()), ""),
            "currency": company.currency_id,
            "pay_code": holder._get_fiado_pay_code(payable["payable"]),
        }

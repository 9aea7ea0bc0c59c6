from odoo import models
from odoo.exceptions import ValidationError

from .elevation import elevate


class ResPartner(models.Model):
    """What customers may pay online of their debt, and through whom."""

    _inherit = "res.partner"

    def _get_fiado_payable(self, company):
        """What the customer may pay online in a company now.

        :param company: a root company
        :return: dict: what is ``owed``, what of it is ``pending``, on its way to the
            shop, and what is ``payable``, in company currency; whether there is a page
            on which that ``is_offered``
        """
        holder = elevate(self).with_company(company)
        owed = holder._get_fiado_owed(company)
        pending = holder.env["payment.transaction"]._get_fiado_pending(holder, company)
        payable = company.currency_id.round(max(owed - pending, 0.0))
        return {
            "owed": owed,
            "pending": pending,
            "payable": payable,
            "is_offered": payable > 0 and company.sudo().fiado_is_paid_online,
        }

    def _clean_fiado_payable(self, company, amount):
        """An amount that a customer wants to pay online, checked.

        :raises ValidationError: not an amount of what may be paid now
        """
        payable = self._get_fiado_payable(company)["payable"]
        currency = company.currency_id
        if (
            isinstance(amount, bool)
            or not isinstance(amount, (int, float))
            or not currency.rounding / 2 <= amount < payable + currency.rounding / 2
        ):
            raise ValidationError(
                self.env._(
                    "At most %(payable)s can be paid now: open the page again to see "
                    "what is owed, and type no more than that.",
                    payable=currency.format(payable),
                )
            )
        return currency.round(amount)

    def _get_fiado_providers(self, company, amount):
        """The providers through which this customer can pay an amount in a company,
        elevated.

        :param company: a root company; a branch's own customer pays to the branch
        """
        self.ensure_one()
        holder = self.sudo()
        receiver = holder.company_id or company
        providers = holder.env["payment.provider"]._get_compatible_providers(
            receiver.id, holder.id, amount, currency_id=company.currency_id.id
        )
        return providers.filtered(
            lambda provider: provider.company_id == receiver and provider.journal_id
        )

from odoo import fields, models
from odoo.exceptions import ValidationError

from .elevation import elevate


class ResPartner(models.Model):
    """What customers may pay online of their debt, and through whom."""

    _inherit = "res.partner"

    def _get_fiado_payable(self, company):
        """What the customer may pay online in a company now.

        :param company: a root company
        :return: dict: what is ``owed``, the ``charges`` of late fee and interest that
            are paid with it today, both of them as ``owed_today``, what is
            ``pending``, on its way to the shop, and what is ``payable``, in company
            currency; until which day is ``charged_until``, if anything is; whether
            there is a page on which that ``is_offered``
        """
        holder = elevate(self).with_company(company)
        today = holder._get_fiado_shop_day(company)
        owed, charges = holder._get_fiado_owed_today(company, today)[holder]
        pending = holder.env["payment.transaction"]._get_fiado_pending(holder, company)
        # Once the debt itself is on its way, nothing runs on meanwhile.
        rest = owed + charges - pending if pending < owed else 0.0
        payable = company.currency_id.round(max(rest, 0.0))
        return {
            "owed": owed,
            "charges": charges,
            "charged_until": charges > 0 and today,
            "owed_today": company.currency_id.round(owed + charges),
            "pending": pending,
            "payable": payable,
            "is_offered": payable > 0 and company.sudo().fiado_is_paid_online,
        }

    def _get_fiado_shop_day(self, company):
        """Today as it is in the shop, wherever the customer is."""
        clock = self.with_context(tz=company.sudo().partner_id.tz or self.env.tz)
        return fields.Date.context_today(clock)

    def _clean_fiado_payable(self, company, amount, payable):
        """An amount that a customer wants to pay online, checked.

        :param float payable: what may be paid now, of :meth:`_get_fiado_payable`
        :raises ValidationError: not an amount of that
        """
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

    def _prepare_fiado_transaction_vals(self, payable):
        """What a transaction that pays this wallet knows of it.

        :param dict payable: as :meth:`_get_fiado_payable` returned it
        """
        return {
            "fiado_partner_id": self.id,
            "fiado_charged_until": payable["charged_until"],
        }

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

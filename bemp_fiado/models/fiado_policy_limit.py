from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .elevation import elevate


class FiadoPolicy(models.AbstractModel):
    """How much customers may owe."""

    _inherit = "fiado.policy"

    @api.model
    def _check_limits(self, wallet, new_debt, paid_receivable=0.0, reason=None):
        """Check a new debt against the customer's limits.

        :param Wallet wallet: before the debt is added
        :param float new_debt: what is added to the debt, in company currency
        :param float paid_receivable: what of the customer's open invoices is paid
            together with it
        :param str reason: why a manager goes over a limit; it stays in the customer's
            chatter
        :raises UserError: a limit is passed
        """
        refusal = self._get_limit_refusal(wallet, new_debt, paid_receivable)
        if not refusal:
            return
        if not (reason and self._is_manager()):
            raise UserError(refusal)
        elevate(wallet.partner).message_post(
            body=self.env._(
                "A limit was passed: %(refusal)s Reason: %(reason)s",
                refusal=refusal,
                reason=reason,
            ),
            author_id=self.env.user.partner_id.id,
        )

    @api.model
    def _get_limit_refusal(self, wallet, new_debt, paid_receivable=0.0):
        """Why this debt passes a limit, and what this user can do about it, or
        nothing."""
        currency = wallet.company.currency_id
        if currency.compare_amounts(new_debt, 0.0) <= 0:
            return None
        headroom = self._get_headroom(wallet)
        if headroom is not None:
            free = currency.round(headroom + paid_receivable)
            if currency.compare_amounts(new_debt, free) > 0:
                values = {
                    "customer": wallet.partner.display_name,
                    "free": currency.format(max(free, 0.0)),
                    "limit": currency.format(self._get_limit(wallet)),
                    "missing": currency.format(new_debt - max(free, 0.0)),
                }
                if self._is_manager():
                    return self.env._(
                        "%(customer)s has %(free)s free of a limit of %(limit)s: "
                        "receive at least %(missing)s more, or say why it is all "
                        "right.",
                        **values,
                    )
                return self.env._(
                    "%(customer)s has %(free)s free of a limit of %(limit)s: receive "
                    "at least %(missing)s more, or ask who manages the wallets.",
                    **values,
                )
        return self._get_overdue_refusal(wallet)

    @api.model
    def _get_overdue_refusal(self, wallet):
        """Why a customer who is overdue for too long leaves no new debt, or nothing."""
        days = wallet.company.fiado_overdue_block_days
        today = fields.Date.context_today(self)
        if days and wallet.debt_due and (today - wallet.debt_due).days > days:
            values = {
                "customer": wallet.partner.display_name,
                "date": format_date(self.env, wallet.debt_since),
                "days": days,
            }
            if self._is_manager():
                return self.env._(
                    "%(customer)s owes since %(date)s and is overdue for more than "
                    "%(days)s days: no new debt before that is paid, or say why it is "
                    "all right.",
                    **values,
                )
            return self.env._(
                "%(customer)s owes since %(date)s and is overdue for more than "
                "%(days)s days: no new debt before that is paid, or ask who manages "
                "the wallets.",
                **values,
            )
        return None

    @api.model
    def _read_limits(self, partners, company):
        """Odoo's own credit limits of many customers, in few queries.

        :param partners: commercial partners
        :param company: any company: branches share the limits of their root
        :return: dict of ``(limit, headroom)`` in company currency, by partner, of
            those who have a limit; the headroom is how much more they may owe: the
            limit without all that is receivable now
        """
        company = company.sudo().root_id
        if not company.account_use_credit_limit:
            return {}
        limits = {}
        elevated = partners.sudo().with_company(company)
        elevated.invalidate_recordset(["credit"], flush=False)
        # Odoo would read these one by one to know each partner's currency.
        elevated.fetch(["company_id", "credit_limit"])
        for partner, customer in zip(partners, elevated, strict=True):
            limit = customer.credit_limit
            if limit:
                headroom = company.currency_id.round(limit - customer.credit)
                limits[partner] = (limit, headroom)
        return limits

    @api.model
    def _get_headroom(self, wallet):
        """How much more the customer may owe, in company currency. ``None`` where
        there is no limit."""
        limits = self._read_limits(wallet.partner, wallet.company)
        _limit, headroom = limits.get(wallet.partner, (0.0, None))
        return headroom

    def _get_limit(self, wallet):
        if not wallet.company.account_use_credit_limit:
            return 0.0
        return wallet.partner.sudo().with_company(wallet.company).credit_limit

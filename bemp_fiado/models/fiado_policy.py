from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class FiadoPolicy(models.AbstractModel):
    """Who may move which wallet: the rules that every operation keeps.

    A rule that is broken is a sentence for the cashier, which says what to do instead.
    The payment screen shows it, the operation raises it.
    """

    _name = "fiado.policy"
    _description = "Wallet Rules"

    # -------------------------------------------------------------------------
    # RIGHTS
    # -------------------------------------------------------------------------

    @api.model
    def _check_sales_user(self):
        if not self.env.su and not self.env.user.has_group(
            "sales_team.group_sale_salesman"
        ):
            raise AccessError(
                self.env._("Only sales users take payments and move wallets.")
            )

    @api.model
    def _check_manager(self):
        self._check_sales_user()
        if not self.env.su and not self._is_manager():
            raise AccessError(
                self.env._("Only who manages the customers' wallets may do this.")
            )

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("bemp_fiado.group_fiado_manager")

    # -------------------------------------------------------------------------
    # BALANCES
    # -------------------------------------------------------------------------

    @api.model
    def _get_balance_refusal(self, partners, company, balance):
        """Why this user may leave no such balance in a wallet, or nothing.

        :param partners: who bought and whose wallet it is
        :param company: the company in which
        :param float balance: negative: debt, positive: credit
        :return: a sentence, or ``None``
        """
        company = company.sudo().root_id
        if not company.fiado_enabled:
            return self.env._(
                "Fiado is switched off in this shop: receive exactly the total. "
                "The owner switches it on in the settings."
            )
        if company.fiado_walk_in_partner_id & partners:
            return self.env._("Unidentified customer: receive exactly the total.")
        if not self.env.user.has_group("bemp_fiado.group_fiado_user"):
            return self.env._(
                "You may not leave a balance in a customer's wallet: receive exactly "
                "the total, or ask who may."
            )
        if balance < 0:
            return self._get_no_fiado_refusal(partners)
        return None

    @api.model
    def _get_no_fiado_refusal(self, partners):
        for partner in partners.filtered("no_fiado"):
            return self.env._(
                "%(customer)s leaves no debt: receive the total.",
                customer=partner.display_name,
            )
        return None

    # -------------------------------------------------------------------------
    # LIMITS
    # -------------------------------------------------------------------------

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
        wallet.partner.sudo().message_post(
            body=self.env._(
                "A limit was passed: %(refusal)s Reason: %(reason)s",
                refusal=refusal,
                reason=reason,
            ),
            author_id=self.env.user.partner_id.id,
        )

    @api.model
    def _get_limit_refusal(self, wallet, new_debt, paid_receivable=0.0):
        currency = wallet.company.currency_id
        if currency.compare_amounts(new_debt, 0.0) <= 0:
            return None
        headroom = self._get_headroom(wallet)
        if headroom is not None:
            free = currency.round(headroom + paid_receivable)
            if currency.compare_amounts(new_debt, free) > 0:
                return self.env._(
                    "%(customer)s has %(free)s free of a limit of %(limit)s: receive "
                    "at least %(missing)s more, or ask who manages the wallets.",
                    customer=wallet.partner.display_name,
                    free=currency.format(max(free, 0.0)),
                    limit=currency.format(self._get_limit(wallet)),
                    missing=currency.format(new_debt - max(free, 0.0)),
                )
        days = wallet.company.fiado_overdue_block_days
        today = fields.Date.context_today(self)
        if days and wallet.debt_due and (today - wallet.debt_due).days > days:
            return self.env._(
                "%(customer)s owes since %(date)s and is overdue for more than "
                "%(days)s days: no new debt before that is paid, or ask who manages "
                "the wallets.",
                customer=wallet.partner.display_name,
                date=format_date(self.env, wallet.debt_since),
                days=days,
            )
        return None

    @api.model
    def _get_headroom(self, wallet):
        """How much more the customer may owe, in company currency: Odoo's own credit
        limit without all that is receivable now. ``None`` where there is no limit."""
        limit = self._get_limit(wallet)
        if not limit:
            return None
        partner = wallet.partner.sudo().with_company(wallet.company)
        partner.invalidate_recordset(["credit"], flush=False)
        return wallet.company.currency_id.round(limit - partner.credit)

    def _get_limit(self, wallet):
        if not wallet.company.account_use_credit_limit:
            return 0.0
        return wallet.partner.sudo().with_company(wallet.company).credit_limit

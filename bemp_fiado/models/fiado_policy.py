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
    # DATES
    # -------------------------------------------------------------------------

    @api.model
    def _check_books_open(self, date):
        """Odoo would post the movement on the first open day instead.

        :raises UserError: the company's books are closed for that day
        """
        company = self.env.company.sudo()
        locks = company._get_violated_lock_dates(
            date, False, company.root_id.fiado_journal_id
        )
        if locks:
            raise UserError(
                self.env._(
                    "The books are closed up to %(date)s: choose a later day, or ask "
                    "your accountant.",
                    date=format_date(self.env, locks[-1][0]),
                )
            )

    @api.model
    def _get_books_notice(self, company):
        """What to know before something is recorded today, where the books are closed
        for today: Odoo records it on the first open day.

        :return: a sentence, or nothing
        """
        open_day = self._get_open_day(company)
        if not open_day:
            return False
        return self.env._(
            "The books are closed up to %(date)s: this is dated %(open_day)s.",
            date=format_date(self.env, fields.Date.subtract(open_day, days=1)),
            open_day=format_date(self.env, open_day),
        )

    @api.model
    def _get_open_day(self, company):
        """The first day for which the books are open, or ``None`` where today is."""
        company = company.sudo()
        today = fields.Date.context_today(self)
        # Sales have a lock of their own.
        journal = self.env["account.journal"].sudo().new({"type": "sale"})
        locks = company._get_violated_lock_dates(today, True, journal)
        return fields.Date.add(locks[-1][0], days=1) if locks else None

    # -------------------------------------------------------------------------
    # WHAT WAS SHOWN
    # -------------------------------------------------------------------------

    @api.model
    def _check_unchanged(self, shown, found, currency):
        """Check that things are as who decided saw them. Call it on what was read
        after the wallet was locked.

        :param dict shown: ids and amounts, as ``fiado.request._clean_shown`` returns
            them; what is not in it was not shown
        :param dict found: the same as it is now
        :param currency: the currency of the amounts
        :raises UserError: something is different by now
        """
        for name in found.keys() & (shown or {}).keys():
            if currency.compare_amounts(shown[name], found[name]) != 0:
                raise UserError(
                    self.env._(
                        "This changed meanwhile: somebody else worked on the order or "
                        "on the customer's wallet. Close this screen and open it "
                        "again to see how it is now."
                    )
                )

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
        for partner in partners.filtered(lambda partner: not partner.active):
            return self.env._(
                "%(customer)s is archived: receive exactly the total, or unarchive the "
                "contact.",
                customer=partner.display_name,
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

    @api.model
    def _check_new_debt(self, wallet, new_debt, reason=None):
        """Check a debt that comes from another wallet against the customer's own rules.

        :param Wallet wallet: before the debt is added
        :param float new_debt: what is added to the debt, in company currency
        :param str reason: as :meth:`_check_limits` takes it
        :raises UserError: the customer leaves no debt, or a limit is passed
        """
        if wallet.company.currency_id.compare_amounts(new_debt, 0.0) <= 0:
            return
        refusal = self._get_no_fiado_refusal(wallet.partner)
        if refusal:
            raise UserError(refusal)
        self._check_limits(wallet, new_debt, reason=reason)

    @api.model
    def _get_refund_refusal(self, partners, company):
        """Why this user may leave no credit note in a wallet, or nothing.

        :param partners: whose credit note and whose wallet it is
        :param company: the company in which
        :return: a sentence, or ``None``
        """
        company = company.sudo().root_id
        if not company.fiado_enabled:
            return self.env._(
                "Fiado is switched off in this shop: pay the credit note out, or match "
                "it with an invoice. The owner switches Fiado on in the settings."
            )
        if company.fiado_walk_in_partner_id & partners:
            return self.env._(
                "Unidentified customer: pay the credit note out, or match it with an "
                "invoice."
            )
        if not self.env.user.has_group("bemp_fiado.group_fiado_user"):
            return self.env._(
                "You may not leave a credit note in a customer's wallet: pay it out, "
                "or ask who may."
            )
        return None

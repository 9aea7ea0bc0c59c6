from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..wallet import CREDIT, DEBT
from .elevation import elevate


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

    # -------------------------------------------------------------------------
    # FORECAST
    # -------------------------------------------------------------------------

    @api.model
    def _get_forecast(self, wallet, amount, date=None):
        """What a movement will do to a wallet, in sentences for the cashier.

        :param Wallet wallet: as it is now
        :param float amount: positive in the customer's favour, in company currency
        :param date: when it will be, today by default
        """
        sentences = {
            (DEBT, True): self.env._("%(amount)s pay %(customer)s's debt."),
            (DEBT, False): self.env._(
                "%(amount)s stay as %(customer)s's debt, due on %(date)s."
            ),
            (CREDIT, True): self.env._("%(amount)s stay as %(customer)s's credit."),
            (CREDIT, False): self.env._(
                "%(amount)s are taken from %(customer)s's credit."
            ),
        }
        due_date = self.env["fiado.ledger"]._get_due_date(wallet.company, date)
        forecast = []
        for side, part in wallet.split(amount):
            forecast.append(
                sentences[side, part > 0]
                % {
                    "amount": wallet.company.currency_id.format(abs(part)),
                    "customer": wallet.partner.name,
                    "date": format_date(self.env, due_date),
                }
            )
        balance = wallet.get_moved(amount).balance
        if wallet.debt and balance < 0:
            forecast.append(
                self.env._(
                    "%(customer)s then owes %(amount)s in all.",
                    customer=wallet.partner.name,
                    amount=wallet.company.currency_id.format(-balance),
                )
            )
        elif wallet.credit and balance > 0:
            forecast.append(
                self.env._(
                    "%(customer)s then has %(amount)s of credit in all.",
                    customer=wallet.partner.name,
                    amount=wallet.company.currency_id.format(balance),
                )
            )
        return " ".join(forecast)

    @api.model
    def _get_outcome(self, wallet, amount):
        """What is in a wallet after a movement, in a sentence for the manager.

        :param Wallet wallet: as it is now
        :param float amount: positive in the customer's favour, in company currency
        """
        balance = wallet.get_moved(amount).balance
        values = {
            "customer": wallet.partner.name,
            "amount": wallet.company.currency_id.format(abs(balance)),
        }
        if balance < 0:
            return self.env._("%(customer)s will owe %(amount)s.", **values)
        if balance > 0:
            return self.env._("%(customer)s will have %(amount)s of credit.", **values)
        return self.env._("The wallet of %(customer)s will be empty.", **values)

    @api.model
    def _get_undo_forecast(self, holder, company, items):
        """What taking back does to a wallet, in sentences for the manager.

        :param holder: whose wallet it is
        :param company: the company in which
        :param items: the journal items in the wallet that are taken back
        :return: list of sentences, empty where nothing moves
        """
        wallet = self.env["fiado.ledger"]._read_wallets(holder, company)[holder]
        currency = wallet.company.currency_id
        movement = currency.round(sum(items.mapped("balance")))
        after = currency.round(wallet.balance + movement)
        if currency.is_zero(movement):
            return []
        sentences = [
            self.env._(
                "The wallet of %(customer)s goes from %(before)s to %(after)s.",
                customer=holder.name,
                before=currency.format(wallet.balance),
                after=currency.format(after),
            )
        ]
        accounts = items.grouped("account_id")
        no_items = items.browse()
        debt = accounts.get(wallet.company.fiado_debt_account_id, no_items)
        credit = accounts.get(wallet.company.fiado_credit_account_id, no_items)
        left_credit = -sum(credit.mapped("balance"))
        if currency.compare_amounts(left_credit, max(wallet.credit, 0.0)) > 0:
            sentences.append(
                self.env._(
                    "Credit that this had left was used meanwhile: %(customer)s will "
                    "owe %(amount)s.",
                    customer=holder.name,
                    amount=currency.format(max(-after, 0.0)),
                )
            )
        left_debt = sum(debt.mapped("balance"))
        if currency.compare_amounts(left_debt, max(wallet.debt, 0.0)) > 0:
            sentences.append(
                self.env._(
                    "Debt that this had left was paid or forgiven meanwhile: "
                    "%(customer)s will have %(amount)s of credit.",
                    customer=holder.name,
                    amount=currency.format(max(after, 0.0)),
                )
            )
        return sentences

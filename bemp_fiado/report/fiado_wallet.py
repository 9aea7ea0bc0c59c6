import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, date_utils, format_date, split_every

_logger = logging.getLogger(__name__)

# How many wallets the daily job keeps locked at a time.
TIDY_BATCH = 200
# How many differences an activity names.
MAX_NAMED = 20


class FiadoWallet(models.Model):
    """Who owes and who has credit: one row per customer and company with open items.

    Nothing is stored: a wallet is the sum of what is open on the two wallet accounts,
    so it costs the same however long its history is.
    """

    _name = "fiado.wallet"
    _inherit = "fiado.wallet.row"
    _description = "Customer Wallet"
    _auto = False
    _order = "debt desc, credit desc, partner_id"
    _rec_name = "partner_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "company_id",
            "date",
            "date_maturity",
            "fiado_since",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
        "res.partner": ["city", "phone", "user_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    phone = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    balance = fields.Monetary(
        readonly=True,
        help="What the customer has left (positive) or owes (negative).",
    )
    debt = fields.Monetary(readonly=True)
    credit = fields.Monetary(readonly=True)
    debt_since = fields.Date(string="Open Since", readonly=True)
    due_date = fields.Date(string="Oldest Due Date", readonly=True)
    days_overdue = fields.Integer(
        readonly=True,
        aggregator="max",
        help="For how many days the oldest of the debt is overdue.",
    )
    overdue = fields.Monetary(
        readonly=True, help="What of the debt should have been paid by now."
    )
    not_due = fields.Monetary(readonly=True)
    overdue_1_30 = fields.Monetary(string="1–30 Days", readonly=True)
    overdue_31_60 = fields.Monetary(string="31–60 Days", readonly=True)
    overdue_61_90 = fields.Monetary(string="61–90 Days", readonly=True)
    overdue_over_90 = fields.Monetary(string="Over 90 Days", readonly=True)
    bucket = fields.Selection(
        # Groups come in the order of these keys.
        selection=[
            ("0_not_due", "Not due"),
            ("1_30", "1–30 days overdue"),
            ("31_60", "31–60 days overdue"),
            ("61_90", "61–90 days overdue"),
            ("91_over", "Over 90 days overdue"),
        ],
        string="Ageing",
        readonly=True,
        help="How long the oldest of the debt is overdue.",
    )
    # Read for the wallets on the page only: they need more than the open items.
    last_payment_date = fields.Date(
        string="Last Payment",
        compute="_compute_last_payment_date",
        help="When the customer last paid anything into the wallet: of a debt, or for "
        "credit. What was undone was not paid.",
    )
    credit_limit = fields.Monetary(
        compute="_compute_credit_limit",
        help="How much the customer may owe in all, where the company limits it.",
    )
    headroom = fields.Monetary(
        compute="_compute_credit_limit",
        help="How much more the customer may owe: the limit without all that is "
        "receivable now.",
    )

    @property
    def _table_query(self):
        # Payments that a bank or an accountant posted and nobody matched yet pay the
        # oldest debt: so no part of the debt is negative, and the parts add up to it.
        return SQL(
            """
            SELECT wallet.id,
                   wallet.partner_id,
                   wallet.company_id,
                   wallet.currency_id,
                   partner.phone,
                   partner.city,
                   partner.user_id,
                   wallet.credit - wallet.debt AS balance,
                   wallet.debt,
                   wallet.credit,
                   wallet.debt_since,
                   wallet.due_date,
                   GREATEST(%(today)s - wallet.due_date, 0) AS days_overdue,
                   wallet.over_0 AS overdue,
                   wallet.debt - wallet.over_0 AS not_due,
                   wallet.over_0 - wallet.over_30 AS overdue_1_30,
                   wallet.over_30 - wallet.over_60 AS overdue_31_60,
                   wallet.over_60 - wallet.over_90 AS overdue_61_90,
                   wallet.over_90 AS overdue_over_90,
                   CASE WHEN wallet.debt <= 0 THEN NULL
                        WHEN wallet.over_90 > 0 THEN '91_over'
                        WHEN wallet.over_60 > 0 THEN '61_90'
                        WHEN wallet.over_30 > 0 THEN '31_60'
                        WHEN wallet.over_0 > 0 THEN '1_30'
                        ELSE '0_not_due'
                   END AS bucket
              FROM (SELECT id, partner_id, company_id, currency_id, debt, credit,
                           CASE WHEN debt > 0 THEN debt_since END AS debt_since,
                           CASE WHEN debt > 0 THEN due_date END AS due_date,
                           GREATEST(over_0 - unmatched, 0) AS over_0,
                           GREATEST(over_30 - unmatched, 0) AS over_30,
                           GREATEST(over_60 - unmatched, 0) AS over_60,
                           GREATEST(over_90 - unmatched, 0) AS over_90
                      FROM (%(open_wallets)s) open_wallet
                   ) wallet
         LEFT JOIN res_partner partner ON partner.id = wallet.partner_id
            """,
            today=fields.Date.context_today(self),
            open_wallets=self._get_open_wallets_query(),
        )

    def _get_open_wallets_query(self):
        """What is open of each wallet: what is owed of it, less what was paid but isn't
        matched with that, on whichever of the two accounts it is; and of what is owed
        how much is overdue for more than so many days."""
        return SQL(
            """
            SELECT %(row_id)s AS id,
                   partner_id,
                   company_id,
                   currency_id,
                   GREATEST(SUM(owed), 0) AS debt,
                   GREATEST(-SUM(owed), 0) AS credit,
                   MIN(date) FILTER (WHERE owed > 0) AS debt_since,
                   MIN(due_date) FILTER (WHERE owed > 0) AS due_date,
                   COALESCE(-SUM(owed) FILTER (WHERE owed < 0), 0) AS unmatched,
                   COALESCE(SUM(owed) FILTER (WHERE owed > 0 AND overdue > 0), 0)
                       AS over_0,
                   COALESCE(SUM(owed) FILTER (WHERE owed > 0 AND overdue > 30), 0)
                       AS over_30,
                   COALESCE(SUM(owed) FILTER (WHERE owed > 0 AND overdue > 60), 0)
                       AS over_60,
                   COALESCE(SUM(owed) FILTER (WHERE owed > 0 AND overdue > 90), 0)
                       AS over_90
              FROM (SELECT item.partner_id,
                           company.id AS company_id,
                           company.currency_id,
                           COALESCE(item.fiado_since, item.date) AS date,
                           COALESCE(item.date_maturity, item.date) AS due_date,
                           %(today)s - COALESCE(item.date_maturity, item.date)
                               AS overdue,
                           item.amount_residual AS owed
                      FROM account_move_line item
                      %(join)s
                     WHERE item.reconciled IS NOT TRUE
                       AND item.parent_state = 'posted'
                       AND %(on_wallet_accounts)s
                   ) open_item
          GROUP BY partner_id, company_id, currency_id
            HAVING SUM(owed) != 0
            """,
            row_id=self._get_row_id(),
            join=self.env["fiado.ledger"]._join_company(),
            today=fields.Date.context_today(self),
            on_wallet_accounts=self.env["fiado.ledger"]._get_on_wallet_accounts(),
        )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    def _compute_last_payment_date(self):
        paid_in = (
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("amount", ">", 0)
            & Domain("origin", "in", self.env["fiado.ledger"]._get_payment_origins())
            & Domain.custom(to_sql=self._get_standing_condition)
        )
        rows = self.env["fiado.wallet.entry"]._read_group(
            paid_in, ["partner_id", "company_id"], ["date:max"]
        )
        dates = {(partner, company): date for partner, company, date in rows}
        for wallet in self:
            wallet.last_payment_date = dates.get((wallet.partner_id, wallet.company_id))

    def _get_standing_condition(self, _entries, alias, _query):
        """Of entries, those whose movements nothing took back."""
        return SQL(
            """
            NOT EXISTS (SELECT FROM account_move opposite
                         WHERE opposite.reversed_entry_id = %s
                           AND opposite.state = 'posted')
            """,
            SQL.identifier(alias, "move_id"),
        )

    @api.depends("partner_id", "company_id")
    def _compute_credit_limit(self):
        policy = self.env["fiado.policy"]
        for company, wallets in self.grouped("company_id").items():
            limits = policy._read_limits(wallets.partner_id, company)
            for wallet in wallets:
                wallet.credit_limit, wallet.headroom = limits.get(
                    wallet.partner_id, (0.0, 0.0)
                )

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_wallet(self):
        return self._get_customer().action_open_wallet()

    def action_receive(self):
        """Open the screen that takes this customer's payments."""
        return self._get_customer().action_fiado_receive()

    def action_remind(self):
        """Open an e-mail that reminds the customer of the debt."""
        return self._get_customer().action_fiado_remind()

    def action_remind_whatsapp(self):
        """Open WhatsApp with a message that reminds the customer of the debt."""
        return self._get_customer().action_fiado_remind_whatsapp()

    @api.readonly
    def action_print_debtors(self):
        """Print the chosen customers in debt, or all that the list shows."""
        domain = Domain("debt", ">", 0)
        if self:
            domain &= Domain("id", "in", self.ids)
        else:
            domain &= Domain(self.env.context.get("active_domain") or Domain.TRUE)
        wallets = self.search(domain)
        if not wallets:
            raise UserError(self.env._("No customer owes anything: nothing to print."))
        report = self.env.ref("bemp_fiado.fiado_wallet_action_report_debtors")
        return report.report_action(wallets)

    def _get_debtors_name(self):
        """How the file of the printed list is called."""
        return self.env._(
            "Customers in Debt %(date)s", date=fields.Date.context_today(self)
        )

    # -------------------------------------------------------------------------
    # DASHBOARD
    # -------------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_dashboard(self):
        """What the owner looks at in the morning, of the current company.

        :return: dict of ``figures`` and ``months`` (the debt at the end of each of the
            last twelve), each with the action, the domain and maybe the title and the
            context that list what it is made of, and ``debtors`` (the ten who owe
            most); amounts in company currency
        :raises AccessError: the user may not read wallets
        """
        self.check_access("read")
        company = self.env.company.sudo().root_id
        today = fields.Date.context_today(self)
        wallets = self._get_dashboard_wallets(company)
        debt = wallets[0]["amount"]
        months, has_moved = self._get_dashboard_months(company, today, debt)
        received, taken = self._get_dashboard_day(company, today)
        figures = [*wallets[:2], received, taken, wallets[2]]
        return {
            "enabled": company.fiado_enabled,
            "may_configure": self.env.user.has_group("base.group_system"),
            "is_empty": not has_moved and not any(row["count"] for row in figures),
            "currency_id": company.currency_id.id,
            "figures": figures,
            "months": months,
            "debtors": self._get_dashboard_debtors(company),
        }

    def _get_dashboard_wallets(self, company):
        """What is owed, what of it is overdue, and what customers have left."""
        own = [("company_id", "=", company.id)]
        rows = self._read_group(
            own,
            ["bucket"],
            ["__count", "debt:sum", "overdue:sum", "credit:sum"],
        )
        in_debt = [row for row in rows if row[0]]
        return [
            {
                "name": "debt",
                "label": self.env._("Debt now"),
                "amount": company.currency_id.round(sum(row[2] for row in in_debt)),
                "count": sum(row[1] for row in in_debt),
                "action": "bemp_fiado.fiado_wallet_action_debt",
                "domain": [*own, ("debt", ">", 0)],
            },
            {
                "name": "overdue",
                "label": self.env._("Overdue"),
                "amount": company.currency_id.round(sum(row[3] for row in in_debt)),
                "count": sum(row[1] for row in in_debt if row[0] != "0_not_due"),
                "action": "bemp_fiado.fiado_wallet_action_overdue",
                "domain": [*own, ("overdue", ">", 0)],
            },
            {
                "name": "credit",
                "label": self.env._("Credit owed to customers"),
                "amount": company.currency_id.round(sum(row[4] for row in rows)),
                "count": sum(row[1] for row in rows if not row[0]),
                "action": "bemp_fiado.fiado_wallet_action",
                "domain": [*own, ("credit", ">", 0)],
            },
        ]

    def _get_dashboard_day(self, company, today):
        """What came in today, and what was left on fiado today."""
        received = [
            ("company_id", "child_of", company.id),
            ("date", "=", today),
            ("section", "=", "received"),
        ]
        origins = (*self.env["fiado.ledger"]._get_sale_origins(), "reversal")
        # What was left by mistake and undone isn't new debt.
        taken = [
            ("company_id", "=", company.id),
            ("date", "=", today),
            *("|", "&", ("kind", "=", "debt")),
            ("origin", "in", origins),
            *("&", ("kind", "=", "debt_paid"), ("origin", "=", "reversal")),
        ]
        [(received_count, received_amount)] = self.env["fiado.billing"]._read_group(
            received, aggregates=["__count", "amount:sum"]
        )
        [(taken_count, taken_amount)] = self.env["fiado.wallet.entry"]._read_group(
            taken, aggregates=["__count", "amount:sum"]
        )
        return [
            {
                "name": "received",
                "label": self.env._("Received today"),
                "amount": company.currency_id.round(received_amount or 0.0),
                "count": received_count,
                "action": "bemp_fiado.fiado_billing_action_received",
                "domain": received,
            },
            {
                "name": "taken",
                "label": self.env._("New fiado today"),
                "amount": company.currency_id.round(-(taken_amount or 0.0)),
                "count": taken_count,
                "action": "bemp_fiado.fiado_wallet_entry_action",
                "domain": taken,
            },
        ]

    def _get_dashboard_months(self, company, today, debt):
        """The debt at the end of each of the last twelve months: from what is owed now
        backwards, so that only a year of entries is read.

        :return: list of dicts, the oldest month first, and whether anything moved; who
            may not read balances of past days has no action
        """
        may_list = self.env["fiado.wallet.balance"].has_access("read")
        first = date_utils.subtract(date_utils.start_of(today, "month"), months=11)
        on_debt = [
            ("company_id", "=", company.id),
            ("kind", "in", ("debt", "debt_paid")),
            ("date", ">=", first),
        ]
        rows = self.env["fiado.wallet.entry"]._read_group(
            on_debt, ["date:month"], ["amount:sum"]
        )
        moved = dict(rows)
        # What is dated later counts in what is owed now.
        after = sum(amount for month, amount in rows if month > today)
        months = []
        for number in range(12):
            month = date_utils.subtract(
                date_utils.start_of(today, "month"), months=number
            )
            end = date_utils.end_of(month, "month")
            months.append(
                {
                    "label": format_date(self.env, month, date_format="MMM yy"),
                    "title": self.env._(
                        "Debt on %(date)s", date=format_date(self.env, end)
                    ),
                    "amount": company.currency_id.round(debt + after),
                    "action": may_list and "bemp_fiado.fiado_wallet_balance_action",
                    "domain": [("company_id", "=", company.id), ("debt", "!=", 0)],
                    "context": {
                        "fiado_date": fields.Date.to_string(end),
                        "hide_credit": True,
                    },
                }
            )
            after += moved.get(month, 0.0)
        return months[::-1], bool(rows)

    def _get_dashboard_debtors(self, company):
        wallets = self.search_fetch(
            [("company_id", "=", company.id), ("debt", ">", 0)],
            ["partner_id", "debt", "days_overdue"],
            order="debt desc, id",
            limit=10,
        )
        return [
            {
                "partner_id": wallet.partner_id.id,
                "name": wallet.partner_id.sudo().display_name,
                "debt": wallet.debt,
                "days_overdue": wallet.days_overdue,
            }
            for wallet in wallets
        ]

    # -------------------------------------------------------------------------
    # DAILY JOB
    # -------------------------------------------------------------------------

    @api.model
    def _cron_tidy_and_audit(self):
        """Put the wallets in order, then tell their managers what doesn't tie out."""
        ledger, cron = self.env["fiado.ledger"], self.env["ir.cron"]
        untidy = self.env["res.partner"].union(*ledger._get_untidy().values())
        cron._commit_progress(remaining=len(untidy))
        for batch_ids in split_every(TIDY_BATCH, untidy.ids):
            # Who is at the till now is left to the next run.
            batch = untidy.browse(batch_ids).try_lock_for_update(allow_referencing=True)
            ledger._tidy(batch)
            if not cron._commit_progress(len(batch_ids)):
                return
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("parent_id", "=", False), ("fiado_journal_id", "!=", False)])
        )
        differences = self.with_context(allowed_company_ids=companies.ids).audit()
        for company in companies:
            found = [row for row in differences if row["company_id"] == company.id]
            _logger.log(
                logging.WARNING if found else logging.INFO,
                "wallet audit: company=%s differences=%s",
                company.id,
                len(found),
            )
            self._tell_managers(company, found)

    @api.model
    def _tell_managers(self, company, differences):
        """Have each of the company's wallet managers one activity, on the company's
        own contact, as long as there are differences."""
        contact = company.partner_id
        activity_type = "bemp_fiado.mail_activity_type_audit"
        activities = contact.activity_search([activity_type])
        if not differences:
            activities.unlink()
            return
        managers = self.env.ref("bemp_fiado.group_fiado_manager").all_user_ids
        for manager in managers.filtered(lambda user: company in user.company_ids):
            note = self.with_context(lang=manager.lang)._get_audit_note(
                company, differences
            )
            activity = activities.filtered(
                lambda act, user=manager: act.user_id == user
            )
            if activity:
                activity.note = note
            else:
                contact.activity_schedule(activity_type, user_id=manager.id, note=note)

    def _get_audit_note(self, company, differences):
        checks = self.env["fiado.audit"]._get_labels()
        partners = self.env["res.partner"].sudo()
        sentences = [
            self.env._(
                "%(customer)s: %(check)s (expected %(expected)s, found %(found)s)",
                customer=partners.browse(row["partner_id"]).display_name or "–",
                check=checks.get(row["check"], row["check"]),
                expected=company.currency_id.format(row["expected"]),
                found=company.currency_id.format(row["found"]),
            )
            for row in differences[:MAX_NAMED]
        ]
        if len(differences) > MAX_NAMED:
            sentences.append(
                self.env._("… and %(number)s more", number=len(differences) - MAX_NAMED)
            )
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._(
                "These wallets don't tie out with the accounts. Ask your accountant "
                "to look at them:"
            ),
            Markup().join(Markup("<li>%s</li>") % sentence for sentence in sentences),
        )

    # -------------------------------------------------------------------------
    # AUDIT
    # -------------------------------------------------------------------------

    @api.model
    @api.readonly
    def audit(self, partner_ids=None):
        """Check that the wallets tie out with the accounts.

        For every customer and company, what is open on the two accounts must be what
        was ever posted on them, neither account may be on the wrong side, nor may both
        be open, what a movement, a closing or a payment settled must stay settled, and
        by posted entries.

        :param list partner_ids: customers to check, all of them by default
        :return: list of dicts ``{"check", "partner_id", "company_id", "expected",
            "found"}``, amounts in company currency; empty when all tie out
        """
        self.check_access("read")
        if partner_ids is not None:
            partner_ids = self.env["fiado.request"]._clean_ids(
                partner_ids, self.env._("A customer")
            )
        rows = self.env["fiado.audit"]._find_differences(
            self.env.companies.root_id, partner_ids
        )
        return [
            {
                "check": check,
                "partner_id": partner_id,
                "company_id": company_id,
                "expected": float(expected),
                "found": float(found),
            }
            for check, partner_id, company_id, expected, found in rows
        ]

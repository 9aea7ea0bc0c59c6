from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


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

    phone = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    balance = fields.Monetary(
        readonly=True,
        help="What the customer has left (positive) or owes (negative).",
    )
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
    charges = fields.Monetary(
        string="Late Charges",
        compute="_compute_charges",
        help="Late fee and interest until today, which are charged with the payment.",
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
    promised_on = fields.Date(
        string="Promised For",
        compute="_compute_promised_on",
        help="When the customer said that the debt will be paid.",
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
    def _compute_charges(self):
        for company, wallets in self.grouped("company_id").items():
            owed = wallets.partner_id._get_fiado_owed_today(company, only_charged=True)
            for wallet in wallets:
                _debt, wallet.charges = owed.get(wallet.partner_id, (0.0, 0.0))

    @api.depends("partner_id", "company_id")
    def _compute_promised_on(self):
        promises = self.env["fiado.promise"]
        for company, wallets in self.grouped("company_id").items():
            live = promises._read_live(wallets.partner_id, company)
            for wallet in wallets:
                promise = live.get(wallet.partner_id)
                wallet.promised_on = promise.date if promise else False

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

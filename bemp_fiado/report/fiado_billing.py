import json
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd
from odoo.tools import SQL

# A row's id is that of a journal item and which query it comes from.
QUERIES = 8
# The sections of which the proof says what should have been received.
EXPECTED = ("billed", "wallet", "open", "other")
# The sections as measures, each added up by itself: as they prove each other, so that
# what was received is what the ones before it add up to.
MEASURES = {
    "billed": ("billed", SQL("effect")),
    "in_wallets": ("wallet", SQL("effect")),
    "left_open": ("open", SQL("effect")),
    "other": ("other", SQL("effect")),
    "received": ("received", SQL("-effect")),
    "apart": ("apart", SQL("amount")),
}
# In the context of a query: the period that it is searched for.
PERIOD = "fiado_billing_period"


def _get_days(value, choose):
    """The day of a condition's value, or that which is chosen of its values; nothing
    where these are not plain days."""
    values = [value] if isinstance(value, str | date) else value
    try:
        return [choose(fields.Date.to_date(value) for value in values)]
    except (TypeError, ValueError):
        return []


class FiadoBilling(models.Model):
    """What was billed, what came in, and where the rest stayed, proven.

    Nothing is stored: each row is what one document did to the customers' accounts
    (their receivables and the two of the wallets). *Billed* is every posted invoice of
    a customer less the credit notes, with taxes, by accounting date: those of closed
    orders, those that the Pay wizard settled and those that nobody paid yet.
    *Received* is every payment that is in the books, and what bank statements brought
    directly; what was cancelled never came in. Money is what it is in company
    currency, and a row belongs to its order's salesperson, or else to who recorded it.

    How it proves itself: ``effect`` is what a row adds to the proof, and the effects of
    the rows of one journal entry add up to zero:

    ================================  ======  ======  ======  =====  ========  =======
    journal entry                     billed  wallet   open   other  received    sum
    ================================  ======  ======  ======  =====  ========  =======
    invoice of 55                       +55             −55                       0
    payment of 30                                       +30             −30       0
    25 left as debt                             −25     +25                       0
    credit note of 55 (reopened)        −55             +55                       0
    undone: debt of 25 taken back               +25     −25                       0
    100 of money credit sold                   +100    −100                       0
    5 of credit paid out                         −5      +5                       0
    their payment                                        −5              +5       0
    bank statement pays 25 of debt              +25                     −25       0
    25 of an invoice written off                        +25    −25                0
    25 forgiven                       apart: none of it                           0
    ================================  ======  ======  ======  =====  ========  =======

    So whatever happened in whatever order, and whichever days, companies, salespeople
    or customers are chosen: billed − debts left + credits left and debts settled +
    money credits sold − credit used − credit paid out + undone − left open + other
    entries − received = 0. *Open* is what the documents of the period left open on
    receivables outside the wallets. It is zero where every order is closed; an invoice
    that is not paid yet stands there, and so does what is undone in another month than
    it was done in. Forgiven, transferred, adjusted and opening amounts settle no
    invoice and are no money: they stand apart, and so do accountants' entries on the
    wallets. A credit note that is left in the wallet is billed less and is a credit of
    the customer.

    The two sides come from different records, so a difference means that these don't
    agree: the invoices' lines and totals, the payments' amounts, the items on the
    customers' accounts.
    """

    _name = "fiado.billing"
    _description = "Billing"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "account.account": ["account_type"],
        "account.move": [
            "amount_total",
            "amount_total_signed",
            "commercial_partner_id",
            "company_id",
            "date",
            "fiado_order_id",
            "fiado_origin",
            "invoice_user_id",
            "journal_id",
            "move_type",
            "name",
            "origin_payment_id",
            "reversed_entry_id",
            "state",
            "statement_line_id",
        ],
        "account.move.line": [
            "account_id",
            "balance",
            "company_currency_id",
            "company_id",
            "date",
            "display_type",
            "move_id",
            "parent_state",
            "partner_id",
            "price_total",
            "product_id",
            "sale_line_ids",
        ],
        "account.payment": [
            "amount_company_currency_signed",
            "payment_method_line_id",
        ],
        "product.template": ["type"],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
        "sale.order": ["order_type", "user_id"],
        "sale.order.line": ["combo_item_id", "order_id"],
    }

    section = fields.Selection(
        selection=[
            ("billed", "Billed"),
            ("wallet", "Moved in wallets"),
            ("open", "Left open"),
            ("other", "Other entries"),
            ("received", "Received"),
            ("apart", "Apart"),
        ],
        readonly=True,
        help="Apart: what neither settled an invoice nor is money.",
    )
    figure = fields.Selection(
        selection=[
            ("service", "Services"),
            ("product", "Products"),
            ("package", "Packages"),
            ("subscription", "Subscriptions"),
            ("internal", "Internal sales"),
            ("other_sale", "Other items"),
            ("customer_debt", "Customer debts"),
            ("customer_credit", "Customer credits"),
            ("money_credit", "Money credits"),
            ("credit_used", "Credit used"),
            ("credit_paid_out", "Credit paid out"),
            ("undone", "Undone"),
            ("accounting", "Accounting entries"),
            ("open", "Left open outside the wallets"),
            ("written_off", "Written off"),
            ("received", "Received"),
            ("paid_out", "Paid out"),
            ("forgiven", "Forgiven"),
            ("transferred", "Transferred"),
            ("adjusted", "Adjusted"),
            ("opening", "Brought over"),
        ],
        readonly=True,
    )
    # What was billed and what was received for it is not twice as much: only sections
    # are added up.
    amount = fields.Monetary(
        readonly=True, aggregator=None, help="In company currency."
    )
    effect = fields.Monetary(
        string="In the Proof",
        readonly=True,
        help="What this adds to the proof. All of it adds up to zero.",
    )
    billed = fields.Monetary(readonly=True)
    in_wallets = fields.Monetary(string="Moved in wallets", readonly=True)
    left_open = fields.Monetary(string="Left open", readonly=True)
    other = fields.Monetary(string="Other entries", readonly=True)
    received = fields.Monetary(readonly=True, help="Less what was paid out.")
    apart = fields.Monetary(readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        help="The order's salesperson, or who recorded what has no order.",
    )
    sale_order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Payment Form", readonly=True
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    document = fields.Char(readonly=True)

    # -------------------------------------------------------------------------
    # QUERY
    # -------------------------------------------------------------------------

    # The columns of all queries have the same types, or else PostgreSQL computes all of
    # them where few are asked for. Each query has its date as a plain column, groups by
    # it and partitions by it, so that PostgreSQL applies a period inside, where the
    # indexes are. It does not know that an item and its journal entry have the same
    # date: without the period, which the search puts into the context, it would read
    # every entry there is. And it knows how many items an account has where that is
    # given as a value, not where it is looked up.

    @property
    def _table_query(self):
        wallets = self.env["fiado.ledger"]._get_all_wallet_accounts()
        receivables = self._get_receivables() - wallets
        rows = SQL("\nUNION ALL\n").join(
            [
                self._get_billed_query(),
                self._get_received_query(receivables | wallets),
                self._get_wallet_query(wallets),
                self._get_open_query(receivables),
            ]
        )
        measures = SQL(", ").join(
            SQL(
                "CASE WHEN section = %s THEN %s END AS %s",
                section,
                amount,
                SQL.identifier(name),
            )
            for name, (section, amount) in MEASURES.items()
        )
        return SQL("SELECT *, %s FROM (%s) billing", measures, rows)

    def _get_billed_query(self):
        """Of each invoice what was billed by kind and order, with taxes.

        The lines add up to the invoice's total in company currency: what rounding makes
        of it goes with the first line.
        """
        return SQL(
            """
            SELECT MIN(id)::bigint * %(queries)s AS id,
                   'billed' AS section,
                   figure,
                   SUM(amount) AS amount,
                   SUM(amount) AS effect,
                   date,
                   company_id,
                   MIN(currency_id) AS currency_id,
                   MIN(partner_id) AS partner_id,
                   MIN(user_id) AS user_id,
                   sale_order_id,
                   move_id,
                   NULL::int AS payment_id,
                   NULL::int AS payment_method_line_id,
                   MIN(journal_id) AS journal_id,
                   MIN(document)::varchar AS document
              FROM (SELECT id, figure, date, company_id, currency_id, partner_id,
                           user_id, sale_order_id, move_id, journal_id, document,
                           CASE WHEN id = MIN(id) OVER invoice
                                THEN total - SUM(own) OVER invoice + own
                                ELSE own
                           END AS amount
                      FROM (%(lines)s) line
                    WINDOW invoice AS (PARTITION BY move_id, date, company_id)
                   ) line
          GROUP BY move_id, date, company_id, figure, sale_order_id
            """,
            queries=QUERIES,
            lines=self._get_invoice_lines_query(),
        )

    def _get_invoice_lines_query(self):
        return SQL(
            """
            SELECT line.id,
                   CASE WHEN sale_order.order_type IN ('internal', 'subscription')
                        THEN sale_order.order_type::text
                        WHEN order_line.combo_item_id IS NOT NULL THEN 'package'
                        WHEN template.type = 'combo' THEN 'package'
                        WHEN template.type = 'service' THEN 'service'
                        WHEN template.type IS NOT NULL THEN 'product'
                        ELSE 'other_sale'
                   END AS figure,
                   ROUND(
                       line.price_total * COALESCE(
                           move.amount_total_signed / NULLIF(move.amount_total, 0), 1
                       ),
                       currency.decimal_places
                   ) AS own,
                   move.amount_total_signed AS total,
                   move.date,
                   move.company_id,
                   currency.id AS currency_id,
                   move.commercial_partner_id AS partner_id,
                   COALESCE(closed_order.user_id, move.invoice_user_id) AS user_id,
                   COALESCE(order_line.order_id, move.fiado_order_id) AS sale_order_id,
                   move.id AS move_id,
                   move.journal_id,
                   move.name AS document
              FROM account_move move
              JOIN account_move_line line
                ON line.move_id = move.id
               AND line.display_type = 'product'
              JOIN res_currency currency ON currency.id = line.company_currency_id
         LEFT JOIN LATERAL (
                       SELECT MIN(order_line_id) AS id
                         FROM sale_order_line_invoice_rel
                        WHERE invoice_line_id = line.id
                   ) sold ON TRUE
         LEFT JOIN sale_order_line order_line ON order_line.id = sold.id
         LEFT JOIN sale_order ON sale_order.id = order_line.order_id
         LEFT JOIN sale_order closed_order ON closed_order.id = move.fiado_order_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND move.state = 'posted'
               AND %(in_period)s
            """,
            in_period=self._get_in_period(),
        )

    def _get_received_query(self, accounts):
        """What payments brought, and what those of others than the ledger settled more
        or less than that: Odoo's own write-off, an early payment discount."""
        return SQL(
            """
            SELECT id::bigint * %(queries)s + part.number, part.section, part.figure,
                   part.amount, part.effect,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document
              FROM (%(money)s) money
        CROSS JOIN LATERAL (
                       VALUES (1, 'received',
                               CASE WHEN received < 0 AND NOT is_taken_back
                                      OR received > 0 AND is_taken_back
                                    THEN 'paid_out' ELSE 'received'
                               END,
                               received, -received),
                              (2, 'other', 'written_off',
                               received - settled, received - settled)
                   ) part (number, section, figure, amount, effect)
             WHERE part.number = 1
                OR (part.amount != 0 AND NOT of_wallet)
            """,
            queries=QUERIES,
            money=self._get_money_query(accounts),
        )

    def _get_money_query(self, accounts):
        """The payments and the lines of bank statements on the customers' accounts:
        what each brought and what it settled there."""
        return SQL(
            """
            SELECT MIN(item.id) AS id,
                   COALESCE(
                       CASE WHEN taken_back.id IS NULL
                            THEN payment.amount_company_currency_signed
                            ELSE -payment.amount_company_currency_signed
                       END,
                       -SUM(item.balance)
                   ) AS received,
                   taken_back.id IS NOT NULL AS is_taken_back,
                   -SUM(item.balance) AS settled,
                   move.fiado_origin IS NOT NULL AS of_wallet,
                   item.date,
                   item.company_id,
                   MIN(item.company_currency_id) AS currency_id,
                   MIN(item.partner_id) AS partner_id,
                   MIN(COALESCE(closed_order.user_id, move.create_uid)) AS user_id,
                   move.fiado_order_id AS sale_order_id,
                   move.id AS move_id,
                   payment.id AS payment_id,
                   payment.payment_method_line_id,
                   move.journal_id,
                   move.name AS document
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN account_move taken_back ON %(taken_back)s
         LEFT JOIN account_payment payment
                ON payment.id = COALESCE(move.origin_payment_id,
                                         taken_back.origin_payment_id)
         LEFT JOIN sale_order closed_order ON closed_order.id = move.fiado_order_id
             WHERE %(on_accounts)s
               AND item.parent_state = 'posted'
               -- Not two conditions, for which the index of all payments is read.
               AND COALESCE(move.origin_payment_id, move.statement_line_id,
                            taken_back.origin_payment_id) IS NOT NULL
               AND %(in_period)s
          GROUP BY item.date, item.company_id, move.id, payment.id, taken_back.id
            """,
            taken_back=self._get_taken_back(),
            on_accounts=self.env["fiado.ledger"]._get_on_accounts(accounts),
            in_period=self._get_in_period(),
        )

    def _get_wallet_query(self, accounts):
        """What moved in the wallets. Debts left and credit used or paid out count
        positive; the rest counts positive in the customer's favour."""
        return SQL(
            """
            SELECT id::bigint * %(queries)s + 3,
                   CASE WHEN is_proven THEN 'wallet' ELSE 'apart' END,
                   figure,
                   CASE WHEN figure IN ('customer_debt', 'credit_used',
                                        'credit_paid_out')
                        THEN balance ELSE -balance
                   END,
                   CASE WHEN is_proven THEN -balance ELSE 0 END,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document
              FROM (SELECT %(columns)s,
                           %(figure)s AS figure,
                           %(source)s = 'ledger' OR %(source)s = 'money'
                           OR (%(source)s = 'invoice'
                               AND item.display_type = 'payment_term') AS is_proven,
                           COALESCE(move.fiado_origin, 'reversal') != 'reversal'
                               AS is_original
                      FROM %(tables)s
                 LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
                     WHERE %(on_accounts)s
                       AND item.parent_state = 'posted'
                       AND item.balance != 0
                       AND %(in_period)s
                   ) entry
             -- A transfer leaves one wallet for another, but is one amount.
             WHERE figure != 'transferred' OR (balance < 0) = is_original
            """,
            queries=QUERIES,
            columns=self._get_item_columns(),
            figure=self._get_wallet_figure(),
            source=self._get_source(),
            tables=self._get_item_tables(),
            on_accounts=self.env["fiado.ledger"]._get_on_accounts(accounts),
            in_period=self._get_in_period(),
        )

    def _get_open_query(self, accounts):
        """What the documents left open on the receivables outside the wallets, and what
        other entries did to these."""
        return SQL(
            """
            SELECT id::bigint * %(queries)s + part.number, part.section, part.figure,
                   balance, part.effect,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document
              FROM (SELECT %(columns)s, %(source)s AS source
                      FROM %(tables)s
                     WHERE %(on_accounts)s
                       AND item.parent_state = 'posted'
                       AND item.balance != 0
                       AND %(in_period)s
                       AND (%(source)s != 'invoice'
                            OR item.display_type = 'payment_term')
                   ) entry
        CROSS JOIN LATERAL (
                       VALUES (4, 'open', 'open', -balance),
                              (5, 'other', 'accounting', balance)
                   ) part (number, section, figure, effect)
             WHERE part.number = 4
                OR source = 'entry'
            """,
            queries=QUERIES,
            columns=self._get_item_columns(),
            source=self._get_source(),
            tables=self._get_item_tables(),
            on_accounts=self.env["fiado.ledger"]._get_on_accounts(accounts),
            in_period=self._get_in_period(),
        )

    # What the queries share ----------------------------------------------------

    def _get_in_period(self):
        """The condition that the journal entry is in the period that is searched."""
        first, last = self.env.context.get(PERIOD) or (None, None)
        conditions = [SQL("TRUE")]
        if first:
            conditions.append(SQL("move.date >= %s", first))
        if last:
            conditions.append(SQL("move.date <= %s", last))
        return SQL(" AND ").join(conditions)

    def _get_item_columns(self):
        return SQL(
            """item.id,
                           item.balance,
                           item.date,
                           item.company_id,
                           item.company_currency_id AS currency_id,
                           item.partner_id,
                           COALESCE(
                               closed_order.user_id,
                               CASE WHEN move.move_type = 'entry' THEN move.create_uid
                                    ELSE move.invoice_user_id
                               END
                           ) AS user_id,
                           move.fiado_order_id AS sale_order_id,
                           move.id AS move_id,
                           payment.id AS payment_id,
                           payment.payment_method_line_id,
                           move.journal_id,
                           move.name AS document"""
        )

    def _get_item_tables(self):
        return SQL(
            """account_move_line item
                      JOIN account_move move ON move.id = item.move_id
                 LEFT JOIN account_move taken_back ON %s
                 LEFT JOIN account_payment payment
                        ON payment.id = COALESCE(move.origin_payment_id,
                                                 taken_back.origin_payment_id)
                 LEFT JOIN sale_order closed_order
                        ON closed_order.id = move.fiado_order_id""",
            self._get_taken_back(),
        )

    def _get_taken_back(self):
        """The condition of the entry that the ledger took back by this one."""
        return SQL(
            "taken_back.id = move.reversed_entry_id AND move.fiado_origin = 'reversal'"
        )

    def _get_receivables(self):
        return (
            self.env["account.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_receivable")])
        )

    def _get_source(self):
        """What the journal entry of an item is to the proof."""
        return SQL(
            """CASE WHEN move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                    THEN 'invoice'
                    WHEN move.origin_payment_id IS NOT NULL THEN 'money'
                    WHEN move.statement_line_id IS NOT NULL THEN 'money'
                    WHEN taken_back.origin_payment_id IS NOT NULL THEN 'money'
                    WHEN taken_back.id IS NOT NULL
                     AND COALESCE(taken_back.fiado_origin NOT IN %(moved)s, TRUE)
                    THEN 'entry'
                    WHEN move.fiado_origin IN %(moved)s THEN 'ledger'
                    ELSE 'entry'
               END""",
            moved=self.env["fiado.ledger"]._get_receivable_origins(),
        )

    def _get_origin_figures(self):
        """The figures in which movements count by their origins, but for what sales
        leave. Addons that bring an origin add it here."""
        return {
            "credit_sale": "money_credit",
            "payout": "credit_paid_out",
            "forgiveness": "forgiven",
            "transfer": "transferred",
            "adjustment": "adjusted",
            "opening": "opening",
        }

    def _get_wallet_figure(self):
        """The figure in which an item of a wallet counts. What accountants reverse
        counts where the reversed entry does, if that stands apart."""
        return SQL(
            """CASE WHEN %(source)s IN ('invoice', 'money') THEN 'accounting'
                    WHEN move.fiado_origin = 'reversal'
                     AND COALESCE(reversed.fiado_origin, 'order') IN %(moved)s
                    THEN 'undone'
                    WHEN move.fiado_origin IN %(sold)s
                    THEN CASE WHEN item.balance < 0 THEN 'customer_credit'
                              WHEN item.account_id IN (
                                  SELECT fiado_debt_account_id FROM res_company
                              ) THEN 'customer_debt'
                              ELSE 'credit_used'
                         END
                    ELSE COALESCE(
                        %(figures)s::jsonb ->> COALESCE(
                            NULLIF(move.fiado_origin, 'reversal'), reversed.fiado_origin
                        ),
                        'accounting'
                    )
               END""",
            moved=self.env["fiado.ledger"]._get_receivable_origins(),
            figures=json.dumps(self._get_origin_figures()),
            sold=(*self.env["fiado.ledger"]._get_sale_origins(), "refund"),
            source=self._get_source(),
        )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        conditions = list(Domain(domain))
        if len(conditions) == 1 and conditions[0][:2] == ("id", "in"):
            # So rows are fetched. By their ids alone they would only be found by
            # reading all there are; by their dates they are found through indexes.
            items = self.env["account.move.line"].sudo()
            items = items.browse({row_id // QUERIES for row_id in conditions[0][2]})
            dates = items.exists().mapped("date")
            domain = Domain(domain) & Domain("date", "in", dates)
        records = self.with_context(**{PERIOD: self._get_searched_period(domain)})
        return super(FiadoBilling, records)._search(domain, *args, **kwargs)

    @api.model
    def _get_searched_period(self, domain):
        """The first and the last day that the rows of a domain can have, each ``None``
        where the domain doesn't say."""
        domain = Domain(domain)
        parts = domain.children if isinstance(domain, DomainAnd) else (domain,)
        first, last = [], []
        for part in parts:
            condition, *others = part
            if others or condition[0] != "date":
                continue
            _field, operator, value = condition
            if operator in (">", ">=", "=", "in"):
                first += _get_days(value, min)
            if operator in ("<", "<=", "=", "in"):
                last += _get_days(value, max)
        return max(first, default=None), min(last, default=None)

    # -------------------------------------------------------------------------
    # FIGURES
    # -------------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_figures(self, date_from, date_to, company_id=None, user_id=None):
        """The billing of a period, proven.

        :param date_from: first day
        :param date_to: last day
        :param int company_id: a company, with its branches; the current one by default
        :param int user_id: a salesperson, all of them by default
        :return: ``{"rows", "billed", "received", "expected", "difference"}``: in
            company currency; received less what was paid out; what should have been
            received by the rest of the proof, and the difference of the two. Each row
            is ``{"section", "figure", "payment_method_line_id", "journal_id",
            "amount", "effect", "count"}``, counting journal entries
        :raises UserError: no such period; says what to do
        :raises AccessError: the user may not read billing
        """
        domain = self._get_period_domain(date_from, date_to, company_id, user_id)
        company = self._get_period_company(company_id)
        round_amount = company.currency_id.round
        rows = [
            {
                "section": section,
                "figure": figure,
                "payment_method_line_id": form_id or False,
                "journal_id": journal_id or False,
                "amount": round_amount(amount),
                "effect": round_amount(effect),
                "count": count,
            }
            for section, figure, form_id, journal_id, amount, effect, count in (
                self.env.execute_query(self._get_figures_query(domain))
            )
        ]

        def total(*sections):
            return round_amount(
                sum(row["effect"] for row in rows if row["section"] in sections)
            )

        return {
            "rows": rows,
            "billed": total("billed"),
            "received": -total("received"),
            "expected": total(*EXPECTED),
            "difference": total(*EXPECTED, "received"),
        }

    def _get_figures_query(self, domain):
        """The amounts, effects and number of journal entries by section, figure and, of
        what came in and went out, by form and journal.

        The entries are counted once they are grouped: to count what is distinct,
        PostgreSQL would sort all rows.
        """
        self.check_access("read")
        query = self._search(domain)
        section = SQL.identifier(query.table, "section")

        def if_received(name):
            column = SQL.identifier(query.table, name)
            return SQL("CASE WHEN %s = 'received' THEN %s END", section, column)

        entries = query.select(
            SQL("%s AS section", section),
            SQL("%s AS figure", SQL.identifier(query.table, "figure")),
            SQL("%s AS form_id", if_received("payment_method_line_id")),
            SQL("%s AS journal_id", if_received("journal_id")),
            SQL("SUM(%s) AS amount", SQL.identifier(query.table, "amount")),
            SQL("SUM(%s) AS effect", SQL.identifier(query.table, "effect")),
        )
        return SQL(
            """
              SELECT section, figure, form_id, journal_id,
                     SUM(amount)::float, SUM(effect)::float, COUNT(*)
                FROM (%(entries)s GROUP BY 1, 2, 3, 4, %(entry)s) entry
            GROUP BY section, figure, form_id, journal_id
            """,
            entries=entries,
            entry=SQL.identifier(query.table, "move_id"),
        )

    @api.model
    def _get_period_domain(self, date_from, date_to, company_id=None, user_id=None):
        request = self.env["fiado.request"]
        date_from, date_to = (
            request._clean_date(date_from),
            request._clean_date(date_to),
        )
        if not (date_from and date_to and date_from <= date_to):
            raise UserError(
                self.env._("Choose a first day and a last day that is not before it.")
            )
        company = self._get_period_company(company_id)
        with_branches = self.env.companies.filtered(
            lambda branch: company in branch.sudo().parent_ids
        )
        domain = (
            Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
            & Domain("company_id", "in", with_branches.ids)
        )
        if user_id:
            user_id = request._clean_id(user_id, self.env._("The salesperson"))
            domain &= Domain("user_id", "=", user_id)
        return domain

    @api.model
    def _get_period_company(self, company_id=None):
        if not company_id:
            return self.env.company
        company_id = self.env["fiado.request"]._clean_id(
            company_id, self.env._("The company")
        )
        company = self.env.companies.filtered(lambda company: company.id == company_id)
        if not company:
            raise UserError(
                self.env._("Choose a company that you are working in right now.")
            )
        return company

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open(self):
        """Open what is behind a row: its order, or the payment, invoice or entry where
        there is none, as far as the user may read it, or else the customer's wallet."""
        self.ensure_one()
        for record in (self.sale_order_id, self.payment_id, self.move_id):
            if record and record.has_access("read"):
                return {
                    "type": "ir.actions.act_window",
                    "res_model": record._name,
                    "res_id": record.id,
                    "views": [(False, "form")],
                }
        return self.partner_id.with_company(self.company_id).action_open_wallet()

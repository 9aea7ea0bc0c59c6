"""What reading costs on a ledger of a million entries, next to plain SQL.

Each report is read as the web client does it, by somebody with a cashier's or a
manager's rights. Its peer is the SQL that a database administrator would write for the
same rows on the same indexes: that both say the same is checked before it is measured.
"""

import os
from functools import partial

from lxml import etree

from odoo import api, fields
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import SQL, date_utils

from . import big_ledger
from .closing import PRICE, Shop
from .measuring import compare, in_turns, tell_ratios

# As the web client asks.
PAGE, COUNT_LIMIT = 80, 10_001


def main(env):
    """Fill the database and measure; returns 1 if a bound is missed."""
    return measure(env, big_ledger.create(env))


def measure(env, long_customer):
    """Measure on a ledger that is there.

    :param long_customer: the customer with the long statement
    """
    return tell_ratios("a million entries", _measure_all(env, long_customer))


def _measure_all(env, long_customer):
    reports = Reports(env)
    yield from reports.partners()
    yield from reports.wallets()
    yield from reports.billing()
    yield reports.statement(long_customer)
    yield reports.audit()
    yield from reports.others(long_customer)
    if os.environ.get("BENCH_EMPTY_DATABASE"):
        yield from closings(env, os.environ["BENCH_EMPTY_DATABASE"])


class Reports:
    def __init__(self, env):
        self.env = env
        self.company = env.company
        self.cashier = self._create_reader("cashier", "bemp_fiado.group_fiado_user")
        self.manager = self._create_reader("manager", "bemp_fiado.group_fiado_manager")
        self.accountant = self._create_reader(
            "accountant", "account.group_account_user"
        )
        self.today = fields.Date.context_today(env["res.partner"])

    def _create_reader(self, login, group):
        """The environment of a user of such rights."""
        groups = ("sales_team.group_sale_salesman_all_leads", group)
        user = self.env["res.users"].create(
            {
                "name": login,
                # Closings are measured with users of their own.
                "login": f"report_{login}",
                "password": login,
                "group_ids": [Command.set([self.env.ref(g).id for g in groups])],
            }
        )
        return self.env(user=user, context={"lang": "pt_BR", "tz": "America/Sao_Paulo"})

    # -------------------------------------------------------------------------
    # WHAT IS MEASURED
    # -------------------------------------------------------------------------

    def partners(self):
        """Contacts, filter *With debt*."""
        partners = self.cashier["res.partner"]
        read = _page_of(partners, "base.view_partner_tree", [("fiado_debt", ">", 0)])
        page = SQL(
            """
              SELECT partner.id, partner.complete_name, partner.vat, partner.email,
                     partner.phone, partner.street, partner.city, partner.function,
                     partner.color, partner.properties, seller.complete_name,
                     state.name, country.name, wallet.debt
                FROM res_partner partner
                JOIN (%(wallets)s) wallet
                  ON wallet.partner_id = partner.commercial_partner_id
           LEFT JOIN res_users users ON users.id = partner.user_id
           LEFT JOIN res_partner seller ON seller.id = users.partner_id
           LEFT JOIN res_country_state state ON state.id = partner.state_id
           LEFT JOIN res_country country ON country.id = partner.country_id
               WHERE %(allowed)s
            ORDER BY partner.complete_name, partner.id DESC
               LIMIT %(limit)s
            """,
            wallets=self._debts(),
            allowed=self._allowed_partners(),
            limit=PAGE,
        )
        count = SQL(
            """
            SELECT count(*)
              FROM (SELECT
                      FROM res_partner partner
                      JOIN (%(wallets)s) wallet
                        ON wallet.partner_id = partner.commercial_partner_id
                     WHERE %(allowed)s
                     LIMIT %(limit)s) counted
            """,
            wallets=self._debts(),
            allowed=self._allowed_partners(),
            limit=COUNT_LIMIT,
        )
        self._check_page("With debt", read, page, count)
        yield self._compare("contacts with debt", 1.5, read, page, count)

    def wallets(self):
        """Customers in debt, sorted by each of the columns."""
        wallets = self.cashier["fiado.wallet"]
        for name, order in WALLET_ORDERS.items():
            for direction in ("asc", "desc"):
                read = _page_of(
                    wallets,
                    "bemp_fiado.fiado_wallet_view_list",
                    [("debt", ">", 0)],
                    f"{name} {direction}, id",
                )
                page = self._debtors_page(SQL(f"{order} {direction}, wallet.id"))
                count = self._debtors_count()
                title = f"customers in debt by {name} {direction}"
                self._check_page(title, read, page, count)
                yield self._compare(title, 3, read, page, count)

    def billing(self):
        """The billing of last month: its page, and its rows in a pivot table."""
        month = date_utils.subtract(date_utils.start_of(self.today, "month"), months=1)
        period = self.manager["fiado.billing.period"].create({})

        def page():
            period.action_show_last_month()
            return period.web_read(PERIOD_SPECIFICATION)

        billing = self.manager["fiado.billing"]
        domain = billing._get_period_domain(month, date_utils.end_of(month, "month"))

        def pivot():
            return billing.formatted_read_grouping_sets(
                list(domain),
                [[], ["section"], ["section", "figure"]],
                ["amount:sum", "__count"],
            )

        queries = self._billing_queries(month)
        self._check_billing(
            billing.get_figures(month, date_utils.end_of(month, "month")), queries
        )
        yield self._compare("billing of a month", 3, page, *queries)
        yield self._compare("billing of a month, pivot", 3, pivot, *queries)

    def statement(self, customer):
        """The newest page of a long statement, next to Odoo's list of as many items."""
        read = _page_of(
            self.cashier["fiado.wallet.entry"],
            "bemp_fiado.fiado_wallet_entry_view_list",
            [("partner_id", "child_of", customer.id)],
        )
        items = _page_of(
            self.accountant["account.move.line"],
            "account.view_move_line_tree",
            [
                ("partner_id", "child_of", customer.id),
                ("account_id", "in", self._accounts().ids),
                ("parent_state", "=", "posted"),
            ],
        )
        return self._compare("statement of 10,000 entries", 1.5, read, items)

    def audit(self):
        sums = SQL(
            """
              SELECT partner_id, sum(balance), sum(amount_residual)
                FROM account_move_line
               WHERE account_id IN %s
                 AND parent_state = 'posted'
            GROUP BY partner_id
            """,
            tuple(self._accounts().ids),
        )
        # What movements settle can't be checked without reading it.
        matches = SQL(
            """
              SELECT debit.partner_id, credit.partner_id, sum(match.amount)
                FROM account_partial_reconcile match
                JOIN account_move_line debit ON debit.id = match.debit_move_id
                JOIN account_move_line credit ON credit.id = match.credit_move_id
               WHERE %(journal)s IN (debit.journal_id, credit.journal_id)
            GROUP BY debit.partner_id, credit.partner_id
            """,
            journal=self.manager.company.sudo().fiado_journal_id.id,
        )
        audit = self.manager["fiado.wallet"].audit
        return self._compare("audit", 3, audit, sums, matches)

    def others(self, long_customer):
        """What has no bound of its own."""
        manager, cashier = self.manager, self.cashier
        yield self._time("dashboard", manager["fiado.wallet"].get_dashboard)
        yield self._time(
            "state of the credits",
            _page_of(
                cashier["fiado.credit.state"],
                "bemp_fiado.fiado_credit_state_view_list",
                [],
            ),
        )
        yield self._time(
            "all entries",
            _page_of(
                cashier["fiado.wallet.entry"],
                "bemp_fiado.fiado_wallet_entry_view_list",
                [],
            ),
        )
        partner = cashier["res.partner"].browse(long_customer.id)
        yield self._time(
            "wallet of 10,000 entries",
            lambda: partner.web_read(WALLET_FORM_SPECIFICATION),
        )
        yield self._time("one balance", lambda: partner.read(["fiado_balance"]))
        yield self._time(
            "customers in debt by ageing",
            lambda: cashier["fiado.wallet"].formatted_read_group(
                [("debt", ">", 0)], ["bucket"], ["debt:sum", "__count"]
            ),
        )

    # -------------------------------------------------------------------------
    # PEERS
    # -------------------------------------------------------------------------

    def _accounts(self):
        return self.company.fiado_debt_account_id | self.company.fiado_credit_account_id

    def _debts(self):
        return SQL(
            """
              SELECT partner_id, sum(amount_residual) AS debt
                FROM account_move_line
               WHERE account_id = %s
                 AND reconciled IS NOT TRUE
                 AND parent_state = 'posted'
            GROUP BY partner_id
              HAVING sum(amount_residual) > 0
            """,
            self.company.fiado_debt_account_id.id,
        )

    def _allowed_partners(self):
        return SQL(
            """
            partner.active
            AND (partner.partner_share IS NOT TRUE
                 OR partner.company_id IS NULL
                 OR partner.company_id = %s)
            """,
            self.company.id,
        )

    def _debtors_page(self, order):
        debt, credit = (account.id for account in self._accounts())
        return SQL(
            """
            SELECT page.*, payment.date
              FROM (SELECT wallet.*, partner.complete_name, partner.phone,
                           partner.city, seller.name AS seller
                      FROM (SELECT partner_id::bigint * 1024 + %(company)s AS id,
                                   partner_id,
                                   sum(%(owed)s) AS debt,
                                   -sum(amount_residual - %(owed)s) AS credit,
                                   -sum(amount_residual) AS balance,
                                   min(date) FILTER (
                                       WHERE account_id = %(debt)s) AS debt_since,
                                   min(date_maturity) FILTER (
                                       WHERE account_id = %(debt)s) AS due_date,
                                   greatest(max(%(days)s) FILTER (
                                       WHERE account_id = %(debt)s), 0)
                                       AS days_overdue,
                                   sum(CASE WHEN %(days)s > 0
                                            THEN %(owed)s ELSE 0 END) AS overdue,
                                   sum(CASE WHEN %(days)s <= 0
                                            THEN %(owed)s ELSE 0 END) AS not_due,
                                   sum(CASE WHEN %(days)s BETWEEN 1 AND 30
                                            THEN %(owed)s ELSE 0 END)
                                       AS overdue_1_30,
                                   sum(CASE WHEN %(days)s BETWEEN 31 AND 60
                                            THEN %(owed)s ELSE 0 END)
                                       AS overdue_31_60,
                                   sum(CASE WHEN %(days)s BETWEEN 61 AND 90
                                            THEN %(owed)s ELSE 0 END)
                                       AS overdue_61_90,
                                   sum(CASE WHEN %(days)s > 90
                                            THEN %(owed)s ELSE 0 END)
                                       AS overdue_over_90
                              FROM account_move_line
                             WHERE account_id IN (%(debt)s, %(credit)s)
                               AND reconciled IS NOT TRUE
                               AND parent_state = 'posted'
                          GROUP BY partner_id) wallet
                      JOIN res_partner partner ON partner.id = wallet.partner_id
                 LEFT JOIN res_users users ON users.id = partner.user_id
                 LEFT JOIN res_partner seller ON seller.id = users.partner_id
                     WHERE wallet.debt > 0
                  ORDER BY %(order)s
                     LIMIT %(limit)s) page
         LEFT JOIN LATERAL (
                       SELECT max(item.date) AS date
                         FROM account_move_line item
                         JOIN account_move move ON move.id = item.move_id
                        WHERE item.partner_id = page.partner_id
                          AND item.account_id = %(debt)s
                          AND item.balance < 0
                          AND item.parent_state = 'posted'
                          AND move.fiado_origin IN ('order', 'invoice', 'credit_sale')
                   ) payment ON TRUE
            """,
            company=self.company.id,
            debt=debt,
            credit=credit,
            owed=SQL("CASE WHEN account_id = %s THEN amount_residual ELSE 0 END", debt),
            days=SQL("%s - date_maturity", self.today),
            order=order,
            limit=PAGE,
        )

    def _debtors_count(self):
        return SQL(
            "SELECT count(*) FROM (%s LIMIT %s) counted", self._debts(), COUNT_LIMIT
        )

    def _billing_queries(self, month):
        """The four sides of a month's billing: by kind, by form, in the wallets, and
        what stays open on the receivables."""
        period = SQL(
            "BETWEEN %s AND %s AND company_id = %s",
            month,
            date_utils.end_of(month, "month"),
            self.company.id,
        )
        debt, credit = (account.id for account in self._accounts())
        return (
            SQL(
                """
                  SELECT 'billed', figure, NULL, sum(amount),
                         count(DISTINCT move_id)
                    FROM (SELECT move.id AS move_id,
                                 CASE WHEN sale_order.order_type != 'service'
                                      THEN sale_order.order_type
                                      WHEN order_line.combo_item_id IS NOT NULL
                                           OR template.type = 'combo' THEN 'package'
                                      WHEN template.type = 'service' THEN 'service'
                                      ELSE 'product'
                                 END AS figure,
                                 line.price_total
                                 * sign(move.amount_total_signed) AS amount
                            FROM account_move move
                            JOIN account_move_line line ON line.move_id = move.id
                             AND line.display_type = 'product'
                            JOIN product_product product ON product.id = line.product_id
                            JOIN product_template template
                              ON template.id = product.product_tmpl_id
                       LEFT JOIN sale_order_line_invoice_rel rel
                              ON rel.invoice_line_id = line.id
                       LEFT JOIN sale_order_line order_line
                              ON order_line.id = rel.order_line_id
                       LEFT JOIN sale_order ON sale_order.id = order_line.order_id
                           WHERE move.move_type IN ('out_invoice', 'out_refund')
                             AND move.state = 'posted'
                             AND move.date %(period)s) line
                GROUP BY figure
                """,
                period=SQL(
                    "BETWEEN %s AND %s AND move.company_id = %s",
                    month,
                    date_utils.end_of(month, "month"),
                    self.company.id,
                ),
            ),
            SQL(
                """
                  SELECT 'received',
                         CASE WHEN amount_company_currency_signed < 0 THEN 'paid_out'
                              ELSE 'received'
                         END,
                         payment_method_line_id,
                         sum(amount_company_currency_signed),
                         count(*)
                    FROM account_payment
                   WHERE state IN ('in_process', 'paid')
                     AND partner_type = 'customer'
                     AND date %(period)s
                GROUP BY 2, 3
                """,
                period=period,
            ),
            SQL(
                """
                  SELECT 'wallet', figure, NULL, sum(amount), count(DISTINCT move_id)
                    FROM (SELECT item.move_id,
                                 CASE WHEN fiado_origin = 'credit_sale'
                                      THEN 'money_credit'
                                      WHEN balance < 0 THEN 'customer_credit'
                                      WHEN account_id = %(debt)s THEN 'customer_debt'
                                      ELSE 'credit_used'
                                 END AS figure,
                                 CASE WHEN fiado_origin != 'credit_sale' AND balance > 0
                                      THEN balance ELSE -balance
                                 END AS amount
                            FROM account_move_line item
                            JOIN account_move move ON move.id = item.move_id
                           WHERE item.account_id IN (%(debt)s, %(credit)s)
                             AND item.parent_state = 'posted'
                             AND item.date BETWEEN %(first)s AND %(last)s) entry
                GROUP BY figure
                """,
                debt=debt,
                credit=credit,
                first=month,
                last=date_utils.end_of(month, "month"),
            ),
            SQL(
                """
                  SELECT 'open', 'open', NULL, sum(balance), count(DISTINCT move_id)
                    FROM account_move_line
                   WHERE account_id IN (SELECT id
                                          FROM account_account
                                         WHERE account_type = 'asset_receivable'
                                           AND id != %(debt)s)
                     AND parent_state = 'posted'
                     AND date %(period)s
                """,
                debt=debt,
                period=period,
            ),
        )

    def _check_page(self, title, read, page, count):
        """Whether a page and the SQL show the same records, out of as many."""
        own = read()
        rows = self.env.execute_query(page)
        [(length,)] = self.env.execute_query(count)
        if own["length"] != length or [record["id"] for record in own["records"]] != [
            row[0] for row in rows
        ]:
            raise RuntimeError(f"{title}: plain SQL shows other rows.")

    def _check_billing(self, figures, queries):
        own = {
            (row["section"], row["figure"], row["payment_method_line_id"] or None): (
                round(row["amount"], 2),
                row["count"],
            )
            for row in figures["rows"]
        }
        peer = {
            (section, figure, form): (round(float(amount), 2), count)
            for query in queries
            for section, figure, form, amount, count in self.env.execute_query(query)
        }
        if own != peer or figures["difference"]:
            raise RuntimeError(f"The billing says {own}, plain SQL says {peer}.")

    # -------------------------------------------------------------------------
    # MEASURING
    # -------------------------------------------------------------------------

    def _compare(self, title, bound, own, *peers, rounds=15):
        """What a call takes, next to SQL queries or to another call.

        :return: a row of :func:`tell_ratios`
        """

        def peer():
            return [
                peer() if callable(peer) else self.env.execute_query(peer)
                for peer in peers
            ]

        figures = compare((self.env, _flow(own)), (self.env, _flow(peer)), rounds)
        return title, *figures, bound

    def _time(self, title, own):
        results = in_turns(self.env, {"own": _flow(own)}, rounds=15)
        return title, results["own"][0]


def closings(env, empty_database):
    """A closing, and a customer's page of the own wallet, on this database and on one
    with no history."""
    with Registry(empty_database).cursor() as cr:
        filled, empty = Shop(env), Shop(api.Environment(cr, env.uid, env.context))
        for title, paid in (("55/30", 30.0), ("55/0", 0.0), ("55/55", PRICE)):
            figures = compare(
                *((shop.env, partial(shop.closing, paid)) for shop in (filled, empty)),
                rounds=100,
            )
            yield f"closing {title}, next to an empty ledger", *figures, 1.05
        pages = [
            (shop.env, _flow(_page_of_own_wallet(shop))) for shop in (filled, empty)
        ]
        yield "own wallet, next to an empty ledger", *compare(*pages, rounds=100), 1.1


def _page_of_own_wallet(shop):
    """What the portal reads for a customer with three orders."""
    customer = shop.env["res.partner"].create({"name": "Joana"})
    for paid in (30.0, 0.0, PRICE):
        for _start in shop.closing(paid, customer):
            pass

    def page():
        [company] = customer._get_fiado_own_companies()
        customer._get_fiado_portal_wallet(company)

    return page


# The columns by which customers in debt can be sorted, and the SQL of each.
WALLET_ORDERS = {
    "partner_id": "partner.complete_name",
    "phone": "partner.phone",
    "city": "partner.city",
    "user_id": "seller.name",
    "debt_since": "wallet.debt_since",
    "due_date": "wallet.due_date",
    "days_overdue": "wallet.days_overdue",
    "overdue": "wallet.overdue",
    "not_due": "wallet.not_due",
    "overdue_1_30": "wallet.overdue_1_30",
    "overdue_31_60": "wallet.overdue_31_60",
    "overdue_61_90": "wallet.overdue_61_90",
    "overdue_over_90": "wallet.overdue_over_90",
    "debt": "wallet.debt",
    "balance": "wallet.balance",
}

PERIOD_SPECIFICATION = {
    **dict.fromkeys(("date_from", "date_to", "billed", "received", "debt_left"), {}),
    "difference": {},
    "line_ids": {
        "fields": {
            **dict.fromkeys(("label", "section", "style", "amount", "share"), {}),
            "count": {},
        }
    },
}
WALLET_FORM_SPECIFICATION = {
    **dict.fromkeys(("display_name", "phone", "fiado_debt", "fiado_credit"), {}),
    "fiado_debt_since": {},
    "fiado_entry_ids": {
        "fields": {
            **dict.fromkeys(("date", "document", "kind", "origin", "amount"), {}),
            "balance_after": {},
            "sale_order_id": {"fields": {"display_name": {}}},
        },
        "limit": 40,
    },
}


def _page_of(model, view, domain, order=None):
    """A call that reads the first page of a list, with all of its columns."""
    view = model.env.ref(view)
    arch = etree.fromstring(model.get_view(view.sudo().id, "list")["arch"])
    specification = {
        node.get("name"): _specify(model._fields[node.get("name")])
        for node in arch.iterfind("field")
    }
    return lambda: model.web_search_read(
        domain, specification, limit=PAGE, order=order, count_limit=COUNT_LIMIT
    )


def _specify(field):
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if field.type in ("one2many", "many2many"):
        return {"fields": {"display_name": {}}, "limit": 40}
    return {}


def _flow(call):
    """What :func:`in_turns` takes: nothing to prepare, then the call."""

    def flow():
        yield
        call()

    return flow

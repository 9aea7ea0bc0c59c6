"""What reading costs on a ledger of a million entries, next to plain SQL.

Each report is read as the web client does it, by somebody with a cashier's or a
manager's rights. Its peer is the SQL that a database administrator would write for the
same rows on the same indexes: that both say the same is checked before it is measured.
"""

import os
from functools import partial

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tools import SQL, date_utils

from . import big_ledger, peers
from .measuring import compare, in_turns, tell_ratios
from .reading import PAGE, count, create_reader, flow, page_of
from .shop import PART_PAID, PRICE, Shop

# The columns by which customers in debt can be sorted.
SORTED = (
    *("partner_id", "phone", "city", "user_id", "debt_since", "due_date"),
    *("days_overdue", "overdue", "not_due", "overdue_1_30", "overdue_31_60"),
    *("overdue_61_90", "overdue_over_90", "debt", "balance"),
)
ENTRIES = "bemp_fiado.fiado_wallet_entry_view_list"


def main(env):
    """Fill the database and measure; returns 1 if a bound is missed."""
    return measure(env, big_ledger.create(env))


def measure(env, long_customer):
    """Measure on a ledger that is there.

    :param long_customer: the customer with the long statement
    """
    return tell_ratios("a million entries", _measure_all(env, long_customer))


def _measure_all(env, long_customer):
    yield from Reports(env).measure(long_customer)
    if os.environ.get("BENCH_EMPTY_DATABASE"):
        yield from _measure_closings(env, os.environ["BENCH_EMPTY_DATABASE"])


class Reports:
    def __init__(self, env):
        self.env = env
        self.company = env.company
        self.cashier, self.manager, self.accountant = (
            create_reader(env, login, group)
            for login, group in (
                ("cashier", "bemp_fiado.group_fiado_user"),
                ("manager", "bemp_fiado.group_fiado_manager"),
                ("accountant", "account.group_account_user"),
            )
        )
        self.today = fields.Date.context_today(env["res.partner"])
        self.peers = peers.Peers(env.company, self.today)

    def measure(self, long_customer):
        """Rows of :func:`.measuring.tell_ratios`."""
        yield self._measure_partners()
        yield from self._measure_debtors()
        yield from self._measure_billing()
        yield self._measure_statement(long_customer)
        audit = self.manager["fiado.wallet"].audit
        queries = map(self.peers.write, (peers.SUMS, peers.MATCHES))
        yield self._compare("audit", 3, audit, *queries)
        yield from self._measure_others(long_customer)

    def _measure_partners(self):
        """Contacts, filter *With debt*."""
        partners = self.cashier["res.partner"]
        read = page_of(partners, "base.view_partner_tree", [("fiado_debt", ">", 0)])
        rows = self.peers.partners()
        page = SQL("%s ORDER BY complete_name, id DESC LIMIT %s", rows, PAGE)
        return self._compare_page("contacts with debt", 1.5, read, page, count(rows))

    def _measure_debtors(self):
        """Customers in debt, sorted by each of the columns."""
        wallets = self.cashier["fiado.wallet"]
        view, domain = "bemp_fiado.fiado_wallet_view_list", [("debt", ">", 0)]
        length = count(self.peers.write(peers.WITH_DEBT))
        for name in SORTED:
            for direction in ("asc", "desc"):
                read = page_of(wallets, view, domain, f"{name} {direction}, id")
                page = self.peers.debtors(name, direction)
                title = f"customers in debt by {name} {direction}"
                yield self._compare_page(title, 3, read, page, length)

    def _measure_billing(self):
        """The billing of last month: its page, and its rows in a pivot table."""
        first = date_utils.subtract(date_utils.start_of(self.today, "month"), months=1)
        month = first, date_utils.end_of(first, "month")
        period = self.manager["fiado.billing.period"].create({})
        billing = self.manager["fiado.billing"]
        domain = list(billing._get_period_domain(*month))

        def page():
            period.action_show_last_month()
            return period.web_read(PERIOD_SPECIFICATION)

        def pivot():
            return billing.formatted_read_grouping_sets(
                domain,
                [[], ["section"], ["section", "figure"]],
                ["amount:sum", "__count"],
            )

        queries = [
            self.peers.write(query, first=month[0], last=month[1])
            for query in peers.BILLING
        ]
        self._check_billing(billing.get_figures(*month), queries)
        yield self._compare("billing of a month", 3, page, *queries)
        yield self._compare("billing of a month, pivot", 3, pivot, *queries)

    def _check_billing(self, figures, queries):
        own = {
            (row["section"], row["figure"], row["payment_method_line_id"] or None): (
                round(row["amount"], 2),
                row["count"],
            )
            for row in figures["rows"]
        }
        peer = {
            (section, figure, form): (round(float(amount), 2), number)
            for query in queries
            for section, figure, form, amount, number in self.env.execute_query(query)
        }
        if own != peer or figures["difference"]:
            raise RuntimeError(f"The billing says {own}, plain SQL says {peer}.")

    def _measure_statement(self, customer):
        """The newest page of a long statement, next to Odoo's list of as many items."""
        of_customer = [("partner_id", "child_of", customer.id)]
        read = page_of(self.cashier["fiado.wallet.entry"], ENTRIES, of_customer)
        accounts = (
            self.company.fiado_debt_account_id | self.company.fiado_credit_account_id
        )
        items = page_of(
            self.accountant["account.move.line"],
            "account.view_move_line_tree",
            [
                *of_customer,
                ("account_id", "in", accounts.ids),
                ("parent_state", "=", "posted"),
            ],
        )
        return self._compare("statement of 10,000 entries", 1.5, read, items)

    def _measure_others(self, long_customer):
        """What has no bound of its own."""
        cashier = self.cashier
        partner = cashier["res.partner"].browse(long_customer.id)
        for title, call in {
            "dashboard": self.manager["fiado.wallet"].get_dashboard,
            "state of the credits": page_of(
                cashier["fiado.credit.state"],
                "bemp_fiado.fiado_credit_state_view_list",
                [],
            ),
            "all entries": page_of(cashier["fiado.wallet.entry"], ENTRIES, []),
            "wallet of 10,000 entries": partial(
                partner.web_read, WALLET_FORM_SPECIFICATION
            ),
            "one balance": partial(partner.read, ["fiado_balance"]),
            "customers in debt by ageing": partial(
                cashier["fiado.wallet"].formatted_read_group,
                [("debt", ">", 0)],
                ["bucket"],
                ["debt:sum", "__count"],
            ),
        }.items():
            results = in_turns(self.env, {title: flow(call)}, rounds=15)
            yield title, results[title][0]

    def _compare_page(self, title, bound, read, page, length):
        """Compare, once a page and the SQL show the same records, out of as many."""
        own = read()
        ids = [row[0] for row in self.env.execute_query(page)]
        [(number,)] = self.env.execute_query(length)
        if (own["length"], [row["id"] for row in own["records"]]) != (number, ids):
            raise RuntimeError(f"{title}: plain SQL shows other rows.")
        return self._compare(title, bound, read, page, length)

    def _compare(self, title, bound, own, *peers):
        """What a call takes, next to SQL queries or to another call."""
        calls = [
            peer if callable(peer) else partial(self.env.execute_query, peer)
            for peer in peers
        ]
        figures = compare((self.env, flow(own)), (self.env, flow(*calls)), rounds=15)
        return title, *figures, bound


def _measure_closings(env, empty_database):
    """A closing, and a customer's page of the own wallet, on this database and on one
    with no history."""
    with Registry(empty_database).cursor() as cr:
        shops = Shop(env), Shop(api.Environment(cr, env.uid, env.context))
        for title, paid in (("55/30", PART_PAID), ("55/0", 0.0), ("55/55", PRICE)):
            flows = [(shop.env, partial(shop.closing, paid)) for shop in shops]
            figures = compare(*flows, rounds=100)
            yield f"closing {title}, next to an empty ledger", *figures, 1.05
        flows = [(shop.env, flow(_page_of_own_wallet(shop))) for shop in shops]
        figures = compare(*flows, rounds=100)
        yield "own wallet, next to an empty ledger", *figures, 1.1


def _page_of_own_wallet(shop):
    """What the portal reads for a customer with three orders."""
    customer = shop.env["res.partner"].create({"name": "Joana"})
    for paid in (PART_PAID, 0.0, PRICE):
        list(shop.closing(paid, customer))

    def page():
        [company] = customer._get_fiado_own_companies()
        customer._get_fiado_portal_wallet(company)

    return page


def _specify(*names, **lines):
    return dict.fromkeys(names, {}) | lines


PERIOD_SPECIFICATION = _specify(
    *("date_from", "date_to", "billed", "received", "debt_left", "difference"),
    line_ids={
        "fields": _specify("label", "section", "style", "amount", "share", "count")
    },
)
WALLET_FORM_SPECIFICATION = _specify(
    *("display_name", "phone", "fiado_debt", "fiado_credit", "fiado_debt_since"),
    fiado_entry_ids={
        "fields": _specify(
            *("date", "document", "kind", "origin", "amount", "balance_after"),
            sale_order_id={"fields": {"display_name": {}}},
        ),
        "limit": 40,
    },
)

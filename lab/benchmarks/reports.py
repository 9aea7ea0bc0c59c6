"""What reading costs on a ledger of a million entries, next to plain SQL.

Each report is read as the web client does it, by somebody with a cashier's or a
manager's rights. Its peer is the SQL that a database administrator would write for the
same rows on the same indexes: that both say the same is checked before it is measured.
"""

import itertools
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
IN_DEBT = [("debt", ">", 0)]
ENTRY, ENTRIES = "fiado.wallet.entry", "bemp_fiado.fiado_wallet_entry_view_list"
STATES = "bemp_fiado.fiado_credit_state_view_list"


def main(env):
    """Fill the database and measure; returns 1 if a bound is missed."""
    return tell_ratios("a million entries", _measure(env, big_ledger.create(env)))


def _measure(env, long_customer):
    """Rows of :func:`.measuring.tell_ratios`."""
    reports = Reports(env)
    yield reports.measure_partners()
    yield from reports.measure_debtors()
    yield from reports.measure_billing()
    yield reports.measure_statement(long_customer)
    yield reports.measure_audit()
    yield from reports.measure_others(long_customer)
    yield from _measure_closings(env, os.environ["BENCH_EMPTY_DATABASE"])


class Reports:
    def __init__(self, env):
        self.env, self.company = env, env.company
        self.cashier = create_reader(env, "cashier", "bemp_fiado.group_fiado_user")
        self.manager = create_reader(env, "manager", "bemp_fiado.group_fiado_manager")
        self.accountant = create_reader(env, "accountant", "account.group_account_user")
        self.today = fields.Date.context_today(env["res.partner"])
        self.peers = peers.Peers(env.company, self.today)

    def measure_partners(self):
        """Contacts, filter *With debt*."""
        partners = self.cashier["res.partner"]
        read = page_of(partners, "base.view_partner_tree", [("fiado_debt", ">", 0)])
        rows = self.peers.partners()
        page = SQL("%s ORDER BY complete_name, id DESC LIMIT %s", rows, PAGE)
        return self._compare_page("contacts with debt", 1.5, read, page, count(rows))

    def measure_debtors(self):
        """Customers in debt, sorted by each of the columns."""
        wallets, view = self.cashier["fiado.wallet"], "fiado_wallet_view_list"
        length = count(self.peers.write(peers.WITH_DEBT))
        for order in itertools.product(SORTED, ("asc", "desc")):
            by = " ".join(order)
            read = page_of(wallets, f"bemp_fiado.{view}", IN_DEBT, f"{by}, id")
            page, title = self.peers.debtors(*order), f"customers in debt by {by}"
            yield self._compare_page(title, 3, read, page, length)

    def measure_billing(self):
        """The billing of last month: its page, and its rows in a pivot table."""
        first = date_utils.subtract(date_utils.start_of(self.today, "month"), months=1)
        month = first, date_utils.end_of(first, "month")
        period = self.manager["fiado.billing.period"].create({})
        billing = self.manager["fiado.billing"]
        domain = list(billing._get_period_domain(*month))
        groups = [[], ["section"], ["section", "figure"]]

        def page():
            period.action_show_last_month()
            return period.web_read(PERIOD_FORM)

        queries = [
            self.peers.write(query, first=month[0], last=month[1])
            for query in peers.BILLING
        ]
        self._check_billing(billing.get_figures(*month), queries)
        read = billing.formatted_read_grouping_sets
        pivot = partial(read, domain, groups, ["amount:sum", "__count"])
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
            tuple(known): (round(float(amount), 2), number)
            for query in queries
            for *known, amount, number in self.env.execute_query(query)
        }
        if own != peer or figures["difference"]:
            raise RuntimeError(f"The billing says {own}, plain SQL says {peer}.")

    def measure_statement(self, customer):
        """The newest page of a long statement, next to Odoo's list of as many items."""
        of_customer = ("partner_id", "child_of", customer.id)
        read = page_of(self.cashier[ENTRY], ENTRIES, [of_customer])
        company = self.company
        accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
        posted = ("parent_state", "=", "posted")
        items = page_of(
            self.accountant["account.move.line"],
            "account.view_move_line_tree",
            [of_customer, ("account_id", "in", accounts.ids), posted],
        )
        return self._compare("statement of 10,000 entries", 1.5, read, items)

    def measure_audit(self):
        audit = self.manager["fiado.wallet"].audit
        queries = map(self.peers.write, (peers.SUMS, peers.MATCHES))
        return self._compare("audit", 3, audit, *queries)

    def measure_others(self, long_customer):
        """What has no bound of its own."""
        wallets, entries = self.cashier["fiado.wallet"], self.cashier[ENTRY]
        partner = self.cashier["res.partner"].browse(long_customer.id)
        states, sums = self.cashier["fiado.credit.state"], ["debt:sum", "__count"]
        for title, call in {
            "dashboard": self.manager["fiado.wallet"].get_dashboard,
            "state of the credits": page_of(states, STATES, []),
            "all entries": page_of(entries, ENTRIES, []),
            "wallet of 10,000 entries": partial(partner.web_read, WALLET_FORM),
            "one balance": partial(partner.read, ["fiado_balance"]),
            "customers in debt by ageing": partial(
                wallets.formatted_read_group, IN_DEBT, ["bucket"], sums
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
        query = self.env.execute_query
        calls = [peer if callable(peer) else partial(query, peer) for peer in peers]
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


def _specify(names, **lines):
    """What the web client reads: fields, and those of lines."""
    lines = {name: {"fields": fields} for name, fields in lines.items()}
    return dict.fromkeys(names.split(), {}) | lines


PERIOD_FORM = _specify(
    "date_from date_to billed received debt_left difference",
    line_ids=_specify("label section style amount share count"),
)
WALLET_FORM = _specify(
    "display_name phone fiado_debt fiado_credit fiado_debt_since",
    fiado_entry_ids=_specify(
        "date document kind origin amount balance_after",
        sale_order_id=_specify("display_name"),
    ),
)
WALLET_FORM["fiado_entry_ids"]["limit"] = 40

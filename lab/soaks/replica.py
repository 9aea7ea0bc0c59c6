"""Reports on a streaming replica, closings on the primary."""

import datetime
import re
import time
from functools import partial

from . import plan, trial
from .client import Client
from lib import demo_check, postgres, web_server
from lib.report import Failure, say, step

LOGGED = {"log_statement": "all", "log_line_prefix": "%a "}
# Odoo's statements are told from ours by the name of their connection. For each request
# it asks the primary which databases there are and whether what it keeps in memory is
# still right: that is none of the request's own work.
STATEMENT = re.compile(
    r"odoo-\S* LOG:  statement: (?!BEGIN|COMMIT|ROLLBACK|DISCARD ALL|SET |$"
    r"|select datname from pg_database"
    r"|SELECT \( SELECT max\(id\) FROM \"orm_signaling_)",
    re.MULTILINE,
)
FALLEN_BACK = "retrying with a read/write cursor"
PERIOD = dict.fromkeys(("date_from", "date_to"), datetime.date.today().isoformat())
CATCHING_UP = 60
# What each line of a printed statement has.
STATEMENT_LINE = b"page-break-inside: avoid"
# What a closing does not change the answer of.
UNCHANGED = ("audit", "a row's wallet (browser)")
BEFORE, PAUSED = (
    plan.Operation(name, "leave debt", 0, price, 30.0)
    for name, price in (("before", 70.0), ("paused", 55.0))
)


def run(odoo):
    wanted = 1, [(0.0, 0.0)], [BEFORE, PAUSED]
    own_server = trial.begun_on_own_server(odoo, *wanted, **LOGGED)
    with own_server as (primary, shop), postgres.standby(primary, **LOGGED) as standby:
        options = f"--db_replica_host={standby.sockets}", "--db_replica_port=5432"
        with shop.serving(trial.size("WORKERS", 2), *options):
            yield from Replica(primary, standby, shop).find_flaws()


class Replica:
    """The two servers, and who reads and writes through Odoo."""

    def __init__(self, primary, standby, shop):
        self._primary, self._standby, self._shop = primary, standby, shop
        self._owner, [self._cashier] = Client(shop.shop["owner"]), shop.connect()
        self._browser = demo_check.Client(shop.database, "admin", "admin")
        self._reports = self._get_reports(*shop.shop["customers"])

    def find_flaws(self):
        yield from self._close(BEFORE)
        self._catch_up()
        # Odoo makes its assets when they are asked for the first time.
        for read in self._reports.values():
            read()
        before = yield from self._read_all("up to date")
        self._standby.server.query("SELECT pg_wal_replay_pause()")
        yield from self._close(PAUSED)
        paused = yield from self._read_all("while the replica knows nothing new")
        yield from self._read_on_primary()
        self._standby.server.query("SELECT pg_wal_replay_resume()")
        self._catch_up()
        after = yield from self._read_all("up to date again")
        for name in before:
            if before[name] != paused[name]:
                yield f"{name} knows what the replica can't know"
            if name not in UNCHANGED and before[name] == after[name]:
                yield f"{name} does not show the closing"
        with step("Stopping the replica"):
            self._standby.stop()
        for name, read in self._reports.items():
            answer, _replica, primary = self._measure(read)
            if answer != after[name] or not primary:
                yield f"{name} fails when the replica is down"
        text = web_server.LOG.read_text(errors="replace")
        print(f"calls that Odoo ran again on the primary: {text.count(FALLEN_BACK)}")

    def _get_reports(self, customer):
        """How each of the reports is read, by its name."""
        wallet = [["partner_id", "=", customer]]
        read, browse = self._owner.get, self._browser.call

        def search(model, *names):
            return partial(read, model, "search_read", domain=wallet, fields=names)

        return {
            "customers in debt": search("fiado.wallet", "debt", "not_due"),
            "entries": search("fiado.wallet.entry", "balance_after"),
            "state of the credits": search("fiado.credit.state", "balance", "sold"),
            "payments": search("fiado.payment", "amount"),
            "balances at a date": search("fiado.wallet.balance", "debt"),
            "statement": partial(read, "res.partner", "fiado_statement", [customer]),
            "billing": partial(read, "fiado.billing", "get_figures", **PERIOD),
            "dashboard": partial(read, "fiado.wallet", "get_dashboard"),
            "audit": partial(read, "fiado.wallet", "audit"),
            "customers in debt (browser)": partial(
                *(browse, "fiado.wallet", "web_search_read", wallet),
                {"debt": {}, "last_payment_date": {}},
            ),
            "billing, grouped (browser)": partial(
                *(browse, "fiado.billing", "formatted_read_group"),
                *([], ["figure"], ["amount:sum"]),
            ),
            "dashboard (browser)": partial(browse, "fiado.wallet", "get_dashboard"),
            "a row's wallet (browser)": partial(
                self._press, "res.partner", "action_open_wallet", customer
            ),
            "statement on paper (browser)": lambda: self._browser.get(
                f"/report/html/bemp_fiado.fiado_statement/{customer}"
            ).count(STATEMENT_LINE),
        }

    def _press(self, model, method, record):
        """Press a button on a record, as the web client does."""
        return self._browser.post(
            f"/web/dataset/call_button/{model}/{method}",
            {"model": model, "method": method, "args": [[record]], "kwargs": {}},
        )

    def _read_all(self, moment):
        """Read each report; tell and check who served it. Returns the answers."""
        answers = {}
        say(f"\n{moment}: statements on the replica, on the primary")
        for name, read in self._reports.items():
            answers[name], replica, primary = self._measure(read)
            print(f"  {name:32}{replica:6}{primary:6}")
            if primary or not replica:
                yield f"{name}, {moment}: not served by the replica"
        return answers

    def _read_on_primary(self):
        """The page of the billing is a record of its own: Odoo writes it, so it knows
        the closing that the replica doesn't know."""
        figures = self._owner.get("fiado.billing", "get_figures", **PERIOD)["billed"]
        page, _replica, primary = self._measure(self._open_billing)
        # The replica doesn't know the page yet.
        billed = self._ask_primary(
            f"SELECT billed FROM fiado_billing_period WHERE id = {page}"
        )
        print(
            f"  billing: page {billed:.2f} (from the primary), "
            f"figures {figures:.2f} (from the replica)"
        )
        if not primary or billed <= figures:
            yield "the page of the billing is not read from the primary"

    def _open_billing(self):
        """A page that says what was billed today."""
        model = "fiado.billing.period"
        page = self._browser.call(model, "action_open_billing")["res_id"]
        self._press(model, "action_show_today", page)
        return page

    def _close(self, operation):
        """Close an order, and find its debt on the primary."""
        send = partial(self._shop.send, self._cashier, operation)
        debt_before = self._get_debt()
        answer, replica, primary = self._measure(send)
        say(f"\nclosing: {replica} statements on the replica, {primary} on the primary")
        debt = self._get_debt()
        is_closed = answer.outcome == "accepted" and answer.body["balance"] == -debt
        if not primary or debt <= debt_before or not is_closed:
            yield f"closing {operation.reference!r} is not on the primary: {answer}"

    def _get_debt(self):
        return self._ask_primary(
            "SELECT COALESCE(SUM(balance), 0) FROM account_move_line "
            "WHERE account_id IN (SELECT fiado_debt_account_id FROM res_company)"
        )

    def _ask_primary(self, statement):
        [amount] = self._primary.server.query(statement, self._shop.database)
        return float(amount)

    def _measure(self, call):
        """What a call returns, and how many statements of its own each server ran for
        it: the replica and the primary."""
        servers = (self._standby, self._primary)
        before = [_count_statements(server) for server in servers]
        answer = call()
        after = [_count_statements(server) for server in servers]
        return answer, after[0] - before[0], after[1] - before[1]

    def _catch_up(self):
        """Wait until the replica knows all that the primary knows now."""
        [position] = self._primary.server.query("SELECT pg_current_wal_insert_lsn()")
        question = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        for _look in range(CATCHING_UP * 20):
            if self._standby.server.query(question) == ["t"]:
                return
            time.sleep(0.05)
        raise Failure(
            f"The replica is {CATCHING_UP} s behind.",
            f"See what it says in {self._standby.log}.",
        )


def _count_statements(cluster):
    return len(STATEMENT.findall(cluster.log.read_text(errors="replace")))

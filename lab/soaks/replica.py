"""Reports on a streaming replica, closings on the primary."""

import contextlib
import dataclasses
import datetime
import re
import tempfile
import time
from pathlib import Path

from . import trial
from .browser import Browser
from .client import Client
from lib import databases, postgres, settings, web_server
from lib.report import Failure, say, step

LOGGED = {"log_statement": "all", "log_line_prefix": "%a "}
# Odoo's statements are told from ours by the name of their connection.
STATEMENT = re.compile(r"odoo-\S* LOG:  statement: (.*)")
# For each request Odoo asks the primary which databases there are and whether what it
# keeps in memory is still right. That is none of the request's own work.
HOUSEKEEPING = re.compile(
    r"BEGIN|COMMIT|ROLLBACK|DISCARD ALL|SET |$"
    r"|select datname from pg_database|SELECT \( SELECT max\(id\) FROM \"orm_signaling_"
)
FALLEN_BACK = "retrying with a read/write cursor"
TODAY = datetime.date.today().isoformat()
CATCHING_UP = 60
# What each line of a printed statement has.
STATEMENT_LINE = "page-break-inside: avoid"


def run(odoo):
    if settings.database_host():
        raise Failure(
            "PGHOST names a server, which gets no replica here.",
            "Unset PGHOST: a server and its replica are made for this trial then.",
        )
    wanted = {
        "clients": 1,
        "customers": [{"limit": 0.0, "credit": 0.0}] * 2,
        "orders": {"before": [0, 70.0], "paused": [0, 55.0]},
    }
    prepared = databases.with_main_addon(odoo)
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(postgres.separate(odoo.server.programs, **LOGGED))
        own = dataclasses.replace(
            odoo, server=postgres.Server(primary.programs, primary.environment)
        )
        database = stack.enter_context(databases.copy_on(odoo, prepared, own))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ids = trial.open_shop(own, database, wanted, Path(folder) / "shop.json")
        standby = stack.enter_context(postgres.standby(primary, **LOGGED))
        stack.enter_context(
            web_server.running(
                own,
                database,
                *trial.server_options(trial.size("WORKERS", 2)),
                f"--db_replica_host={standby.sockets}",
                "--db_replica_port=5432",
            )
        )
        return Trial(Pair(primary, standby), database, ids).run()


class Pair:
    """The two servers, and what reaches each of them."""

    def __init__(self, primary, standby):
        self.primary, self.standby = primary, standby
        self._servers = {
            name: postgres.Server(cluster.programs, cluster.environment)
            for name, cluster in (("primary", primary), ("replica", standby))
        }

    def query(self, name, statement, database="postgres"):
        return self._servers[name].query(statement, database)

    def get_statements(self):
        """What each server has run for the requests so far."""
        return {
            name: [
                statement
                for statement in STATEMENT.findall(
                    cluster.log.read_text(errors="replace")
                )
                if not HOUSEKEEPING.match(statement)
            ]
            for name, cluster in (("primary", self.primary), ("replica", self.standby))
        }

    def pause(self):
        self.query("replica", "SELECT pg_wal_replay_pause()")

    def resume(self):
        self.query("replica", "SELECT pg_wal_replay_resume()")

    def catch_up(self):
        """Wait until the replica knows all that the primary knows now."""
        [position] = self.query("primary", "SELECT pg_current_wal_insert_lsn()")
        deadline = time.monotonic() + CATCHING_UP
        question = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        while self.query("replica", question) != ["t"]:
            if time.monotonic() > deadline:
                raise Failure(
                    f"The replica is {CATCHING_UP} s behind.",
                    f"See what it says in {self.standby.log}.",
                )
            time.sleep(0.05)


class Trial:
    def __init__(self, pair, database, ids):
        self._pair = pair
        self._ids = ids
        self._owner = Client(ids["owner"])
        self._cashier = Client(ids["clients"][0])
        self._browser = Browser(database, "admin", "admin")
        self._flaws = []

    def run(self):
        self._close("before", 30.0)
        self._pair.catch_up()
        # Odoo makes its assets when they are asked for the first time.
        self._read_all()
        before = self._read_all("up to date")
        self._pair.pause()
        self._close("paused", 30.0)
        paused = self._read_all("while the replica knows nothing new")
        self._compare(before, paused, is_same=True)
        self._read_on_primary()
        self._pair.resume()
        self._pair.catch_up()
        after = self._read_all("up to date again")
        self._compare(before, after, is_same=False)
        self._stop_replica(after)
        self._tell_fallbacks()
        return self._flaws

    # What is read, and whether a closing changes what it says.

    def _get_reports(self):
        """By name: the call, and whether its answer changes with a closing."""
        customer = self._ids["customers"][0]
        wallet = [["partner_id", "=", customer]]
        period = {"date_from": TODAY, "date_to": TODAY}
        return {
            "customers in debt": (
                lambda: self._search("fiado.wallet", wallet, "debt", "not_due"),
                True,
            ),
            "entries": (
                lambda: self._search("fiado.wallet.entry", wallet, "balance_after"),
                True,
            ),
            "state of the credits": (
                lambda: self._search("fiado.credit.state", wallet, "balance", "sold"),
                True,
            ),
            "payments": (
                lambda: self._search("fiado.payment", wallet, "amount"),
                True,
            ),
            "balances at a date": (
                lambda: self._search("fiado.wallet.balance", wallet, "debt"),
                True,
            ),
            "statement": (
                lambda: self._owner.get("res.partner", "fiado_statement", [customer]),
                True,
            ),
            "billing": (
                lambda: self._owner.get("fiado.billing", "get_figures", **period),
                True,
            ),
            "dashboard": (
                lambda: self._owner.get("fiado.wallet", "get_dashboard"),
                True,
            ),
            "audit": (lambda: self._owner.get("fiado.wallet", "audit"), False),
            "customers in debt (browser)": (
                lambda: self._browser.call(
                    "fiado.wallet",
                    "web_search_read",
                    domain=wallet,
                    specification={"debt": {}, "last_payment_date": {}},
                ),
                True,
            ),
            "billing, grouped (browser)": (
                lambda: self._browser.call(
                    "fiado.billing",
                    "formatted_read_group",
                    domain=[],
                    groupby=["figure"],
                    aggregates=["amount:sum"],
                ),
                True,
            ),
            "dashboard (browser)": (
                lambda: self._browser.call("fiado.wallet", "get_dashboard"),
                True,
            ),
            "a row's wallet (browser)": (
                lambda: self._browser.press(
                    "res.partner", "action_open_wallet", customer
                ),
                False,
            ),
            "statement on paper (browser)": (
                lambda: self._browser.get(
                    f"/report/html/bemp_fiado.fiado_statement/{customer}"
                ).text.count(STATEMENT_LINE),
                True,
            ),
        }

    def _search(self, model, domain, *names):
        return self._owner.get(model, "search_read", domain=domain, fields=names)

    def _read_all(self, moment=None):
        """Read each report; where a moment is named, tell and check who served it."""
        answers = {}
        if moment:
            say(f"\n{moment}: statements on the replica, on the primary")
        for name, (call, _changes) in self._get_reports().items():
            answers[name], replica, primary = self._measure(call)
            if moment:
                print(f"  {name:32}{replica:6}{primary:6}")
                if primary or not replica:
                    self._flaws.append(f"{name}, {moment}: not served by the replica")
        return answers

    def _measure(self, call):
        before = self._pair.get_statements()
        answer = call()
        after = self._pair.get_statements()
        return answer, *(
            len(after[name]) - len(before[name]) for name in ("replica", "primary")
        )

    def _compare(self, before, now, is_same):
        for name, (_call, changes) in self._get_reports().items():
            if is_same and before[name] != now[name]:
                self._flaws.append(f"{name} knows what the replica can't know")
            if not is_same and changes and before[name] == now[name]:
                self._flaws.append(f"{name} does not show the closing")

    # What writes.

    def _close(self, reference, amount):
        """Close an order, and find its debt on the primary."""
        debt_before = self._get_debt()
        payment = {"payment_method_line_id": self._ids["form"], "amount": amount}
        answer, replica, primary = self._measure(
            lambda: self._cashier.get(
                "sale.order",
                "close_order",
                [self._ids["orders"][reference]],
                payments=[payment],
                use_balance=True,
            )
        )
        say(f"\nclosing: {replica} statements on the replica, {primary} on the primary")
        debt = self._get_debt()
        if not primary or debt <= debt_before or answer["balance"] != -debt:
            self._flaws.append(f"closing {reference!r} is not on the primary: {answer}")

    def _get_debt(self):
        [debt] = self._query_primary(
            "SELECT COALESCE(SUM(balance), 0) FROM account_move_line "
            "WHERE account_id IN (SELECT fiado_debt_account_id FROM res_company)"
        )
        return float(debt)

    def _query_primary(self, statement):
        return self._pair.query("primary", statement, self._browser.database)

    def _read_on_primary(self):
        """The page of the billing is a record of its own: Odoo writes it, so it knows
        the closing that the replica doesn't know."""
        figures = self._owner.get(
            "fiado.billing", "get_figures", date_from=TODAY, date_to=TODAY
        )
        billed, _replica, primary = self._measure(self._open_billing)
        print(
            f"  billing: page {billed:.2f} (from the primary), figures "
            f"{figures['billed']:.2f} (from the replica)"
        )
        if not primary or billed <= figures["billed"]:
            self._flaws.append("the page of the billing is not read from the primary")

    def _open_billing(self):
        """What the page says was billed today."""
        action = self._browser.call("fiado.billing.period", "action_open_billing")
        page = action["res_id"]
        self._browser.press("fiado.billing.period", "action_show_today", page)
        # The replica doesn't know the page yet.
        [billed] = self._query_primary(
            f"SELECT billed FROM fiado_billing_period WHERE id = {page}"
        )
        return float(billed)

    def _stop_replica(self, expected):
        """Without the replica, reports come from the primary."""
        with step("Stopping the replica"):
            self._pair.standby.stop()
        for name, (call, _changes) in self._get_reports().items():
            answer, _replica, primary = self._measure(call)
            if answer != expected[name] or not primary:
                self._flaws.append(f"{name} fails when the replica is down")

    def _tell_fallbacks(self):
        text = web_server.LOG.read_text(errors="replace")
        print(f"calls that Odoo ran again on the primary: {text.count(FALLEN_BACK)}")

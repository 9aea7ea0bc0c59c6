"""Two Odoo hosts on one primary with a replica, set up as docs/hosting.md says."""

import configparser
import contextlib
import dataclasses
import re
import tempfile
import time
from pathlib import Path

import httpx

from . import plan, trial
from .client import Client
from .concurrency import line_up, send_all
from .notebook import Books, Notebook
from lib import databases, odoo_command, postgres, settings, web_server
from lib.report import Failure, say, step

PAGE = settings.REPOSITORY / "docs" / "hosting.md"
BLOCK = re.compile(r"^```ini\n# (.+?)\n(.+?)^```$", re.MULTILINE | re.DOTALL)
HOSTS = 2
CUSTOMERS = 8
# One after another, each looked at on the other host at once.
LOOKED_AT = 20
MOVEMENT = "wallet movement posted: "


def run(odoo):
    if settings.database_host():
        raise Failure(
            "PGHOST names a server, which gets no replica here.",
            "Unset PGHOST: a server and its replica are made for this trial then.",
        )
    seed = trial.size("SEED", 5)
    operations = plan.draw(seed, trial.size("OPERATIONS", 300), CUSTOMERS)
    looked_at = [
        plan.Operation(f"look-{number}", "leave debt", CUSTOMERS, price=10.0)
        for number in range(LOOKED_AT)
    ]
    wanted = {
        "clients": trial.size("CLIENTS", 8),
        "customers": [{"limit": plan.LIMIT, "credit": 0.0}] * CUSTOMERS
        + [{"limit": 0.0, "credit": 0.0}],
        "orders": {
            operation.reference: [operation.customer, operation.price]
            for operation in operations + looked_at
            if operation.is_closing
        },
    }
    prepared = databases.with_main_addon(odoo)
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(postgres.separate(odoo.server.programs))
        own = dataclasses.replace(
            odoo, server=postgres.Server(primary.programs, primary.environment)
        )
        database = stack.enter_context(databases.copy_on(odoo, prepared, own))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ids = trial.open_shop(own, database, wanted, folder / "shop.json")
        primary, standby = _set_up_servers(stack, primary)
        hosts = [Host(number, own, folder) for number in range(HOSTS)]
        for host in hosts:
            stack.enter_context(host.running(database, primary, standby))
        return Trial(own, database, hosts, ids, standby).run(
            seed, operations, looked_at, wanted
        )


def _set_up_servers(stack, primary):
    """The primary as the page has it, and its replica."""
    options = _read_postgres_options()
    primary.stop()
    primary = dataclasses.replace(primary, options=options)
    primary.start()
    return primary, stack.enter_context(postgres.standby(primary, **options))


def _read_blocks():
    return dict(BLOCK.findall(PAGE.read_text()))


def _read_postgres_options():
    lines = _read_blocks()["postgresql.conf"].splitlines()
    return {
        name.strip(): value.strip().strip("'")
        for name, value in (line.split("=", 1) for line in lines)
    }


class Host:
    """One of the Odoo hosts: here they differ in their ports."""

    def __init__(self, number, odoo, folder):
        self._odoo = odoo
        self._file = folder / f"odoo-{number}.conf"
        self.port = settings.http_port() + 2 * number
        self.websocket_port = self.port + 1
        self.log = settings.LOGS / f"server-{number}.log"

    def running(self, database, primary, standby):
        """Serve the database with the page's configuration."""
        own = configparser.ConfigParser(interpolation=None)
        own.read(odoo_command.CONFIGURATION)
        page = configparser.ConfigParser(interpolation=None)
        page.read_string(_read_blocks()["odoo.conf"])
        # Everything else is as it is on the page.
        page["options"].update(
            addons_path=own["options"]["addons_path"],
            data_dir=own["options"]["data_dir"],
            db_host=str(primary.sockets),
            db_name=database,
            db_replica_host=str(standby.sockets),
            http_port=str(self.port),
            gevent_port=str(self.websocket_port),
        )
        with open(self._file, "w") as output:
            page.write(output)
        environment = self._odoo.environment
        # What the page says counts, not what Odoo finds in its surroundings.
        environment = {
            name: value
            for name, value in environment.items()
            if not name.startswith(("PG", "ODOO_RC"))
        }
        command = self._odoo.command("server", "-c", str(self._file))
        return web_server.serving(command, environment, self.port, self.log)


class Trial:
    def __init__(self, odoo, database, hosts, ids, standby):
        self._odoo, self._database = odoo, database
        self._hosts = hosts
        self._ids = ids
        self._replica = postgres.Server(standby.programs, standby.environment)
        self._notebook = Notebook()

    def run(self, seed, operations, looked_at, wanted):
        flaws = list(self._find_deaf_websockets())
        flaws += self._look(looked_at)
        read_before = self._count_reads()
        clients = [
            # Copies of one call come through both hosts.
            Client(key, self._hosts[number % HOSTS].port)
            for number, key in enumerate(self._ids["clients"])
        ]
        with step(f"Sending {len(operations)} operations to {HOSTS} hosts"):
            start = time.perf_counter()
            send_all(line_up(seed, operations), clients, self._ids, self._notebook)
            seconds = time.perf_counter() - start
        self._notebook.tell(seconds)
        books = Books.read(Client(self._ids["owner"], self._hosts[0].port))
        print(f"transactions on the replica: {self._count_reads() - read_before}")
        accepted = self._notebook.get_accepted()
        limits = {
            customer: values["limit"]
            for customer, values in zip(
                self._ids["customers"], wanted["customers"], strict=True
            )
        }
        flaws += self._notebook.find_unanswered()
        flaws += self._notebook.find_other_answers()
        flaws += books.find_flaws(accepted, self._ids, limits)
        flaws += self._find_unlogged(books)
        return flaws

    def _find_deaf_websockets(self):
        for host in self._hosts:
            url = f"{web_server.address(host.websocket_port)}/websocket/health"
            try:
                httpx.get(url, timeout=30).raise_for_status()
            except httpx.HTTPError as error:
                yield f"the websocket of port {host.port} does not answer: {error}"

    def _look(self, operations):
        """Close orders on one host, and look at once what the other one shows."""
        late = 0
        for number, operation in enumerate(operations):
            closing, showing = (
                Client(self._ids[who], self._hosts[(number + turn) % HOSTS].port)
                for turn, who in enumerate(("owner", "owner"))
            )
            model, method, records, values = operation.prepare_call(
                self._ids, self._ids["form"]
            )
            answer = closing.call(model, method, records, **values)
            self._notebook.write(operation, answer)
            [wallet] = showing.get(
                *("fiado.wallet", "search_read"),
                domain=[["partner_id", "=", self._ids["customers"][-1]]],
                fields=["balance"],
            )
            late += wallet["balance"] != answer.body["balance"]
        say(f"closings {len(operations)}, shown late by the other host {late}")
        return [f"{late} closings were shown late"] if late else []

    def _find_unlogged(self, books):
        """The logs of all hosts hold each movement once."""
        logged = sorted(
            int(move)
            for host in self._hosts
            for move in re.findall(
                MOVEMENT + r"move=(\d+)", host.log.read_text(errors="replace")
            )
        )
        moved = sorted(
            entry["move_id"][0] for entry in books.entries if entry["reference"]
        )
        print(f"movements {len(set(moved))}, in the logs {len(logged)}")
        if logged != sorted(set(moved)):
            yield "the logs don't hold each movement once"

    def _count_reads(self):
        [number] = self._replica.query(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database "
            f"WHERE datname = '{self._database}'"
        )
        return int(number)

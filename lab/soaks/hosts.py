"""Two Odoo hosts on one primary with a replica, set up as docs/hosting.md says."""

import configparser
import contextlib
import dataclasses
import re
import tempfile
from pathlib import Path

import httpx

from . import plan, trial
from .client import Client
from .concurrency import find_flaws, line_up, send_all
from .notebook import Books, Notebook
from lib import odoo_command, postgres, settings, web_server
from lib.report import say, step

PAGE = settings.REPOSITORY / "docs" / "hosting.md"
BLOCK = re.compile(r"^```ini\n# (.+?)\n(.+?)^```$", re.MULTILINE | re.DOTALL)
HOSTS = 2
CUSTOMERS = 8
# One after another, each looked at on the other host at once.
LOOKED_AT = 20
MOVEMENT = re.compile(r"wallet movement posted: move=(\d+)")


def run(odoo):
    seed = trial.size("SEED", 5)
    operations = plan.draw(seed, trial.size("OPERATIONS", 300), CUSTOMERS)
    looked_at = [
        plan.Operation(f"look-{number}", "leave debt", CUSTOMERS, price=10.0)
        for number in range(LOOKED_AT)
    ]
    customers = [(plan.LIMIT, 0.0)] * CUSTOMERS + [(0.0, 0.0)]
    clients = trial.size("CLIENTS", 8)
    wanted = plan.want_shop(clients, customers, operations + looked_at)
    with contextlib.ExitStack() as stack:
        primary, own, database, shop = stack.enter_context(
            trial.shop_on_own_server(odoo, wanted)
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        primary, standby = _set_up_servers(stack, primary)
        hosts = [Host(number, own, folder) for number in range(HOSTS)]
        for host in hosts:
            stack.enter_context(host.running(database, primary, standby))
        drill = Trial(hosts, shop, standby.server, database)
        return list(drill.find_flaws(line_up(seed, operations), looked_at))


def _set_up_servers(stack, primary):
    """The primary as the page has it, and its replica."""
    lines = _read_block("postgresql.conf").splitlines()
    options = {
        name.strip(): value.strip().strip("'")
        for name, value in (line.split("=", 1) for line in lines)
    }
    primary.stop()
    primary = dataclasses.replace(primary, options=options)
    primary.start()
    return primary, stack.enter_context(postgres.standby(primary, **options))


def _read_block(name):
    return dict(BLOCK.findall(PAGE.read_text()))[name]


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
        page.read_string(_read_block("odoo.conf"))
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
        # What the page says counts, not what Odoo finds in its surroundings.
        environment = {
            name: value
            for name, value in self._odoo.environment.items()
            if not name.startswith(("PG", "ODOO_RC"))
        }
        command = self._odoo.command("server", "-c", str(self._file))
        return web_server.serving(command, environment, self.port, self.log)


class Trial:
    def __init__(self, hosts, shop, replica, database):
        self._hosts, self._shop = hosts, shop
        self._replica, self._database = replica, database
        self._notebook = Notebook()
        self._owners = [Client(shop["owner"], host.port) for host in hosts]

    def find_flaws(self, line, looked_at):
        yield from self._find_deaf_websockets()
        yield from self._look(looked_at)
        read_before = self._count_reads()
        clients = [
            # Copies of one call come through both hosts.
            Client(key, self._hosts[number % HOSTS].port)
            for number, key in enumerate(self._shop["clients"])
        ]
        with step(f"Sending {line.qsize()} calls to {HOSTS} hosts"):
            seconds = send_all(line, clients, self._shop, self._notebook)
        self._notebook.tell(seconds)
        books = Books(self._owners[0])
        print(f"transactions on the replica: {self._count_reads() - read_before}")
        yield from find_flaws(self._notebook, books, self._shop)
        yield from self._find_unlogged(books)

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
            answer = operation.send(self._owners[number % HOSTS], self._shop)
            self._notebook.write(operation, answer)
            [wallet] = self._owners[(number + 1) % HOSTS].get(
                *("fiado.wallet", "search_read"),
                domain=[["partner_id", "=", self._shop["customers"][-1]]],
                fields=["balance"],
            )
            late += wallet["balance"] != answer.body["balance"]
        say(f"closings {len(operations)}, shown late by the other host {late}")
        if late:
            yield f"{late} closings were shown late"

    def _find_unlogged(self, books):
        """The logs of all hosts hold each movement once."""
        logs = "".join(host.log.read_text(errors="replace") for host in self._hosts)
        logged = sorted(map(int, MOVEMENT.findall(logs)))
        moved = {entry["move_id"][0] for entry in books.entries if entry["reference"]}
        print(f"movements {len(moved)}, in the logs {len(logged)}")
        if logged != sorted(moved):
            yield "the logs don't hold each movement once"

    def _count_reads(self):
        [number] = self._replica.query(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database "
            f"WHERE datname = '{self._database}'"
        )
        return int(number)

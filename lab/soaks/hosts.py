"""Two Odoo hosts on one primary with a replica, set up as docs/hosting.md says."""

import contextlib
import dataclasses
import itertools
import re
import tempfile
from pathlib import Path

import httpx

from . import concurrency, plan, trial
from .client import Client
from lib import postgres, settings, web_server
from lib.report import say, step

PAGE = settings.REPOSITORY / "docs" / "hosting.md"
BLOCK = re.compile(r"^```ini\n# (.+?)\n(.+?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"^(\w+) = '?(.*?)'?$", re.MULTILINE)
# Here they differ in their ports.
PORTS = [settings.http_port(), settings.http_port() + 2]
LOGS = {port: settings.LOGS / f"server-{port}.log" for port in PORTS}
CUSTOMERS = 8
# One after another, each looked at on the other host at once.
LOOKED_AT = 20
READS = "xact_commit + xact_rollback"
MOVEMENT = re.compile(r"wallet movement posted: move=(\d+)")


def run(odoo):
    seed, clients = trial.size("SEED", 5), trial.size("CLIENTS", 8)
    groups = plan.draw(seed, trial.size("OPERATIONS", 300), CUSTOMERS)
    looked_at = [
        plan.Operation(f"look-{number}", "leave debt", CUSTOMERS, price=10.0)
        for number in range(LOOKED_AT)
    ]
    customers = [(plan.LIMIT, 0.0)] * CUSTOMERS + [(0.0, 0.0)]
    wanted = clients, customers, [*itertools.chain(*groups), *looked_at]
    blocks = dict(BLOCK.findall(PAGE.read_text()))
    options = dict(OPTION.findall(blocks["postgresql.conf"]))
    with contextlib.ExitStack() as stack:
        begun = trial.begun_on_own_server(odoo, *wanted)
        primary, shop = stack.enter_context(begun)
        primary.stop()
        primary = dataclasses.replace(primary, options=options)
        primary.start()
        standby = stack.enter_context(postgres.standby(primary, **options))
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "odoo.conf"
        file.write_text(blocks["odoo.conf"])
        for port in PORTS:
            stack.enter_context(_serve(port, shop, file, primary, standby))
        yield from _find_deaf_websockets()
        yield from _look(shop, looked_at)
        yield from _strain(shop, groups, standby.server)


def _serve(port, shop, file, primary, standby):
    """Run a host. Everything that isn't said here is as it is on the page."""
    addons = ",".join(map(str, [*shop.odoo.known_addons, settings.REPOSITORY]))
    command = shop.odoo.command(
        *("server", "-c", file, f"--addons-path={addons}", "-d", shop.database),
        *(f"--data-dir={settings.data_folder()}", f"--db_host={primary.sockets}"),
        *(f"--db_replica_host={standby.sockets}", f"--http-port={port}"),
        f"--gevent-port={port + 1}",
    )
    # What the page says counts, not what Odoo finds in its surroundings.
    environment = {
        name: value
        for name, value in shop.odoo.environment.items()
        if not name.startswith(("PG", "ODOO_RC"))
    }
    return web_server.serving(command, environment, port, LOGS[port])


def _find_deaf_websockets():
    for port in PORTS:
        url = f"{web_server.address(port + 1)}/websocket/health"
        try:
            httpx.get(url, timeout=30).raise_for_status()
        except httpx.HTTPError as error:
            yield f"the websocket of port {port} does not answer: {error}"


def _look(shop, operations):
    """Close orders on one host, and look at once what the other one shows."""
    owners = itertools.cycle(Client(shop.shop["owner"], port) for port in PORTS)
    of_customer, late = [["partner_id", "=", shop.shop["customers"][-1]]], 0
    host = next(owners)
    for operation in operations:
        answer, host = shop.send(host, operation), next(owners)
        [wallet] = host.get(
            *("fiado.wallet", "search_read"), domain=of_customer, fields=["balance"]
        )
        late += wallet["balance"] != answer.body["balance"]
    say(f"closings {len(operations)}, shown late by the other host {late}")
    if late:
        yield f"{late} closings were shown late"


def _strain(shop, groups, replica):
    read_before = shop.count(READS, replica)
    with step(f"Sending {len(groups)} operations to {len(PORTS)} hosts"):
        # Copies of one call come through both hosts.
        seconds = concurrency.send_groups(shop, groups, shop.connect(*PORTS))
    shop.tell(seconds)
    read = shop.count(READS, replica) - read_before
    print(f"transactions on the replica: {read}")
    books = shop.read_books()
    yield from shop.find_flaws(books)
    # The logs of all hosts hold each movement once.
    logs = "".join(log.read_text(errors="replace") for log in LOGS.values())
    logged = sorted(map(int, MOVEMENT.findall(logs)))
    moves = sorted(itertools.chain(*books["moves"].values()))
    print(f"movements {len(moves)}, in the logs {len(logged)}")
    if logged != moves:
        yield "the logs don't hold each movement once"

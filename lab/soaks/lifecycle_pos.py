"""The bridge to the Point of Sale uninstalled and installed again."""

import json
import tempfile
from pathlib import Path

import inside

from .lifecycle import LOG, _find_complaints, _find_differences
from lib import databases
from lib.report import step

BRIDGE = "bemp_fiado_pos"
SHELL_LOG = "lifecycle-shell.log"


def run(odoo):
    prepared = databases.with_addons(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        return list(_live(odoo, database))


def _live(odoo, database):
    with step("Selling at two tills, of which one stays open"):
        refusal = _ask(odoo, database, "fill(env)")
    print(f"  while a session is open: {refusal}")
    if not refusal:
        yield "uninstalled while a session is open"
        return
    with step("Closing it"):
        told = _ask(odoo, database, "close(env)")
    yield from (f"before: the audit finds {row}" for row in told["audit"])
    with step("Uninstalling"):
        odoo.run(
            *("module", "uninstall", "-d", database, BRIDGE),
            log=LOG,
            failure="It can't be uninstalled.",
        )
    yield from _find_complaints("uninstall")
    with step("Looking at what is left"):
        left = _ask(odoo, database, "look_around(env)")
    yield from _find_complaints("without the bridge", SHELL_LOG)
    yield from (f"uninstall: {flaw}" for flaw in left["flaws"])
    yield from _compare(told, left, "uninstall", ("balances", "books", "audit"))
    databases.install(odoo, database, [BRIDGE])
    yield from _find_complaints("reinstall", "install.log")
    with step("Comparing what is there again, and selling on"):
        again = _ask(odoo, database, "tell_and_go_on(env)")
    yield from _compare(told, again, "reinstall", told)
    yield from (f"reinstall: {flaw}" for flaw in again["flaws"])


def _compare(told, found, name, topics):
    for topic in topics:
        yield from _find_differences(told[topic], found[topic], f"{name}: {topic}")
    print(
        f"  {name}: {len(told['balances'])} wallets, {len(told['orders'])} orders and "
        f"{len(told['books']['items'])} journal items compared"
    )


def _ask(odoo, database, expression):
    """What a function of ``lifecycle_pos_shop`` answers, whose work is kept."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        odoo.run(
            *("shell", "-d", database, "--no-http"),
            log=SHELL_LOG,
            failure="What is done in the shop fails.",
            program=inside.program(
                "from soaks import lifecycle_pos_shop, lifecycle_shop\n"
                f"answer = lifecycle_pos_shop.{expression}\n"
                f"lifecycle_shop.write(answer, {str(file)!r}); env.cr.commit()"
            ),
        )
        return json.loads(file.read_text())

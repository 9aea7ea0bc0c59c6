"""The demo database: a Brazilian salon that sells on fiado."""

import contextlib

from . import addons, databases, settings, web_server
from .report import step

DATABASE = "fiado_demo"
OWNER = ("admin", "admin")
CASHIER = ("caixa", "caixa")

FILL = """
import sys
sys.path.insert(0, {scripts!r})
from lib.demo_shop import fill
fill(env, cashier={cashier!r})
env.cr.commit()
"""


def prepare(odoo):
    """Create the demo shop, or bring it up to date with the addons' code."""
    found = _get_addons(odoo)
    version = " ".join([addons.fingerprint(found), *found])
    with databases.prepared(odoo, DATABASE) as unfinished:
        if unfinished:
            databases.install(odoo, unfinished, found)
            _fill(odoo, unfinished)
            databases.set_note(odoo, unfinished, version)
        elif databases.get_note(odoo, DATABASE) != version:
            _upgrade(odoo)
            databases.set_note(odoo, DATABASE, version)


def _get_addons(odoo):
    found, _lacking = addons.installable(odoo.known_addons)
    return addons.for_users(found)


@contextlib.contextmanager
def running_copy(odoo):
    """Serve a copy of the demo shop; yields its name."""
    prepare(odoo)
    with databases.temporary_copy(odoo, DATABASE) as database:
        set_address(odoo, database)
        with web_server.running(odoo, database):
            yield database


def set_address(odoo, database):
    """Tell Odoo where it is served: its PDFs take their style sheets from there."""
    odoo.server.query(
        f"UPDATE ir_config_parameter SET value = '{web_server.address()}'"
        " WHERE key = 'web.base.url'",
        database,
    )


def _fill(odoo, database):
    program = FILL.format(scripts=str(settings.REPOSITORY / "scripts"), cashier=CASHIER)
    with step("Filling the shop with customers, services and orders"):
        odoo.run(
            *("shell", "-d", database, "--no-http"),
            log="demo.log",
            failure="The demo shop can't be filled.",
            program=program,
        )


def _upgrade(odoo):
    names = ",".join(_get_addons(odoo))
    with step("Bringing the demo shop up to date with the code"):
        odoo.run(
            # Not `module upgrade`: it reads companies and users before it adds new
            # columns to them.
            *("server", "-d", DATABASE, "-i", names, "-u", names),
            *("--stop-after-init", "--no-http"),
            log="upgrade.log",
            failure="The demo shop can't be brought up to date.",
            remedy="To begin with a new one:\n"
            f"    scripts/odoo db drop {DATABASE}\n    scripts/demo",
        )

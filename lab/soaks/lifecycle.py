"""The addon installed, upgraded, uninstalled and installed again."""

import contextlib
import json
import lzma
import re

import inside

from .comparing import find_differences
from lib import addons, databases, settings
from lib.report import Failure, step

RELEASES = inside.FOLDER / "releases"
LOG, SHELL_LOG = "lifecycle.log", "lifecycle-shell.log"
COMPLAINT = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.M)
# As Odoo makes its databases: a dump doesn't tell it of functions of extensions.
EXTENSIONS = """
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
ALTER FUNCTION unaccent(text) IMMUTABLE;
"""


def run(odoo):
    dumps = sorted(RELEASES.glob("*.sql.xz"))
    if not dumps:
        raise Failure("No release is stored.", "See lab/store_release.")
    # So that the fresh shop needs no second preparation.
    prepared = databases.with_main_addon(odoo)
    for dump in dumps:
        with _restored(odoo, dump) as database:
            yield from _upgrade_release(Life(odoo, database), dump)
    with databases.temporary_copy(odoo, prepared) as database:
        yield from _live(Life(odoo, database))


class Life:
    """What happens to a database with an addon. The methods yield what goes wrong."""

    def __init__(self, odoo, database, addon=addons.MAIN, shop="lifecycle_shop"):
        self._odoo, self._database = odoo, database
        self._addon, self._shop = addon, shop

    def ask(self, description, function, *arguments):
        """Call a function of the shop inside Odoo."""
        function = f"soaks.{self._shop}.{function}"
        with step(description):
            return inside.ask(
                self._odoo, self._database, function, *arguments, log=SHELL_LOG
            )

    def upgrade(self, name):
        options = "-u", self._addon, "--stop-after-init", "--no-http"
        yield from self._run(name, "server", "-d", self._database, *options)

    def uninstall(self, told, *topics):
        """Uninstall the addon; some topics have to stay as they were told before."""
        arguments = "uninstall", "-d", self._database, self._addon
        yield from self._run("uninstall", "module", *arguments)
        left = self.ask("Looking at what is left", "look_around")
        yield from _find_complaints("without the addon", SHELL_LOG)
        yield from (f"uninstall: {flaw}" for flaw in left["flaws"])
        kept = {topic: told[topic] for topic in topics}
        yield from find_differences(kept, left, "uninstall", may_have_more=True)

    def reinstall(self):
        databases.install(self._odoo, self._database, [self._addon])
        yield from _find_complaints("reinstall", "install.log")

    def _run(self, name, *arguments):
        with step(f"{name[:1].upper()}{name[1:]}"):
            self._odoo.run(*arguments, log=LOG, failure=f"The {name} fails.")
        yield from _find_complaints(name, LOG)


def _upgrade_release(life, dump):
    version = dump.name.removesuffix(".sql.xz")
    told = json.loads((RELEASES / f"{version}.json").read_text())
    # Version 1.0 knew no payment of who only ever bought credit: since then that is one
    # too.
    for row in told["debtors"]:
        if row["credit"] and not row["last_payment_date"]:
            del row["last_payment_date"]
    name = f"upgrade from {version}"
    yield from life.upgrade(name)
    yield from _compare(life, told, name)
    # One before the reminders gets their stages, switched off, and their text in each
    # language where the shop had left the old one as it was.
    reminders = life.ask("Looking at the reminders", "tell_reminders")
    texts = ", ".join(reminders["texts"])
    print(f"  {name}: stages {reminders['stages']}, text in {texts}")
    expected = {"stages": [-3, 0, 7, 30], "switched_on": []}
    expected["texts"] = dict.fromkeys(reminders["texts"], "the new one")
    yield from find_differences(expected, reminders, f"{name}, reminders")
    yield from _close_further(life, name)


def _live(life):
    """A fresh installation in use, upgraded onto itself, uninstalled and installed
    again."""
    life.ask("Living through some months", "fill")
    told = life.ask("Asking the wallets", "tell")
    yield from (f"install: the audit finds {row}" for row in told["audit"])
    yield from life.upgrade("upgrade onto itself")
    yield from _compare(life, told, "upgrade onto itself")
    life.ask("Leaving something behind", "leave_behind")
    yield from life.uninstall(told, "books")
    yield from life.reinstall()
    life.ask("Choosing the same accounts", "choose", told["settings"])
    yield from _compare(life, told, "reinstall")
    yield from _close_further(life, "reinstall")


def _compare(life, told, name):
    now = life.ask(f"Comparing what the wallets say after the {name}", "tell")
    wallets = told["wallets"].values()
    entries = sum(len(wallet["statement"]["entries"]) for wallet in wallets)
    print(
        f"  {name}: {len(wallets)} wallets, {entries} entries, "
        f"{len(told['debtors'])} with a balance, {len(told['orders'])} orders, "
        f"{len(told['books']['items'])} journal items compared"
    )
    yield from find_differences(told, now, name, may_have_more=True)


def _close_further(life, name):
    answer = life.ask("Closing and settling one more order", "close_further")
    if answer["after"] != answer["before"] or answer["audit"]:
        yield f"{name}: a further closing, settled, leaves {answer}"


def make_readable(dump):
    """A plain dump without what older versions of PostgreSQL don't know."""
    unknown = ("\\restrict ", "\\unrestrict ", "SET transaction_timeout")
    return "".join(
        line for line in dump.splitlines(keepends=True) if not line.startswith(unknown)
    )


@contextlib.contextmanager
def _restored(odoo, dump):
    name = f"{databases.PREFIX}_release"
    databases.drop(odoo, name)
    try:
        with step(f"Restoring {dump.name}"), lzma.open(dump, "rt") as file:
            odoo.server.run("createdb", name)
            odoo.server.run(
                *("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", name),
                text=EXTENSIONS + file.read(),
            )
        yield name
    finally:
        databases.drop(odoo, name)


def _find_complaints(name, log):
    text = (settings.LOGS / log).read_text(errors="replace")
    yield from (f"{name}: Odoo says {line}" for line in COMPLAINT.findall(text))

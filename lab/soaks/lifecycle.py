"""The addon installed, upgraded, uninstalled and installed again."""

import contextlib
import json
import lzma
import re

import inside

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
# How many differences between two tellings are named.
MAX_NAMED = 5


def run(odoo):
    dumps = sorted(RELEASES.glob("*.sql.xz"))
    if not dumps:
        raise Failure("No release is stored.", "See lab/store_release.")
    # So that the fresh shop needs no second preparation.
    prepared = databases.with_main_addon(odoo)
    flaws = []
    for dump in dumps:
        with _restored(odoo, dump) as database:
            version = dump.name.removesuffix(".sql.xz")
            flaws += Life(odoo, database).upgrade_release(version)
    with databases.temporary_copy(odoo, prepared) as database:
        flaws += Life(odoo, database).live()
    return flaws


class Life:
    """What happens to a database with the addon. The methods yield what goes wrong."""

    def __init__(self, odoo, database):
        self._odoo, self._database = odoo, database

    def upgrade_release(self, version):
        told = json.loads((RELEASES / f"{version}.json").read_text())
        # Version 1.0 knew no payment of who only ever bought credit: since then that is
        # one too.
        for row in told["debtors"]:
            if row["credit"] and not row["last_payment_date"]:
                del row["last_payment_date"]
        name = f"upgrade from {version}"
        yield from self._upgrade(name)
        yield from self._compare(told, name)
        yield from self._find_reminder_flaws(name)
        yield from self._close_further(name)

    def live(self):
        """A fresh installation in use, upgraded onto itself, uninstalled and installed
        again."""
        self.ask("Living through some months", "fill")
        told = self.ask("Asking the wallets", "tell")
        yield from (f"install: the audit finds {row}" for row in told["audit"])
        yield from self._upgrade("upgrade onto itself")
        yield from self._compare(told, "upgrade onto itself")
        yield from self._uninstall(told)
        databases.install(self._odoo, self._database, [addons.MAIN])
        yield from _find_complaints("reinstall", "install.log")
        self.ask("Choosing the same accounts", "choose", told["settings"])
        yield from self._compare(told, "reinstall")
        yield from self._close_further("reinstall")

    def ask(self, description, function, *arguments):
        """Call a function of ``lifecycle_shop`` inside Odoo."""
        function = f"soaks.lifecycle_shop.{function}"
        with step(description):
            return inside.ask(
                self._odoo, self._database, function, *arguments, log=SHELL_LOG
            )

    def _upgrade(self, name):
        with step(f"{name[:1].upper()}{name[1:]}"):
            self._odoo.run(
                *("server", "-d", self._database, "-u", addons.MAIN),
                *("--stop-after-init", "--no-http"),
                log=LOG,
                failure=f"The {name} fails.",
            )
        yield from _find_complaints(name, LOG)

    def _uninstall(self, told):
        self.ask("Leaving something behind", "leave_behind")
        with step("Uninstalling"):
            self._odoo.run(
                *("module", "uninstall", "-d", self._database, addons.MAIN),
                log=LOG,
                failure="It can't be uninstalled.",
            )
        yield from _find_complaints("uninstall", LOG)
        left = self.ask("Looking at what is left", "look_around")
        yield from _find_complaints("without the addon", SHELL_LOG)
        yield from (f"uninstall: {flaw}" for flaw in left["flaws"])
        yield from _find_differences(told["books"], left["books"], "uninstall: books")

    def _compare(self, told, name):
        now = self.ask(f"Comparing what the wallets say after the {name}", "tell")
        entries = sum(
            len(wallet["statement"]["entries"]) for wallet in told["wallets"].values()
        )
        print(
            f"  {name}: {len(told['wallets'])} wallets, {entries} entries, "
            f"{len(told['debtors'])} with a balance, {len(told['orders'])} orders, "
            f"{len(told['books']['items'])} journal items compared"
        )
        yield from _find_differences(told, now, name)

    def _find_reminder_flaws(self, name):
        """A release before the reminders gets their stages, switched off, and their
        text in each language where the shop had left the old one as it was."""
        told = self.ask("Looking at the reminders", "tell_reminders")
        print(f"  {name}: stages {told['stages']}, text in {', '.join(told['texts'])}")
        if told["stages"] != [-3, 0, 7, 30]:
            yield f"{name}: the stages are {told['stages']}"
        if told["switched_on"]:
            yield f"{name}: {told['switched_on']} are switched on"
        for lang, is_new in told["texts"].items():
            if not is_new:
                yield f"{name}: the text of reminders in {lang} is the old one"

    def _close_further(self, name):
        answer = self.ask("Closing and settling one more order", "close_further")
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


def _find_differences(expected, found, name):
    """Where two tellings differ; what only the later one knows is no difference."""
    differences = list(_walk(expected, found, name))
    yield from differences[:MAX_NAMED]
    if len(differences) > MAX_NAMED:
        yield f"{name}: {len(differences) - MAX_NAMED} more differences"


def _walk(expected, found, path):
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from _walk(value, found.get(key), f"{path}, {key}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path}: {len(expected)} before, {len(found)} after"
        for index, (before, after) in enumerate(zip(expected, found, strict=False)):
            yield from _walk(before, after, f"{path}[{index}]")
    elif expected != found:
        yield f"{path}: {expected!r} before, {found!r} after"

"""The addon installed, upgraded, uninstalled and installed again."""

import contextlib
import json
import lzma
import re
import tempfile
from pathlib import Path

import inside

from lib import addons, databases, settings
from lib.report import Failure, step

RELEASES = inside.FOLDER / "releases"
LOG = "lifecycle.log"
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
        flaws += _upgrade_release(odoo, dump)
    with databases.temporary_copy(odoo, prepared) as database:
        flaws += _live(odoo, database)
    return flaws


# The trials ------------------------------------------------------------------


def _upgrade_release(odoo, dump):
    version = dump.name.removesuffix(".sql.xz")
    told = json.loads((RELEASES / f"{version}.json").read_text())
    with _restored(odoo, dump) as database:
        yield from _upgrade(odoo, database, f"upgrade from {version}")
        _forget_what_changed(told)
        yield from _compare(odoo, database, told, f"upgrade from {version}")
        yield from _find_reminder_flaws(odoo, database, f"upgrade from {version}")
        yield from _close_further(odoo, database, f"upgrade from {version}")


def _live(odoo, database):
    """A fresh installation in use, upgraded onto itself, uninstalled and installed
    again."""
    with step("Living through some months"):
        run_inside(odoo, database, "lifecycle_shop.fill(env); env.cr.commit()")
    told = _tell(odoo, database)
    yield from (f"install: the audit finds {row}" for row in told["audit"])
    yield from _upgrade(odoo, database, "upgrade onto itself")
    yield from _compare(odoo, database, told, "upgrade onto itself")
    yield from _uninstall(odoo, database, told)
    databases.install(odoo, database, [addons.MAIN])
    yield from _find_complaints("reinstall", "install.log")
    with step("Choosing the same accounts"):
        run_inside(
            odoo,
            database,
            f"lifecycle_shop.choose(env, {told['settings']!r}); env.cr.commit()",
        )
    yield from _compare(odoo, database, told, "reinstall")
    yield from _close_further(odoo, database, "reinstall")


def _upgrade(odoo, database, name):
    with step(f"{name[:1].upper()}{name[1:]}"):
        odoo.run(
            *("server", "-d", database, "-u", addons.MAIN),
            *("--stop-after-init", "--no-http"),
            log=LOG,
            failure=f"The {name} fails.",
        )
    yield from _find_complaints(name)


def _uninstall(odoo, database, told):
    with step("Uninstalling"):
        run_inside(odoo, database, "lifecycle_shop.leave_behind(env); env.cr.commit()")
        odoo.run(
            *("module", "uninstall", "-d", database, addons.MAIN),
            log=LOG,
            failure="It can't be uninstalled.",
        )
    yield from _find_complaints("uninstall")
    with step("Looking at what is left"):
        left = _ask(odoo, database, "lifecycle_shop.look_around(env)")
    yield from _find_complaints("without the addon", "lifecycle-shell.log")
    yield from (f"uninstall: {flaw}" for flaw in left["flaws"])
    yield from _find_differences(told["books"], left["books"], "uninstall: books")


def _compare(odoo, database, told, name):
    with step(f"Comparing what the wallets say after the {name}"):
        now = _tell(odoo, database)
    entries = sum(
        len(wallet["statement"]["entries"]) for wallet in told["wallets"].values()
    )
    print(
        f"  {name}: {len(told['wallets'])} wallets, {entries} entries, "
        f"{len(told['debtors'])} with a balance, {len(told['orders'])} orders, "
        f"{len(told['books']['items'])} journal items compared"
    )
    yield from _find_differences(told, now, name)


def _forget_what_changed(told):
    """Version 1.0 knew no payment of who only ever bought credit: since then that is
    one too."""
    for row in told["debtors"]:
        if row["credit"] and not row["last_payment_date"]:
            del row["last_payment_date"]


def _find_reminder_flaws(odoo, database, name):
    """A release before the reminders gets their stages, switched off, and their text
    in each language where the shop had left the old one as it was."""
    told = _ask(odoo, database, "lifecycle_shop.tell_reminders(env)")
    print(f"  {name}: stages {told['stages']}, text in {', '.join(told['texts'])}")
    if told["stages"] != [-3, 0, 7, 30]:
        yield f"{name}: the stages are {told['stages']}"
    if told["switched_on"]:
        yield f"{name}: {told['switched_on']} are switched on"
    for lang, is_new in told["texts"].items():
        if not is_new:
            yield f"{name}: the text of reminders in {lang} is the old one"


def _close_further(odoo, database, name):
    with step("Closing and settling one more order"):
        answer = _ask(odoo, database, "lifecycle_shop.close_further(env)")
    if answer["after"] != answer["before"] or answer["audit"]:
        yield f"{name}: a further closing, settled, leaves {answer}"


# What they share ---------------------------------------------------------------


def run_inside(odoo, database, program):
    """Run a program in an Odoo shell that knows ``lifecycle_shop``."""
    odoo.run(
        *("shell", "-d", database, "--no-http"),
        log="lifecycle-shell.log",
        failure="What is done in the shop fails.",
        program=inside.program(f"from soaks import lifecycle_shop\n{program}"),
    )


def make_readable(dump):
    """A plain dump without what older versions of PostgreSQL don't know."""
    unknown = ("\\restrict ", "\\unrestrict ", "SET transaction_timeout")
    return "".join(
        line for line in dump.splitlines(keepends=True) if not line.startswith(unknown)
    )


def _tell(odoo, database):
    return _ask(odoo, database, "lifecycle_shop.tell(env)")


def _ask(odoo, database, expression):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        run_inside(odoo, database, f"lifecycle_shop.write({expression}, {str(file)!r})")
        return json.loads(file.read_text())


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


def _find_complaints(name, log=LOG):
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

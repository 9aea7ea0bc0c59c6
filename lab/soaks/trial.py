"""What the trials share: their shop, their size, and what their server says."""

import contextlib
import json
import os
import re
import tempfile
from pathlib import Path

import inside

from lib import databases, settings, web_server
from lib.report import Failure, step

RETRIED = re.compile(r"(\d) tries left, try again|maximum number of tries reached")
OPEN = """
from soaks.shop import open_shop
open_shop(env, {wanted!r}, {file!r})
"""


def size(name, default):
    """A size of the trial that the environment may change."""
    value = os.environ.get(f"SOAK_{name}") or str(default)
    if not value.isdecimal():
        raise Failure(f"SOAK_{name} is {value!r}.", "Give a whole number.")
    return int(value)


def server_options(workers):
    return (
        f"--workers={workers}",
        f"--gevent-port={settings.http_port() + 1}",
        "--max-cron-threads=0",
    )


@contextlib.contextmanager
def shop(odoo, wanted):
    """A copy of the prepared database with a shop in it; yields its name and ids."""
    with (
        databases.temporary_copy(odoo, databases.with_main_addon(odoo)) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        yield database, open_shop(odoo, database, wanted, Path(folder) / "shop.json")


def open_shop(odoo, database, wanted, file):
    program = inside.program(OPEN.format(wanted=wanted, file=str(file)))
    with step("Opening a shop with customers, orders and cashiers"):
        odoo.run(
            *("shell", "-d", database, "--no-http"),
            log="soak.log",
            failure="The shop can't be opened.",
            program=program,
        )
    return json.loads(file.read_text())


def tell_retries():
    """Print how often Odoo ran a call again, and return how often it gave up."""
    text = web_server.LOG.read_text(errors="replace")
    found = RETRIED.findall(text)
    given_up = found.count("")
    by_try = [found.count(str(left)) for left in (4, 3, 2, 1)]
    print(
        f"run again by Odoo: {' / '.join(map(str, by_try))} "
        f"(first to fourth time), given up {given_up}"
    )
    return given_up

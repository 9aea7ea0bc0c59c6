"""What the trials share: their shop, their size, and what their server says."""

import contextlib
import dataclasses
import re
import time
from concurrent.futures import ThreadPoolExecutor

import environment
import inside

from lib import databases, postgres, settings, web_server
from lib.report import Failure, step

RETRIED = re.compile(r"(\d) tries left, try again|maximum number of tries reached")


def size(name, default):
    """A size of the trial that the environment may change."""
    return environment.get_number(f"SOAK_{name}", default)


def server_options(workers):
    return (
        f"--workers={workers}",
        f"--gevent-port={settings.http_port() + 1}",
        "--max-cron-threads=0",
    )


@contextlib.contextmanager
def shop(odoo, wanted):
    """A copy of the prepared database with a shop in it; yields its name and what
    :func:`soaks.shop.open_shop` tells of it."""
    prepared = databases.with_main_addon(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        yield database, _open_shop(odoo, database, wanted)


@contextlib.contextmanager
def shop_on_own_server(odoo, wanted, **options):
    """The same on a PostgreSQL server of its own, which may be stopped; yields the
    server's cluster and an Odoo that uses it, too."""
    if settings.database_host():
        raise Failure(
            "PGHOST names a server, which is not this trial's to stop or to copy.",
            "Unset PGHOST: a server is made for this trial then.",
        )
    prepared = databases.with_main_addon(odoo)
    with postgres.separate(odoo.server.programs, **options) as cluster:
        own = dataclasses.replace(odoo, server=cluster.server)
        with databases.copy_on(odoo, prepared, own) as database:
            yield cluster, own, database, _open_shop(own, database, wanted)


def _open_shop(odoo, database, wanted):
    with step("Opening a shop with customers, orders and cashiers"):
        return inside.ask(odoo, database, "soaks.shop.open_shop", wanted)


def have_all(work, *arguments):
    """Call ``work`` for each of the arguments, all at once; returns how many seconds it
    took until the last one was done."""
    start = time.perf_counter()
    threads = ThreadPoolExecutor(len(arguments[0]))
    try:
        list(threads.map(work, *arguments))
    finally:
        # Who is asked to stop waits for nobody.
        threads.shutdown(wait=False, cancel_futures=True)
    return time.perf_counter() - start


def tell_retries():
    """Print how often Odoo ran a call again, and return how often it gave up."""
    found = RETRIED.findall(web_server.LOG.read_text(errors="replace"))
    given_up = found.count("")
    by_try = [found.count(left) for left in "4321"]
    print(
        f"run again by Odoo: {' / '.join(map(str, by_try))} "
        f"(first to fourth time), given up {given_up}"
    )
    return given_up

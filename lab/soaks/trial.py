"""A trial: the clients of a shop send operations, and its books have to say the same as
what they were answered."""

import contextlib
import dataclasses
import itertools
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import environment
import inside

from .client import Client
from .comparing import find_differences
from lib import databases, postgres, settings, web_server
from lib.report import Failure, step

RETRIED = re.compile(r"(\d) tries left, try again|maximum number of tries reached")
# What differs between refusals that are one.
PARTICULARS = re.compile(r"Customer \d+|[^\s\d]*\s?-?[\d.,]+\d")
# As the books tell of an order: its states, whether it is locked, whether anything
# was posted or paid of it, and its invoices.
OPEN = ["open", "draft", False, False, []]
CLOSED = ["closed", "sale", True, True, ["paid"]]


def size(name, default):
    """A size of the trial that the environment may change."""
    return environment.get_number(f"SOAK_{name}", default)


def server_options(workers):
    port = settings.http_port() + 1
    return f"--workers={workers}", f"--gevent-port={port}", "--max-cron-threads=0"


@contextlib.contextmanager
def begun(odoo, *wanted):
    """Yields a trial in a copy of the prepared database; wanted is what it has."""
    prepared = databases.with_main_addon(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        yield Trial(odoo, database, *wanted)


@contextlib.contextmanager
def begun_on_own_server(odoo, *wanted, **options):
    """The same on a PostgreSQL server of its own, which may be stopped; yields the
    server's cluster, too."""
    if settings.database_host():
        raise Failure(
            "PGHOST names a server, which is not this trial's to stop or to copy.",
            "Unset PGHOST: a server is made for this trial then.",
        )
    prepared = databases.with_main_addon(odoo)
    with postgres.separate(odoo.server.programs, **options) as cluster:
        own = dataclasses.replace(odoo, server=cluster.server)
        with databases.copy_on(odoo, prepared, own) as database:
            yield cluster, Trial(own, database, *wanted)


class Trial:
    """A shop, what clients do in it, and what each operation was answered.

    It is made with a number of clients, the customers' limits and credits, and all
    operations: for closings there have to be orders.
    """

    def __init__(self, odoo, database, clients, customers, operations):
        self.odoo, self.database = odoo, database
        self.answers = {operation: [] for operation in operations}
        closings = [operation for operation in self.answers if operation.price]
        orders = {op.reference: [op.customer, op.price] for op in closings}
        with step("Opening a shop with customers, orders and cashiers"):
            self.shop = self._ask("open_shop", clients, customers, orders)

    def _ask(self, function, *arguments):
        function = f"soaks.shop.{function}"
        return inside.ask(self.odoo, self.database, function, *arguments)

    def serving(self, workers, *options):
        options = (*server_options(workers), *options)
        return web_server.running(self.odoo, self.database, *options)

    def connect(self, *ports):
        """A client for each cashier, in turns at the ports where there are several."""
        ports = itertools.cycle(ports or (None,))
        return [Client(key, next(ports)) for key in self.shop["clients"]]

    def send(self, client, operation):
        answer = operation.send(client, self.shop)
        self.answers[operation].append(answer)
        return answer

    def get_accepted(self):
        """The first answer of each operation that was accepted."""
        return {
            operation: accepted[0].body
            for operation, answers in self.answers.items()
            if (accepted := [one for one in answers if one.outcome == "accepted"])
        }

    def tell(self, seconds):
        """Print what was answered, and how soon."""
        answers = list(itertools.chain(*self.answers.values()))
        by_outcome = Counter(answer.outcome for answer in answers)
        once, operations = len(self.get_accepted()), map(bool, self.answers.values())
        print(f"operations {sum(operations)}, calls {len(answers)}, {seconds:.0f} s")
        print(f"accepted {once}, answered again {by_outcome['accepted'] - once}")
        for outcome in ("refused", "failed"):
            print(f"{outcome} {by_outcome[outcome]}")
            found = [answer for answer in answers if answer.outcome == outcome]
            reasons = [answer.reason.partition("\n")[0] for answer in found]
            if outcome == "refused":
                reasons = [PARTICULARS.sub("…", reason) for reason in reasons]
            for reason, count in Counter(reasons).most_common():
                print(f"  {count:5}  {reason:.110}")
        latencies = sorted(answer.seconds for answer in answers)
        half, most = (latencies[len(latencies) * part // 100] for part in (50, 95))
        print(
            f"seconds to the answer: p50 {half:.2f}, p95 {most:.2f}, "
            f"longest {latencies[-1]:.2f}"
        )

    def read_books(self):
        return self._ask("tell_books")

    def count(self, what, server=None):
        """What a PostgreSQL server, by default the trial's, counts in the database."""
        [number] = (server or self.odoo.server).query(
            f"SELECT {what} FROM pg_stat_database WHERE datname = '{self.database}'"
        )
        return int(number)

    def find_flaws(self, books, done=None):
        """What was answered wrongly, and where the books differ from the answers.

        :param dict done: the answers in the books to operations that nobody heard of
            again; nothing, if each call has to be answered
        """
        for operation, answers in self.answers.items():
            accepted = [one.body for one in answers if one.outcome == "accepted"]
            if any(body != accepted[0] for body in accepted):
                yield f"{operation.reference} was answered differently: {accepted}"
            for answer in answers:
                if answer.outcome == "refused" and accepted:
                    yield f"{operation.reference} was accepted and refused"
                if answer.outcome == "failed" and done is None:
                    yield (
                        f"{operation.reference} was answered with {answer.status}: "
                        f"{answer.reason:.200}"
                    )
        yield from find_differences(self._expect(done or {}), books, "books")

    def _expect(self, done):
        """What the books should say."""
        answers = self.get_accepted() | done
        wallets = Counter()
        for operation in answers:
            wallets[f"Customer {operation.customer}"] += round(operation.movement * 100)
        return {
            "answers": {op.reference: answer for op, answer in answers.items()},
            "moves": {
                op.reference: sorted(answer["move_ids"])
                for op, answer in answers.items()
                if answer["move_ids"]
            },
            "cents": {customer: cents for customer, cents in wallets.items() if cents},
            "orders": dict.fromkeys(self.shop["orders"], OPEN)
            | {op.reference: CLOSED for op in answers if op.price},
            **{"audit": [], "over the limit": [], "not posted": []},
        }


def have_all(number, work, *arguments):
    """Call ``work`` for each of the arguments, so many at once; returns how many
    seconds it took until the last one was done."""
    start = time.perf_counter()
    threads = ThreadPoolExecutor(number)
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
    by_try = " / ".join(str(found.count(left)) for left in "4321")
    print(f"run again by Odoo: {by_try} (first to fourth time), given up {given_up}")
    return given_up

"""Many clients at once on few wallets."""

import contextlib
import queue
import random
import threading
from collections import Counter, defaultdict

from . import plan, trial
from .client import Client
from .notebook import Books, Notebook
from lib import web_server
from lib.report import say, step

CUSTOMERS = 8
CONTESTS = 40
# Far more than a whole trial takes: who waits longer waits for nobody.
PATIENCE = 900


def run(odoo):
    number = trial.size("CLIENTS", 16)
    workers = trial.size("WORKERS", 4)
    seed = trial.size("SEED", 5)
    operations = plan.draw(seed, trial.size("OPERATIONS", 2000), CUSTOMERS)
    contests, contested = plan.draw_contests(CONTESTS, CUSTOMERS)
    customers = [(plan.LIMIT, 0.0)] * CUSTOMERS + contested
    wanted = plan.want_shop(number, customers, operations + contests)
    say(f"{number} clients, {workers} workers, {CUSTOMERS} customers, seed {seed}")
    with trial.shop(odoo, wanted) as (database, shop):
        notebook = Notebook()
        with web_server.running(odoo, database, *trial.server_options(workers)):
            with step(f"Sending {len(operations) + len(contests)} operations"):
                clients = [Client(key) for key in shop["clients"]]
                line = line_up(seed, operations, contests)
                seconds = send_all(line, clients, shop, notebook)
            books = Books(Client(shop["owner"]))
        notebook.tell(seconds)
        flaws = [*find_flaws(notebook, books, shop), *_find_unfair(notebook)]
        given_up = trial.tell_retries()
        [deadlocks] = odoo.server.query(
            f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{database}'"
        )
        print(f"deadlocks {deadlocks}, differences {len(books.differences)}")
        if given_up:
            flaws.append(f"Odoo gave {given_up} calls up")
        if deadlocks != "0":
            flaws.append(f"PostgreSQL found {deadlocks} deadlocks")
        return flaws


def line_up(seed, operations, contests=()):
    """Everything that is sent, in order: each with the barrier at which those that are
    sent at once wait for each other."""
    groups = [[operation] * operation.copies for operation in operations]
    by_contest = defaultdict(list)
    for operation in contests:
        by_contest[operation.contest].append(operation)
    chance = random.Random(seed)
    for group in by_contest.values():
        groups.insert(chance.randrange(len(groups)), group)
    line = queue.SimpleQueue()
    for group in groups:
        barrier = threading.Barrier(len(group), timeout=PATIENCE)
        for operation in group:
            line.put((operation, barrier))
    return line


def send_all(line, clients, shop, notebook):
    """Have each client take the next operation as soon as its last one is answered;
    returns how many seconds it took."""

    def work(client):
        with contextlib.suppress(queue.Empty):
            while True:
                operation, barrier = line.get_nowait()
                barrier.wait()
                notebook.write(operation, operation.send(client, shop))

    # Who waits at a barrier waits for those next in line, so there have to be at least
    # as many clients as a group has members.
    return trial.have_all(work, clients)


def find_flaws(notebook, books, shop):
    """What is wrong after a trial in which every call is to be answered."""
    yield from notebook.find_unanswered()
    yield from notebook.find_other_answers()
    yield from books.find_flaws(notebook.get_accepted(), shop)


def _find_unfair(notebook):
    contests = {op.contest for op in notebook.get_answers() if op.contest}
    won = Counter(operation.contest for operation in notebook.get_accepted())
    for contest in contests:
        if won[contest] != 1:
            yield f"contest {contest} was won {won[contest]} times"
    print(f"contests {len(contests)}, each won once")

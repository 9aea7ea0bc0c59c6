"""Many clients at once on few wallets."""

import queue
import random
import threading
import time

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
    contests = plan.draw_contests(CONTESTS, CUSTOMERS)
    wanted = {
        "clients": number,
        "customers": [{"limit": plan.LIMIT, "credit": 0.0}] * CUSTOMERS
        + [_get_contest_customer(number) for number in range(1, CONTESTS + 1)],
        "orders": {
            operation.reference: [operation.customer, operation.price]
            for operation in operations + contests
            if operation.is_closing
        },
    }
    say(f"{number} clients, {workers} workers, {CUSTOMERS} customers, seed {seed}")
    with trial.shop(odoo, wanted) as (database, ids):
        notebook = Notebook()
        with web_server.running(odoo, database, *trial.server_options(workers)):
            with step(f"Sending {len(operations) + len(contests)} operations"):
                start = time.perf_counter()
                clients = [Client(key) for key in ids["clients"]]
                send_all(line_up(seed, operations, contests), clients, ids, notebook)
                seconds = time.perf_counter() - start
            books = Books.read(Client(ids["owner"]))
        notebook.tell(seconds)
        flaws = list(_find_flaws(notebook, books, ids, wanted))
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


def _get_contest_customer(contest):
    if plan.is_for_credit(contest):
        return {"limit": 0.0, "credit": plan.CONTEST_CREDIT}
    return {"limit": plan.CONTEST_LIMIT, "credit": 0.0}


def line_up(seed, operations, contests=()):
    """Everything that is sent, in order: each with the barrier at which those that are
    sent at once wait for each other."""
    groups = [[operation] * operation.copies for operation in operations]
    by_contest = {}
    for operation in contests:
        by_contest.setdefault(operation.contest, []).append(operation)
    chance = random.Random(seed)
    for group in by_contest.values():
        groups.insert(chance.randrange(len(groups)), group)
    line = queue.SimpleQueue()
    for group in groups:
        barrier = threading.Barrier(len(group), timeout=PATIENCE)
        for operation in group:
            line.put((operation, barrier))
    return line


def send_all(line, clients, ids, notebook):
    """Have each client take the next operation as soon as its last one is answered."""
    # Who waits at a barrier waits for those next in line, so there have to be at least
    # as many clients as a group has members.
    threads = [
        threading.Thread(target=_work, args=(client, line, ids, notebook))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work(client, line, ids, notebook):
    while True:
        try:
            operation, barrier = line.get_nowait()
        except queue.Empty:
            return
        model, method, records, values = operation.prepare_call(ids, ids["form"])
        barrier.wait()
        notebook.write(operation, client.call(model, method, records, **values))


def _find_flaws(notebook, books, ids, wanted):
    accepted = notebook.get_accepted()
    limits = {
        customer: values["limit"]
        for customer, values in zip(ids["customers"], wanted["customers"], strict=True)
    }
    yield from notebook.find_unanswered()
    yield from notebook.find_other_answers()
    yield from books.find_flaws(accepted, ids, limits)
    winners = {}
    for operation in notebook.get_answers():
        if operation.contest:
            winners.setdefault(operation.contest, []).append(operation in accepted)
    for contest, won in winners.items():
        if sum(won) != 1:
            yield f"contest {contest} was won {sum(won)} times"
    print(f"contests {len(winners)}, each won once")

"""Many clients at once on few wallets: nothing is lost, nothing done twice."""

import itertools
import random
import threading
from collections import Counter

from . import plan, trial
from lib.report import say, step

CUSTOMERS = 8
CONTESTS = 40
# Far more than a whole trial takes: who waits longer waits for nobody.
PATIENCE = 900


def run(odoo):
    number, workers = trial.size("CLIENTS", 16), trial.size("WORKERS", 4)
    seed = trial.size("SEED", 5)
    operations = plan.draw(seed, trial.size("OPERATIONS", 2000), CUSTOMERS)
    contests, contested = plan.draw_contests(CONTESTS, CUSTOMERS)
    customers = [(plan.LIMIT, 0.0)] * CUSTOMERS + contested
    say(f"{number} clients, {workers} workers, {CUSTOMERS} customers, seed {seed}")
    with trial.begun(odoo, number, customers, operations + contests) as shop:
        line = _line_up(seed, operations, contests)
        with shop.serving(workers), step(f"Sending {len(shop.answers)} operations"):
            seconds = send_groups(shop, line, shop.connect())
        shop.tell(seconds)
        books = shop.read_books()
        flaws = [*shop.find_flaws(books), *_find_unfair(shop)]
        given_up = trial.tell_retries()
        [deadlocks] = odoo.server.query(
            f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{shop.database}'"
        )
        print(f"deadlocks {deadlocks}, differences {len(books['audit'])}")
        if given_up:
            flaws.append(f"Odoo gave {given_up} calls up")
        if deadlocks != "0":
            flaws.append(f"PostgreSQL found {deadlocks} deadlocks")
        return flaws


def _line_up(seed, operations, contests):
    """The groups of what is sent at once: copies, and amid them the contests."""
    groups = group_copies(operations)
    chance = random.Random(seed)
    for start in range(0, len(contests), plan.CONTESTANTS):
        contest = contests[start : start + plan.CONTESTANTS]
        groups.insert(chance.randrange(len(groups)), contest)
    return groups


def group_copies(operations):
    return [[operation] * operation.copies for operation in operations]


def send_groups(shop, groups, clients):
    """Send one group after the other as soon as clients are free, and all of a group at
    once, by different clients; returns how many seconds it took."""
    # Who waits at a barrier waits for those next in line, so there have to be at least
    # as many clients as a group has members.
    barriers = [threading.Barrier(len(group), timeout=PATIENCE) for group in groups]

    def send(client, operation, barrier):
        barrier.wait()
        shop.send(client, operation)

    return trial.have_all(
        *(len(clients), send, itertools.cycle(clients)),
        list(itertools.chain(*groups)),
        [barrier for barrier in barriers for _member in range(barrier.parties)],
    )


def _find_unfair(shop):
    contests = {operation.contest for operation in shop.answers if operation.contest}
    won = Counter(operation.contest for operation in shop.get_accepted())
    for contest in contests:
        if won[contest] != 1:
            yield f"contest {contest} was won {won[contest]} times"
    print(f"contests {len(contests)}, each won once")

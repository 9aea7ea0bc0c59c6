"""Many clients at once on few wallets: nothing is lost, nothing done twice."""

import itertools
import random
import threading

from . import plan, trial
from lib.report import say, step

CUSTOMERS = 8
CONTESTS = 40
# Far more than a whole trial takes: who waits longer waits for nobody.
PATIENCE = 900


def run(odoo):
    number, workers = trial.size("CLIENTS", 16), trial.size("WORKERS", 4)
    seed = trial.size("SEED", 5)
    groups = plan.draw(seed, trial.size("OPERATIONS", 2000), CUSTOMERS)
    contests, contested = plan.draw_contests(CONTESTS, CUSTOMERS)
    groups += contests
    random.Random(seed).shuffle(groups)
    customers = [(plan.LIMIT, 0.0)] * CUSTOMERS + contested
    say(f"{number} clients, {workers} workers, {CUSTOMERS} customers, seed {seed}")
    with trial.begun(odoo, number, customers, itertools.chain(*groups)) as shop:
        with shop.serving(workers), step(f"Sending {len(shop.answers)} operations"):
            seconds = send_groups(shop, groups, shop.connect())
        shop.tell(seconds)
        books = shop.read_books()
        flaws = [*shop.find_flaws(books), *_find_unfair(shop, contests)]
        given_up = trial.tell_retries()
        deadlocks = shop.count("deadlocks")
        print(f"deadlocks {deadlocks}, differences {len(books['audit'])}")
        if given_up:
            flaws.append(f"Odoo gave {given_up} calls up")
        if deadlocks:
            flaws.append(f"PostgreSQL found {deadlocks} deadlocks")
        return flaws


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


def _find_unfair(shop, contests):
    accepted = shop.get_accepted()
    for contest in contests:
        winners = [operation for operation in contest if operation in accepted]
        if len(winners) != 1:
            yield f"contest {contest[0].reference} was won {len(winners)} times"
    print(f"contests {len(contests)}, each won once")

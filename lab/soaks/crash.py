"""The server killed and PostgreSQL stopped amid closings: all of one, or nothing."""

import contextlib
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from . import plan, trial
from lib.report import say, step

CUSTOMERS = 8
# Seconds between two crashes, counted from when the shop is open again.
SHORTEST_PEACE, LONGEST_PEACE = 0.5, 5.0
# Nothing crashes any more after so many seconds, and then all must come to an end.
CRASHING, ENDING = 600, 300


def run(odoo):
    seed, clients = trial.size("SEED", 5), trial.size("CLIENTS", 4)
    operations = plan.draw_closings(seed, trial.size("OPERATIONS", 200), CUSTOMERS)
    wanted = clients, [(0.0, 0.0)] * CUSTOMERS, operations
    # What is committed must stay: the usual server here promises less.
    own_server = trial.begun_on_own_server(odoo, *wanted, synchronous_commit="on")
    with (
        own_server as (cluster, shop),
        contextlib.closing(Crashing(cluster, shop)) as crashing,
    ):
        start = time.monotonic()
        crashes = crashing.crash(random.Random(seed))
        seconds = time.monotonic() - start
        # A clean start, as on the next morning.
        crashing.kill_server()
        shop.tell(seconds)
        say("")
        print(", ".join(f"{name} {number} times" for name, number in crashes.items()))
        flaws = list(_find_flaws(shop))
    if not all(crashes.values()):
        flaws.append("nothing of one kind failed: try more operations")
    return flaws


class Crashing:
    """A trial's running server and its database, and how each fails."""

    def __init__(self, cluster, shop):
        self._cluster, self._shop = cluster, shop
        self._stack = contextlib.ExitStack()
        self._open()

    def _open(self):
        running = self._shop.serving(trial.size("WORKERS", 2))
        self._process = self._stack.enter_context(running)

    def close(self):
        self._stack.close()

    def kill_server(self):
        # With all its workers: they are in its group.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._stack.close()
        self._open()

    def stop_database(self):
        with step("Stopping PostgreSQL and starting it again"):
            self._cluster.stop("immediate")
            self._cluster.start()

    def crash(self, chance):
        """Fail at random moments until all is sent; returns how often what failed."""
        kinds = {"server killed": self.kill_server}
        kinds["database stopped"] = self.stop_database
        crashes = dict.fromkeys(kinds, 0)
        start = time.monotonic()
        self._deadline = start + CRASHING + ENDING
        clients = self._shop.connect()
        with ThreadPoolExecutor(len(clients)) as threads:
            calls = [
                threads.submit(self._send, number, clients, operation)
                for number, operation in enumerate(self._shop.answers)
            ]
            try:
                while not all(call.done() for call in calls):
                    time.sleep(chance.uniform(SHORTEST_PEACE, LONGEST_PEACE))
                    if time.monotonic() < start + CRASHING:
                        kind = chance.choice(list(kinds))
                        kinds[kind]()
                        crashes[kind] += 1
            finally:
                self._deadline = 0
        for call in calls:
            call.result()
        return crashes

    def _send(self, number, clients, operation):
        """Every other client gives up when it gets no answer: its operation may be done
        or not. The others send it again."""
        while time.monotonic() < self._deadline:
            answer = self._shop.send(clients[number % len(clients)], operation)
            if answer.outcome != "failed":
                break
            # The shop is down. What never reached it is sent again by everybody.
            time.sleep(0.5)
            if number % 2 and answer.body["name"] != httpx.ConnectError.__name__:
                break


def _find_flaws(shop):
    books, accepted = shop.read_books(), shop.get_accepted()
    # Nobody knows of these: they were done, or they were not.
    unknown = [op for op, answers in shop.answers.items() if answers]
    unknown = [op for op in unknown if op not in accepted]
    kept = books["answers"]
    done = {op: kept[op.reference] for op in unknown if op.reference in kept}
    print(
        f"closings without an answer {len(unknown)}, of these done {len(done)}, "
        f"not done {len(unknown) - len(done)}"
    )
    yield from shop.find_flaws(books, done)

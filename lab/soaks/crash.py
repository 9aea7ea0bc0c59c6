"""The server killed and PostgreSQL stopped while orders are closed."""

import contextlib
import os
import queue
import random
import signal
import threading
import time

from . import plan, trial
from .client import Answer, Client
from .notebook import Books, Notebook
from lib import web_server
from lib.report import say, step

CUSTOMERS = 8
# Seconds between two crashes, counted from when the shop is open again.
SHORTEST_PEACE, LONGEST_PEACE = 0.5, 5.0
# Nothing crashes any more after so many seconds, and then all must come to an end.
CRASHING, ENDING = 600, 300


def run(odoo):
    seed = trial.size("SEED", 5)
    operations = plan.draw_closings(seed, trial.size("OPERATIONS", 200), CUSTOMERS)
    customers = [(0.0, 0.0)] * CUSTOMERS
    wanted = plan.want_shop(trial.size("CLIENTS", 4), customers, operations)
    # What is committed must stay: the usual server here promises less.
    own_server = trial.shop_on_own_server(odoo, wanted, synchronous_commit="on")
    with own_server as (cluster, own, database, shop):
        server = CrashingServer(own, cluster, database)
        with contextlib.closing(server):
            return _try(server, operations, shop, random.Random(seed))


class CrashingServer:
    """The running server and its database, and how each fails."""

    def __init__(self, odoo, cluster, database):
        self._odoo = odoo
        self._cluster = cluster
        self._database = database
        self._stack = contextlib.ExitStack()
        self._open()

    def _open(self):
        options = trial.server_options(trial.size("WORKERS", 2))
        running = web_server.running(self._odoo, self._database, *options)
        self._process = self._stack.enter_context(running)

    def close(self):
        self._stack.close()

    def kill(self):
        # With all its workers: they are in its group.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.close()
        self._open()

    def stop_database(self):
        with step("Stopping PostgreSQL and starting it again"):
            self._cluster.stop("immediate")
            self._cluster.start()


def _try(server, operations, shop, chance):
    notebook = Notebook()
    line = queue.SimpleQueue()
    for operation in operations:
        line.put(operation)
    start = time.monotonic()
    deadline = start + CRASHING + ENDING
    # Every other client gives up when it gets no answer: its operation may be done or
    # not. The others send it again.
    clients = [
        threading.Thread(
            target=_work,
            args=(Client(key), line, shop, notebook, number % 2 == 0, deadline),
            daemon=True,
        )
        for number, key in enumerate(shop["clients"])
    ]
    for client in clients:
        client.start()
    crashes = _crash(server, clients, chance)
    for client in clients:
        client.join(max(deadline - time.monotonic(), 0))
    seconds = time.monotonic() - start
    # A clean start, as on the next morning.
    server.kill()
    books = Books(Client(shop["owner"]))
    notebook.tell(seconds)
    say("")
    print(", ".join(f"{name} {number} times" for name, number in crashes.items()))
    flaws = list(_find_flaws(notebook, books, shop))
    if not all(crashes.values()):
        flaws.append("nothing of one kind failed: try more operations")
    return flaws


def _crash(server, clients, chance):
    """Have the shop fail at random moments until the clients are done."""
    crashes = {"server killed": 0, "database stopped": 0}
    deadline = time.monotonic() + CRASHING
    while any(client.is_alive() for client in clients) and time.monotonic() < deadline:
        time.sleep(chance.uniform(SHORTEST_PEACE, LONGEST_PEACE))
        if chance.random() < 0.5:
            server.kill()
            crashes["server killed"] += 1
        else:
            server.stop_database()
            crashes["database stopped"] += 1
    return crashes


def _work(client, line, shop, notebook, is_patient, deadline):
    with contextlib.suppress(queue.Empty):
        while time.monotonic() < deadline:
            operation = line.get_nowait()
            while time.monotonic() < deadline:
                answer = operation.send(client, shop)
                notebook.write(operation, answer)
                if answer.is_answer:
                    break
                # The shop is down. What never reached it is sent again by everybody.
                time.sleep(0.5)
                if not (is_patient or answer.never_arrived):
                    break


def _find_flaws(notebook, books, shop):
    accepted = notebook.get_accepted()
    kept = {row["reference"]: row["answer"] for row in books.requests}
    unknown = [op for op in notebook.get_answers() if op not in accepted]
    # Nobody knows of these: they were done, or they were not.
    done = {
        operation: Answer(200, kept[operation.reference], 0.0)
        for operation in unknown
        if operation.reference in kept
    }
    print(
        f"closings without an answer {len(unknown)}, of these done {len(done)}, "
        f"not done {len(unknown) - len(done)}"
    )
    yield from notebook.find_other_answers()
    yield from books.find_flaws(accepted | done, shop)

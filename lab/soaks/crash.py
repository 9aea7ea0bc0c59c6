"""The server killed and PostgreSQL stopped while orders are closed."""

import contextlib
import dataclasses
import os
import queue
import random
import signal
import tempfile
import threading
import time
from pathlib import Path

from . import plan, trial
from .client import Answer, Client
from .notebook import Books, Notebook
from lib import databases, postgres, settings, web_server
from lib.report import Failure, say, step

CUSTOMERS = 8
# Seconds between two crashes, counted from when the shop is open again.
SHORTEST_PEACE, LONGEST_PEACE = 0.5, 5.0
# Nothing crashes any more after so many seconds, and then all must come to an end.
CRASHING, ENDING = 600, 300


def run(odoo):
    if settings.database_host():
        raise Failure(
            "PGHOST names a server, which can't be stopped at will.",
            "Unset PGHOST: a server is made for this trial then.",
        )
    seed = trial.size("SEED", 5)
    operations = plan.draw_closings(seed, trial.size("OPERATIONS", 200), CUSTOMERS)
    wanted = {
        "clients": trial.size("CLIENTS", 4),
        "customers": [{"limit": 0.0, "credit": 0.0}] * CUSTOMERS,
        "orders": {op.reference: [op.customer, op.price] for op in operations},
    }
    prepared = databases.with_main_addon(odoo)
    with contextlib.ExitStack() as stack:
        # What is committed must stay: the usual server here promises less.
        cluster = stack.enter_context(
            postgres.separate(odoo.server.programs, synchronous_commit="on")
        )
        own = dataclasses.replace(
            odoo, server=postgres.Server(cluster.programs, cluster.environment)
        )
        database = stack.enter_context(databases.copy_on(odoo, prepared, own))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ids = trial.open_shop(own, database, wanted, Path(folder) / "shop.json")
        shop = Shop(own, cluster, database)
        stack.callback(shop.close)
        return _try(shop, operations, ids, random.Random(seed))


class Shop:
    """The running shop: its server and its database, and how each fails."""

    def __init__(self, odoo, cluster, database):
        self._odoo = odoo
        self._cluster = cluster
        self._database = database
        self._stack = contextlib.ExitStack()
        self._process = None
        self.open()

    def open(self):
        options = trial.server_options(trial.size("WORKERS", 2))
        running = web_server.running(self._odoo, self._database, *options)
        self._process = self._stack.enter_context(running)

    def close(self):
        self._stack.close()

    def kill_server(self):
        # With all its workers: they are in its group.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.close()
        self.open()

    def stop_database(self):
        self._cluster.stop("immediate")
        self._cluster.start()


def _try(shop, operations, ids, chance):
    notebook = Notebook()
    line = queue.SimpleQueue()
    for operation in operations:
        line.put(operation)
    # Every other client gives up when it gets no answer: its operation may be done or
    # not. The others send it again.
    deadline = time.monotonic() + CRASHING + ENDING
    clients = [
        threading.Thread(
            target=_work,
            args=(Client(key), line, ids, notebook, number % 2 == 0, deadline),
            daemon=True,
        )
        for number, key in enumerate(ids["clients"])
    ]
    start = time.perf_counter()
    for client in clients:
        client.start()
    crashes = _crash(shop, clients, chance)
    for client in clients:
        client.join(max(deadline - time.monotonic(), 0))
    seconds = time.perf_counter() - start
    # A clean start, as on the next morning.
    shop.kill_server()
    books = Books.read(Client(ids["owner"]))
    return _report(notebook, books, ids, crashes, seconds)


def _crash(shop, clients, chance):
    """Have the shop fail at random moments until the clients are done."""
    crashes = {"server killed": 0, "database stopped": 0}
    deadline = time.monotonic() + CRASHING
    while any(client.is_alive() for client in clients) and time.monotonic() < deadline:
        time.sleep(chance.uniform(SHORTEST_PEACE, LONGEST_PEACE))
        if chance.random() < 0.5:
            shop.kill_server()
            crashes["server killed"] += 1
        else:
            with step("Stopping PostgreSQL and starting it again"):
                shop.stop_database()
            crashes["database stopped"] += 1
    return crashes


def _work(client, line, ids, notebook, is_patient, deadline):
    while time.monotonic() < deadline:
        try:
            operation = line.get_nowait()
        except queue.Empty:
            return
        model, method, records, values = operation.prepare_call(ids, ids["form"])
        while time.monotonic() < deadline:
            answer = client.call(model, method, records, **values)
            notebook.write(operation, answer)
            if answer.is_accepted or answer.is_refused:
                break
            # The shop is down. What never reached it is sent again by everybody.
            time.sleep(0.5)
            if not (is_patient or answer.never_arrived):
                break


def _report(notebook, books, ids, crashes, seconds):
    accepted = notebook.get_accepted()
    kept = {row["reference"]: row["answer"] for row in books.requests}
    unknown = [op for op in notebook.get_answers() if op not in accepted]
    # Nobody knows of these: they were done, or they were not.
    done = {
        operation: Answer(200, kept[operation.reference], 0.0)
        for operation in unknown
        if operation.reference in kept
    }
    notebook.tell(seconds)
    say("")
    print(", ".join(f"{name} {number} times" for name, number in crashes.items()))
    print(
        f"closings without an answer {len(unknown)}, of these done {len(done)}, "
        f"not done {len(unknown) - len(done)}"
    )
    flaws = list(notebook.find_other_answers())
    flaws += books.find_flaws(accepted | done, ids, {})
    if not all(crashes.values()):
        flaws.append("nothing of one kind failed: try more operations")
    return flaws

"""How the closings grow with the cashiers: a real server with a worker for each."""

import statistics
import threading
import time

from soaks import trial
from soaks.client import Client

from .points import Point
from lib import web_server
from lib.report import Failure, step

THROUGHPUT_PANEL, LATENCY_PANEL = "throughput", "latency"
COUNTS = (1, 2, 4, 8)
WARM_UP = 3
PRICE, PART_PAID = 55.0, 30.0


def measure(odoo, rounds):
    """Points of how many orders cashiers close, each with customers of its own."""
    orders = {
        _get_reference(count, cashier, number): [cashier, PRICE]
        for count in COUNTS
        for cashier in range(count)
        for number in range(WARM_UP + rounds)
    }
    wanted = {
        "clients": max(COUNTS),
        "customers": [{"limit": 0.0, "credit": 0.0}] * max(COUNTS),
        "orders": orders,
    }
    points = []
    with trial.shop(odoo, wanted) as (database, ids):
        for count in COUNTS:
            options = trial.server_options(workers=count)
            with (
                web_server.running(odoo, database, *options),
                step(f"Closing {count * rounds} orders with {count} cashiers"),
            ):
                points += _measure_cashiers(count, rounds, ids)
            trial.tell_retries()
    return points


def _get_reference(count, cashier, number):
    return f"{count}-{cashier}-{number}"


def _measure_cashiers(count, rounds, ids):
    start = threading.Barrier(count + 1)
    cashiers = [Cashier(start, count, number, ids) for number in range(count)]
    for cashier in cashiers:
        cashier.start(rounds)
    start.wait()
    began = time.perf_counter()
    for cashier in cashiers:
        cashier.join()
    seconds = time.perf_counter() - began
    latencies = [latency for cashier in cashiers for latency in cashier.latencies]
    if len(latencies) != count * rounds:
        raise Failure(
            f"Only {len(latencies)} of {count * rounds} orders were closed.",
            f"See what Odoo says in {web_server.LOG}.",
        )
    slow = statistics.quantiles(latencies, n=20)[-1]
    return [
        Point(
            THROUGHPUT_PANEL,
            "all cashiers",
            count,
            round(len(latencies) / seconds, 2),
            "closings/s",
        ),
        Point(
            LATENCY_PANEL,
            "median",
            count,
            round(statistics.median(latencies) * 1000, 1),
            "ms",
        ),
        Point(LATENCY_PANEL, "95th percentile", count, round(slow * 1000, 1), "ms"),
    ]


class Cashier:
    """One who closes one order after the other, as fast as they are answered."""

    def __init__(self, start, count, number, ids):
        self.latencies = []
        self._start, self._count, self._number, self._ids = start, count, number, ids
        self._client = Client(ids["clients"][number])

    def start(self, rounds):
        self._thread = threading.Thread(target=self._work, args=(rounds,))
        self._thread.start()

    def join(self):
        self._thread.join()

    def _work(self, rounds):
        for number in range(WARM_UP):
            self._close(number)
        self._start.wait()
        for number in range(WARM_UP, WARM_UP + rounds):
            answer = self._close(number)
            if answer.is_accepted:
                self.latencies.append(answer.seconds)

    def _close(self, number):
        reference = _get_reference(self._count, self._number, number)
        payment = {"payment_method_line_id": self._ids["form"], "amount": PART_PAID}
        return self._client.call(
            "sale.order",
            "close_order",
            [self._ids["orders"][reference]],
            payments=[payment],
            use_balance=True,
            reference=reference,
        )

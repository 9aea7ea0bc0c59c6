"""How the closings grow with the cashiers: a real server with a worker for each."""

import statistics

from soaks import plan, trial
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
    most = max(COUNTS)
    work = {
        (count, cashier): _plan_work(count, cashier, WARM_UP + rounds)
        for count in COUNTS
        for cashier in range(count)
    }
    wanted = plan.want_shop(most, [(0.0, 0.0)] * most, sum(work.values(), []))
    points = []
    with trial.shop(odoo, wanted) as (database, shop):
        for count in COUNTS:
            options = trial.server_options(workers=count)
            with (
                web_server.running(odoo, database, *options),
                step(f"Closing {count * rounds} orders with {count} cashiers"),
            ):
                closings = [work[count, cashier] for cashier in range(count)]
                points += _measure_cashiers(closings, rounds, shop)
            trial.tell_retries()
    return points


def _plan_work(count, cashier, number):
    return [
        plan.Operation(
            *(f"{count}-{cashier}-{index}", "leave debt", cashier, PRICE, PART_PAID)
        )
        for index in range(number)
    ]


def _measure_cashiers(closings, rounds, shop):
    count = len(closings)
    clients = [Client(key) for key in shop["clients"][:count]]
    latencies = []

    def close(client, operations):
        """Close one order after the other, as fast as they are answered."""
        answers = [operation.send(client, shop) for operation in operations]
        latencies.extend(answer.seconds for answer in answers if answer.is_accepted)

    trial.have_all(close, clients, [own[:WARM_UP] for own in closings])
    latencies.clear()
    seconds = trial.have_all(close, clients, [own[WARM_UP:] for own in closings])
    if len(latencies) != count * rounds:
        raise Failure(
            f"Only {len(latencies)} of {count * rounds} orders were closed.",
            f"See what Odoo says in {web_server.LOG}.",
        )
    throughput = round(len(latencies) / seconds, 2)
    median = statistics.median(latencies)
    slow = statistics.quantiles(latencies, n=20)[-1]
    return [
        Point(THROUGHPUT_PANEL, "all cashiers", count, throughput, "closings/s"),
        Point(LATENCY_PANEL, "median", count, round(median * 1000, 1), "ms"),
        Point(LATENCY_PANEL, "95th percentile", count, round(slow * 1000, 1), "ms"),
    ]

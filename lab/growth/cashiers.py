"""How the closings grow with the cashiers: a real server with a worker for each."""

import statistics
from itertools import chain

from soaks import plan, trial

from .points import Point
from lib import web_server
from lib.report import Failure, step

COUNTS = (1, 2, 4, 8)
WARM_UP = 3
PRICE, PART_PAID = 55.0, 30.0


def measure(odoo, rounds):
    """Points of how many orders cashiers close, each with customers of its own."""
    work = {
        count: [_plan_work(count, cashier, rounds) for cashier in range(count)]
        for count in COUNTS
    }
    operations = list(chain(*chain(*work.values())))
    points, most = [], max(COUNTS)
    with trial.begun(odoo, most, [(0.0, 0.0)] * most, operations) as shop:
        for count, closings in work.items():
            description = f"Closing {count * rounds} orders with {count} cashiers"
            with shop.serving(count), step(description):
                points += _measure_cashiers(closings, shop)
            trial.tell_retries()
    return points


def _plan_work(count, cashier, rounds):
    numbers = range(WARM_UP + rounds)
    references = (f"{count}-{cashier}-{number}" for number in numbers)
    values = "leave debt", cashier, PRICE, PART_PAID
    return [plan.Operation(reference, *values) for reference in references]


def _measure_cashiers(closings, shop):
    count = len(closings)
    clients = shop.connect()[:count]

    def close(client, operations):
        """Close one order after the other, as fast as they are answered."""
        for operation in operations:
            shop.send(client, operation)

    trial.have_all(count, close, clients, [own[:WARM_UP] for own in closings])
    timed = [own[WARM_UP:] for own in closings]
    seconds = trial.have_all(count, close, clients, timed)
    answers = [shop.answers[operation][0] for operation in chain(*timed)]
    if any(answer.outcome != "accepted" for answer in answers):
        raise Failure("Not all orders were closed.", f"See {web_server.LOG}.")
    latencies = [answer.seconds * 1000 for answer in answers]
    rate, median = len(answers) / seconds, statistics.median(latencies)
    slow = statistics.quantiles(latencies, n=20)[-1]
    return [
        Point("throughput", "all cashiers", count, round(rate, 2), "closings/s"),
        Point("latency", "median", count, round(median, 1), "ms"),
        Point("latency", "95th percentile", count, round(slow, 1), "ms"),
    ]

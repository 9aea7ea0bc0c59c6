"""How the operations grow with a customer's open debts. Runs inside Odoo."""

from functools import partial

from benchmarks.closing import PRICE
from benchmarks.measuring import in_turns
from benchmarks.operations import AMOUNT

from .points import from_medians
from .processor import ProcessorClock
from .wallets import PART_PAID, GrowthTill

PANEL = "debts"
SETTLING_PANEL = "settling"
COUNTS = (0, 1, 10, 100, 1_000)
# Making the debts anew takes far longer than settling them.
SETTLING_ROUNDS = 3


def measure(env, rounds):
    till = GrowthTill(env)
    customers = {
        count: till.create_customer(f"{count} debts", debts=count) for count in COUNTS
    }
    env.cr.execute("ANALYZE account_move, account_move_line")
    env.cr.commit()
    clock = ProcessorClock(env)
    medians = in_turns(env, _get_flows(till, customers), rounds, clocks=[clock])
    points = from_medians(PANEL, medians)
    return points + _measure_settling(env, till, customers, clock)


def _get_flows(till, customers):
    flows = {}
    for count, customer in customers.items():
        closing = partial(till.closing_of, customer, count)
        # What is paid too much settles one debt; without any it becomes credit.
        debt_paid = AMOUNT if count else 0.0
        flows |= {
            ("closing, debt left", count): partial(closing, PART_PAID),
            ("closing, paid in full", count): partial(closing, PRICE),
            ("closing, 25 too much", count): partial(
                closing, PRICE + AMOUNT, debt_paid
            ),
            ("reading the balance", count): partial(till.reading_of, customer, count),
        }
    return flows


def _measure_settling(env, till, customers, clock):
    flows = {
        ("all debts", count): partial(
            till.receiving_from, customer, count, count * AMOUNT
        )
        for count, customer in customers.items()
        if count
    }
    medians = in_turns(env, flows, SETTLING_ROUNDS, warm_up=1, clocks=[clock])
    for (_line, count), (seconds, queries, processor) in list(medians.items()):
        each = (seconds / count, queries, processor / count)
        medians["each debt", count] = each
    return from_medians(SETTLING_PANEL, medians)

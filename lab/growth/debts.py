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
WARM_UP = 2
# Making the debts anew takes far longer than settling them.
SETTLING_ROUNDS = 3


def measure(env, rounds):
    till = GrowthTill(env)
    customers = {
        count: till.create_customer(f"{count} debts", debts=count) for count in COUNTS
    }
    payers = {
        count: _create_payer(till, count, rounds + WARM_UP) for count in COUNTS[1:]
    }
    env.cr.execute("ANALYZE account_move, account_move_line")
    env.cr.commit()
    clock = ProcessorClock(env)
    flows = _get_flows(till, customers, payers)
    medians = in_turns(env, flows, rounds, WARM_UP, clocks=[clock])
    points = from_medians(PANEL, medians)
    return points + _measure_settling(env, till, customers, clock)


def _create_payer(till, debts, paid):
    """A customer whose oldest debts, which will be paid, are those of orders."""
    payer = till.create_customer(f"{debts} debts, some of them paid")
    till.leave_debts(payer, min(debts, paid))
    till.set_debts(payer, debts)
    return payer


def _get_flows(till, customers, payers):
    credit_left = partial(till.closing_of, customers[0], 0, PRICE + AMOUNT)
    flows = {("closing, credit left", 0): credit_left}
    for count, customer in customers.items():
        closing = partial(till.closing_of, customer, count)
        flows |= {
            ("closing, debt left", count): partial(closing, PART_PAID),
            ("closing, paid in full", count): partial(closing, PRICE),
            ("reading the balance", count): partial(till.reading_of, customer, count),
        }
    for count, payer in payers.items():
        name = ("closing, a debt paid", count)
        flows[name] = partial(till.paying_a_debt, payer, count)
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

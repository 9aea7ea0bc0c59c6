"""How the operations grow with a customer's open debts. Runs inside Odoo."""

from functools import partial

from benchmarks.measuring import in_turns
from benchmarks.shop import AMOUNT, PART_PAID, PRICE

from . import processor
from .points import from_medians
from .wallets import GrowthShop

PANEL = "debts"
SETTLING_PANEL = "settling"
COUNTS = (0, 1, 10, 100, 1_000)
WARM_UP = 2
# Making the debts anew takes far longer than settling them.
SETTLING_ROUNDS = 3


def measure(env, rounds):
    shop = GrowthShop(env)
    customers = {
        count: shop.create_customer(f"{count} debts", debts=count) for count in COUNTS
    }
    flows = dict(_get_flows(shop, customers, rounds + WARM_UP))
    env.cr.execute("ANALYZE account_move, account_move_line")
    env.cr.commit()
    clocks = [processor.get_clock(env)]
    medians = in_turns(env, flows, rounds, WARM_UP, clocks)
    settling = {
        ("all debts", count): partial(
            shop.receiving_from, customers[count], count, count * AMOUNT
        )
        for count in COUNTS[1:]
    }
    settled = in_turns(env, settling, SETTLING_ROUNDS, 1, clocks)
    for (_line, count), (seconds, queries, processed) in list(settled.items()):
        settled["each debt", count] = (seconds / count, queries, processed / count)
    return from_medians(PANEL, medians) + from_medians(SETTLING_PANEL, settled)


def _get_flows(shop, customers, times):
    """Pairs of ``(line, debts)`` and the flow, which is run so many times."""
    credit_left = partial(shop.closing_of, customers[0], 0, PRICE + AMOUNT)
    yield ("closing, credit left", 0), credit_left
    for count, customer in customers.items():
        closing = partial(shop.closing_of, customer, count)
        yield ("closing, debt left", count), partial(closing, PART_PAID)
        yield ("closing, paid in full", count), partial(closing, PRICE)
        reading = partial(shop.reading_of, customer, count)
        yield ("reading the balance", count), reading
    for count in COUNTS[1:]:
        # One whose oldest debts, which will be paid, are those of orders.
        payer = shop.create_customer(f"{count} debts, some of them paid")
        shop.leave_debts(payer, min(count, times))
        shop.set_debts(payer, count)
        paying = partial(shop.paying_a_debt, payer, count)
        yield ("closing, a debt paid", count), paying

"""How the operations grow with the entries that the ledger holds. Runs inside Odoo."""

from functools import partial

import shops
from benchmarks.history import move_each, multiply
from benchmarks.measuring import in_turns
from benchmarks.shop import AMOUNT, PART_PAID, PRICE

from . import processor
from .points import from_medians
from .wallets import GrowthShop

PANEL = "entries"
# Settled debts of many customers. So many are posted, and these are multiplied: posting
# a million would take days. What was measured in between is multiplied with them, so
# there are somewhat more entries than their number says.
FIRST = 1_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def measure(env, rounds, largest):
    shop = GrowthShop(env)
    debtor = shop.create_customer("Debtor", debts=1)
    creditor = shop.create_customer("Creditor")
    flows = {
        "closing, debt left": partial(shop.closing_of, debtor, 1, PART_PAID),
        "closing, paid in full": partial(shop.closing_of, debtor, 1, PRICE),
        "settling a debt": partial(shop.receiving_from, debtor, 1, AMOUNT),
        "selling credit": partial(shop.receiving_from, creditor, 0, AMOUNT),
        "reading a balance": partial(shop.reading_of, debtor, 1),
    }
    clocks = [processor.get_clock(env)]
    points, there = [], 0
    for size in (0, *(size for size in SIZES if size <= largest)):
        if size and not there:
            _post_first(env)
            there = FIRST
        if size:
            multiply(env, size // there)
            there = size
        medians = in_turns(env, flows, rounds, clocks=clocks)
        points += from_medians(
            PANEL, {(line, size): median for line, median in medians.items()}
        )
    return points


def _post_first(env):
    customers = shops.create_customers(env, [{}] * (FIRST // 2))
    for amount in (-AMOUNT, AMOUNT):
        move_each(customers, amount)

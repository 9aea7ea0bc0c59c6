"""How the operations grow with the entries that the ledger holds, and with a customer's
open debts. Runs inside Odoo."""

import time
from functools import partial
from pathlib import Path

import shops
from benchmarks.history import move_each, multiply
from benchmarks.measuring import in_turns
from benchmarks.shop import AMOUNT, PART_PAID, PRICE, Shop

from .points import Point

# Checked at each closing, and never reached.
LIMIT = 1e9
DEBTS = (0, 1, 10, 100, 1_000)
WARM_UP = 2
# Making the debts anew takes far longer than settling them.
SETTLING_ROUNDS = 3
# Settled debts of many customers. So many are posted, and these are multiplied: posting
# a million would take days. What was measured in between is multiplied with them, so
# there are somewhat more entries than their number says.
FIRST = 1_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def measure_entries(env, rounds, largest):
    shop, debtor, creditor = _open_shop(env, "Debtor", "Creditor")
    flows = {
        "closing, debt left": (1, debtor, shop.closing, PART_PAID, debtor),
        "closing, paid in full": (1, debtor, shop.closing, PRICE, debtor),
        "settling a debt": (1, debtor, shop.receiving, debtor),
        "selling credit": (0, creditor, shop.receiving, creditor),
        "reading a balance": (1, debtor, shop.reading, debtor, AMOUNT),
    }
    points, there = [], FIRST
    for size in (0, *(size for size in SIZES if size <= largest)):
        if size == SIZES[0]:
            customers = shops.create_customers(env, [{}] * (FIRST // 2))
            for amount in (-AMOUNT, AMOUNT):
                move_each(customers, amount)
        if size:
            multiply(env, size // there)
            there = size
        by_count = {(line, size): (shop.owing, *flow) for line, flow in flows.items()}
        points += _measure(env, "entries", by_count, rounds)
    return points


def measure_debts(env, rounds):
    shop, *customers = _open_shop(env, *(f"{count} debts" for count in DEBTS))
    customers = dict(zip(DEBTS, customers, strict=True))
    for count, customer in customers.items():
        shop.set_debts(customer, count)
    flows = dict(_get_flows_by_debts(shop, customers, rounds + WARM_UP))
    env.cr.execute("ANALYZE account_move, account_move_line")
    env.cr.commit()
    points = _measure(env, "debts", flows, rounds, WARM_UP)
    settling = {
        ("all debts", count): (
            *(shop.owing, count, customers[count]),
            *(shop.receiving, customers[count], count * AMOUNT),
        )
        for count in DEBTS[1:]
    }
    settled = _measure(env, "settling", settling, SETTLING_ROUNDS, 1)
    each = [
        point._replace(
            line="each debt",
            value=round(point.value / point.count, 2),
            processor=round(point.processor / point.count, 2),
        )
        for point in settled
    ]
    return points + settled + each


def _get_flows_by_debts(shop, customers, times):
    """Pairs of ``(line, debts)`` and the flow, which is run so many times."""
    for count, customer in customers.items():
        flows = {
            "closing, debt left": (shop.closing, PART_PAID, customer),
            "closing, paid in full": (shop.closing, PRICE, customer),
            "reading the balance": (shop.reading, customer, count * AMOUNT),
        }
        if not count:
            more = shop.closing, PRICE + AMOUNT, customer
            flows = {"closing, credit left": more, **flows}
        for line, flow in flows.items():
            yield (line, count), (shop.owing, count, customer, *flow)
        # One whose oldest debts, which will be paid, are those of orders.
        if count:
            payer = _create_customer(shop.env, f"{count} debts, some of them paid")
            _leave_debts(shop, payer, min(count, times))
            shop.set_debts(payer, count)
            yield ("closing, a debt paid", count), (_pay_one, shop, payer, count)


def _pay_one(shop, customer, debts):
    """A closing that is paid with 25 too much, which settles the oldest debt."""
    _leave_debts(shop, customer, debts)
    yield from shop.closing(PRICE + AMOUNT, customer, AMOUNT)


def _leave_debts(shop, customer, number):
    """Have a customer owe so many debts of 25, those missing from orders of their
    own."""
    for _debt in range(round(number + customer.fiado_balance / AMOUNT)):
        list(shop.closing(PART_PAID, customer))


def _open_shop(env, *names):
    env.company.account_use_credit_limit = True
    return Shop(env), *(_create_customer(env, name) for name in names)


def _create_customer(env, name):
    return env["res.partner"].create({"name": name, "credit_limit": LIMIT})


def _measure(env, panel, flows, rounds, warm_up=3):
    """Points of flows, each with its arguments, by their line and count."""
    flows = {name: partial(*flow) for name, flow in flows.items()}
    medians = in_turns(env, flows, rounds, warm_up, [_get_clock(env)])
    return [
        Point(
            *(panel, line, count, round(seconds * 1000, 2), "ms"),
            *(round(processor * 1000, 2), round(queries)),
        )
        for (line, count), (seconds, queries, processor) in medians.items()
    ]


def _get_clock(env):
    """A clock that other work on the machine does not blur: it says the processor time,
    in seconds, of Odoo and of its database connection. A server on another machine is
    left out."""
    process = Path("/proc", str(env.cr.connection.info.backend_pid))
    name = process / "comm"
    is_here = name.exists() and name.read_text().strip() == "postgres"

    def clock():
        nanoseconds = 0
        if is_here:
            nanoseconds = int((process / "schedstat").read_text().split()[0])
        return time.process_time() + nanoseconds / 1e9

    return clock

"""A ledger of a million entries, for the benchmarks that need one.

What happens in it happened: two hundred customers had orders closed and paid for, and
:mod:`.history` makes a thousand of each. So every entry has all that stands behind it
in a shop, and ``fiado.wallet.audit()`` finds no difference.
"""

import datetime

import shops
from freezegun import freeze_time

from odoo import fields

from .history import give_to, multiply
from .shop import Shop

CUSTOMERS = 200
COPIES = 1_000
# Days between two movements of a customer.
APART = 20
CITIES = ("São Paulo", "Rio de Janeiro", "Salvador", "Fortaleza", "Belo Horizonte")

# The orders' totals and what was paid, also without an order, in turn; and how many
# customers in two hundred it happens to.
LIVES = (
    (25, ((55, 30), (0, 25), (55, 20), (0, 35), (40, 0))),  # owes one order
    (25, ((55, 25), (0, 10), (30, 0), (55, 30), (20, 5))),  # owes three
    (20, ((55, 30), (0, 25), (0, 100), (55, 60), (40, 0))),  # has credit
    (130, ((55, 30), (20, 0), (0, 45), (0, 50), (50, 0))),  # owes nothing
)
# Customers of the last kind with all their copies, in one: ten thousand entries.
LONG = 2


def create(env):
    """Fill the database; takes minutes.

    :return: the customer with the long statement
    :raises RuntimeError: what was made doesn't tie out
    """
    shop = Shop(env)
    users = env["res.users"].search([("share", "=", False)])
    customers = shops.create_customers(
        env,
        [
            {
                "phone": f"+55 11 9{number:08}",
                "city": CITIES[number % len(CITIES)],
                "user_id": users[number % len(users)].id,
            }
            for number in range(CUSTOMERS)
        ],
    )
    _live(shop, customers)
    before = env["fiado.wallet.entry"].search_count([])
    to_next = multiply(env, COPIES)
    long_customer = customers[-1]
    own = range(0, COPIES * to_next, to_next)
    copies = {customer + more for customer in customers[-LONG:].ids for more in own}
    give_to(long_customer, customers.browse(copies - {long_customer.id}))
    env.cr.commit()
    env.invalidate_all()
    entries = env["fiado.wallet.entry"].search_count([])
    differences = env["fiado.wallet"].audit()
    if entries != before * COPIES or differences:
        raise RuntimeError(f"Of {before} came {entries}; wrong: {differences[:5]}")
    return long_customer


def _live(shop, customers):
    """Let happen what is to happen, each thing to all customers in one day."""
    lives = [life for number, life in LIVES for _customer in range(number)]
    today = fields.Datetime.now().replace(hour=15)
    for number, movements in enumerate(zip(*lives, strict=True)):
        days = (len(lives[0]) - number) * APART
        with freeze_time(today - datetime.timedelta(days=days)):
            for index, customer in enumerate(customers):
                # Not all owe the same.
                billed, paid = (a * (100 + index) / 100 for a in movements[index])
                if billed:
                    order = shop.order(customer, billed)
                    order.close_order(shop.pay(paid), use_balance=True)
                else:
                    list(shop.receiving(customer, paid))
            shop.env.cr.commit()

"""Tills at the same few customers, whose answers get lost."""

import contextlib
import random
import time
import uuid
from collections import Counter

import httpx
import inside

from . import trial
from .client import Client
from lib import databases, web_server
from lib.report import say, step

CUSTOMERS, LIMIT = 8, 300.0
# For how long a till waits whose answer gets lost: some calls are done by then, some
# are being done, some have not begun.
IMPATIENCE = (0.02, 0.6)


def run(odoo):
    number, orders = trial.size("TILLS", 4), trial.size("ORDERS", 500)
    seed = trial.size("SEED", 5)
    say(f"{number} tills, {orders} orders each, {CUSTOMERS} customers, seed {seed}")
    prepared = databases.with_addons(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        shop = inside.ask(
            *(odoo, database, "soaks.tills_shop.open_shop", number, CUSTOMERS, LIMIT)
        )
        tills = [Till(shop, till, seed + i) for i, till in enumerate(shop["tills"])]
        options = trial.server_options(trial.size("WORKERS", 4))
        with web_server.running(odoo, database, *options):
            with step(f"Selling {number * orders} orders"):
                seconds = trial.have_all(number, lambda till: till.sell(orders), tills)
            given_up = trial.tell_retries()
        books = inside.ask(odoo, database, "soaks.tills_shop.close_shop")
    counts = sum((till.counts for till in tills), Counter())
    print(f"{seconds:.0f} s; " + ", ".join(f"{n} {c}" for n, c in counts.items()))
    if given_up:
        print(f"Odoo gave {given_up} calls up; the tills sent these again")
    return list(_find_flaws(tills, books))


class Till:
    """One that sells one order after the other, and knows what each of them moves:
    the customer and the cents, by uuid."""

    def __init__(self, shop, values, seed):
        self.accepted, self.refused = {}, {}
        self.odd = []
        self.counts = Counter()
        self._shop, self._values = shop, values
        self._chance = random.Random(seed)
        self._client = Client(values["key"])

    def sell(self, orders):
        for _number in range(orders):
            order, movement = self._draw()
            if self._chance.random() < 0.25:
                self._lose_the_answer(order)
            self._send(order, movement)

    def _draw(self):
        """An order with something left, too much, or only a payment."""
        chance = self._chance
        price = chance.randint(100, 9000)
        paid = chance.choice(
            (0, chance.randint(0, price), chance.randint(price, 12000))
        )
        lines = [self._prepare_line(price / 100)]
        if chance.random() < 0.2:
            price, paid, lines = 0, paid or 500, []
        customer = chance.choice(self._shop["customers"])
        pay = {self._values["cash"]: paid, self._values["fiado"]: price - paid}
        order = {
            **{"uuid": str(uuid.UUID(int=chance.getrandbits(128))), "state": "paid"},
            **{"session_id": self._values["session"], "partner_id": customer},
            **{"amount_total": price / 100, "amount_paid": price / 100},
            **{"amount_return": 0, "amount_tax": 0, "lines": lines},
            "last_order_preparation_change": "{}",
            "date_order": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
            "payment_ids": [
                [0, 0, {"payment_method_id": method, "amount": cents / 100}]
                for method, cents in pay.items()
                if cents
            ],
        }
        return order, (customer, paid - price)

    def _prepare_line(self, price):
        prices = ("price_unit", "price_subtotal", "price_subtotal_incl")
        line = {"product_id": self._shop["product"], "qty": 1, "tax_ids": [[6, 0, []]]}
        return [0, 0, line | dict.fromkeys(prices, price)]

    def _lose_the_answer(self, order):
        patience = self._chance.uniform(*IMPATIENCE)
        with contextlib.suppress(httpx.HTTPError):
            self._client.http.post(
                "/json/2/pos.order/sync_from_ui",
                json={"orders": [order]},
                timeout=patience,
            )
        self.counts["lost"] += 1

    def _send(self, order, movement):
        """Send an order until it is answered, as a till does."""
        for _try in range(20):
            answer = self._client.call("pos.order", "sync_from_ui", orders=[order])
            if answer.outcome == "accepted":
                self.accepted[order["uuid"]] = movement
                self.counts["accepted"] += 1
                return
            if answer.status == 422 and "receive at least" in answer.reason:
                self.refused[order["uuid"]] = movement
                self.counts["refused"] += 1
                return
            # Twice at once: Odoo knows the uuid, and takes it the next time.
            self.counts[f"sent again after {answer.body['name']}"] += 1
        self.odd.append(f"{order['uuid']}: {answer.body}")


def _find_flaws(tills, books):
    wanted = Counter()
    for till in tills:
        yield from till.odd
        for name, (customer, cents) in till.accepted.items():
            wanted[str(customer)] += cents
            state, moves = books["orders"].get(name, ("nowhere", 0))
            if state not in ("paid", "done") or moves > 1:
                yield f"order {name} is {state} and moved its wallet {moves} times"
        for name in till.refused.keys() & books["orders"].keys():
            yield f"order {name} was refused and is there"
    for customer, balance in books["balances"].items():
        cents = wanted[customer]
        if round(balance * 100) != cents:
            yield f"customer {customer} has {balance}, not {cents / 100}"
        if balance < -LIMIT:
            yield f"customer {customer} owes {-balance}, more than the limit"
    if books["open"] or books["clearing"] or books["audit"]:
        yield f"books: {books['open']}, {books['clearing']}, {books['audit']}"
    print(f"movements {books['moves']}, clearing {books['clearing']:.2f}")

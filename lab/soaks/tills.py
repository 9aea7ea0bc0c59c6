"""Tills at the same few customers, whose answers get lost."""

import contextlib
import json
import random
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import inside

from . import trial
from .client import TIMEOUT
from lib import databases, web_server
from lib.report import say, step

CUSTOMERS, LIMIT = 8, 300.0
OPEN = """
from soaks.tills_shop import open_shop
open_shop(env, {wanted!r}, {file!r})
"""
CLOSE = """
from soaks.tills_shop import close_shop
close_shop(env, {file!r})
"""
# For how long a till waits whose answer gets lost: some calls are done by then, some
# are being done, some have not begun.
IMPATIENCE = (0.02, 0.6)


@dataclass
class Notebook:
    """What the tills know of their orders: what each moves, by uuid."""

    accepted: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)
    odd: list = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)


def run(odoo):
    number, orders = trial.size("TILLS", 4), trial.size("ORDERS", 500)
    seed = trial.size("SEED", 5)
    wanted = {"customers": CUSTOMERS, "limit": LIMIT, "tills": number}
    say(f"{number} tills, {orders} orders each, {CUSTOMERS} customers, seed {seed}")
    with (
        databases.temporary_copy(odoo, databases.with_addons(odoo)) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        file = str(Path(folder) / "shop.json")
        _run_inside(odoo, database, OPEN.format(wanted=wanted, file=file))
        shop = json.loads(Path(file).read_text())
        notebook = Notebook()
        options = trial.server_options(trial.size("WORKERS", 4))
        with web_server.running(odoo, database, *options):
            with step(f"Selling {number * orders} orders"):
                start = time.perf_counter()
                _sell_all(shop, orders, seed, notebook)
                seconds = time.perf_counter() - start
            given_up = trial.tell_retries()
        _run_inside(odoo, database, CLOSE.format(file=file))
        books = json.loads(Path(file).read_text())
    print(
        f"{seconds:.0f} s; " + ", ".join(f"{n} {c}" for n, c in notebook.counts.items())
    )
    flaws = list(_find_flaws(notebook, books))
    if given_up:
        print(f"Odoo gave {given_up} calls up; the tills sent these again")
    return flaws


def _run_inside(odoo, database, text):
    odoo.run(
        *("shell", "-d", database, "--no-http"),
        log="soak.log",
        failure="The tills can't be opened or closed.",
        program=inside.program(text),
    )


def _sell_all(shop, orders, seed, notebook):
    threads = [
        threading.Thread(
            target=_sell, args=(shop, till, orders, random.Random(seed + i), notebook)
        )
        for i, till in enumerate(shop["tills"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _sell(shop, till, orders, chance, notebook):
    http = httpx.Client(
        base_url=web_server.address(),
        headers={"Authorization": f"bearer {till['key']}"},
    )
    for _number in range(orders):
        order, movement = _draw(shop, till, chance)
        if chance.random() < 0.25:
            _lose_the_answer(http, order, chance.uniform(*IMPATIENCE))
            notebook.counts["lost"] += 1
        _send(http, order, movement, notebook)


def _draw(shop, till, chance):
    """An order with something left, too much, or only a payment."""
    price = chance.randint(100, 9000)
    paid = chance.choice((0, chance.randint(0, price), chance.randint(price, 12000)))
    only_pays = chance.random() < 0.2
    price = 0 if only_pays else price
    paid = paid or 500 if only_pays else paid
    customer = chance.choice(shop["customers"])
    pay = [(till["cash"], paid), (till["fiado"], price - paid)]
    lines = [] if only_pays else [_prepare_line(shop["product"], price / 100)]
    order = {
        **{"amount_paid": price / 100, "amount_return": 0, "amount_tax": 0},
        **{"amount_total": price / 100, "last_order_preparation_change": "{}"},
        **{"session_id": till["session"], "partner_id": customer, "lines": lines},
        **{"uuid": str(uuid.UUID(int=chance.getrandbits(128))), "state": "paid"},
        "date_order": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
        "payment_ids": [
            [0, 0, {"payment_method_id": method, "amount": cents / 100}]
            for method, cents in pay
            if cents
        ],
    }
    return order, (customer, paid - price)


def _prepare_line(product, price):
    vals = {
        "product_id": product,
        "qty": 1,
        "price_unit": price,
        "tax_ids": [[6, 0, []]],
    }
    return [0, 0, vals | {"price_subtotal": price, "price_subtotal_incl": price}]


def _lose_the_answer(http, order, patience):
    with contextlib.suppress(httpx.HTTPError):
        _post(http, order, patience)


def _send(http, order, movement, notebook):
    """Send an order until it is answered, as a till does."""
    for _try in range(20):
        try:
            response = _post(http, order, TIMEOUT)
        except httpx.HTTPError:
            notebook.counts["unanswered"] += 1
            continue
        if response.status_code == 200:
            notebook.accepted[order["uuid"]] = movement
            notebook.counts["accepted"] += 1
            return
        body = response.json()
        if response.status_code == 422 and "receive at least" in body["message"]:
            notebook.refused[order["uuid"]] = movement
            notebook.counts["refused"] += 1
            return
        # Twice at once: Odoo knows the uuid, and takes it the next time.
        notebook.counts[
            f"sent again after {body.get('name', response.status_code)}"
        ] += 1
    notebook.odd.append(f"{order['uuid']}: {body}")


def _post(http, order, patience):
    return http.post(
        "/json/2/pos.order/sync_from_ui", json={"orders": [order]}, timeout=patience
    )


def _find_flaws(notebook, books):
    yield from notebook.odd
    wanted = Counter()
    for customer, cents in notebook.accepted.values():
        wanted[customer] += cents
    for customer, balance in books["balances"].items():
        cents = wanted[int(customer)]
        if round(balance * 100) != cents:
            yield f"customer {customer} has {balance}, not {cents / 100}"
        if balance < -LIMIT:
            yield f"customer {customer} owes {-balance}, more than the limit"
    for name in notebook.accepted:
        state, moves = books["orders"].get(name, ("nowhere", 0))
        if state not in ("paid", "done") or moves > 1:
            yield f"order {name} is {state} and moved its wallet {moves} times"
    for name in notebook.refused.keys() & books["orders"].keys():
        yield f"order {name} was refused and is there"
    if books["open"] or books["clearing"] or books["audit"]:
        yield f"books: {books['open']}, {books['clearing']}, {books['audit']}"
    print(f"movements {books['moves']}, clearing {books['clearing']:.2f}")

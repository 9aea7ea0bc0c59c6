"""What the clients of a trial will do, drawn beforehand from a seed."""

import random
from dataclasses import dataclass

# How often each kind of operation comes, in percent; how much of the order's price is
# paid; and what is paid more: less, for as much of a credit as the price allows.
KINDS = {
    "leave debt": (30, 0, (0.0, 0.0, 10.0, 15.5)),
    "pay in full": (10, 1, (0.0,)),
    "leave credit": (10, 1, (5.0, 15.0, 30.25)),
    "use credit": (20, 1, (-5.0, -10.0, -100.0)),
    "settle": (20, 0, (10.0, 25.0, 40.75)),
    "sell credit": (10, 0, (50.0, 80.0)),
}
WITHOUT_ORDER = ("settle", "sell credit")
PRICES = (20.0, 35.0, 55.0, 70.0, 85.0)
LIMIT = 300.0
# In a contest several ask at once for what only one of them can have: in turns for what
# is free of a limit and for a credit. A customer's limit and credit, and the closing.
CONTESTANTS = 4
CONTESTS = (
    ((100.0, 0.0), {"kind": "leave debt", "price": 60.0}),
    ((0.0, 55.0), {"kind": "use credit", "price": 55.0}),
)


@dataclass(frozen=True)
class Operation:
    """One call of a public method.

    ``customer`` is the customer's number; a closing has a ``price``: its order is made
    beforehand.
    """

    reference: str
    kind: str
    customer: int
    price: float = 0.0
    paid: float = 0.0

    @property
    def movement(self):
        """What it adds to the wallet once it is accepted."""
        return round(self.paid - self.price, 2)

    def send(self, client, shop):
        """Call the method; return the answer.

        :param dict shop: what :func:`soaks.shop.open_shop` told
        """
        values = {"reference": self.reference, "context": {"lang": "en_US"}}
        payment = {"payment_method_line_id": shop["form"], "amount": self.paid}
        if not self.price:
            ids = [shop["customers"][self.customer]]
            return client.call("res.partner", "fiado_receive", ids, **payment, **values)
        return client.call(
            *("sale.order", "close_order", [shop["orders"][self.reference]]),
            payments=[payment] if self.paid else [],
            use_balance=self.kind in ("leave debt", "leave credit"),
            credit_used=-self.movement if self.kind == "use credit" else 0.0,
            **values,
        )


def draw(seed, number, customers):
    """Operations on a few shared customers, in groups of what is sent at once: most are
    alone, some with copies, as from a program that got no answer, or from a cashier who
    clicks again."""
    chance = random.Random(seed)
    return [
        [_draw_one(chance, f"soak-{index}", chance.randrange(customers))]
        * (chance.choice((2, 3, 4)) if chance.random() < 0.1 else 1)
        for index in range(number)
    ]


def _draw_one(chance, reference, customer):
    [kind] = chance.choices(list(KINDS), [percent for percent, *_ in KINDS.values()])
    price = 0.0 if kind in WITHOUT_ORDER else chance.choice(PRICES)
    _percent, of_price, more = KINDS[kind]
    paid = max(of_price * price + chance.choice(more), 0.0)
    return Operation(reference, kind, customer, price, paid)


def draw_closings(seed, number, customers):
    """Closings that nothing stands against."""
    kinds = ("leave debt", "pay in full", "leave credit")
    drawn = [operation for operation, *_ in draw(seed, number * len(KINDS), customers)]
    return [operation for operation in drawn if operation.kind in kinds][:number]


def draw_contests(number, first_customer):
    """Contests, each a group and on a customer of its own; and each one's limit and
    credit."""
    drawn = [CONTESTS[contest % 2] for contest in range(number)]
    groups = [
        [
            Operation(f"contest-{customer}-{contestant}", customer=customer, **closing)
            for contestant in range(CONTESTANTS)
        ]
        for customer, (_values, closing) in enumerate(drawn, first_customer)
    ]
    return groups, [values for values, _closing in drawn]

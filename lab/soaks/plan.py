"""What the clients of a trial will do, drawn beforehand from a seed."""

import random
from dataclasses import dataclass

# How often each kind of operation comes, in percent.
KINDS = {
    "leave debt": 30,
    "pay in full": 10,
    "leave credit": 10,
    "use credit": 20,
    "settle": 20,
    "sell credit": 10,
}
PRICES = (20.0, 35.0, 55.0, 70.0, 85.0)
LIMIT = 300.0
# In a contest several ask at once for what only one of them can have.
CONTESTANTS = 4
CONTEST_CREDIT = 55.0
CONTEST_LIMIT, CONTEST_DEBT = 100.0, 60.0


@dataclass(frozen=True)
class Operation:
    """One call of a public method, and how often it is sent at once.

    ``customer`` is the customer's number; a closing has a ``price``: its order is made
    beforehand. ``contest`` is the number of the contest that it takes part in.
    """

    reference: str
    kind: str
    customer: int
    price: float = 0.0
    paid: float = 0.0
    credit_used: float = 0.0
    copies: int = 1
    contest: int = 0

    @property
    def is_closing(self):
        return bool(self.price)

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
        if not self.is_closing:
            customer = shop["customers"][self.customer]
            return client.call(
                "res.partner", "fiado_receive", [customer], **payment, **values
            )
        return client.call(
            "sale.order",
            "close_order",
            [shop["orders"][self.reference]],
            payments=[payment] if self.paid else [],
            use_balance=self.kind in ("leave debt", "leave credit"),
            credit_used=self.credit_used,
            **values,
        )


def want_shop(clients, customers, operations):
    """What :func:`soaks.shop.open_shop` is to make for these operations.

    :param list customers: each one's limit and credit
    """
    orders = {
        operation.reference: [operation.customer, operation.price]
        for operation in operations
        if operation.is_closing
    }
    return {"clients": clients, "customers": customers, "orders": orders}


def draw(seed, number, customers):
    """Operations on a few shared customers."""
    chance = random.Random(seed)
    return [
        _draw_one(chance, f"soak-{index}", chance.randrange(customers))
        for index in range(number)
    ]


def _draw_one(chance, reference, customer):
    [kind] = chance.choices(list(KINDS), KINDS.values())
    # As a program does that got no answer, or a cashier who clicks again.
    copies = chance.choice((2, 3, 4)) if chance.random() < 0.1 else 1
    price, used = chance.choice(PRICES), 0.0
    if kind == "use credit":
        used = chance.choice((5.0, 10.0, price))
    if kind in ("settle", "sell credit"):
        price = 0.0
    # Next to the price.
    paid = {
        "leave debt": lambda: chance.choice((0.0, 0.0, 10.0, 15.5)),
        "pay in full": lambda: price,
        "leave credit": lambda: price + chance.choice((5.0, 15.0, 30.25)),
        "use credit": lambda: price - used,
        "settle": lambda: chance.choice((10.0, 25.0, 40.75)),
        "sell credit": lambda: chance.choice((50.0, 80.0)),
    }[kind]()
    return Operation(reference, kind, customer, price, paid, used, copies)


def draw_closings(seed, number, customers):
    """Closings that nothing stands against."""
    kinds = ("leave debt", "pay in full", "leave credit")
    drawn = draw(seed, number * len(KINDS), customers)
    return [operation for operation in drawn if operation.kind in kinds][:number]


def draw_contests(number, first_customer):
    """Contests for a credit and for what is free of a limit, in turns, each on a
    customer of its own; and each one's limit and credit."""
    credit = {
        "kind": "use credit",
        "price": CONTEST_CREDIT,
        "credit_used": CONTEST_CREDIT,
    }
    debt = {"kind": "leave debt", "price": CONTEST_DEBT}
    operations, customers = [], []
    for contest in range(1, number + 1):
        is_for_credit = contest % 2 == 1
        customers.append(
            (0.0, CONTEST_CREDIT) if is_for_credit else (CONTEST_LIMIT, 0.0)
        )
        operations += [
            Operation(
                f"contest-{contest}-{contestant}",
                customer=first_customer + contest - 1,
                contest=contest,
                **credit if is_for_credit else debt,
            )
            for contestant in range(CONTESTANTS)
        ]
    return operations, customers

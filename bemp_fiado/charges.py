"""Late fee and interest on overdue debts, in plain Python.

Nothing here knows of Odoo. Amounts are in one currency, rates in percent.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from .wallet import get_days_overdue

FEE, INTEREST = "fee", "interest"
# Simple interest by the day: each month counts as thirty days.
DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Terms:
    """What a shop charges: a fee once, interest by the month, nothing before so many
    days of grace are over."""

    fee: float = 0.0
    interest: float = 0.0
    grace_days: int = 0

    def __bool__(self):
        return bool(self.fee or self.interest)

    def are_due(self, due, today):
        """Whether something is charged today on a debt that was due on a day. After
        the days of grace it counts from the due date: they are a delay, not a gift."""
        return get_days_overdue(due, today) > self.grace_days

    def get_fee(self, amount):
        return amount * self.fee / 100

    def get_interest(self, amount, days):
        return amount * self.interest * days / (100 * DAYS_A_MONTH)


@dataclass(frozen=True)
class OpenDebt:
    """What is open of one debt, and what was charged on it so far.

    ``item`` tells which one it is, ``label`` what people call it. ``charged_until`` is
    the day of the last charge. What ``is_charge`` itself bears nothing.
    """

    item: object
    amount: float
    due: date
    has_fee: bool = False
    charged_until: date | None = None
    is_charge: bool = False
    label: str = ""


@dataclass(frozen=True)
class Charge:
    """Late fee or interest on one debt."""

    debt: OpenDebt
    kind: str
    amount: float


@dataclass(frozen=True)
class Charges:
    """What is to be charged in one wallet until a day; empty where nothing is."""

    until: date
    charges: tuple = field(default=())
    amount: float = 0.0

    def __bool__(self):
        return bool(self.charges)


def get_charges(terms, debts, today, round_amount=round, paid=0.0):
    """What is charged today on the debts of a wallet: on what is open of each, the fee
    once, and interest since its due date or since its last charge.

    :param Terms terms: of the shop
    :param debts: :class:`OpenDebt`, the oldest due first
    :param round_amount: rounds as the currency does: each fee, each interest
    :param paid: how much of the oldest is paid already, though nobody matched it yet
    """
    charges = []
    for debt in debts:
        covered = min(debt.amount, paid)
        paid -= covered
        debt = replace(debt, amount=debt.amount - covered)
        if not debt.is_charge and terms.are_due(debt.due, today):
            charges += _get_charges_of(terms, debt, today, round_amount)
    total = round_amount(sum(charge.amount for charge in charges))
    return Charges(until=today, charges=tuple(charges), amount=total)


def _get_charges_of(terms, debt, today, round_amount):
    since = max(debt.due, debt.charged_until or debt.due)
    amounts = {
        FEE: 0 if debt.has_fee else terms.get_fee(debt.amount),
        INTEREST: terms.get_interest(debt.amount, max((today - since).days, 0)),
    }
    rounded = {kind: round_amount(amount) for kind, amount in amounts.items()}
    return [Charge(debt, kind, amount) for kind, amount in rounded.items() if amount]

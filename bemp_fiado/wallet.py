"""What movements do to a wallet, in plain Python.

Nothing here knows of Odoo, of accounts or of languages. Amounts are in one currency;
those of movements are positive in the customer's favour: a payment, a surplus.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

DEBT, CREDIT = "debt", "credit"


@dataclass(frozen=True)
class Balance:
    """The two sides of a wallet: what the customer owes and what is left to spend.

    Movements keep one of them at zero. Where others than they changed the sides, both
    may be open, or one negative: :attr:`shift` puts that in order.
    """

    debt: float = 0.0
    credit: float = 0.0

    def round(self, amount):
        """An amount as the currency has it. Whole numbers of cents are rounded."""
        return amount

    @property
    def balance(self):
        """What the customer has left (positive) or owes (negative)."""
        return self.round(self.credit - self.debt)

    @property
    def shift(self):
        """What both sides have too little, so that only one of them is open: negative
        where they have too much."""
        return self.round(max(-self.balance, 0.0) - self.debt)

    def get_moved(self, amount):
        """The wallet as a movement leaves it, to build the next one on."""
        balance = self.round(self.balance + amount)
        return replace(self, debt=max(-balance, 0.0), credit=max(balance, 0.0))

    def get_new_debt(self, amount):
        """How much a movement adds to the debt."""
        return self.round(max(-amount - max(self.credit, 0.0), 0.0))

    def split(self, amount):
        """Split a movement where the wallet crosses zero.

        :return: list of ``(side, part)`` without empty parts, which add up to it: a
            payment settles debt before it becomes credit, a purchase uses credit
            before it becomes debt
        """
        if amount > 0:
            first = min(amount, max(self.debt, 0.0))
            parts = [(DEBT, first), (CREDIT, amount - first)]
        else:
            first = max(amount, min(-self.credit, 0.0))
            parts = [(CREDIT, first), (DEBT, amount - first)]
        rounded = [(side, self.round(part)) for side, part in parts]
        return [(side, part) for side, part in rounded if part]

    def apply(self, parts):
        """The wallet with these parts on its sides, without putting it in order."""
        debt = sum(part for side, part in parts if side == DEBT)
        credit = sum(part for side, part in parts if side == CREDIT)
        return replace(
            self,
            debt=self.round(self.debt - debt),
            credit=self.round(self.credit + credit),
        )

    def carry_over(self, debts, amount, settled=0.0):
        """The debts that leave the wallet by a movement to another one, the oldest
        first, each as old as it is.

        :param list debts: pairs of a debt's amount and whatever tells which one it is,
            the oldest first
        :param amount: how much becomes debt of the other wallet, positive
        :param settled: how much of the oldest the other wallet's credit settles
        :return: the pairs, with the amounts that are carried over
        """
        carried = []
        for part, debt in debts:
            skipped = min(part, settled)
            settled -= skipped
            part = self.round(min(part - skipped, amount))
            amount = self.round(amount - part)
            if part:
                carried.append((part, debt))
        return carried

    def get_instalments(self, debt, shares):
        """The dated parts in which a debt is to be paid.

        :param debt: what is owed in all, positive
        :param list shares: pairs of a day and an amount, as they were agreed: each of
            them may be rounded, so that together they miss the debt by some cents
        :return: such pairs, the first due first, one for each day and none of them
            empty, that add up to the debt exactly: the last makes up for the rounding
        """
        instalments = {}
        for day, share in sorted(shares):
            part = self.round(min(max(share, 0), debt))
            debt = self.round(debt - part)
            instalments[day] = self.round(instalments.get(day, 0) + part)
        if instalments:
            last = max(instalments)
            instalments[last] = self.round(instalments[last] + debt)
        return [(day, part) for day, part in instalments.items() if part]

    def replace_debts(self, debts, parts):
        """What the parts stand for that take the place of debts.

        :param list debts: as :meth:`carry_over` takes them, in the order in which they
            are replaced
        :param list parts: the amounts that replace them, no more than these
        :return: for each part the pairs of :meth:`carry_over` that it stands for
        """
        replaced, pieces = 0, []
        for part in parts:
            pieces.append(self.carry_over(debts, part, replaced))
            replaced = self.round(replaced + part)
        return pieces


def get_opposite(parts):
    """The parts that take a movement back."""
    return [(side, -part) for side, part in parts]


def get_due_date(day, days):
    """When a debt is due that is left on a day, in a shop that waits so many days."""
    return day + timedelta(days=days)


def get_days_overdue(due, today):
    """For how many days a debt is overdue: zero on the day when it is due."""
    return max((today - due).days, 0) if due else 0

"""Late fee and interest, tried without Odoo: amounts are whole cents."""

from datetime import date, timedelta
from fractions import Fraction
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from ..charges import FEE, INTEREST, OpenDebt, Terms, get_charges
from .test_balance import on_any_machine

DAY = date(2026, 7, 1)
USUAL = Terms(fee=2, interest=1)


def half_up(amount):
    """As currencies round: half a cent is a whole one."""
    return int(Fraction(amount) + Fraction(1, 2))


def charge(debts, today, terms=USUAL, paid=0):
    charges = get_charges(terms, debts, today, half_up, paid)
    assert charges.amount == sum(part.amount for part in charges.charges)
    return {(part.debt.item, part.kind): part.amount for part in charges.charges}


class Notebook:
    """A shopkeeper's notebook: every evening, each debt gets its interest of the day in
    fractions of cents; what is charged is crossed out."""

    def __init__(self, terms):
        self.terms = terms
        self.debts = {}

    def owe(self, item, amount, due):
        self.debts[item] = {
            "open": amount,
            "due": due,
            "has_fee": False,
            "run_up": [],
        }

    def end_day(self, day):
        for debt in self.debts.values():
            if day > debt["due"]:
                debt["run_up"].append(day)

    def charge(self, day):
        charged = {}
        for item, debt in self.debts.items():
            days_late = (day - debt["due"]).days
            if not debt["open"] or days_late <= max(self.terms.grace_days, 0):
                continue
            daily = Fraction(debt["open"]) * self.terms.interest / 100 / 30
            interest = half_up(sum(daily for _day in debt["run_up"]))
            fee = 0
            if not debt["has_fee"]:
                fee = half_up(Fraction(debt["open"] * self.terms.fee, 100))
            if fee:
                charged[item, FEE] = fee
            if interest:
                charged[item, INTEREST] = interest
        return charged

    def cross_out(self, charged):
        for item, kind in charged:
            self.debts[item]["run_up"] = []
            self.debts[item]["has_fee"] |= kind == FEE


class TestCharges(TestCase):
    def test_example(self):
        debts = [
            OpenDebt("first", 10000, date(2026, 7, 1)),
            OpenDebt("second", 5000, date(2026, 10, 1)),
        ]
        today = date(2026, 11, 25)
        self.assertEqual(
            charge(debts, today),
            {
                ("first", FEE): 200,
                ("first", INTEREST): 490,
                ("second", FEE): 100,
                ("second", INTEREST): 92,
            },
        )
        again = [
            OpenDebt(debt.item, debt.amount, debt.due, True, today) for debt in debts
        ]
        self.assertEqual(charge(again, today), {})

    def test_nothing_on_the_due_date(self):
        self.assertEqual(charge([OpenDebt(1, 10000, DAY)], DAY), {})
        self.assertEqual(charge([OpenDebt(1, 10000, DAY)], DAY - timedelta(9)), {})

    def test_grace_is_a_delay_and_no_gift(self):
        terms = Terms(fee=2, interest=1, grace_days=10)
        debts = [OpenDebt(1, 30000, DAY)]
        self.assertEqual(charge(debts, DAY + timedelta(10), terms), {})
        self.assertEqual(
            charge(debts, DAY + timedelta(11), terms),
            {(1, FEE): 600, (1, INTEREST): 110},
        )

    def test_charges_bear_nothing(self):
        debts = [OpenDebt(1, 10000, DAY, is_charge=True)]
        self.assertEqual(charge(debts, DAY + timedelta(300)), {})

    def test_interest_goes_on_from_the_last_charge(self):
        debts = [OpenDebt(1, 30000, DAY, True, DAY + timedelta(30))]
        self.assertEqual(charge(debts, DAY + timedelta(31)), {(1, INTEREST): 10})

    def test_a_charge_until_later_asks_for_nothing(self):
        debts = [OpenDebt(1, 30000, DAY, True, DAY + timedelta(30))]
        self.assertEqual(charge(debts, DAY + timedelta(20)), {})

    def test_fee_alone_and_interest_alone(self):
        debts = [OpenDebt(1, 30000, DAY)]
        today = DAY + timedelta(30)
        self.assertEqual(charge(debts, today, Terms(fee=2)), {(1, FEE): 600})
        self.assertEqual(charge(debts, today, Terms(interest=1)), {(1, INTEREST): 300})
        self.assertFalse(Terms(grace_days=3))

    def test_what_is_paid_and_not_matched_yet_was_the_oldest(self):
        debts = [OpenDebt(1, 10000, DAY), OpenDebt(2, 10000, DAY)]
        today = DAY + timedelta(30)
        self.assertEqual(
            charge(debts, today, paid=15000), {(2, FEE): 100, (2, INTEREST): 50}
        )

    def test_each_amount_is_rounded(self):
        # 2 % of 0.24 is half a cent, of 0.25 as well: a cent each.
        debts = [OpenDebt(item, 25, DAY) for item in range(3)]
        self.assertEqual(sum(charge(debts, DAY + timedelta(1)).values()), 3)

    rates = st.builds(
        Terms,
        fee=st.integers(0, 4).map(lambda half: Fraction(half, 2)),
        interest=st.integers(0, 4).map(lambda quarter: Fraction(quarter, 4)),
        grace_days=st.integers(0, 12),
    )
    steps = st.lists(
        st.tuples(
            st.sampled_from(["owe", "pay", "charge", "leave off"]),
            st.integers(1, 40_000),
            st.integers(0, 20),
        ),
        max_size=14,
    )

    @on_any_machine
    @given(rates, steps)
    def test_as_in_a_notebook(self, terms, steps):
        notebook, known, day = Notebook(terms), {}, DAY
        for number, (step, amount, days) in enumerate(steps):
            for _day in range(days):
                day += timedelta(1)
                notebook.end_day(day)
            if step == "owe":
                due = day + timedelta(amount % 15)
                notebook.owe(number, amount, due)
                known[number] = OpenDebt(number, amount, due)
            elif step == "pay":
                self._pay(notebook, known, amount)
            debts = sorted(known.values(), key=lambda debt: debt.due)
            charged = charge(debts, day, terms)
            self.assertEqual(charged, notebook.charge(day))
            if step == "charge":
                notebook.cross_out(charged)
                self._remember(known, charged, day)
                debts = sorted(known.values(), key=lambda debt: debt.due)
                self.assertEqual(charge(debts, day, terms), {})

    def _pay(self, notebook, known, amount):
        for item, debt in list(known.items()):
            part = min(amount, debt.amount)
            amount -= part
            notebook.debts[item]["open"] -= part
            known[item] = OpenDebt(
                item, debt.amount - part, debt.due, debt.has_fee, debt.charged_until
            )

    def _remember(self, known, charged, day):
        for item, kind in charged:
            debt = known[item]
            known[item] = OpenDebt(
                item, debt.amount, debt.due, debt.has_fee or kind == FEE, day
            )

"""What movements do to a wallet, tried without Odoo: amounts are whole cents."""

from datetime import date
from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..wallet import (
    CREDIT,
    DEBT,
    Balance,
    get_days_overdue,
    get_due_date,
    get_opposite,
)

amounts = st.integers(-50_000, 50_000)
sides = st.integers(-20_000, 20_000)
tidy = st.integers(-50_000, 50_000).map(lambda balance: Balance().get_moved(balance))
any_balance = st.builds(Balance, debt=sides, credit=sides)
debts = st.lists(st.integers(1, 9_999), max_size=8)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
# As others may round them: too much, too little, or less than nothing.
shares = st.tuples(days, st.integers(-100, 20_000))

# A busy machine is none of what is tried here.
on_any_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestMovement(TestCase):
    """One movement of a wallet."""

    def test_purchase_uses_credit_before_it_becomes_debt(self):
        wallet = Balance(credit=1500)
        self.assertEqual(wallet.split(-4000), [(CREDIT, -1500), (DEBT, -2500)])
        self.assertEqual(wallet.get_new_debt(-4000), 2500)
        self.assertEqual(wallet.get_moved(-4000), Balance(debt=2500))

    def test_payment_settles_debt_before_it_becomes_credit(self):
        wallet = Balance(debt=2500)
        self.assertEqual(wallet.split(4000), [(DEBT, 2500), (CREDIT, 1500)])
        self.assertEqual(wallet.get_new_debt(4000), 0)
        self.assertEqual(wallet.get_moved(4000), Balance(credit=1500))

    def test_nothing_moves_nothing(self):
        self.assertEqual(Balance(debt=2500).split(0), [])

    def test_parts_are_rounded_as_the_currency_is(self):
        class Cash(Balance):
            def round(self, amount):
                return round(amount / 5) * 5

        self.assertEqual(Cash(debt=1001).split(1002), [(DEBT, 1000)])

    @on_any_machine
    @given(tidy, amounts)
    def test_parts_add_up_to_the_movement(self, wallet, amount):
        parts = wallet.split(amount)
        self.assertEqual(sum(part for _side, part in parts), amount)
        self.assertTrue(all(part for _side, part in parts))
        self.assertEqual(wallet.apply(parts), wallet.get_moved(amount))

    @on_any_machine
    @given(tidy, amounts)
    def test_one_side_is_open_afterwards_and_none_is_negative(self, wallet, amount):
        moved = wallet.get_moved(amount)
        self.assertEqual(moved.balance, wallet.balance + amount)
        self.assertEqual(min(moved.debt, moved.credit), 0)
        self.assertEqual(moved.shift, 0)

    @on_any_machine
    @given(tidy, amounts)
    def test_new_debt_is_what_the_debt_grows_by(self, wallet, amount):
        grown = max(wallet.get_moved(amount).debt - wallet.debt, 0)
        self.assertEqual(wallet.get_new_debt(amount), grown)


class TestOrder(TestCase):
    """What others than the movements left in the wallets is put in order."""

    def test_payment_of_more_than_the_debt_on_the_debt(self):
        wallet = Balance(debt=-2500)
        self.assertEqual(wallet.balance, 2500)
        self.assertEqual(wallet.shift, 2500)

    @on_any_machine
    @given(any_balance)
    def test_shift_leaves_the_balance_and_one_side(self, wallet):
        mended = wallet.apply([(DEBT, -wallet.shift), (CREDIT, wallet.shift)])
        self.assertEqual(mended, wallet.get_moved(0))

    @on_any_machine
    @given(any_balance, amounts)
    def test_parts_add_up_in_disorder_too(self, wallet, amount):
        parts = wallet.split(amount)
        self.assertEqual(sum(part for _side, part in parts), amount)


class TestUndoing(TestCase):
    """A movement that is taken back."""

    @on_any_machine
    @given(tidy, amounts)
    def test_at_once_leaves_the_wallet_as_it_was(self, wallet, amount):
        parts = wallet.split(amount)
        moved = wallet.apply(parts)
        self.assertEqual(moved.apply(get_opposite(parts)), wallet)

    @on_any_machine
    @given(tidy, amounts, st.lists(amounts, max_size=5))
    def test_later_leaves_what_all_the_others_do(self, wallet, first, others):
        parts = wallet.split(first)
        now = wallet.apply(parts)
        for amount in others:
            now = now.apply(now.split(amount))
        now = now.apply(get_opposite(parts))
        now = now.apply([(DEBT, -now.shift), (CREDIT, now.shift)])
        self.assertEqual(now, wallet.get_moved(sum(others)))


class TestInstalments(TestCase):
    """A debt that is to be paid in several parts."""

    NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 9), date(2026, 12, 9), date(2027, 1, 9)

    def test_the_last_makes_up_for_the_rounding(self):
        shares = [(self.NOVEMBER, 3333), (self.DECEMBER, 3333), (self.JANUARY, 3333)]
        self.assertEqual(
            Balance().get_instalments(10000, shares),
            [(self.NOVEMBER, 3333), (self.DECEMBER, 3333), (self.JANUARY, 3334)],
        )

    def test_none_is_empty_and_none_is_negative(self):
        # 0.05 in twelfths: each would be rounded up to a cent.
        shares = [(self.NOVEMBER, 1)] * 3 + [(self.DECEMBER, 1)] * 8
        shares.append((self.JANUARY, -6))
        self.assertEqual(
            Balance().get_instalments(5, shares),
            [(self.NOVEMBER, 3), (self.DECEMBER, 2)],
        )

    def test_one_for_each_day_the_first_due_first(self):
        shares = [(self.JANUARY, 50), (self.NOVEMBER, 20), (self.JANUARY, 30)]
        self.assertEqual(
            Balance().get_instalments(100, shares),
            [(self.NOVEMBER, 20), (self.JANUARY, 80)],
        )

    def test_amounts_are_rounded_as_the_currency_is(self):
        class Cents(Balance):
            def round(self, amount):
                return round(amount, 2)

        shares = [(self.NOVEMBER, 33.33), (self.DECEMBER, 33.33), (self.JANUARY, 0.0)]
        parts = Cents().get_instalments(100.0, shares)
        self.assertEqual([part for _day, part in parts], [33.33, 33.33, 33.34])

    @on_any_machine
    @given(st.integers(1, 50_000), st.lists(shares, min_size=1, max_size=30))
    def test_they_add_up_to_the_debt(self, debt, shares):
        instalments = Balance().get_instalments(debt, shares)
        days = [day for day, _part in instalments]
        self.assertEqual(sum(part for _day, part in instalments), debt)
        self.assertTrue(all(part > 0 for _day, part in instalments))
        self.assertEqual(days, sorted(set(days)))
        self.assertLessEqual(set(days), {day for day, _share in shares})

    def test_each_stands_for_the_oldest_that_is_left(self):
        debts = [(3000, self.NOVEMBER), (4000, self.DECEMBER)]
        self.assertEqual(
            Balance(debt=7000).replace_debts(debts, [2000, 2000, 3000]),
            [
                [(2000, self.NOVEMBER)],
                [(1000, self.NOVEMBER), (1000, self.DECEMBER)],
                [(3000, self.DECEMBER)],
            ],
        )

    @on_any_machine
    @given(st.lists(st.tuples(st.integers(1, 999), days), min_size=1), st.data())
    def test_together_they_are_as_old_as_what_they_stand_for(self, debts, data):
        total = sum(amount for amount, _since in debts)
        wallet = Balance(debt=total)
        replaced = data.draw(st.integers(1, total))
        cuts = sorted(data.draw(st.sets(st.integers(1, replaced), max_size=6)))
        ends = [0, *(cut for cut in cuts if cut < replaced), replaced]
        parts = [end - start for start, end in zip(ends, ends[1:], strict=False)]
        pieces = wallet.replace_debts(debts, parts)
        self.assertEqual([sum(a for a, _since in piece) for piece in pieces], parts)
        gone = wallet.carry_over(debts, replaced)
        ages = [since for piece in pieces for _amount, since in piece]
        self.assertEqual(min(ages), min(since for _amount, since in gone))


class TestDebts(TestCase):
    """Debts, the oldest first."""

    def test_the_oldest_are_carried_over_first(self):
        wallet = Balance(debt=6000)
        named = [(2000, "May"), (4000, "June")]
        self.assertEqual(
            wallet.carry_over(named, 3000), [(2000, "May"), (1000, "June")]
        )

    def test_the_others_credit_settles_the_oldest(self):
        wallet = Balance(debt=6000)
        named = [(2000, "May"), (4000, "June")]
        self.assertEqual(
            wallet.carry_over(named, 2500, settled=500), [(1500, "May"), (1000, "June")]
        )

    @on_any_machine
    @given(debts, st.data())
    def test_all_of_it_is_carried_over_and_no_debt_grows(self, debts, data):
        total = sum(debts)
        amount = data.draw(st.integers(0, total))
        settled = data.draw(st.integers(0, total - amount))
        named = list(zip(debts, range(len(debts)), strict=True))
        carried = Balance(debt=total).carry_over(named, amount, settled)
        self.assertEqual(sum(part for part, _name in carried), amount)
        names = [name for _part, name in carried]
        self.assertEqual(names, sorted(names))
        self.assertTrue(all(0 < part <= debts[name] for part, name in carried))
        # What is older than the first of them is settled, but for less than a debt.
        if names:
            self.assertLessEqual(sum(debts[: names[0]]), settled)

    def test_due(self):
        self.assertEqual(get_due_date(date(2026, 1, 31), 30), date(2026, 3, 2))

    def test_overdue_from_the_day_after(self):
        due = date(2026, 3, 2)
        self.assertEqual(get_days_overdue(due, date(2026, 3, 1)), 0)
        self.assertEqual(get_days_overdue(due, due), 0)
        self.assertEqual(get_days_overdue(due, date(2026, 3, 5)), 3)
        self.assertEqual(get_days_overdue(False, due), 0)

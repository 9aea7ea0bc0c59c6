import random
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import FiadoCommon

FIRST_DAY = date(2026, 3, 1)
DAYS = 120
FEE, INTEREST, GRACE = 2, 1, 3
# Debts are left and charged on every second day: an odd number of days keeps due dates
# and charges apart, so that it is never a matter of taste which of them is older.
DAYS_TO_PAY = 7
# Instalments, in percent and days.
SHARES = ((40, 7), (30, 21), (30, 35))


def half_up(amount):
    return int(amount + Fraction(1, 2))


class Notebook:
    """A customer's page in a shopkeeper's notebook, in cents: debts with their due
    dates, the days for which each is late, and what is crossed out. It knows nothing of
    accounts, and nothing of how the addon computes."""

    def __init__(self):
        self.debts, self.credit, self.pages = [], 0, []

    @property
    def owed(self):
        return sum(debt["open"] for debt in self.debts)

    def turn_page(self):
        """Keep what stands here, to come back to it when the next is undone."""
        self.pages.append((deepcopy(self.debts), self.credit))

    def turn_back(self):
        self.debts, self.credit = self.pages.pop()

    def begin_day(self, today):
        # Also on the pages to which it may come back.
        for debts, _credit in [*self.pages, (self.debts, self.credit)]:
            for debt in debts:
                debt["late"] += today > debt["due"]
                debt["days"] += today > debt["due"]

    def owe(self, amount, due, is_charge=False):
        used = min(self.credit, amount)
        self.credit -= used
        if amount > used:
            self.add(amount - used, due, is_charge)

    def add(self, amount, due, is_charge=False):
        self.debts.append(
            {
                "open": amount,
                "due": due,
                "is_charge": is_charge,
                "has_fee": False,
                "late": 0,
                "days": 0,
            }
        )

    def split(self, amount, today):
        """What is paid on which day of an amount that is paid in instalments."""
        parts, left = [], amount
        for share, days in SHARES:
            part = min(left, half_up(Fraction(amount * share, 100)))
            parts.append([part, today + timedelta(days)])
            left -= part
        parts[-1][0] += left
        return parts

    def owe_in_instalments(self, amount, today):
        for part, due in self.split(amount, today):
            self.add(part, due)

    def begin_anew(self, today):
        """All that is owed is put into instalments: what was charged into the last."""
        debts = sorted(self.debts, key=lambda debt: debt["due"])
        charged = [debt["open"] for debt in debts if debt["is_charge"]]
        left = [self.owed - sum(charged), *charged]
        parts, self.debts = self.split(self.owed, today), []
        for part, due in parts:
            for number, amount in enumerate(left):
                taken = min(part, amount)
                part, left[number] = part - taken, amount - taken
                if taken:
                    self.add(taken, due, is_charge=number > 0)

    def pay(self, amount):
        for debt in sorted(self.debts, key=lambda debt: debt["due"]):
            part = min(debt["open"], amount)
            debt["open"] -= part
            amount -= part
        self.debts = [debt for debt in self.debts if debt["open"]]
        self.credit += amount

    def get_charges(self):
        charges = []
        for debt in sorted(self.debts, key=lambda debt: debt["due"]):
            if debt["is_charge"] or debt["late"] <= GRACE:
                continue
            fee = 0 if debt["has_fee"] else half_up(Fraction(debt["open"] * FEE, 100))
            interest = half_up(Fraction(debt["open"] * INTEREST * debt["days"], 3000))
            charges.append((debt, fee, interest))
        return charges

    def charge(self, today):
        total = 0
        for debt, fee, interest in self.get_charges():
            debt["has_fee"] |= bool(fee)
            debt["days"] = 0 if fee or interest else debt["days"]
            total += fee + interest
        if total:
            self.owe(total, today, is_charge=True)
        return total

    def hand_over(self, amount, other):
        """What is owed goes to another page, the oldest first."""
        used = min(other.credit, amount)
        other.credit -= used
        for debt in sorted(self.debts, key=lambda debt: debt["due"]):
            part = min(debt["open"], amount)
            debt["open"] -= part
            amount -= part
            settled = min(part, used)
            used -= settled
            if part > settled:
                other.debts.append({**debt, "open": part - settled})
        self.debts = [debt for debt in self.debts if debt["open"]]


@tagged("post_install", "-at_install")
class TestChargesLife(FiadoCommon):
    """Four months of a shop that charges late fee and interest, against a notebook:
    the same to the cent on each day, and the books tie out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "fiado_days": DAYS_TO_PAY,
                "fiado_late_fee": FEE,
                "fiado_interest": INTEREST,
                "fiado_grace_days": GRACE,
            }
        )
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.terms = cls.env["account.payment.term"].create(
            {
                "name": "In three parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": days}
                    )
                    for share, days in SHARES
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self.random = random.Random(6)
        self.pages = {self.maria: Notebook(), self.joana: Notebook()}
        # A life in which all of it happens.
        # What was done of late, to be undone: of each customer the newest last.
        self.done = {self.maria: [], self.joana: []}
        self.seen = set()

    def test_life(self):
        for number in range(DAYS):
            self.today = FIRST_DAY + timedelta(number)
            for page in self.pages.values():
                page.begin_day(self.today)
            with freeze_time(self.today):
                if number % 2 == 0:
                    self._live()
                self._compare()
        billing = self.env["fiado.billing"].with_company(self.company)
        figures = billing.get_figures(FIRST_DAY, self.today)
        self.assertEqual(figures["difference"], 0.0)
        self.assertEqual(
            self.seen,
            {
                *("close", "close and pay", "receive", "receive and charge"),
                *("leave off", "charge", "hand over"),
                *("close in instalments", "begin anew"),
                *("undo close in instalments", "undo begin anew"),
                *("undo close", "undo close and pay", "undo receive"),
                *("undo receive and charge", "undo leave off", "undo charge"),
                "undo charge alone",
            },
        )

    def _live(self):
        partner = self.random.choice([self.maria, self.maria, self.joana])
        page = self.pages[partner]
        steps = ["close", "close", "receive"]
        if page.get_charges():
            steps += ["charge", "close and pay", "leave off"]
            steps += ["receive and charge", "receive and charge"]
        if not page.credit:
            steps.append("close in instalments")
        if page.owed > 1000:
            steps.append("begin anew")
        if page.owed and partner == self.maria:
            steps.append("hand over")
        # What never happened yet comes first, every other time.
        new = [step for step in steps if step not in self.seen]
        if self.done[partner]:
            steps += ["undo", "undo"]
            if f"undo {self.done[partner][-1][0]}" not in self.seen:
                new = ["undo"]
        step = self.random.choice(self.random.choice([steps, new or steps]))
        getattr(self, f"_{step.replace(' ', '_')}")(partner, page)

    def _keep(self, partner, step, answer):
        self.done[partner].append((step, answer))
        self.seen.add(step)

    def _customer(self, partner, user):
        return partner.with_user(user).with_company(self.company)

    def _amount(self, page):
        """What somebody gives: often all of it, sometimes a part, or more."""
        whole = page.owed or 1000
        return self.random.choice(
            [whole, whole // 2 or 1, whole // 3 or 1, whole + 250]
        )

    # What happens -----------------------------------------------------------------

    def _close(self, partner, page):
        price, paid = self.random.randint(500, 9000), self.random.choice([0, 300])
        order = self._order(partner=partner)
        order.order_line.price_unit = price / 100
        payments = [self._pay(paid / 100)] if paid else []
        order.close_order(payments, use_balance=True)
        page.turn_page()
        page.owe(price - paid, self.today + timedelta(DAYS_TO_PAY))
        self._keep(partner, "close", order)

    def _close_in_instalments(self, partner, page):
        order = self._order(partner=partner)
        order.order_line.price_unit = price = self.random.randint(500, 9000) / 100
        order.close_order([], use_balance=True, payment_term_id=self.terms.id)
        page.turn_page()
        page.owe_in_instalments(round(price * 100), self.today)
        self._keep(partner, "close in instalments", order)

    def _begin_anew(self, partner, page):
        customer = self._customer(partner, self.manager)
        answer = customer.fiado_renegotiate(self.terms.id, "Lost her job")
        page.turn_page()
        page.begin_anew(self.today)
        self._keep(partner, "begin anew", (answer, 0))

    def _close_and_pay(self, partner, page):
        order = self._order(partner=partner)
        owed = page.owed
        page.turn_page()
        charged = page.charge(self.today)
        page.pay(owed + charged)
        order.close_order(
            [self._pay((5500 + owed + charged) / 100)],
            debt_paid=owed / 100,
            charges=True,
        )
        self._keep(partner, "close and pay", order)

    def _receive(self, partner, page):
        self._receive_amount(partner, page, "receive")

    def _receive_and_charge(self, partner, page):
        self._receive_amount(partner, page, "receive and charge", charges=True)

    def _leave_off(self, partner, page):
        self._receive_amount(partner, page, "leave off", self.manager, charges=False)

    def _receive_amount(self, partner, page, step, user=None, **values):
        amount = self._amount(page)
        customer = self._customer(partner, user or self.cashier)
        answer = customer.fiado_receive(amount / 100, self.cash.id, **values)
        page.turn_page()
        if values.get("charges"):
            page.charge(self.today)
        page.pay(amount)
        self._keep(partner, step, (answer, amount))

    def _charge(self, partner, page):
        if not sum(fee + interest for _debt, fee, interest in page.get_charges()):
            return
        answer = self._customer(partner, self.manager).fiado_charge()
        page.turn_page()
        page.charge(self.today)
        self._keep(partner, "charge", (answer, 0))

    def _hand_over(self, partner, page):
        other = self.pages[self.joana]
        dues = {debt["due"] for debt in other.debts}
        if dues & {debt["due"] for debt in page.debts}:
            return
        amount = self.random.choice([page.owed, page.owed // 2 or 1])
        self._customer(partner, self.manager).fiado_transfer(
            self.joana.id, -amount / 100, "A relative"
        )
        page.hand_over(amount, other)
        for wallet in (partner, self.joana):
            self.done[wallet], self.pages[wallet].pages = [], []
        self.seen.add("hand over")

    # And is undone ------------------------------------------------------------------

    def _undo(self, partner, page):
        step, what = self.done[partner].pop()
        self.seen.add(f"undo {step}")
        if step.startswith("close"):
            what.with_user(self.manager).reopen_order("By mistake")
            page.turn_back()
            return
        answer, amount = what
        was_charged = step == "receive and charge" and len(answer["move_ids"]) == 2
        if was_charged and self.random.random() < 0.5:
            self._undo_charge_alone(partner, page, answer, amount)
            return
        self._undo_move(answer["move_ids"][-1])
        page.turn_back()

    def _undo_charge_alone(self, partner, page, answer, amount):
        """The payment stays, as if nothing had been charged with it."""
        self._undo_move(answer["move_ids"][0])
        page.turn_back()
        page.pay(amount)
        self.done[partner], page.pages = [], []
        self.seen.add("undo charge alone")

    def _undo_move(self, move_id):
        self.env.invalidate_all()
        entries = self.env["fiado.wallet.entry"].with_user(self.manager)
        entries.search([("move_id", "=", move_id)], limit=1).undo("By mistake")

    # Compared -----------------------------------------------------------------------

    def _compare(self):
        ledger = self.env["fiado.ledger"].with_company(self.company)
        partners = self.maria | self.joana
        wallets = ledger._read_wallets(partners, self.company)
        charges = ledger._read_charges(list(wallets.values()))
        for partner, page in self.pages.items():
            wallet = wallets[partner]
            self.assertEqual(
                (round(wallet.debt * 100), round(wallet.credit * 100)),
                (page.owed, page.credit),
                self.today,
            )
            self.assertEqual(
                sorted(
                    (item.date_maturity, round(item.amount_residual * 100))
                    for item in self._open_items(partner)
                    if item.account_id == self.debt_account
                ),
                sorted((debt["due"], debt["open"]) for debt in page.debts),
                self.today,
            )
            parts = [part.amount for part in charges[partner].charges]
            self.assertEqual(
                [round(part * 100) for part in parts],
                [
                    amount
                    for _debt, fee, interest in page.get_charges()
                    for amount in (fee, interest)
                    if amount
                ],
                self.today,
            )
        self.assertTiesOut()

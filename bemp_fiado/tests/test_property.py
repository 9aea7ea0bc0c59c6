import os

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon

# FIADO_EXAMPLES=500 scripts/test -k TestProperty looks further, at other sequences each
# time.
EXAMPLES = int(os.environ.get("FIADO_EXAMPLES", 20))
STEPS = 12

cents = st.integers(1, 12_000).map(lambda number: number / 100)
customers = st.integers(0, 2)
share = st.sampled_from((0.0, 0.0, 0.5, 1.0))
# Of what there is: part of it, all of it, or more, which is refused.
part = st.sampled_from((0.3, 1.0, 1.2))
steps = st.one_of(
    st.tuples(st.just("close"), customers, cents, cents, share, share),
    st.tuples(st.just("close_exactly"), customers, cents),
    st.tuples(st.just("receive"), customers, cents),
    st.tuples(st.just("pay_out"), customers, part),
    st.tuples(st.just("forgive"), customers, part),
    st.tuples(st.just("adjust"), customers, cents, st.booleans()),
    st.tuples(st.just("open_balance"), customers, cents, st.booleans()),
    st.tuples(st.just("transfer"), customers, customers, part),
    st.tuples(st.just("close_in_instalments"), customers, cents, st.integers(0, 1)),
    st.tuples(st.just("renegotiate"), customers, part, st.integers(0, 1)),
    st.tuples(st.just("undo_renegotiation"), customers),
    st.tuples(st.just("pay_invoice"), customers, cents, cents),
    st.tuples(st.just("refund"), customers, cents),
    st.tuples(st.just("reopen"), st.integers(0, 20)),
    st.tuples(st.just("cancel_payment"), st.integers(0, 20)),
)


@tagged("post_install", "-at_install")
class TestProperty(FiadoCommon):
    """Whatever happens in whatever order: the wallets are what a notebook would say,
    and the accounts agree with them after each step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [{"name": name} for name in ("Antônia", "Bento", "Clara")]
        )
        cls.terms = cls.env["account.payment.term"].create(
            [
                {
                    "name": f"{len(parts)} parts",
                    "line_ids": [
                        Command.create(
                            {"value": "percent", "value_amount": value, "nb_days": days}
                        )
                        for days, value in parts.items()
                    ],
                }
                for parts in ({30: 33.33, 60: 33.33, 90: 33.34}, {0: 12.5, 45: 87.5})
            ]
        )
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        # The right to leave a balance is part of managing wallets.
        cls.user = cls.manager
        cls.accountant = cls._new_user(
            "accountant", "account.group_account_invoice", "bemp_fiado.group_fiado_user"
        )

    def test_any_sequence(self):
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize="FIADO_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
            # A step takes a while here: looking for the shortest failing sequence would
            # take an hour.
            phases=(Phase.explicit, Phase.generate),
        )
        @given(st.lists(steps, min_size=6, max_size=STEPS))
        @example([("receive", 0, 50.0), ("pay_out", 0, 0.3), ("transfer", 0, 1, 1.0)])
        @example(
            [
                ("close_in_instalments", 0, 100.0, 1),
                ("renegotiate", 0, 1.0, 0),
                ("receive", 0, 30.0),
                ("undo_renegotiation", 0),
            ]
        )
        def check(sequence):
            with self.env.cr.savepoint() as savepoint:
                self._play(sequence)
                savepoint.rollback()
            self.env.invalidate_all(flush=False)

        self.accepted = set()
        check()
        # Not one of them was only ever refused.
        operations = {name for name in dir(self) if name.startswith("_do_")}
        self.assertEqual({f"_do_{name}" for name in self.accepted}, operations)

    def _play(self, sequence):
        self.notebook = dict.fromkeys(self.customers, 0.0)
        self.orders = self.env["sale.order"]
        self.moved = {}
        self.paid_invoices = {}
        for name, *values in sequence:
            before = self._count_entries()
            try:
                with self.env.cr.savepoint():
                    movements = getattr(self, f"_do_{name}")(*values)
                if movements:
                    self.accepted.add(name)
            except UserError:
                self.env.invalidate_all()
                self.assertEqual(self._count_entries(), before)
                movements = {}
            for customer, amount in movements.items():
                self.notebook[customer] = round(self.notebook[customer] + amount, 2)
            self._check()

    def _count_entries(self):
        self.env.flush_all()
        return {
            model: self.env[model].sudo().search_count([])
            for model in ("account.move", "account.payment", "fiado.wallet.entry")
        }

    def _check(self):
        self.env.invalidate_all()
        self.assertTiesOut()
        for customer, expected in self.notebook.items():
            balance, debt, credit = self._wallet(customer)
            self.assertEqual((debt, credit), (max(-expected, 0.0), max(expected, 0.0)))
            self.assertEqual(balance, expected)
            statement = self._as_user(customer).fiado_statement()
            entries = statement["entries"]
            items = self.env["account.move.line"].search(
                [
                    ("partner_id", "=", customer.id),
                    ("account_id", "in", (self.debt_account | self.credit_account).ids),
                    ("parent_state", "=", "posted"),
                ]
            )
            self.assertEqual(statement["closing_balance"], expected)
            self.assertEqual(entries[-1]["balance_after"] if entries else 0.0, expected)
            self.assertAlmostEqual(-sum(items.mapped("balance")), expected)
            self.assertAlmostEqual(-sum(items.mapped("amount_residual")), expected)
            self.assertEqual(self._receivable_open(customer), (0.0, 0.0))

    def _as_user(self, customer):
        return customer.with_user(self.user).with_company(self.company)

    # Each does one thing and returns what a notebook would write down: the movement of
    # each customer, positive in his favour.

    def _do_close(self, number, price, paid, debt_share, credit_share):
        customer = self.customers[number]
        _balance, debt, credit = self._wallet(customer)
        order = self._order(partner=customer, user=self.user)
        order.order_line.price_unit = price
        self._close(
            order,
            paid,
            use_balance=True,
            debt_paid=round(debt * debt_share, 2),
            credit_used=round(min(credit, price) * credit_share, 2),
        )
        return self._closed(order, customer, round(paid - price, 2))

    def _do_close_exactly(self, number, price):
        customer = self.customers[number]
        order = self._order(partner=customer, user=self.user)
        order.order_line.price_unit = price
        self._close(order, price)
        return self._closed(order, customer, 0.0)

    def _do_close_in_instalments(self, number, price, term):
        customer = self.customers[number]
        order = self._order(partner=customer, user=self.user)
        order.order_line.price_unit = price
        self._close(order, use_balance=True, payment_term_id=self.terms[term].id)
        return self._closed(order, customer, -price)

    def _do_renegotiate(self, number, part, term):
        customer = self.customers[number]
        amount = round(self._wallet(customer)[1] * part, 2)
        self._as_user(customer).fiado_renegotiate(self.terms[term].id, "why", amount)
        return {customer: 0.0}

    def _do_undo_renegotiation(self, number):
        customer = self.customers[number]
        entries = self._entries(customer, self.user).filtered(
            lambda entry: entry.origin == "renegotiation" and entry.is_standing
        )
        if not entries:
            return {}
        entries[0].undo("why")
        return {customer: 0.0}

    def _closed(self, order, customer, movement):
        self.orders |= order
        self.moved[order] = movement
        return {customer: movement}

    def _do_receive(self, number, amount):
        customer = self.customers[number]
        self._as_user(customer).fiado_receive(amount, self.cash.id)
        return {customer: amount}

    def _do_pay_out(self, number, part):
        customer = self.customers[number]
        amount = round(self._wallet(customer)[2] * part, 2)
        self._as_user(customer).fiado_pay_out(amount, self.cash_out.id, "why")
        return {customer: -amount}

    def _do_forgive(self, number, part):
        customer = self.customers[number]
        amount = round(self._wallet(customer)[1] * part, 2)
        self._as_user(customer).fiado_forgive(amount, "why")
        return {customer: amount}

    def _do_adjust(self, number, amount, in_favour):
        customer = self.customers[number]
        amount = amount if in_favour else -amount
        self._as_user(customer).fiado_adjust(amount, self.income.id, "why")
        return {customer: amount}

    def _do_open_balance(self, number, amount, in_favour):
        customer = self.customers[number]
        amount = amount if in_favour else -amount
        today = self._today()
        self._as_user(customer).fiado_open_balance(amount, today, self.income.id)
        return {customer: amount}

    def _do_transfer(self, number, other_number, part):
        customer, other = self.customers[number], self.customers[other_number]
        amount = round(self._wallet(customer)[0] * part, 2)
        self._as_user(customer).fiado_transfer(other.id, amount, "why")
        return {customer: -amount, other: amount}

    def _do_pay_invoice(self, number, price, paid):
        customer = self.customers[number]
        invoice = self._create_posted("out_invoice", customer, price)
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "amount": paid,
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
                "fiado_use_balance": True,
            }
        )._create_payments()
        movement = round(paid - price, 2)
        if movement:
            payment = invoice.matched_payment_ids
            self.paid_invoices[payment.id] = (invoice, movement)
        return {customer: movement}

    def _do_refund(self, number, amount):
        customer = self.customers[number]
        refund = self._create_posted("out_refund", customer, amount)
        refund.with_user(self.accountant).action_leave_in_wallet()
        return {customer: amount}

    def _create_posted(self, move_type, customer, amount):
        move = self.init_invoice(move_type, partner=customer, amounts=[amount])
        move.invoice_line_ids.tax_ids = False
        move.action_post()
        return move

    def _do_reopen(self, number):
        closed = self.orders.filtered(lambda order: order.closing_state == "closed")
        if not closed:
            return {}
        order = closed[number % len(closed)]
        order.with_user(self.user).reopen_order("why")
        return {order.partner_id: -self.moved.pop(order)}

    def _do_cancel_payment(self, number):
        payments = (
            self.env["fiado.payment"]
            .with_user(self.user)
            .search([("state", "!=", "canceled")])
        )
        if not payments:
            return {}
        payment = payments[number % len(payments)]
        amount = payment.amount
        payment.action_cancel_payment()
        if payment.id in self.paid_invoices:
            # All that the Pay wizard did is undone: the invoice is open, and anybody's.
            invoice, movement = self.paid_invoices[payment.id]
            self.assertEqual(invoice.amount_residual, invoice.amount_total)
            invoice.with_user(self.accountant).button_draft()
            invoice.with_user(self.accountant).button_cancel()
            return {payment.partner_id: -movement}
        if payment.order_id in self.moved:
            self.moved[payment.order_id] = round(
                self.moved[payment.order_id] - amount, 2
            )
        return {payment.partner_id: -amount}

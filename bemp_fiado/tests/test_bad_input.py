import math
import re
from collections import namedtuple
from datetime import date
from functools import partial

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon

# A public method: on what it is called, with which values it would be accepted, and
# which of them are bad in which way.
Method = namedtuple("Method", "name target values bad")

HUGE = 10**400
NO_NUMBERS = (
    *(None, False, True, "", "12", "=1+1", "NaN", "12,50"),
    *([], [12.0], {}, {"amount": 12.0}),
    *(math.nan, math.inf, -math.inf, 1e308, -1e308, 1e12, HUGE, -HUGE),
    *(0.001, 12.345),
)
NO_IDS = (
    *(None, False, True, "", "1", "=1+1", "\ud800", [], [1], {}),
    *(0, -1, 1.0, 1.5, math.nan, math.inf, 2**31, 2**63, HUGE),
)
NO_TEXTS = (
    *(0, 1, True, 1.5, math.nan, HUGE, [], ["why"], {}, {"a": 1}, date(2026, 1, 1)),
    *("x" * 257, "a\0b", "\ud800"),
)
NO_REASONS = (*NO_TEXTS, None, False, "", " ", "\n\t")
NO_FLAGS = (0, 1, 2, "", "no", "false", [], [1], {}, math.nan)
NO_DATES = (
    *(0, 1, True, 1.5, math.nan, [], ["2026-01-01"], {}, {"a": 1}),
    *("soon", "2026-02-30", "2026-13-01", "31/12/2026", "99999-01-01"),
    *("=TODAY()", "\ud800", "2026-01-01 nonsense"),
)
NO_PAYMENTS = (
    *(None, False, True, "cash", 12, math.nan, {}, {"amount": 12.0}),
    *([None], [[]], [{}], ["cash"], [{"amount": 12.0}]),
)
# Good as they are: kept word for word, executed nowhere.
TEXTS = (
    '=HYPERLINK("http://127.0.0.1","x")',
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "<script>alert(1)</script>",
    "%(amount)s %s {0} ${x}",
    "'; DROP TABLE res_partner; --",
    "João – ção 😀 مرحبا 漢字",
    "a‮b",
    "x" * 256,
)
# What a caller may send in the context, or what Odoo's own screens do.
CONTEXTS = (
    {"fiado_release": True, "fiado_closing": True, "bypass_lock_check": True},
    {"default_fiado_origin": "opening", "default_fiado_reference": "forged"},
    {"default_state": "posted", "default_posted_before": True},
    {"default_date": "2001-01-01", "default_invoice_date": "2001-01-01"},
    {"default_move_type": "out_refund", "default_reversed_entry_id": 1},
    {"default_balance": 1000.0, "default_debit": 1000.0, "default_discount": 50.0},
    {"default_price_unit": 1.0, "default_quantity": 100.0},
    {"default_partner_id": 1, "default_journal_id": 1, "default_company_id": 1},
    {"default_closing_state": "closed", "default_locked": True},
    {"default_payment_type": "outbound", "default_partner_type": "supplier"},
    {"check_move_validity": False, "skip_invoice_sync": True},
    {"skip_account_move_synchronization": True, "skip_readonly_check": True},
    {"no_exchange_difference": True, "move_reverse_cancel": True},
    {"active_test": False, "prefetch_fields": False, "bin_size": True},
    {"active_model": "res.partner", "active_ids": [1], "active_id": 1},
    {"import_file": True, "install_mode": True, "force_delete": True},
)


@tagged("post_install", "-at_install")
class TestBadInput(FiadoCommon):
    """Whatever a caller sends: done as it should be, or refused with a sentence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.EUR").active = True
        cls.other = cls.setup_other_company()
        cls.other["company"].fiado_enabled = True
        cls.joana, cls.archived, cls.deleted, cls.foreign = cls.env[
            "res.partner"
        ].create([{"name": name} for name in ("Joana", "Archie", "Gone", "Foreign")])
        cls.foreign.company_id = cls.other["company"]
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        cls.cash_out.payment_account_id = cls.cash_account
        cls.expense = cls.company_data["default_account_expense"]
        cls.open_order, cls.closed_order = (
            cls._order(user=cls.manager) for _number in range(2)
        )
        cls.foreign_order = (
            cls.env["sale.order"]
            .sudo()
            .with_company(cls.other["company"])
            .create(
                {
                    "partner_id": cls.joana.id,
                    "company_id": cls.other["company"].id,
                    "order_line": [Command.create({"product_id": cls.haircut.id})],
                }
            )
        )
        cls.closed_order.close_order([cls._pay(30.0)], use_balance=True)
        order = cls._order(partner=cls.joana)
        order.close_order([cls._pay(95.0)], use_balance=True)
        cls.other_cash = cls.other[
            "default_journal_cash"
        ].inbound_payment_method_line_ids[:1]
        cls.archived.active = False
        cls.deleted_id = cls.deleted.id
        cls.deleted.unlink()

    def _as_manager(self, record):
        return (
            record.with_user(self.manager)
            .with_company(self.company)
            .with_context(lang="en_US")
        )

    def _methods(self):
        """Every public method with values that it accepts.

        Maria owes 25, Joana has 40.
        """
        maria, joana = self._as_manager(self.maria), self._as_manager(self.joana)
        wallets = self.env["fiado.wallet"].with_user(self.manager)
        amount, unsigned = NO_NUMBERS, (*NO_NUMBERS, -12.0)
        moved, reason, reference = (*amount, 0.0, -0.0), NO_REASONS, NO_TEXTS
        inbound, outbound = self._bad_forms("inbound"), self._bad_forms("outbound")
        return [
            Method(
                "close_order",
                self._as_manager(self.open_order),
                {
                    "payments": [self._pay(30.0)],
                    "use_balance": True,
                    "debt_paid": 5.0,
                    "credit_used": 0.0,
                    "reference": "closing",
                    "override_reason": "why",
                    "charges": True,
                },
                {
                    "payments": self._bad_payments(unsigned, inbound),
                    "use_balance": NO_FLAGS,
                    "debt_paid": (*unsigned, 26.0),
                    "credit_used": (*unsigned, 0.01),
                    "reference": reference,
                    "override_reason": reference,
                    "charges": NO_FLAGS,
                },
            ),
            Method(
                "reopen_order",
                self._as_manager(self.closed_order),
                {"reason": "why"},
                {"reason": reason},
            ),
            Method(
                "fiado_receive",
                maria,
                {
                    "amount": 12.0,
                    "payment_method_line_id": self.cash.id,
                    "reference": "receiving",
                    "charges": True,
                },
                {
                    "amount": (*unsigned, 0.0, -0.0),
                    "payment_method_line_id": inbound,
                    "reference": reference,
                    "charges": NO_FLAGS,
                },
            ),
            Method(
                "fiado_pay_out",
                joana,
                {
                    "amount": 12.0,
                    "payment_method_line_id": self.cash_out.id,
                    "reason": "why",
                    "reference": "paying",
                },
                {
                    "amount": (*moved, -12.0, 40.01),
                    "payment_method_line_id": outbound,
                    "reason": reason,
                    "reference": reference,
                },
            ),
            Method(
                "fiado_forgive",
                maria,
                {"amount": 12.0, "reason": "why", "reference": "forgiving"},
                {
                    "amount": (*moved, -12.0, 25.01),
                    "reason": reason,
                    "reference": reference,
                },
            ),
            Method(
                "fiado_adjust",
                maria,
                {
                    "amount": 12.0,
                    "account_id": self.expense.id,
                    "reason": "why",
                    "reference": "adjusting",
                },
                {
                    "amount": moved,
                    "account_id": self._bad_accounts(),
                    "reason": reason,
                    "reference": reference,
                },
            ),
            Method(
                "fiado_transfer",
                joana,
                {
                    "partner_id": self.maria.id,
                    "amount": 12.0,
                    "reason": "why",
                    "reference": "moving",
                },
                {
                    "partner_id": (*NO_IDS, *self._bad_customers(), self.joana.id),
                    "amount": (*moved, -12.0, 40.01),
                    "reason": reason,
                    "reference": reference,
                },
            ),
            Method(
                "fiado_open_balance",
                maria,
                {
                    "amount": -12.0,
                    "date": "2026-01-05",
                    "account_id": self.expense.id,
                    "reference": "opening",
                },
                {
                    "amount": moved,
                    "date": (*NO_DATES, None, False, "", "9999-12-31"),
                    "account_id": self._bad_accounts(),
                    "reference": reference,
                },
            ),
            Method(
                "fiado_statement",
                maria,
                {"date_from": "2026-01-01", "date_to": "2026-12-31"},
                {"date_from": NO_DATES, "date_to": NO_DATES},
            ),
            Method(
                "audit",
                wallets,
                {"partner_ids": self.maria.ids},
                {
                    "partner_ids": (
                        *(False, True, 0, 5, 1.5, "", "abc", {}, {"id": 1}),
                        *([bad] for bad in NO_IDS),
                    )
                },
            ),
        ]

    def _bad_forms(self, payment_type):
        field_name = f"{payment_type}_payment_method_line_ids"
        foreign = self.other["default_journal_cash"][field_name][:1]
        deleted = self.pix.copy({"journal_id": self.bank_journal.id})
        deleted_id = deleted.id
        deleted.unlink()
        wrong_way = self.cash_out if payment_type == "inbound" else self.cash
        own = self.cash if payment_type == "inbound" else self.cash_out
        return (*NO_IDS, foreign.id, deleted_id, wrong_way.id, float(own.id))

    def _bad_payments(self, amounts, forms):
        good = self._pay(30.0)
        return (
            *NO_PAYMENTS,
            [{**good, "journal_id": self.cash_journal.id}],
            [good] * 10_000,
            *([{**good, "amount": amount}] for amount in (*amounts, 0.0)),
            *([{**good, "payment_method_line_id": form}] for form in forms),
            *([good, {**good, "amount": amount}] for amount in (math.nan, -1.0)),
        )

    def _bad_accounts(self):
        deleted = self.expense.copy({"name": "Gone"})
        deleted_id = deleted.id
        deleted.unlink()
        archived = self.expense.copy({"name": "Old", "active": False})
        return (
            *NO_IDS,
            deleted_id,
            archived.id,
            self.other["default_account_expense"].id,
            self.debt_account.id,
            self.credit_account.id,
            self.receivable.id,
            self.cash_account.id,
        )

    def _bad_customers(self):
        return (
            self.deleted_id,
            self.foreign.id,
            self.archived.id,
            self.walk_in.id,
        )

    def _get_flaw(self, operation):
        """What is wrong with how an operation is refused, or nothing."""
        try:
            with self.cr.savepoint() as savepoint:
                operation()
                savepoint.rollback()
        # Odoo has a sentence of its own for what breaks a rule of the database.
        except IntegrityError:
            return None
        except (UserError, AccessError) as refusal:
            sentence = str(refusal)
            return None if re.search(r"\w+ \w+", sentence) else f"says {sentence!r}"
        except Exception as error:  # pylint: disable=broad-except
            return f"{type(error).__name__}: {error!s:.80}"
        else:
            return "accepted"
        finally:
            self.env.invalidate_all()

    def assertAllRefused(self, operations):
        """:param operations: pairs of a label and what is to be refused"""
        flaws = {label: self._get_flaw(operation) for label, operation in operations}
        self.assertEqual({k: v for k, v in flaws.items() if v}, {})

    def assertUnchanged(self, before):
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self._wallet(self.joana), (40.0, 0.0, 40.0))
        self.assertTiesOut()

    # Values ------------------------------------------------------------------

    def test_the_good_values_are_good(self):
        for method in self._methods():
            with self.subTest(method=method.name), self.cr.savepoint() as savepoint:
                self.assertTrue(
                    method.name == "audit"
                    or getattr(method.target, method.name)(**method.values)
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_bad_values(self):
        before = self._count()
        self.assertAllRefused(
            (
                f"{method.name} {name} {number}: {bad!r:.60}",
                partial(
                    getattr(method.target, method.name), **{**method.values, name: bad}
                ),
            )
            for method in self._methods()
            for name, bad_values in method.bad.items()
            for number, bad in enumerate(bad_values)
        )
        self.assertUnchanged(before)

    def test_bad_records(self):
        gone = self._order().sudo()
        gone_id = gone.id
        gone.unlink()
        orders, customers = gone.browse(), self.maria.browse()
        bad = {
            "sale.order": (
                orders,
                self.open_order | self.closed_order,
                *(orders.browse([i]) for i in (gone_id, 0, -1, 2**40)),
                self.foreign_order,
            ),
            "res.partner": (
                customers,
                self.maria | self.joana,
                *(customers.browse([i]) for i in (self.deleted_id, 0, -1, 2**40)),
                self.foreign,
                self.walk_in,
            ),
            # Its method is not about records.
            "fiado.wallet": (),
        }
        before = self._count()
        self.assertAllRefused(
            (
                f"{method.name} {records}",
                partial(
                    getattr(self._as_manager(records), method.name), **method.values
                ),
            )
            for method in self._methods()
            for records in bad[method.target._name]
        )
        self.assertUnchanged(before)

    def test_archived_customers_get_no_new_balance(self):
        order = self._order(user=self.manager)
        order.partner_id = self.archived
        archived = self._as_manager(self.archived)
        left = partial(order.close_order, use_balance=True)
        self.assertAllRefused(
            {
                "debt": partial(left, [self._pay(30.0)]),
                "credit": partial(left, [self._pay(60.0)]),
                "received": partial(archived.fiado_receive, 12.0, self.cash.id),
                "adjusted": partial(
                    archived.fiado_adjust, -12.0, self.expense.id, "why"
                ),
                "brought over": partial(
                    archived.fiado_open_balance, 12.0, "2026-01-05", self.expense.id
                ),
            }.items()
        )
        order.close_order([self._pay(55.0)])
        self.assertEqual(order.closing_state, "closed")

    def test_archived_customers_settle(self):
        self.maria.active = self.joana.active = False
        self._as_manager(self.maria).fiado_receive(25.0, self.cash.id)
        self._as_manager(self.joana).fiado_pay_out(40.0, self.cash_out.id, "why")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._wallet(self.joana), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_texts_are_kept_as_they_are(self):
        maria = self._as_manager(self.maria)
        for text in TEXTS:
            with self.subTest(text=text):
                answer = maria.fiado_forgive(0.01, text, text)
                entry = self._entries()[-1]
                self.assertEqual(entry.move_id.ids, answer["move_ids"])
                self.assertEqual((entry.label, entry.reference), (text, text))
        self._as_manager(self.closed_order).reopen_order(TEXTS[4])
        self.assertIn(
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            self.closed_order.message_ids[0].body,
        )

    # The context -------------------------------------------------------------

    def test_forged_contexts_change_nothing(self):
        operations = {
            "closing": lambda order, _customer: order.close_order(
                [self._pay(30.0)], use_balance=True
            ),
            "receiving": lambda _order, customer: customer.fiado_receive(
                30.0, self.cash.id
            ),
        }
        for label, operation in operations.items():
            usual = self._get_outcome(operation, {})
            for forged in CONTEXTS:
                with self.subTest(operation=label, context=forged):
                    self.assertEqual(self._get_outcome(operation, forged), usual)

    def _get_outcome(self, operation, context):
        """What an operation leaves in the books."""
        with self.cr.savepoint() as savepoint:
            last = self.env["account.move"].search([], order="id desc", limit=1)
            operation(
                self.open_order.with_context(**context),
                self._as_manager(self.maria).with_context(**context),
            )
            moves = self.env["account.move"].search([("id", ">", last.id)], order="id")
            outcome = [
                [
                    *(move.journal_id, move.move_type, move.date, move.state),
                    *(move.partner_id, move.currency_id, move.fiado_origin),
                    *(
                        move.fiado_order_id,
                        move.fiado_reference,
                        move.reversed_entry_id,
                    ),
                    *(
                        (
                            item.account_id,
                            item.partner_id,
                            item.balance,
                            item.reconciled,
                        )
                        for item in move.line_ids.sorted("balance")
                    ),
                ]
                for move in moves
            ]
            outcome.append(self.open_order.closing_state)
            savepoint.rollback()
        self.env.invalidate_all()
        return outcome

    # The screens -------------------------------------------------------------

    def _screens(self):
        """Every screen with what is typed to have it accepted, and its button."""
        # A screen rounds what is typed.
        amounts = (*("12", True, []), *(math.nan, math.inf, 1e308, HUGE, 1e12, -12.0))
        forms = (self.cash_out.id, self.other_cash.id, 0, self.deleted_id + 10**6)
        payment = self._pay(30.0)
        payments = [
            *([{**payment, "amount": amount}] for amount in (*amounts, 0.0)),
            *([{**payment, "payment_method_line_id": form}] for form in forms),
            [payment] * 101,
        ]
        payments = [[Command.create(vals) for vals in rows] for rows in payments]
        foreign = self.other["company"].id
        return [
            Method(
                "action_close_order",
                "sale.order.close",
                {
                    "order_id": self.open_order.id,
                    "payment_ids": [Command.create(payment)],
                    "debt_paid": 5.0,
                    "use_balance": True,
                },
                {
                    "order_id": (*NO_IDS, self.foreign_order.id, self.closed_order.id),
                    "payment_ids": payments,
                    "debt_paid": amounts,
                    "credit_used": amounts,
                    "use_balance": (False, "yes", 1, []),
                    "override_reason": NO_TEXTS,
                },
            ),
            Method(
                "action_receive_without_receipt",
                "fiado.wallet.receive",
                {
                    "partner_id": self.maria.id,
                    "payment_ids": [Command.create(payment)],
                },
                {
                    "partner_id": (*NO_IDS, *self._bad_customers()),
                    "payment_ids": [[], *payments],
                    "company_id": (0, foreign),
                },
            ),
            *(
                Method(
                    "action_apply",
                    "fiado.wallet.adjust",
                    {
                        "partner_id": self.joana.id,
                        "operation": operation,
                        "amount": 12.0,
                        "reason": "why",
                        **values,
                    },
                    {
                        "amount": (*amounts[:-1], 0.001, 0.0),
                        "partner_id": (*NO_IDS, *self._bad_customers()),
                        "company_id": (0, foreign),
                        "operation": (False, "no_such", 1, ["forgive"]),
                        **bad,
                    },
                )
                for operation, values, bad in (
                    (
                        "pay_out",
                        {"payment_method_line_id": self.cash_out.id},
                        {"payment_method_line_id": (self.cash.id, self.other_cash.id)},
                    ),
                    ("transfer", {"target_id": self.maria.id}, {"target_id": (False,)}),
                    (
                        "adjust",
                        {"account_id": self.expense.id},
                        {
                            "account_id": (False, self.credit_account.id),
                            "reason": NO_REASONS,
                        },
                    ),
                    (
                        "opening",
                        {"account_id": self.expense.id, "date": "2026-01-05"},
                        {"date": (*NO_DATES, "9999-12-31"), "account_id": (False,)},
                    ),
                )
            ),
            Method(
                "action_reopen_order",
                "sale.order.reopen",
                {"order_id": self.closed_order.id, "reason": "why"},
                {
                    "order_id": (*NO_IDS, self.foreign_order.id, self.open_order.id),
                    "reason": NO_REASONS,
                },
            ),
        ]

    def _press(self, screen, values):
        model = self.env[screen.target].with_user(self.manager)
        model = model.with_company(self.company).with_context(lang="en_US")
        getattr(model.create(values), screen.name)()

    def test_screens(self):
        before = self._count()
        for screen in self._screens():
            with self.subTest(screen=screen.target), self.cr.savepoint() as savepoint:
                self._press(screen, screen.values)
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertAllRefused(
            (
                f"{screen.target} {name} {number}: {bad!r:.60}",
                partial(self._press, screen, {**screen.values, name: bad}),
            )
            for screen in self._screens()
            for name, bad_values in screen.bad.items()
            for number, bad in enumerate(bad_values)
        )
        self.assertUnchanged(before)

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


class OperationsCommon(FiadoCommon):
    """Operations on wallets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.expense = cls.company_data["default_account_expense"]
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        cls.cash_out.payment_account_id = cls.cash_account

    def _as(self, user, partner=None):
        return (
            (partner or self.maria)
            .with_user(user)
            .with_company(self.company)
            .with_context(lang="en_US")
        )

    def _items(self, answer):
        move = self.env["account.move"].browse(answer["move_ids"])
        self.assertEqual(move.journal_id, self.company.fiado_journal_id)
        return move.line_ids.sorted("id")

    def assertRefused(self, sentence, operation, exception=UserError):
        before = self._count()
        with self.assertRaises(exception) as refusal:
            operation()
        self.assertEqual(str(refusal.exception), sentence)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestOperations(OperationsCommon):
    """What happens to a wallet outside orders."""

    # Receive -----------------------------------------------------------------

    def test_credit_sold(self):
        answer = self._as(self.helper).fiado_receive(100.0, self.cash.id)
        self.assertEqual(answer["balance"], 100.0)
        self.assertRecordValues(
            self._items(answer),
            [
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 100.0},
                {"account_id": self.receivable.id, "debit": 100.0, "credit": 0.0},
            ],
        )
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance", reverse=True),
            [
                {"account_id": self.cash_account.id, "debit": 100.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 100.0},
            ],
        )
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "kind": "credit",
                    "origin": "credit_sale",
                    "amount": 100.0,
                    "balance_after": 100.0,
                    "user_id": self.helper.id,
                }
            ],
        )
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_received_for_a_contact_of_a_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Maria's son", "parent_id": self.maria.id, "type": "other"}
        )
        self._as(self.helper, contact).fiado_receive(10.0, self.cash.id)
        self.assertEqual(self._wallet(), (10.0, 0.0, 10.0))

    def test_reference(self):
        partner = self._as(self.helper)
        answer = partner.fiado_receive(10.0, self.cash.id, reference="r-1")
        before = self._count()
        self.assertEqual(
            partner.fiado_receive(10.0, self.cash.id, reference="r-1"), answer
        )
        self.assertEqual(self._count(), before)
        self.assertRefused(
            "The reference r-1 was already used for something else. "
            "Use a new reference.",
            lambda: partner.fiado_receive(11.0, self.cash.id, reference="r-1"),
        )

    def test_receive_refused(self):
        walk_in = self._as(self.helper, self.walk_in)
        self.assertRefused(
            "An unidentified customer has no wallet: say who it is.",
            lambda: walk_in.fiado_receive(10.0, self.cash.id),
        )
        partner = self._as(self.helper)
        self.assertRefused(
            "A payment of zero is none: remove it or type its amount.",
            lambda: partner.fiado_receive(0.0, self.cash.id),
        )
        self.assertRefused(
            "Choose a payment form and type an amount.",
            lambda: partner._fiado_receive([]),
        )
        self._leave_debt(25.0)
        self.company.fiado_enabled = False
        self.assertRefused(
            "Fiado is switched off in this shop: only what Maria owes or has left can "
            "be settled ($\xa025.00).",
            lambda: partner.fiado_receive(30.0, self.cash.id),
        )
        partner.fiado_receive(25.0, self.cash.id)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_who_takes_no_payments(self):
        employee = self._new_user("employee")
        employee.group_ids = self.env.ref("base.group_user")
        self.assertRefused(
            "Only sales users take payments and move wallets.",
            lambda: self._as(employee).fiado_receive(10.0, self.cash.id),
            AccessError,
        )

    def test_customer_of_another_company(self):
        self.joana.company_id = self.setup_other_company()["company"]
        before = self._count()
        with self.assertRaises(AccessError):
            self._as(self.helper, self.joana).fiado_receive(10.0, self.cash.id)
        with self.assertRaises(AccessError):
            self._as(self.manager).fiado_transfer(self.joana.id, 1.0, "why")
        self.assertEqual(self._count(), before)

    # Manage ------------------------------------------------------------------

    def test_paid_out(self):
        self._leave_credit(5.0)
        answer = self._as(self.manager).fiado_pay_out(5.0, self.cash_out.id, "Moves")
        self.assertEqual(answer["balance"], 0.0)
        self.assertRecordValues(
            self._items(answer),
            [
                {"account_id": self.credit_account.id, "debit": 5.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 5.0},
            ],
        )
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance", reverse=True),
            [
                {"account_id": self.receivable.id, "debit": 5.0, "credit": 0.0},
                {"account_id": self.cash_account.id, "debit": 0.0, "credit": 5.0},
            ],
        )
        self.assertRecordValues(
            self._entries()[-1],
            [{"kind": "credit_used", "origin": "payout", "amount": -5.0}],
        )
        self.assertEqual(self._entries()[-1].label, "Moves")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_adjusted(self):
        answer = self._as(self.manager).fiado_adjust(
            -12.5, self.income.id, "Forgotten order"
        )
        self.assertEqual(answer["balance"], -12.5)
        self.assertRecordValues(
            self._items(answer),
            [
                {"account_id": self.debt_account.id, "debit": 12.5, "credit": 0.0},
                {"account_id": self.income.id, "debit": 0.0, "credit": 12.5},
            ],
        )
        answer = self._as(self.manager).fiado_adjust(20.0, self.expense.id, "Gift")
        self.assertEqual(answer["balance"], 7.5)
        self.assertRecordValues(
            self._entries(),
            [
                {"kind": "debt", "origin": "adjustment", "amount": -12.5},
                {"kind": "debt_paid", "origin": "adjustment", "amount": 12.5},
                {"kind": "credit", "origin": "adjustment", "amount": 7.5},
            ],
        )
        self.assertTiesOut()

    def test_credit_transferred(self):
        self._leave_credit(10.0)
        answer = self._as(self.manager).fiado_transfer(self.joana.id, 4.0, "Gift")
        self.assertEqual(answer["balance"], 6.0)
        self.assertEqual(self._wallet(self.joana), (4.0, 0.0, 4.0))
        self.assertTiesOut()

    def test_opening_balance(self):
        equity = self.env["account.account"].create(
            {"name": "Opening", "code": "OPEN", "account_type": "equity"}
        )
        answer = self._as(self.manager).fiado_open_balance(
            -25.0, "2026-01-05", equity.id
        )
        self.assertEqual(answer["balance"], -25.0)
        self.assertRecordValues(
            self._items(answer),
            [
                {
                    "account_id": self.debt_account.id,
                    "debit": 25.0,
                    "credit": 0.0,
                    "date": date(2026, 1, 5),
                    "date_maturity": date(2026, 2, 4),
                },
                {
                    "account_id": equity.id,
                    "debit": 0.0,
                    "credit": 25.0,
                    "date": date(2026, 1, 5),
                    "date_maturity": date(2026, 1, 5),
                },
            ],
        )
        wallet = self.env["fiado.wallet"].search([])
        self.assertRecordValues(
            wallet,
            [{"debt": 25.0, "overdue_31_60": 25.0, "debt_since": date(2026, 1, 5)}],
        )
        self.assertTiesOut()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestOperationsOnADebt(OperationsCommon):
    """What is done with a debt of 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    # Receive -----------------------------------------------------------------

    def test_debt_paid_alone(self):
        answer = self._as(self.helper).fiado_receive(25.0, self.cash.id)
        self.assertEqual(answer["balance"], 0.0)
        self.assertRecordValues(
            self._items(answer),
            [
                {"account_id": self.debt_account.id, "debit": 0.0, "credit": 25.0},
                {"account_id": self.receivable.id, "debit": 25.0, "credit": 0.0},
            ],
        )
        self.assertFalse(self._open_items())
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_more_than_the_debt_becomes_credit(self):
        answer = self._as(self.helper).fiado_receive(40.0, self.cash.id)
        self.assertEqual(answer["balance"], 15.0)
        self.assertRecordValues(
            self._entries()[1:],
            [
                {"kind": "debt_paid", "origin": "credit_sale", "amount": 25.0},
                {"kind": "credit", "origin": "credit_sale", "amount": 15.0},
            ],
        )
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertTiesOut()

    def test_several_forms_in_one_go(self):
        answer = self._as(self.helper)._fiado_receive(
            [self._pay(20.0), self._pay(10.0, self.pix)]
        )
        self.assertEqual(len(answer["payment_ids"]), 2)
        self.assertEqual(answer["balance"], 5.0)
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    # Manage ------------------------------------------------------------------

    def test_forgiven(self):
        answer = self._as(self.manager).fiado_forgive(10.0, "Moved away")
        self.assertEqual(answer["balance"], -15.0)
        self.assertRecordValues(
            self._items(answer),
            [
                {"account_id": self.debt_account.id, "debit": 0.0, "credit": 10.0},
                {
                    "account_id": self.company.fiado_loss_account_id.id,
                    "debit": 10.0,
                    "credit": 0.0,
                },
            ],
        )
        self.assertRecordValues(
            self._entries()[-1],
            [{"kind": "debt_paid", "origin": "forgiveness", "amount": 10.0}],
        )
        self.assertTiesOut()

    def test_debt_transferred(self):
        self._leave_credit(10.0, self.joana)
        answer = self._as(self.manager).fiado_transfer(
            self.joana.id, -25.0, "Pays for her mother"
        )
        self.assertEqual(answer["balance"], 0.0)
        self.assertRecordValues(
            self._items(answer),
            [
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "debit": 0.0,
                    "credit": 25.0,
                },
                {
                    "account_id": self.credit_account.id,
                    "partner_id": self.joana.id,
                    "debit": 10.0,
                    "credit": 0.0,
                },
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.joana.id,
                    "debit": 15.0,
                    "credit": 0.0,
                },
            ],
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._wallet(self.joana), (-15.0, 15.0, 0.0))
        self.assertFalse(self._open_items())
        self.assertTiesOut()

    def test_manage_refused(self):
        self._leave_credit(5.0, self.joana)
        maria, joana = self._as(self.manager), self._as(self.manager, self.joana)
        for sentence, operation in (
            (
                "Joana has $\xa05.00 of credit: type no more than that.",
                lambda: joana.fiado_pay_out(6.0, self.cash_out.id, "why"),
            ),
            (
                "Maria has $\xa00.00 of credit: type no more than that.",
                lambda: maria.fiado_pay_out(6.0, self.cash_out.id, "why"),
            ),
            (
                "Maria owes $\xa025.00: type no more than that.",
                lambda: maria.fiado_forgive(26.0, "why"),
            ),
            (
                "Maria owes $\xa025.00: type no more than that.",
                lambda: maria.fiado_transfer(self.joana.id, -26.0, "why"),
            ),
            (
                "Maria has $\xa00.00 of credit: type no more than that.",
                lambda: maria.fiado_transfer(self.joana.id, 1.0, "why"),
            ),
            (
                "Choose another customer: this is the same wallet.",
                lambda: maria.fiado_transfer(self.maria.id, -1.0, "why"),
            ),
            (
                "An unidentified customer has no wallet: say who it is.",
                lambda: maria.fiado_transfer(self.walk_in.id, -1.0, "why"),
            ),
            ("Say why: a reason is needed.", lambda: maria.fiado_forgive(1.0, " ")),
            ("Say why: a reason is needed.", lambda: maria.fiado_forgive(1.0, None)),
            ("Type an amount.", lambda: maria.fiado_forgive(0.0, "why")),
            (
                "An amount can't be negative.",
                lambda: maria.fiado_forgive(-1.0, "why"),
            ),
            (
                "Choose a day that is not in the future.",
                lambda: maria.fiado_open_balance(1.0, "2026-03-11", self.income.id),
            ),
            (
                "A date must look like 2026-12-31.",
                lambda: maria.fiado_open_balance(1.0, "soon", self.income.id),
            ),
        ):
            with self.subTest(sentence=sentence):
                self.assertRefused(sentence, operation)
        for account in (
            self.receivable,
            self.cash_account,
            self.debt_account,
            self.credit_account,
        ):
            with self.subTest(account=account.name):
                self.assertRefused(
                    f"Choose an account of {self.company.name} that is neither "
                    "receivable, payable nor a bank or cash account.",
                    lambda account=account: maria.fiado_adjust(1.0, account.id, "why"),
                )

    def test_no_debt_to_a_customer_without_fiado(self):
        self.joana.sudo().no_fiado = True
        self.assertRefused(
            "Joana leaves no debt: receive the total.",
            lambda: self._as(self.manager).fiado_transfer(self.joana.id, -5.0, "why"),
        )

    def test_only_managers_manage(self):
        for user in (self.helper, self.cashier):
            partner = self._as(user)
            for operation in (
                lambda p=partner: p.fiado_pay_out(1.0, self.cash_out.id, "why"),
                lambda p=partner: p.fiado_forgive(1.0, "why"),
                lambda p=partner: p.fiado_adjust(1.0, self.income.id, "why"),
                lambda p=partner: p.fiado_transfer(self.joana.id, -1.0, "why"),
                lambda p=partner: p.fiado_open_balance(
                    1.0, "2026-01-01", self.income.id
                ),
            ):
                self.assertRefused(
                    "Only who manages the customers' wallets may do this.",
                    operation,
                    AccessError,
                )

    # Statement ---------------------------------------------------------------

    def test_statement(self):
        with freeze_time("2026-03-12 15:00:00"):
            self._as(self.helper).fiado_receive(40.0, self.cash.id)
        with freeze_time("2026-03-20 15:00:00"):
            self._close(self._order(), 50.0, credit_used=5.0)
        statement = self._as(self.helper).fiado_statement()
        self.assertEqual(statement["opening_balance"], 0.0)
        self.assertEqual(statement["closing_balance"], 10.0)
        self.assertEqual(
            [
                (e["date"], e["amount"], e["balance_after"])
                for e in statement["entries"]
            ],
            [
                ("2026-03-10", -25.0, -25.0),
                ("2026-03-12", 25.0, 0.0),
                ("2026-03-12", 15.0, 15.0),
                ("2026-03-20", -5.0, 10.0),
            ],
        )
        statement = self._as(self.helper).fiado_statement("2026-03-12", "2026-03-19")
        self.assertEqual(statement["opening_balance"], -25.0)
        self.assertEqual(len(statement["entries"]), 2)
        self.assertEqual(statement["closing_balance"], 15.0)
        with self.assertRaises(UserError):
            self._as(self.helper).fiado_statement("yesterday")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestLimits(FiadoCommon):
    """Limits stop the closing on the server; a manager goes over with a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.maria.with_company(cls.company).credit_limit = 100.0

    def _refusal(self, order, *amounts, **values):
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._close(order, *amounts, use_balance=True, **values)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        return str(refusal.exception)

    def test_up_to_the_limit(self):
        self._leave_debt(60.0)
        self._close(self._order(), 15.0, use_balance=True)
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))
        self.assertTiesOut()

    def test_over_the_limit(self):
        self._leave_debt(60.0)
        self.assertEqual(
            self._refusal(self._order(), 14.99),
            "Maria has $\xa040.00 free of a limit of $\xa0100.00: receive at least "
            "$\xa00.01 more, or ask who manages the wallets.",
        )

    def test_limit_of_the_company(self):
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 50.0, company_id=self.company.id
        )
        joana = self.env["res.partner"].create({"name": "Joana"})
        self.assertIn("$\xa050.00 free", self._refusal(self._order(partner=joana)))
        self._close(self._order(partner=joana), 5.0, use_balance=True)

    def test_open_invoices_count(self):
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.maria.id,
                "invoice_line_ids": [
                    Command.create({"name": "Wig", "price_unit": 70.0, "tax_ids": []})
                ],
            }
        ).action_post()
        self.assertIn("$\xa030.00 free", self._refusal(self._order(), 20.0))
        self._close(self._order(), 25.0, use_balance=True)

    def test_own_open_invoice_does_not_count_twice(self):
        order = self._order()
        order.action_confirm()
        order.sudo()._create_invoices()._post()
        self._leave_debt(45.0)
        self._close(order, use_balance=True)
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))

    def test_credit_is_used_first(self):
        self._leave_credit(50.0)
        order = self._order()
        order.order_line.price_unit = 150.0
        self._close(order, use_balance=True)
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))

    def test_not_asked_where_no_debt_is_added(self):
        self.maria.with_company(self.company).credit_limit = 10.0
        self._close(self._order(), 60.0, use_balance=True)
        self._close(self._order(), 50.0, credit_used=5.0)

    def test_overdue(self):
        self.company.fiado_overdue_block_days = 10
        self._leave_debt(10.0)
        with freeze_time("2026-04-19 15:00:00"):
            self._leave_debt(10.0)
        with freeze_time("2026-04-20 15:00:00"):
            self.assertEqual(
                self._refusal(self._order(), 50.0),
                "Maria owes since 03/10/2026 and is overdue for more than 10 days: no "
                "new debt before that is paid, or ask who manages the wallets.",
            )
            self.assertEqual(
                self._refusal(self._order(user=self.manager), 50.0),
                "Maria owes since 03/10/2026 and is overdue for more than 10 days: no "
                "new debt before that is paid, or say why it is all right.",
            )
            self._close(self._order(), 60.0, use_balance=True)

    def test_manager_goes_over_with_a_reason(self):
        order = self._order(user=self.manager)
        order.order_line.price_unit = 150.0
        # Who manages the wallets isn't sent to who does.
        self.assertEqual(
            self._refusal(order),
            "Maria has $\xa0100.00 free of a limit of $\xa0100.00: receive at least "
            "$\xa050.00 more, or say why it is all right.",
        )
        self._close(order, use_balance=True, override_reason="Owner's sister")
        self.assertEqual(self._wallet(), (-150.0, 150.0, 0.0))
        message = self.maria.message_ids[0]
        self.assertIn("Owner's sister", message.body)
        self.assertIn("100.00", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertTiesOut()

    def test_a_reason_is_no_right(self):
        order = self._order()
        order.order_line.price_unit = 150.0
        self.assertIn("free of a limit", self._refusal(order, override_reason="Please"))

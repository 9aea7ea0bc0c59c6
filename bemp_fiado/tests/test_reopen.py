from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestReopen(FiadoCommon):
    """A closing is undone by reversal, and the order can be closed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def _reopen(self, order, reason="Wrong price"):
        return order.with_user(self.manager).reopen_order(reason)

    def _forecast(self, order):
        return (
            self.env["sale.order.reopen"]
            .with_user(self.manager)
            .with_context(lang="en_US")
            .create({"order_id": order.id, "reason": "why"})
            .forecast
        )

    def assertReopened(self, order, answer):
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sale",
                    "closing_state": "open",
                    "locked": False,
                    "invoice_status": "to invoice",
                }
            ],
        )
        order = order.sudo()
        self.assertEqual(order.amount_invoiced, 0.0)
        invoices = order.invoice_ids
        self.assertEqual(sum(invoices.mapped("amount_total_signed")), 0.0)
        self.assertEqual(set(invoices.mapped("amount_residual")), {0.0})
        payments = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        self.assertLessEqual(set(payments.mapped("state")), {"canceled"})
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertEqual(answer["balance"], self._wallet()[0])
        self.assertTiesOut()

    def test_part_paid(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        answer = self._reopen(order)
        self.assertReopened(order, answer)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertRecordValues(
            self._entries(),
            [
                {"kind": "debt", "origin": "order", "amount": -25.0},
                {"kind": "debt_paid", "origin": "reversal", "amount": 25.0},
            ],
        )
        self.assertEqual(self._entries().sale_order_id, order)
        self.assertFalse(self._open_items())
        self.assertIn("Wrong price", order.message_ids[0].body)

    def test_closed_again(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        self._reopen(order)
        order.order_line.price_unit = 45.0
        answer = self._close(order, 50.0, use_balance=True)
        self.assertEqual(answer["balance"], 5.0)
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()
        self.assertReopened(order, self._reopen(order))
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._close(order, 45.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_paid_in_full(self):
        order = self._order()
        self._close(order, 55.0)
        answer = self._reopen(order)
        self.assertReopened(order, answer)
        self.assertEqual(answer["move_ids"], [])
        self.assertFalse(self._entries())

    def test_own_debt_is_undone_before_older_debt(self):
        self._leave_debt(10.0)
        with freeze_time("2026-03-11 15:00:00"):
            order = self._order()
            self._close(order, use_balance=True)
            self._reopen(order)
        items = self._open_items()
        self.assertRecordValues(items, [{"amount_residual": 10.0}])
        self.assertEqual(str(items.date), "2026-03-10")

    def test_debt_paid_meanwhile_becomes_credit(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        self.maria.with_user(self.cashier).with_company(self.company).fiado_receive(
            25.0, self.cash.id
        )
        self.assertReopened(order, self._reopen(order))
        self.assertEqual(self._wallet(), (25.0, 0.0, 25.0))

    def test_credit_used_meanwhile_becomes_debt(self):
        order = self._order()
        self._close(order, 60.0, use_balance=True)
        other = self._order()
        self._close(other, 50.0, credit_used=5.0)
        forecast = self._forecast(order)
        self.assertIn(
            f"$\xa060.00 received through {self.cash_journal.name} are cancelled: give "
            "them back.",
            forecast,
        )
        self.assertIn(
            "The wallet of Maria goes from $\xa00.00 to "
            "$\xa0-\N{ZERO WIDTH NO-BREAK SPACE}5.00.",
            forecast,
        )
        self.assertIn(
            "Credit that this had left was used meanwhile: Maria will owe $\xa05.00.",
            forecast,
        )
        self.assertReopened(order, self._reopen(order))
        self.assertEqual(self._wallet(), (-5.0, 5.0, 0.0))

    def test_debt_settled_with_the_order_is_owed_again(self):
        self._leave_debt(25.0)
        order = self._order(self.beard)
        self._close(order, 65.0, debt_paid=25.0)
        self.assertReopened(order, self._reopen(order))
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_draft_invoice_from_before(self):
        order = self._order()
        order.action_confirm()
        order.sudo()._create_invoices()
        self._close(order, 30.0, use_balance=True)
        self.assertReopened(order, self._reopen(order))
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_payment_of_several_forms(self):
        order = self._order()
        order.close_order(
            [self._pay(20.0), self._pay(10.0, self.pix)], use_balance=True
        )
        answer = self._reopen(order)
        self.assertEqual(len(answer["payment_ids"]), 2)
        self.assertReopened(order, answer)

    def test_refused(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        before = self._count()
        for user in (self.cashier, self.helper):
            with self.assertRaises(AccessError):
                order.with_user(user).reopen_order("why")
        for reason in (None, "", "  "):
            with self.assertRaises(UserError):
                self._reopen(order, reason)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self._reopen(order)
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._reopen(order)
        self.assertEqual(str(refusal.exception), f"Order {order.name} is not closed.")
        self.assertEqual(self._count(), before)

    def test_wizard(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        self.env["sale.order.reopen"].with_user(self.manager).create(
            {"order_id": order.id, "reason": "Wrong price"}
        ).action_reopen_order()
        self.assertEqual(order.closing_state, "open")
        self.assertTiesOut()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCancelPayment(FiadoCommon):
    """A payment that did not come in after all is taken from the wallet."""

    def _payment(self, answer):
        self.env.invalidate_all()
        return (
            self.env["fiado.payment"]
            .with_user(self.manager)
            .with_context(lang="en_US")
            .browse(answer["payment_ids"])
        )

    def test_payment_of_a_closed_order(self):
        order = self._order()
        payment = self._payment(self._close(order, 30.0, use_balance=True))
        payment.action_cancel_payment()
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertRecordValues(
            self._entries()[1:],
            [{"kind": "debt", "origin": "reversal", "amount": -30.0}],
        )
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()
        # Reopened later, the order leaves nothing.
        order.with_user(self.manager).reopen_order("why")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_sale_of_credit(self):
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        answer = maria.fiado_receive(100.0, self.cash.id)
        self._payment(answer).action_cancel_payment()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertFalse(self._open_items())
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_sale_of_credit_that_was_spent(self):
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        answer = maria.fiado_receive(100.0, self.cash.id)
        self._close(self._order(), credit_used=55.0)
        self._payment(answer).action_cancel_payment()
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_payout(self):
        self._leave_credit(5.0)
        cash_out = self.cash_journal.outbound_payment_method_line_ids[:1]
        maria = self.maria.with_user(self.manager).with_company(self.company)
        answer = maria.fiado_pay_out(5.0, cash_out.id, "Moves")
        self._payment(answer).action_cancel_payment()
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_accountant_cancels_natively(self):
        answer = self._close(self._order(), 30.0, use_balance=True)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        before = self._count()
        with self.assertRaises(AccessError):
            payment.with_user(self._accountant()).action_cancel()
        self.assertEqual(self._count(), before)
        payment.with_user(
            self._accountant(
                "sales_team.group_sale_salesman", "bemp_fiado.group_fiado_manager"
            )
        ).action_cancel()
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertTiesOut()

    def _accountant(self, *groups):
        user = self._new_user(f"accountant{len(groups)}")
        user.group_ids = [
            Command.set(
                [
                    self.env.ref(group).id
                    for group in ("account.group_account_manager", *groups)
                ]
            )
        ]
        return user

    def test_not_undone_piece_by_piece(self):
        order = self._order()
        answer = self._close(order, 30.0, use_balance=True)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        invoice = self.env["account.move"].browse(answer["invoice_ids"])
        before = self._count()
        forged = {"fiado_release": True}
        for change in (
            payment.action_draft,
            payment.with_context(**forged).action_draft,
            payment.move_id.button_draft,
            payment.move_id.button_cancel,
            payment.move_id.with_context(**forged).button_draft,
            invoice.button_draft,
            invoice.button_cancel,
            invoice.with_context(**forged).button_draft,
        ):
            with self.subTest(change=change.__name__), self.assertRaises(UserError):
                change()
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()

    def test_only_managers_cancel(self):
        answer = self._close(self._order(), 30.0, use_balance=True)
        with self.assertRaises(AccessError):
            self._payment(answer).with_user(self.cashier).action_cancel_payment()
        self.assertEqual(self._payment(answer).state, "paid")

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCloseOrder(FiadoCommon):
    """The seed's scenarios, to the cent, by a cashier without accounting rights."""

    def assertClosed(self, order, answer):
        self.assertRecordValues(
            order, [{"state": "sale", "closing_state": "closed", "locked": True}]
        )
        invoices = order.sudo().invoice_ids
        self.assertEqual(answer["invoice_ids"], invoices.ids)
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertEqual(answer["balance"], self._wallet()[0])
        self.assertTiesOut()

    def test_part_paid(self):
        order = self._order()
        answer = self._close(order, 30.0, use_balance=True)
        self.assertClosed(order, answer)
        self.assertEqual(answer["balance"], -25.0)
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "debit": 25.0,
                    "credit": 0.0,
                    "date_maturity": fields.Date.to_date("2026-04-09"),
                },
                {
                    "account_id": self.receivable.id,
                    "partner_id": self.maria.id,
                    "debit": 0.0,
                    "credit": 25.0,
                    "date_maturity": fields.Date.to_date("2026-03-10"),
                },
            ],
        )
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance", reverse=True),
            [
                {"account_id": self.cash_account.id, "debit": 30.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 30.0},
            ],
        )
        self.assertEqual(payment.state, "paid")
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "kind": "debt",
                    "origin": "order",
                    "amount": -25.0,
                    "balance_after": -25.0,
                    "sale_order_id": order.id,
                    "user_id": self.cashier.id,
                    "due_date": fields.Date.to_date("2026-04-09"),
                }
            ],
        )
        self.assertRecordValues(
            self._open_items(),
            [
                {
                    "amount_residual": 25.0,
                    "date_maturity": fields.Date.to_date("2026-04-09"),
                }
            ],
        )

    def test_nothing_paid(self):
        order = self._order()
        answer = self._close(order, use_balance=True)
        self.assertClosed(order, answer)
        self.assertEqual(answer["balance"], -55.0)
        self.assertEqual(answer["payment_ids"], [])
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.debt_account.id, "debit": 55.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 55.0},
            ],
        )
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "kind": "debt",
                    "origin": "order",
                    "amount": -55.0,
                    "balance_after": -55.0,
                }
            ],
        )

    def test_too_much_paid(self):
        order = self._order()
        answer = self._close(order, 60.0, use_balance=True)
        self.assertClosed(order, answer)
        self.assertEqual(answer["balance"], 5.0)
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 5.0},
                {"account_id": self.receivable.id, "debit": 5.0, "credit": 0.0},
            ],
        )
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "kind": "credit",
                    "origin": "order",
                    "amount": 5.0,
                    "balance_after": 5.0,
                    "due_date": False,
                }
            ],
        )
        self.assertRecordValues(self._open_items(), [{"amount_residual": -5.0}])

    def test_debt_paid_with_the_next_order(self):
        self._close(self._order(), 30.0, use_balance=True)
        order = self._order(self.beard)
        answer = self._close(order, 65.0, debt_paid=25.0)
        self.assertClosed(order, answer)
        self.assertEqual(answer["balance"], 0.0)
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.debt_account.id, "debit": 0.0, "credit": 25.0},
                {"account_id": self.receivable.id, "debit": 25.0, "credit": 0.0},
            ],
        )
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "kind": "debt",
                    "origin": "order",
                    "amount": -25.0,
                    "balance_after": -25.0,
                },
                {
                    "kind": "debt_paid",
                    "origin": "order",
                    "amount": 25.0,
                    "balance_after": 0.0,
                },
            ],
        )
        self.assertFalse(self._open_items())

    def test_credit_used_and_the_rest_left(self):
        self._leave_credit(40.0)
        order = self._order()
        answer = self._close(order, credit_used=40.0, use_balance=True)
        self.assertClosed(order, answer)
        self.assertEqual(answer["balance"], -15.0)
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.credit_account.id, "debit": 40.0, "credit": 0.0},
                {"account_id": self.debt_account.id, "debit": 15.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 55.0},
            ],
        )
        self.assertRecordValues(
            self._entries()[1:],
            [
                {
                    "kind": "credit_used",
                    "origin": "order",
                    "amount": -40.0,
                    "balance_after": 0.0,
                },
                {
                    "kind": "debt",
                    "origin": "order",
                    "amount": -15.0,
                    "balance_after": -15.0,
                },
            ],
        )
        self.assertRecordValues(
            self._open_items(),
            [
                {
                    "account_id": self.debt_account.id,
                    "amount_residual": 15.0,
                    "date_maturity": fields.Date.to_date("2026-04-09"),
                }
            ],
        )

    def test_oldest_debt_is_settled_first(self):
        self._leave_debt(10.0)
        with freeze_time("2026-03-11 15:00:00"):
            self._leave_debt(20.0)
            order = self._order(self.beard)
            self._close(order, 55.0, debt_paid=15.0)
        self.assertRecordValues(
            self._open_items(),
            [
                {
                    "amount_residual": 15.0,
                    "date_maturity": fields.Date.to_date("2026-04-10"),
                }
            ],
        )
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        self.assertTiesOut()

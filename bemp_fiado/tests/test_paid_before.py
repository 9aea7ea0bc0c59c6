from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPaidBefore(FiadoCommon):
    """What was paid in advance pays the order, by a cashier with the least rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["payment.provider"].create(
            {"name": "Online", "company_id": cls.company.id}
        )
        cls.method = cls.env["payment.method"].create(
            {
                "name": "Card",
                "code": "fiado_card",
                "provider_ids": [Command.link(cls.provider.id)],
                "active": True,
                "image": cls.env["payment.method"].search([], limit=1).image,
            }
        )

    def _pay_online(self, order, amount, form=None, state="done", booked=True):
        """What Odoo leaves of an online payment."""
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "reference": f"tx-{order.id}-{amount}-{state}",
                    "amount": amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "operation": "online_direct",
                    "state": state,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )
        if state == "done" and booked:
            transaction.payment_id = self._pay_in_advance(
                amount, form, payment_transaction_id=transaction.id
            )
            transaction.is_post_processed = True
        return transaction

    def _pay_in_advance(self, amount, form=None, **values):
        payment = self.env["account.payment"].create(
            {
                "amount": amount,
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.maria.id,
                "journal_id": (form or self.cash).journal_id.id,
                "payment_method_line_id": (form or self.cash).id,
                "write_off_line_vals": [],
                **values,
            }
        )
        payment.action_post()
        return payment

    def _screen(self, order, user=None):
        return (
            self.env["sale.order.close"]
            .with_user(user or self.cashier)
            .with_company(self.company)
            .with_context(lang="en_US")
            .create({"order_id": order.id})
        )

    def assertSettled(self, order):
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(
            set(order.sudo().invoice_ids.mapped("payment_state")), {"paid"}
        )
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()
        self.assertEqual(
            self.env["fiado.billing"].get_figures(date(2026, 3, 1), date(2026, 3, 31))[
                "difference"
            ],
            0.0,
        )

    # Online ------------------------------------------------------------------

    def test_paid_online(self):
        self.pix.payment_account_id = self.company_data["default_account_assets"].copy(
            {"code": "199999", "reconcile": True}
        )
        for form in (self.cash, self.pix):
            with self.subTest(form=form.display_name):
                order = self._order(user=self.helper)
                payment = self._pay_online(order, 55.0, form).payment_id
                state = "paid" if form == self.cash else "in_process"
                self.assertEqual(payment.state, state)
                screen = self._screen(order, self.helper)
                self.assertRecordValues(
                    screen,
                    [
                        {
                            "amount_paid_before": 55.0,
                            "amount_due": 0.0,
                            "advance_available": 0.0,
                        }
                    ],
                )
                screen.action_close_order()
                self.assertFalse(order.closing_payment_ids)
                self.assertSettled(order)

    def test_paid_online_in_part(self):
        order = self._order()
        self._pay_online(order, 20.0)
        self.assertEqual(self._screen(order).amount_due, 35.0)
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._wallet(), (-5.0, 5.0, 0.0))
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.debt_account.id, "debit": 5.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 5.0},
            ],
        )
        self.assertSettled(order)

    def test_paid_online_more_than_the_order_is_now(self):
        order = self._order(user=self.helper)
        payment = self._pay_online(order, 55.0).payment_id
        order.order_line.price_unit = 40.0
        self._close(order)
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        self.assertEqual(payment._get_fiado_open_amount(), 15.0)
        # The rest waits for the next order, whatever the first one was.
        self.assertTiesOut()

    def test_paid_online_and_back_again(self):
        order = self._order()
        self._pay_online(order, 55.0)
        refund = self._pay_in_advance(
            55.0,
            self.cash_journal.outbound_payment_method_line_ids[:1],
            payment_type="outbound",
        )
        transaction = order.sudo().transaction_ids.copy(
            {
                "reference": "refund",
                "amount": -55.0,
                "state": "done",
                "source_transaction_id": order.sudo().transaction_ids.id,
            }
        )
        transaction.payment_id = refund
        self.assertEqual(order._get_amount_due(), 55.0)

    def test_authorized_is_not_paid(self):
        order = self._order()
        # It can hold money.
        self.provider.sudo().support_manual_capture = "full_only"
        self._pay_online(order, 55.0, state="authorized")
        self.assertEqual(self._screen(order).amount_due, 55.0)
        self._close(order, 55.0)
        self.assertSettled(order)

    def test_not_booked_yet(self):
        order = self._order()
        transaction = self._pay_online(order, 55.0, booked=False)
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._close(order, 55.0)
        self.assertEqual(
            str(refusal.exception),
            f"$\xa055.00 were paid online for order {order.name} and are being booked "
            "right now. Try again in a few minutes.",
        )
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        transaction.is_post_processed = True
        self._close(order, 55.0)
        self.assertSettled(order)

    def test_paid_online_reopened_and_closed_again(self):
        order = self._order()
        self._pay_online(order, 55.0)
        self._close(order)
        order.with_user(self.manager).reopen_order("Wrong barber")
        self.assertEqual(order._get_amount_due(), 0.0)
        self._close(order)
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))

    # Registered --------------------------------------------------------------

    def test_registered_for_its_invoice_without_an_entry(self):
        order = self._order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        # As the Pay wizard leaves it beside Odoo's accounting app.
        self.pix.payment_account_id = False
        with patch.object(
            self.env.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        ):
            payment = self.env["account.payment"].create(
                {
                    "amount": 20.0,
                    "payment_type": "inbound",
                    "partner_id": self.maria.id,
                    "journal_id": self.bank_journal.id,
                    "payment_method_line_id": self.pix.id,
                    "invoice_ids": invoice.ids,
                }
            )
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertEqual(invoice.amount_residual, 55.0)
        self.assertEqual(order._get_amount_due(), 35.0)
        self._close(order, 35.0)
        self.assertTrue(payment.move_id)
        self.assertSettled(order)

    # Others ------------------------------------------------------------------

    def test_advance_is_offered_and_used(self):
        self._pay_in_advance(10.0, date="2026-03-01")
        last = self._pay_in_advance(50.0, date="2026-03-02")
        order = self._order(user=self.helper)
        screen = self._screen(order, self.helper)
        self.assertRecordValues(
            screen,
            [
                {
                    "amount_due": 55.0,
                    "advance_available": 60.0,
                    "advance_used": 0.0,
                    "amount_receivable": 55.0,
                }
            ],
        )
        screen.write(
            {
                "advance_used": 30.0,
                "payment_ids": [Command.create(self._pay(25.0))],
            }
        )
        self.assertEqual(screen.balance, 0.0)
        screen.action_close_order()
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        # The oldest is used up, of the other one 20.
        self.assertEqual(last._get_fiado_open_amount(), 30.0)
        self.assertEqual(self._receivable_open()[0], -30.0)
        self.assertFalse(self._entries())
        self.assertTiesOut()

    def test_advance_beside_a_debt_that_is_paid(self):
        self._leave_debt(25.0)
        self._pay_in_advance(40.0)
        order = self._order()
        self._close(order, 40.0, advance_used=40.0, debt_paid=25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertSettled(order)

    def test_no_more_in_advance_than_there_is(self):
        self._pay_in_advance(10.0)
        order = self._order()
        before = self._count()
        for used, most in ((20.0, 10.0),):
            with self.assertRaises(UserError) as refusal:
                self._close(order, 55.0 - used, advance_used=used)
            self.assertEqual(
                str(refusal.exception),
                f"$\xa0{most:.2f} of what Maria paid in advance can be used here: use "
                "no more than that.",
            )
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)

    def test_what_was_paid_for_another_order_is_not_offered(self):
        other = self._order()
        self._pay_online(other, 55.0)
        order = self._order()
        self.assertEqual(order._get_advance_available(), 0.0)

    def test_payments_of_the_walk_in_customer_are_not_offered(self):
        self._pay_in_advance(10.0, partner_id=self.walk_in.id)
        order = self._order(partner=self.walk_in)
        self.assertEqual(order._get_advance_available(), 0.0)

    def test_advance_is_open_again_when_the_order_is_reopened(self):
        payment = self._pay_in_advance(55.0)
        order = self._order()
        self._close(order, advance_used=55.0)
        self.assertSettled(order)
        order.with_user(self.manager).reopen_order("Wrong barber")
        self.assertEqual(payment._get_fiado_open_amount(), 55.0)
        self.assertEqual(order._get_advance_available(), 55.0)

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCloseOddOrders(FiadoCommon):
    """Orders with an odd cent, without anything to pay, or invoiced to somebody else,
    by a sales user who may leave no balance."""

    def _invoice_half(self, order, pay=True):
        if order.state != "sale":
            order.action_confirm()
        invoice = (
            self.env["sale.advance.payment.inv"]
            .sudo()
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 50.0})
            ._create_invoices(order.sudo())
        )
        invoice.action_post()
        if pay:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"journal_id": self.cash_journal.id})._create_payments()
        return invoice

    def _half_paid_twice(self, **values):
        order = self._order(user=self.helper, **values)
        order.order_line.price_unit = 850.09
        for _number in range(2):
            self.assertEqual(self._invoice_half(order).amount_total, 425.05)
        return order

    def assertSettled(self, order, partner=None):
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._receivable_open(partner)[0], 0.0)
        self.assertTiesOut()
        self.assertEqual(
            self.env["fiado.billing"].get_figures(date(2026, 3, 1), date(2026, 3, 31))[
                "difference"
            ],
            0.0,
        )

    # An odd cent -------------------------------------------------------------

    def test_odd_cent_is_rounded_off(self):
        account = self.company.default_cash_difference_income_account_id
        self.assertTrue(account)
        for values in (
            {},
            {"partner": self.walk_in},
            {"order_type": "subscription"},
        ):
            with self.subTest(values=values):
                order = self._half_paid_twice(**values)
                self.assertEqual(order._get_amount_due(), 0.0)
                answer = self._close(order)
                self.assertEqual((answer["payment_ids"], answer["move_ids"]), ([], []))
                last = order.sudo().invoice_ids.sorted("id")[-1]
                self.assertEqual(last.amount_total, 0.0)
                self.assertRecordValues(
                    last.line_ids.filtered(lambda line: line.account_id == account),
                    [{"name": "Rounding", "balance": -0.01}],
                )
                self.assertSettled(order, values.get("partner"))

    def test_odd_cent_goes_to_the_chosen_account(self):
        account = self.income.copy({"name": "Rounding", "code": "499998"})
        self.company.fiado_rounding_account_id = account
        order = self._half_paid_twice()
        self._close(order)
        lines = order.sudo().invoice_ids.line_ids
        self.assertEqual(
            lines.filtered(lambda line: line.account_id == account).balance, -0.01
        )

    def test_odd_cent_in_a_shop_without_an_account_for_it(self):
        self.company.default_cash_difference_income_account_id = False
        order = self._half_paid_twice()
        self._close(order)
        self.assertSettled(order)

    def test_odd_cent_comes_back_when_reopened(self):
        order = self._half_paid_twice()
        self._close(order)
        order.with_user(self.manager).reopen_order("Wrong barber")
        self.assertEqual(order.closing_state, "open")
        self._close(order)
        self.assertSettled(order)

    def test_more_than_an_odd_cent_is_not_hidden(self):
        order = self._half_paid_twice()
        order.order_line.filtered("product_id").filtered(
            lambda line: not line.is_downpayment
        ).price_unit = 850.07
        self.assertEqual(order._get_amount_due(), -0.03)
        with self.assertRaises(UserError):
            self._close(order)

    def test_cents_without_down_payments_are_not_rounded_off(self):
        order = self._order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.assertEqual(order._get_odd_cents(-0.01), 0.0)

    # Nothing to pay ----------------------------------------------------------

    def test_order_of_zero_is_closed_without_a_payment(self):
        order = self._order(user=self.helper)
        order.order_line.price_unit = 0.0
        answer = self._close(order)
        self.assertEqual(
            (answer["payment_ids"], answer["move_ids"], answer["balance"]),
            ([], [], 0.0),
        )
        self.assertFalse(self._entries())
        self.assertRecordValues(
            order, [{"state": "sale", "closing_state": "closed", "locked": True}]
        )
        self.assertSettled(order)

    def test_order_of_zero_without_an_invoice_is_closed(self):
        order = self._order(user=self.helper)
        order.order_line.product_uom_qty = 0.0
        answer = self._close(order)
        self.assertEqual(answer["invoice_ids"], [])
        self.assertSettled(order)

    # Made out to somebody else ------------------------------------------------

    def test_invoice_of_another_customer_is_refused(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        for posted in (False, True):
            with self.subTest(posted=posted):
                order = self._order(user=self.helper)
                order.action_confirm()
                invoice = order.sudo()._create_invoices()
                invoice.partner_id = firm
                if posted:
                    invoice.action_post()
                before = self._count()
                with self.assertRaises(UserError) as refusal:
                    self._close(order, 55.0)
                self.assertEqual(
                    str(refusal.exception),
                    f"An invoice of order {order.name} is made out to Firm, and is not "
                    "paid. Make the order out to Firm, too (invoice address), or have "
                    "that invoice paid in accounting first.",
                )
                self.env.invalidate_all()
                self.assertEqual(self._count(), before)
                order.partner_invoice_id = firm
                self._close(order, 55.0)
                self.assertSettled(order, firm)
                self.assertEqual(self._receivable_open(), (0.0, 0.0))

    def test_paid_invoice_of_another_customer_is_no_obstacle(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        order = self._order(user=self.helper, partner_invoice_id=firm.id)
        order.order_line.price_unit = 100.0
        self._invoice_half(order)
        order.partner_invoice_id = self.maria
        self._close(order, 50.0)
        self.assertSettled(order)
        self.assertSettled(order, firm)

    # Closed books -------------------------------------------------------------

    def test_closed_books_are_said_before(self):
        self.company.fiscalyear_lock_date = date(2026, 3, 10)
        sentence = "The books are closed up to 03/10/2026: this is dated 03/11/2026."
        order = self._order(user=self.helper)
        screens = (
            ("sale.order.close", {"order_id": order.id}),
            ("fiado.wallet.receive", {"partner_id": self.maria.id}),
        )
        for model, values in screens:
            screen = (
                self.env[model]
                .with_user(self.helper)
                .with_company(self.company)
                .with_context(lang="en_US")
                .create(values)
            )
            self.assertEqual(screen.books_notice, sentence)
        self._close(order, 55.0)
        moves = self.env["account.move"].search([("fiado_order_id", "=", order.id)])
        self.assertEqual(set(moves.mapped("date")), {date(2026, 3, 11)})

    def test_open_books_say_nothing(self):
        self.company.fiscalyear_lock_date = date(2026, 3, 9)
        order = self._order(user=self.helper)
        screen = self.env["sale.order.close"].with_user(self.helper)
        self.assertFalse(screen.create({"order_id": order.id}).books_notice)

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import FiadoCommissionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestInternalSale(FiadoCommissionCommon):
    """What professionals buy is paid at once, or deducted from their commission."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deduct = cls.company._get_deduction_forms()
        cls.waiting = cls.company._get_deduction_accounts()
        cls.fee = cls.env["product.product"].create(
            {
                "name": "Commissions",
                "type": "service",
                "supplier_taxes_id": False,
                "property_account_expense_id": cls.company_data[
                    "default_account_expense"
                ].id,
            }
        )

    def _buy(self, amount=55.0, order_type="internal", partner=None):
        order = self._order(
            partner=partner or self.joana.partner_id, order_type=order_type
        )
        order.order_line.price_unit = amount
        return order

    def _deduct(self, order, amount=55.0, **values):
        return order.close_order([self._pay(amount, self.deduct)], **values)

    def _earn(self, amount):
        order = self._work((self.haircut, self.joana))
        order.order_line.price_unit = amount * 2
        self._close(order, amount * 2)

    def _bill(self, date="2026-04-01"):
        """Settle, and make the bill that the accountant does."""
        self._settle(date)
        settlements = self.env["commission.settlement"].search(
            [("state", "=", "settled"), ("agent_id", "=", self.joana.partner_id.id)]
        )
        return settlements.make_invoices(
            self.company_data["default_journal_purchase"], self.fee, date=date
        )

    def _get_payment(self, order):
        return self.env["account.payment"].search([("fiado_order_id", "=", order.id)])

    def _deduction(self):
        self.env.invalidate_all()
        return self.joana.partner_id._get_deduction(self.company)

    def assertRefused(self, order, sentence, amount=55.0, **values):
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._deduct(order, amount, **values)
        self.assertIn(sentence, str(refusal.exception))
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()

    # Closing -----------------------------------------------------------------

    def test_paid_at_once(self):
        self._close(self._buy(), 55.0)
        self.assertEqual(self._deduction(), 0.0)
        self.assertTiesOut()

    def test_deducted(self):
        """The sale's invoice is paid, the wallet has nothing to do with it."""
        order = self._buy()
        self._deduct(order)
        invoice = order.sudo().invoice_ids
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self._wallet(self.joana.partner_id), (0.0, 0.0, 0.0))
        self.assertFalse(self._entries(self.joana.partner_id))
        self.assertRecordValues(
            self._get_payment(order).move_id.line_ids.sorted("balance"),
            [
                {"account_id": self.receivable.id, "balance": -55.0},
                {"account_id": self.waiting.id, "balance": 55.0},
            ],
        )
        self.assertEqual(self._deduction(), 55.0)
        self.assertTiesOut()

    def test_in_part(self):
        order = self._buy()
        order.close_order([self._pay(20.0), self._pay(35.0, self.deduct)])
        self.assertEqual(self._deduction(), 35.0)
        self.assertTiesOut()

    def test_never_a_debt(self):
        self.assertRefused(
            self._buy(), "An internal sale leaves no debt", 30.0, use_balance=True
        )

    def test_no_more_than_the_sale(self):
        self.assertRefused(
            self._buy(), "deduct no more than that from the", 60.0, use_balance=True
        )

    def test_only_for_professionals(self):
        """Neither customers, nor internal sales to somebody without commissions."""
        for order in (
            self._buy(order_type="service"),
            self._buy(partner=self.maria),
            self._buy(order_type="service", partner=self.maria),
        ):
            self.assertRefused(order, "doesn't take payments through this form")
        with self.assertRaisesRegex(UserError, "doesn't take payments through this"):
            self.maria.with_user(self.cashier).with_company(self.company).fiado_receive(
                10.0, self.deduct.id
            )

    def test_screen(self):
        """The form is on the payment screen of such a sale, and on no other."""
        for order, is_offered in (
            (self._buy(), True),
            (self._buy(order_type="service"), False),
            (self._buy(partner=self.maria), False),
        ):
            screen = Form(
                self.env["sale.order.close"]
                .with_user(self.cashier)
                .with_context(default_order_id=order.id)
            ).save()
            self.assertEqual(self.deduct in screen.payment_form_ids, is_offered)

    # Settling ----------------------------------------------------------------

    def test_bill(self):
        """Of 100 of commission 55 are deducted: the bill is 45, the expense 100."""
        self._deduct(self._buy())
        self._earn(100.0)
        bill = self._bill()
        self.assertEqual(bill.amount_total, 45.0)
        self.assertEqual(self._deduction(), 0.0)
        bill.action_post()
        self.assertEqual(self._deduction(), 0.0)
        self.assertRecordValues(
            bill.line_ids.sorted("balance"),
            [
                {
                    "account_id": self.waiting.id,
                    "balance": -55.0,
                    "reconciled": True,
                },
                {
                    "account_id": bill.partner_id.property_account_payable_id.id,
                    "balance": -45.0,
                    "reconciled": False,
                },
                {
                    "account_id": self.company_data["default_account_expense"].id,
                    "balance": 100.0,
                    "reconciled": False,
                },
            ],
        )
        self.assertTiesOut()

    def test_more_than_the_commission(self):
        """The rest waits for the next settlement."""
        self._deduct(self._buy(150.0), 150.0)
        self._earn(100.0)
        bill = self._bill()
        self.assertEqual(bill.amount_total, 0.0)
        bill.action_post()
        self.assertEqual(self._deduction(), 50.0)
        with freeze_time("2026-04-10 15:00:00"):
            self._earn(80.0)
            bill = self._bill("2026-05-01")
            self.assertEqual(bill.amount_total, 30.0)
            bill.action_post()
        self.assertEqual(self._deduction(), 0.0)
        self.assertTiesOut()

    def test_bill_that_is_reset(self):
        self._deduct(self._buy())
        self._earn(100.0)
        bill = self._bill()
        bill.action_post()
        bill.button_draft()
        # It is on the draft still, which can be posted again.
        self.assertEqual(self._deduction(), 0.0)
        bill.action_post()
        self.assertEqual(self._deduction(), 0.0)
        bill.button_draft()
        bill.button_cancel()
        self.assertEqual(self._deduction(), 55.0)
        self.assertTiesOut()

    # Taking back -------------------------------------------------------------

    def test_reopened(self):
        order = self._buy()
        self._deduct(order)
        order.with_user(self.manager).reopen_order("Brought back")
        self.assertEqual(self._deduction(), 0.0)
        self.assertEqual(self._wallet(self.joana.partner_id), (0.0, 0.0, 0.0))
        self._close(order, 55.0)
        self.assertEqual(self._deduction(), 0.0)
        self.assertTiesOut()

    def test_reopened_after_the_bill(self):
        """The next bill gives back what was taken off."""
        order = self._buy()
        self._deduct(order)
        self._earn(100.0)
        self._bill().action_post()
        order.with_user(self.manager).reopen_order("Brought back")
        self.assertEqual(self._deduction(), -55.0)
        with freeze_time("2026-04-10 15:00:00"):
            self._earn(80.0)
            bill = self._bill("2026-05-01")
            self.assertEqual(bill.amount_total, 135.0)
            bill.action_post()
        self.assertEqual(self._deduction(), 0.0)
        self.assertTiesOut()

    def test_payment_alone(self):
        """Taken back alone it would be a debt."""
        order = self._buy()
        self._deduct(order)
        payment = self.env["fiado.payment"].search([("order_id", "=", order.id)])
        with self.assertRaisesRegex(UserError, "Reopen its order instead"):
            payment.with_user(self.manager).action_cancel_payment()
        self.assertEqual(self._deduction(), 55.0)
        self.assertTiesOut()

    # Set-up ------------------------------------------------------------------

    def test_set_up(self):
        """Once, and with no till and no dashboard of its own."""
        self.company.fiado_enabled = True
        self.assertEqual(self.company._get_deduction_forms(), self.deduct)
        self.assertEqual(len(self.deduct), 1)
        self.assertEqual(self.waiting.account_type, "asset_current")
        self.assertTrue(self.waiting.reconcile)
        self.assertFalse(self.deduct.journal_id.outbound_payment_method_line_ids)

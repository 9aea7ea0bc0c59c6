from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPaymentCancelled(FiadoCommon):
    """Cancelling a payment alone leaves no debt where nobody may owe: not of an
    internal sale, and not of who isn't identified."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_user(
            "chief_clerk",
            "account.group_account_manager",
            "bemp_fiado.group_fiado_manager",
        )

    def tearDown(self):
        self.assertTiesOut()
        super().tearDown()

    def _payments(self, answer):
        payments = self.env["account.payment"].browse(answer["payment_ids"])
        return payments.with_user(self.clerk).with_context(lang="en_US")

    def _roads(self, payment):
        """Whatever an accountant presses to be rid of a payment."""
        register = self.env["fiado.payment"].with_user(self.clerk).browse(payment.id)
        entry = payment.move_id
        items = entry.line_ids
        return {
            "cancel": payment.action_cancel,
            "reject": payment.action_reject,
            "cancel at the counter": register.action_cancel_payment,
            "reset": payment.action_draft,
            "delete": payment.unlink,
            "reset the entry": entry.button_draft,
            "cancel the entry": entry.button_cancel,
            "delete the entry": entry.unlink,
            "reverse the entry": lambda: entry._reverse_moves(cancel=True),
            "reverse it by the wizard": lambda: (
                self.env["account.move.reversal"]
                .with_user(self.clerk)
                .with_context(active_model="account.move", active_ids=entry.ids)
                .create({"journal_id": entry.journal_id.id})
                .refund_moves()
            ),
            "unmatch": items.remove_move_reconcile,
        }

    def assertNoRoad(self, payment, *roads):
        before = self._count()
        wallet = self._wallet()
        for name, road in self._roads(payment).items():
            with self.subTest(road=name), self.assertRaises(UserError):
                road()
            self.env.invalidate_all()
            self.assertEqual(self._count(), before, name)
        self.assertEqual(self._wallet(), wallet)
        self.assertEqual(self._receivable_open(), (0.0, 0.0))

    def test_internal_sale(self):
        order = self._order(order_type="internal")
        payment = self._payments(self._close(order, 55.0))
        self.assertNoRoad(payment)
        with self.assertRaisesRegex(UserError, f"{order.name}.*Reopen it"):
            payment.action_cancel()
        order.with_user(self.clerk).reopen_order("The cheque bounced")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(payment.state, "canceled")

    def test_internal_sale_of_a_closed_month(self):
        with freeze_time("2026-02-20 15:00:00"):
            order = self._order(order_type="internal")
            payment = self._payments(self._close(order, 55.0))
        self.company.sudo().fiscalyear_lock_date = "2026-02-28"
        self.assertNoRoad(payment)
        order.with_user(self.clerk).reopen_order("The cheque bounced")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_one_of_two_payments_of_an_internal_sale(self):
        order = self._order(order_type="internal")
        payments = [self._pay(30.0), self._pay(25.0, self.pix)]
        for payment in self._payments(order.close_order(payments)):
            self.assertNoRoad(payment)

    def test_internal_sale_that_the_pay_wizard_paid(self):
        order = self._order(order_type="internal")
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        payment = self._pay_wizard(invoice, 60.0, fiado_use_balance=True)
        payment = payment._create_payments()
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))
        self._close(order)
        self.assertNoRoad(payment)

    def test_what_was_too_much_for_an_internal_sale_may_go(self):
        order = self._order(order_type="internal")
        payments = [self._pay(55.0), self._pay(10.0, self.pix)]
        cash, pix = self._payments(order.close_order(payments, use_balance=True))
        self.assertNoRoad(cash)
        pix.action_cancel()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertNoRoad(cash)

    def test_credit_pays_what_an_internal_sale_lacks(self):
        self._leave_credit(70.0)
        order = self._order(order_type="internal")
        self._payments(self._close(order, 55.0)).action_cancel()
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))

    def test_unidentified_customer(self):
        order = self._order(partner=self.walk_in)
        payment = self._payments(self._close(order, 55.0))
        self.assertNoRoad(payment)
        self.assertEqual(self._wallet(self.walk_in), (0.0, 0.0, 0.0))
        order.with_user(self.clerk).reopen_order("The cheque bounced")
        self.assertEqual(self._wallet(self.walk_in), (0.0, 0.0, 0.0))

    def test_subscription_order(self):
        """It may leave debt, and leaves no credit."""
        self._leave_credit(20.0)
        order = self._order(order_type="subscription")
        answer = self._close(order, 35.0, credit_used=20.0)
        self._payments(answer).action_cancel()
        self.assertEqual(self._wallet(), (-35.0, 35.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        order.with_user(self.clerk).reopen_order("All of it")
        self.assertEqual(self._wallet(), (20.0, 0.0, 20.0))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPaymentOfWhoJoinedAFirm(FiadoCommon):
    """What a payment had paid is owed in the wallet that has its items by now, and that
    one's credit pays it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})

    def tearDown(self):
        self.assertTiesOut()
        super().tearDown()

    def _pay_an_order(self, *payments, **values):
        order = self._order()
        answer = order.close_order(list(payments), **values)
        payments = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        return order, payments.with_user(self.manager).sudo()

    def test_debt_and_the_firm_has_credit(self):
        self._leave_credit(100.0, self.firm)
        order, (cash, pix) = self._pay_an_order(
            self._pay(30.0), self._pay(15.0, self.pix), use_balance=True
        )
        self.maria.with_user(self.manager).parent_id = self.firm
        self.assertEqual(self._wallet(self.firm), (90.0, 0.0, 90.0))
        for payment, left in ((cash, 60.0), (pix, 45.0)):
            payment.action_cancel()
            self.assertEqual(self._wallet(self.firm), (left, 0.0, left))
            self.assertEqual(self.env["fiado.ledger"]._get_untidy(), {})
        answer = order.with_user(self.manager).reopen_order("All of it")
        self.assertEqual(answer["balance"], 100.0)
        self.assertEqual(self._wallet(self.firm), (100.0, 0.0, 100.0))

    def test_reopened_after_joining(self):
        order, _payments = self._pay_an_order(self._pay(30.0), use_balance=True)
        self._leave_credit(10.0, self.firm)
        self.maria.with_user(self.manager).parent_id = self.firm
        answer = order.with_user(self.manager).reopen_order("All of it")
        self.assertEqual(answer["balance"], 10.0)

    def test_who_left_it_again(self):
        """The firm has what was theirs, paid or owed."""
        for values, payments in (({"use_balance": True}, (30.0,)), ({}, (55.0,))):
            with self.subTest(payments=payments):
                ana = self.env["res.partner"].create({"name": "Ana"})
                firm = self.firm.copy()
                order = self._order(partner=ana)
                answer = self._close(order, *payments, **values)
                ana.with_user(self.manager).parent_id = firm
                ana.with_user(self.manager).parent_id = False
                payment = self.env["account.payment"].browse(answer["payment_ids"])
                payment.with_user(self.manager).sudo().action_cancel()
                self.assertEqual(self._wallet(firm), (-55.0, 55.0, 0.0))
                self.assertEqual(self._wallet(ana), (0.0, 0.0, 0.0))
                self.assertEqual(self._receivable_open(ana), (0.0, 0.0))
                self.assertEqual(self._receivable_open(firm), (0.0, 0.0))

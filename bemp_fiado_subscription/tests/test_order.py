from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import REFUSAL, FiadoSubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestOrder(FiadoSubscriptionCommon):
    """Orders of subscriptions leave debt and no credit."""

    def assertLeavesNoCredit(self, order, total):
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._close(order, total + 5.0, use_balance=True)
        self.assertEqual(str(refusal.exception), REFUSAL)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()

    def assertLeavesDebt(self, order, total):
        self._close(order, total - 25.0, use_balance=True)
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertRecordValues(
            self._wallet_items(order)[-2:],
            [
                {"account_id": self.debt_account.id, "balance": 25.0},
                {"account_id": self.receivable.id, "balance": -25.0},
            ],
        )
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    # The order that begins it ------------------------------------------------

    def test_that_begins_it(self):
        """It is refused before it is confirmed, on the screen too, and closed it is a
        subscription order with its subscription."""
        order = self._order(self.club)
        screen = Form(
            self.env["sale.order.close"]
            .with_user(self.cashier)
            .with_context(default_order_id=order.id, lang="en_US")
        )
        # The buttons write the field that the form itself doesn't show.
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = self.pix
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 85.0
        self.assertEqual(screen.balance_refusal, REFUSAL)
        self.assertLeavesNoCredit(order, 80.0)
        self.assertFalse(order.subscription_ids)
        self.assertLeavesDebt(order, 80.0)
        self.assertEqual(order.order_type, "subscription")
        self.assertEqual(len(order.subscription_ids), 1)

    def test_together_with_a_service(self):
        self.assertLeavesNoCredit(self._order(self.haircut, self.club), 135.0)

    def test_product_without_a_template(self):
        """It begins no subscription: its order is a service order."""
        self.club.subscription_template_id = False
        order = self._order(self.club)
        self._close(order, 85.0, use_balance=True)
        self.assertEqual(order.order_type, "service")
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))
        self.assertTiesOut()

    def test_confirmed_before(self):
        order = self._order(self.club)
        order.action_confirm()
        self.assertEqual(order.order_type, "subscription")
        self.assertLeavesNoCredit(order, 80.0)

    def test_internal_sale(self):
        """It stays one: neither debt nor credit."""
        order = self._order(self.club, order_type="internal")
        self.assertLeavesNoCredit(order, 80.0)
        with self.assertRaisesRegex(UserError, "An internal sale leaves no debt"):
            self._close(order, 55.0, use_balance=True)
        self._close(order, 80.0)
        self.assertEqual(order.order_type, "internal")

    # The orders that it makes ------------------------------------------------

    def test_that_it_makes(self):
        """Confirmed, locked and invoiced as OCA's addon does it."""
        subscription = self._subscribe()
        subscription.generate_invoice()
        order = subscription.sale_order_ids
        self.assertEqual(order.order_type, "subscription")
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertLeavesNoCredit(order, 55.0)
        self.assertLeavesDebt(order, 55.0)

    def test_that_the_job_makes(self):
        subscription = self._subscribe()
        subscription.action_start_subscription()
        subscription.recurring_next_date = "2026-03-10"
        self.env["sale.subscription"].cron_subscription_management()
        order = subscription.sale_order_ids.with_user(self.cashier)
        self.assertEqual(order.order_type, "subscription")
        self.assertLeavesNoCredit(order, 55.0)
        self.assertLeavesDebt(order, 55.0)

    def test_reopened(self):
        order = self._order(self.club)
        self._close(order, 55.0, use_balance=True)
        order.with_user(self.manager).reopen_order("Wrong price")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertLeavesNoCredit(order, 80.0)
        self.assertLeavesDebt(order, 80.0)

    # Linked by hand ----------------------------------------------------------

    def test_linked_to_a_subscription(self):
        """An open order becomes one, by whom ever; a closed one keeps what it was
        closed as, and leaves no credit once it is reopened."""
        subscription = self._subscribe()
        linked, begun, closed = (self._order() for _number in range(3))
        self._close(closed, 55.0)
        (linked | closed).order_subscription_id = subscription
        subscription.sale_order_id = begun
        self.assertEqual(
            (linked | begun | closed).mapped("order_type"),
            ["subscription", "subscription", "service"],
        )
        closed.with_user(self.manager).reopen_order("Wrong price")
        for order in linked | begun | closed:
            self.assertLeavesNoCredit(order, 55.0)

    def test_cashier_does_not_change_it_back(self):
        order = self._order(self.club)
        order.action_confirm()
        with self.assertRaises(AccessError):
            order.order_type = "service"
        order.with_user(self.manager).order_type = "service"
        self.assertLeavesNoCredit(order, 80.0)

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hooks import post_init_hook
from .common import REFUSAL, FiadoSubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestSetUp(FiadoSubscriptionCommon):
    """What was there before the addon."""

    def test_orders_that_were_there(self):
        subscription = self._subscribe()
        made, begun, closed, other, internal = (self._order() for _number in range(5))
        self._close(closed, 60.0, use_balance=True)
        internal.with_user(self.manager).order_type = "internal"
        orders = made | begun | closed | other | internal
        # As OCA's addon left them.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET order_subscription_id = %s WHERE id IN %s",
            [subscription.id, (made | closed | internal)._ids],
        )
        self.env.cr.execute(
            "UPDATE sale_subscription SET sale_order_id = %s WHERE id = %s",
            [begun.id, subscription.id],
        )
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual(
            orders.mapped("order_type"),
            ["subscription", "subscription", "subscription", "service", "internal"],
        )
        for order in made | begun:
            with self.assertRaises(UserError) as refusal:
                self._close(order, 60.0, use_balance=True)
            self.assertEqual(str(refusal.exception), REFUSAL)
        self._close(made, 30.0, use_balance=True)
        # What the closed one left stays, and pays for that.
        self.assertEqual(self._wallet(), (-20.0, 20.0, 0.0))
        self.assertTiesOut()

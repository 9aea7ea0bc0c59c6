from odoo.tests import HttpCase, freeze_time, tagged

from .common import FiadoCommissionCommon


class CommissionTours(FiadoCommissionCommon, HttpCase):
    """Two professionals in one order, 25 of it on fiado, and what each of them gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The same in every language, unlike the journal's name.
        cls.cash.name = "Till"

    def _start(self, tour, user, path=""):
        action = self.env.ref("bemp_fiado.sale_order_action_counter").id
        self.env.flush_all()
        self.start_tour(f"/odoo/action-{action}{path}", tour, login=user.login)

    def _live(self):
        order = self._order()
        self._start("fiado_commission_order", self.cashier, f"/{order.id}")
        self.env.invalidate_all()
        self.assertEqual(
            order.order_line.mapped("professional_id"), self.joana | self.rafael
        )
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self._commissions(), [27.5, 16.0])
        self.assertTiesOut()
        self._start("fiado_commission_report", self.manager)


@tagged("post_install", "-at_install")
class TestTours(CommissionTours):
    """At the counter's screen, and on the owner's."""

    @freeze_time("2026-03-10 15:00:00")
    def test_order_and_report(self):
        self._live()


@tagged("post_install", "-at_install")
class TestToursOnPhone(CommissionTours):
    """On a telephone."""

    browser_size = "390x844"
    touch_enabled = True

    @freeze_time("2026-03-10 15:00:00")
    def test_order_and_report(self):
        self._live()

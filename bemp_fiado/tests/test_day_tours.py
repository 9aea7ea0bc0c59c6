from odoo.tests import HttpCase, tagged

from .common import FiadoCommon


class DayCommon(FiadoCommon, HttpCase):
    """A cashier's day: a new customer, an order in part on fiado, the debt paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The same in every language, unlike the journal's name.
        cls.cash.name = "Till"
        cls.cashier.action_id = cls.env.ref("bemp_fiado.sale_order_action_counter").id
        cls.customers_before = cls.env["res.partner"].search([])

    def _live(self, tour):
        self.env.flush_all()
        self.start_tour("/odoo", tour, login=self.cashier.login)
        self.env.invalidate_all()
        rita = self.env["res.partner"].search([]) - self.customers_before
        self.assertEqual(rita.name, "Rita")
        self.assertIn("5550148", rita.phone.replace("-", ""))
        order = self.env["sale.order"].search([("partner_id", "=", rita.id)])
        self.assertRecordValues(
            order,
            [
                {
                    "closing_state": "closed",
                    "amount_total": 55.0,
                    "left_on_fiado": 25.0,
                    "create_uid": self.cashier.id,
                }
            ],
        )
        self.assertRecordValues(
            self._entries(rita),
            [
                {"kind": "debt", "origin": "order", "amount": -25.0},
                {"kind": "debt_paid", "origin": "credit_sale", "amount": 25.0},
            ],
        )
        self.assertEqual(self._wallet(rita), (0.0, 0.0, 0.0))
        self.assertTiesOut()


@tagged("post_install", "-at_install")
class TestDay(DayCommon):
    """At the counter's screen."""

    def test_day(self):
        self._live("fiado_day")


@tagged("post_install", "-at_install")
class TestDayOnPhone(DayCommon):
    """On a telephone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_day(self):
        self._live("fiado_day")


@tagged("post_install", "-at_install")
class TestKeyboard(FiadoCommon, HttpCase):
    """Without a mouse, in twenty keystrokes."""

    def test_order_left_on_fiado(self):
        self.cash.name = "Till"
        self.cashier.action_id = self.env.ref("bemp_fiado.sale_order_action_counter").id
        self.maria.name = "Quitéria"
        self.haircut.name = "Undercut"
        self.env.flush_all()
        self.start_tour("/odoo", "fiado_keyboard", login=self.cashier.login)
        self.env.invalidate_all()
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        self.assertRecordValues(
            order, [{"closing_state": "closed", "amount_total": 55.0}]
        )
        self.assertRecordValues(order.closing_payment_ids, [{"amount": 30.0}])
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.bemp_fiado.tests.test_pay_code import PayCodeCommon

from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPayCode(PayCodeCommon, FiadoPosCommon):
    """The till's receipt has the code that pays what is owed from then on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._open()

    def _get_amount(self, order):
        return self._parse(order.fiado_pay_code)["54"]

    def test_all_that_is_owed(self):
        self._leave_debt(20.0)
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.assertEqual(order.fiado_pay_code, self._get_code(75.0)["text"])
        self.assertEqual(self._get_amount(order), "75.00")
        # A reprint says what the receipt said.
        self._sell(pay=[(self.pay_cash, 75.0), (self.pay_fiado, -75.0)])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._get_amount(order), "75.00")

    def test_none_without_new_debt(self):
        self._leave_debt(20.0)
        pay = [(self.pay_cash, 10.0), (self.pay_fiado, -10.0)]
        self.assertFalse(self._sell(pay=pay).fiado_pay_code)
        self._sell(pay=[(self.pay_cash, 65.0), (self.pay_fiado, -65.0)])
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertFalse(order.fiado_pay_code)

    def test_what_the_till_says_is_no_code(self):
        for offline in (False, True):
            order = self._sell(
                self.haircut,
                pay=[(self.pay_fiado, 55.0)],
                fiado_offline=offline,
                fiado_pay_code="Mine",
            )
            self.assertNotEqual(order.fiado_pay_code, "Mine")

    def test_none_where_none_is_set_up(self):
        self.bank.unlink()
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.assertFalse(order.fiado_pay_code)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPayCodeTour(PayCodeCommon, FiadoPosCommon, HttpCase):
    def test_on_the_receipt(self):
        self.haircut.available_in_pos = True
        self._open()
        url = f"/pos/ui/{self.config.id}"
        self.start_tour(url, "fiado_pos_pay_code", login=self.till.login, timeout=120)
        self.env.invalidate_all()
        [order] = self.config.current_session_id.order_ids
        self.assertEqual(self._parse(order.fiado_pay_code)["54"], "55.00")

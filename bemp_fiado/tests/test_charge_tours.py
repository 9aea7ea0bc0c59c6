from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestChargeTours(FiadoCommon, HttpCase):
    """A cashier takes late fee and interest in the browser, and leaves them off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The same in every language, unlike the journal's name.
        cls.cash.name = "Till"
        cls.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})
        # Due thirty days ago: 2.00 and 1.00 on it.
        cls.maria.with_user(cls.manager).with_company(cls.company).fiado_open_balance(
            -100.0,
            cls._today() - timedelta(60),
            cls.company_data["default_account_expense"].id,
        )

    def _start(self, tour, path):
        self.env.flush_all()
        self.start_tour(path, tour, login=self.cashier.login)
        self.env.invalidate_all()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_receive(self):
        action = "bemp_fiado.res_partner_action_wallet"
        self._start("fiado_receive_charges", f"/odoo/action-{action}/{self.maria.id}")
        self.assertRecordValues(
            self._entries()[1:],
            [
                {"origin": "interest", "amount": -3.0},
                {"origin": "credit_sale", "amount": 103.0},
            ],
        )

    def test_leave_off(self):
        self.company.fiado_cashier_waives_charges = True
        order = self._order()
        self._start("fiado_leave_charges_off", f"/odoo/sales/{order.id}")
        self.assertEqual(order.closing_payment_ids.amount, 155.0)
        self.assertNotIn("interest", self._entries().mapped("origin"))

from odoo.tests import HttpCase, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestWalletTours(FiadoCommon, HttpCase):
    """The later life of a wallet in the browser, and what it leaves in the accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash.name = "Till"

    def _start(self, tour, path, user):
        self.env.flush_all()
        self.start_tour(path, tour, login=user.login)
        self.env.invalidate_all()
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def _start_on(self, tour, order, user):
        self._start(tour, f"/odoo/sales/{order.id}", user)

    def test_settle_debt(self):
        self._leave_debt(25.0)
        order = self._order(user=self.helper)
        self._start_on("fiado_settle_debt", order, self.helper)
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(order.closing_payment_ids.amount, 80.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_sell_credit(self):
        self._leave_debt(25.0)
        self._start(
            "fiado_sell_credit",
            f"/odoo/action-bemp_fiado.res_partner_action_wallet/{self.maria.id}",
            self.helper,
        )
        self.assertEqual(self._wallet(), (75.0, 0.0, 75.0))
        self.assertRecordValues(
            self._entries()[1:],
            [
                {"kind": "debt_paid", "origin": "credit_sale", "amount": 25.0},
                {"kind": "credit", "origin": "credit_sale", "amount": 75.0},
            ],
        )

    def test_limit(self):
        self.company.account_use_credit_limit = True
        self.maria.with_company(self.company).credit_limit = 40.0
        order = self._order()
        self._start_on("fiado_within_limit", order, self.cashier)
        self.assertEqual(self._wallet(), (-35.0, 35.0, 0.0))

    def test_over_limit(self):
        self.company.account_use_credit_limit = True
        self.maria.with_company(self.company).credit_limit = 40.0
        order = self._order(user=self.manager)
        self._start_on("fiado_over_limit", order, self.manager)
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertIn("The owner's sister", self.maria.message_ids[0].body)

    def test_reopen_order(self):
        order = self._order()
        self._close(order, 60.0, use_balance=True)
        self._close(self._order(), 50.0, credit_used=5.0)
        self._start_on("fiado_reopen_order", order, self.manager)
        self.assertEqual(order.closing_state, "open")
        self.assertEqual(self._wallet(), (-5.0, 5.0, 0.0))

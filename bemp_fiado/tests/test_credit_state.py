from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCreditState(FiadoCommon):
    """Where the balance of each wallet comes from, and what is left of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana, cls.paulo = cls.env["res.partner"].create(
            [{"name": "Joana"}, {"name": "Paulo"}]
        )
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]

    def _sell(self, amount, partner=None, user=None):
        return (
            (partner or self.maria)
            .with_user(user or self.cashier)
            .with_company(self.company)
            .fiado_receive(amount, self.cash.id)
        )

    def _states(self, *domain, user=None):
        self.env.invalidate_all()
        return (
            self.env["fiado.credit.state"]
            .with_user(user or self.helper)
            .with_context(allowed_company_ids=self.company.ids)
            .search(list(domain))
        )

    def assertState(self, partner=None, user=None, **expected):
        partner = partner or self.maria
        state = self._states(("partner_id", "=", partner.id), user=user)
        names = ("sold", "sold_used", "sold_left", "given", "given_used", "given_left")
        self.assertRecordValues(
            state, [{**dict.fromkeys(names, 0.0), "debt": 0.0, **expected}]
        )
        self.assertEqual(
            state.currency_id.round(state.sold_left + state.given_left), state.credit
        )

    def test_oldest_credit_is_used_first(self):
        self._sell(100.0)
        with freeze_time("2026-03-11 15:00:00"):
            self._leave_credit(10.0)
        with freeze_time("2026-03-12 15:00:00"):
            self._sell(20.0)
        self.assertState(
            sold=120.0, sold_left=120.0, given=10.0, given_left=10.0, balance=130.0
        )
        self._close(self._order(), credit_used=55.0)
        self.assertState(
            sold=120.0,
            sold_used=55.0,
            sold_left=65.0,
            given=10.0,
            given_left=10.0,
            balance=75.0,
        )
        # 45 of the first sale, the 10 of the closing.
        self._close(self._order(), credit_used=55.0)
        self.assertState(
            sold=120.0,
            sold_used=100.0,
            sold_left=20.0,
            given=10.0,
            given_used=10.0,
            balance=20.0,
        )
        self.assertEqual(str(self._states().credit_since), "2026-03-12")

    def test_left_at_a_closing_before_it_was_sold(self):
        self._leave_credit(10.0)
        with freeze_time("2026-03-11 15:00:00"):
            self._sell(100.0)
            self._close(self._order(self.beard), credit_used=40.0)
        self.assertState(
            sold=100.0,
            sold_used=30.0,
            sold_left=70.0,
            given=10.0,
            given_used=10.0,
            balance=70.0,
        )

    def test_what_pays_debt_is_no_credit(self):
        self._leave_debt(25.0)
        self._sell(40.0)
        self.assertState(sold=15.0, sold_left=15.0, balance=15.0)

    def test_debt(self):
        self._sell(30.0)
        self._close(self._order(), use_balance=True)
        self.assertState(sold=30.0, sold_used=30.0, debt=25.0, balance=-25.0)

    def test_every_other_origin_is_the_customers(self):
        manager = self.maria.with_user(self.manager).with_company(self.company)
        manager.fiado_adjust(5.0, self.income.id, "why")
        manager.fiado_open_balance(7.0, "2026-03-10", self.income.id)
        manager.fiado_transfer(self.joana.id, 2.0, "why")
        self.assertState(given=12.0, given_used=2.0, given_left=10.0, balance=10.0)
        self.assertState(self.joana, given=2.0, given_left=2.0, balance=2.0)

    def test_sale_undone(self):
        answer = self._sell(100.0)
        self._sell(20.0)
        self.env["fiado.payment"].with_user(self.manager).browse(
            answer["payment_ids"]
        ).action_cancel_payment()
        self.assertState(sold=120.0, sold_used=100.0, sold_left=20.0, balance=20.0)

    def test_unmatched_entries_still_add_up(self):
        self._sell(100.0)
        move = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.maria.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self.credit_account, 4.0),
                        (self.income, -4.0),
                    )
                ]
            }
        )
        move.action_post()
        self.assertState(sold=100.0, sold_left=100.0, given_used=4.0, given_left=-4.0)
        self.env["fiado.ledger"]._tidy(self.maria)
        self.assertState(sold=100.0, sold_used=4.0, sold_left=96.0, balance=96.0)

    def test_balance_filter(self):
        self._sell(100.0)
        self._leave_debt(25.0, self.joana)
        # Bought and used up: no balance, no row.
        self._sell(55.0, self.paulo)
        self._close(self._order(partner=self.paulo), credit_used=55.0)
        self.assertEqual(self._states().partner_id, self.maria | self.joana)
        arch = self.env.ref("bemp_fiado.fiado_credit_state_view_search").arch
        self.assertIn("[('balance', '&gt;', 0)]", arch)
        self.assertIn("[('balance', '&lt;', 0)]", arch)
        self.assertEqual(self._states(("balance", ">", 0)).partner_id, self.maria)
        self.assertEqual(self._states(("balance", "<", 0)).partner_id, self.joana)

    def test_row_opens_the_wallet(self):
        self._sell(100.0)
        self.assertEqual(self._states().action_open_wallet()["res_id"], self.maria.id)

    def test_readers(self):
        self._sell(100.0)
        accountant = new_test_user(
            self.env,
            login="fiado_accountant",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for user in (self.helper, accountant):
            self.assertState(user=user, sold=100.0, sold_left=100.0, balance=100.0)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self._states(user=user).has_access(operation))
        for login, group in (
            ("portal", "base.group_portal"),
            ("employee", "base.group_user"),
        ):
            stranger = new_test_user(self.env, login=f"fiado_{login}", groups=group)
            with self.subTest(user=login), self.assertRaises(AccessError):
                self._states(user=stranger)

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._sell(100.0)
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        states = self.env["fiado.credit.state"].with_user(stranger).with_company(other)
        self.assertFalse(states.search([]))

    def test_what_came_in_costs_one_query(self):
        self._sell(100.0)
        self._leave_credit(10.0, self.joana)
        self._leave_debt(25.0, self.paulo)
        states = self._states()
        states.mapped(lambda state: (state.sold_left, state.currency_id.rounding))
        with self.assertQueryCount(1):
            self.assertEqual(states.mapped("sold"), [100.0, 0.0, 0.0])

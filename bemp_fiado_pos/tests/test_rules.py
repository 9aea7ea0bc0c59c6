from html import unescape

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import FiadoPosCommon

SWITCHED_OFF = "Fiado is switched off"
UNIDENTIFIED = "An unidentified customer has no wallet"
NO_RIGHT = "You may not leave a balance"
NO_DEBT = "Maria leaves no debt"
OVER_LIMIT = r"Maria has \$.20\.00 free of a limit of \$.100\.00"
OVERDUE = "is overdue for more than 10 days"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestRules(FiadoPosCommon):
    """Who may move which wallet: the till is told before, and the server says it
    again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._open()

    def _ask(self, movement, partner=None, user=None, kind="sale", config=None):
        orders = self.env["pos.order"].with_user(user or self.till)
        orders = orders.with_context(lang="en_US")
        return orders.get_fiado_refusal(
            (config or self.config).id, (partner or self.maria).id, movement, kind
        )

    def assertRefused(self, sentence, *lines, pay, user=None, partner=None, **values):
        """The till is told, and a crafted order is refused as a whole."""
        movement = -sum(amount for method, amount in pay if method.fiado)
        kind = values.pop("kind", "sale" if lines else "receipt")
        answer = self._ask(movement, partner=partner, user=user, kind=kind)
        self.assertRegex(answer["refusal"], sentence)
        orders, entries = self._count_all()
        with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
            self._sell(*lines, pay=pay, user=user, partner=partner, **values)
        self.assertEqual(self._count_all(), (orders, entries))

    def _count_all(self):
        self.env.flush_all()
        return (
            self.env["pos.order"].search_count([]),
            self.env["account.move"].search_count([]),
        )

    def _limit(self, amount, partner=None):
        self.company.account_use_credit_limit = True
        (partner or self.maria).with_company(self.company).credit_limit = amount

    # Each rule ----------------------------------------------------------------

    def test_the_feature_is_off(self):
        self._leave_debt(25.0)
        self.company.fiado_enabled = False
        self.assertRefused(SWITCHED_OFF, self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.assertRefused(
            SWITCHED_OFF,
            self.haircut,
            pay=[(self.pay_cash, 85.0), (self.pay_fiado, -30.0)],
        )
        self.assertRefused(
            SWITCHED_OFF, pay=[(self.pay_cash, 30.0), (self.pay_fiado, -30.0)]
        )
        # What is owed is settled still.
        self._sell(pay=[(self.pay_cash, 25.0), (self.pay_fiado, -25.0)])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_nobody_known(self):
        self.assertRefused(
            UNIDENTIFIED,
            self.haircut,
            pay=[(self.pay_fiado, 55.0)],
            partner=self.walk_in,
        )
        data = self._prepare_order(
            self.haircut, pay=[(self.pay_fiado, 55.0)], partner=False
        )
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self._send(data)

    def test_no_fiado(self):
        self.maria.sudo().no_fiado = True
        self.assertRefused(NO_DEBT, self.haircut, pay=[(self.pay_fiado, 55.0)])
        # Credit is welcome, and used.
        self._sell(self.haircut, pay=[(self.pay_cash, 60.0), (self.pay_fiado, -5.0)])
        self._sell(self.haircut, pay=[(self.pay_cash, 50.0), (self.pay_fiado, 5.0)])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_who_may_leave_no_balance(self):
        user = self.till_helper
        self.assertRefused(
            NO_RIGHT, self.haircut, pay=[(self.pay_fiado, 55.0)], user=user
        )
        self.assertRefused(
            NO_RIGHT,
            self.haircut,
            pay=[(self.pay_cash, 60.0), (self.pay_fiado, -5.0)],
            user=user,
        )

    def test_who_may_leave_no_balance_settles_what_there_is(self):
        user = self.till_helper
        self._leave_debt(25.0)
        self._sell(
            self.haircut,
            pay=[(self.pay_cash, 80.0), (self.pay_fiado, -25.0)],
            user=user,
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._sell(pay=[(self.pay_cash, 20.0), (self.pay_fiado, -20.0)], user=user)
        self._sell(
            self.haircut, pay=[(self.pay_cash, 35.0), (self.pay_fiado, 20.0)], user=user
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_over_the_limit(self):
        self._limit(100.0)
        self._leave_debt(80.0)
        self.assertRefused(OVER_LIMIT, self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._sell(self.haircut, pay=[(self.pay_cash, 35.0), (self.pay_fiado, 20.0)])
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))

    def test_credit_is_used_before_the_limit_counts(self):
        self._limit(100.0)
        self._leave_credit(30.0)
        self.assertEqual(self._ask(-130.0)["refusal"], "")
        self.assertIn("receive at least", self._ask(-130.01)["refusal"])

    def test_overdue(self):
        self.company.fiado_overdue_block_days = 10
        with freeze_time("2026-01-01 15:00:00"):
            self._leave_debt(25.0)
        self.assertRefused(OVERDUE, self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._sell(self.haircut, pay=[(self.pay_cash, 80.0), (self.pay_fiado, -25.0)])
        self.assertEqual(self._ask(-55.0)["refusal"], "")

    def test_a_customer_of_another_company(self):
        self.maria.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertTrue(self._ask(-55.0)["refusal"])
        with self.assertRaises(AccessError):
            self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])

    def test_an_archived_customer(self):
        self.maria.active = False
        self.assertRefused("is archived", self.haircut, pay=[(self.pay_fiado, 55.0)])

    def test_nothing_is_lent_in_cash(self):
        self._leave_credit(30.0)
        self.assertRefused(
            "Nothing is sold", pay=[(self.pay_cash, -20.0), (self.pay_fiado, 20.0)]
        )

    def test_a_refund_says_what_to_do_with_it(self):
        order = self._sell(self.haircut, pay=[(self.pay_cash, 55.0)])
        answer = self._ask(55.0, user=self.till_helper, kind="refund")
        self.assertIn("pay it out, or ask who may", answer["refusal"])
        lines = [
            self._prepare_line(line.product_id, -1, 55.0, line) for line in order.lines
        ]
        data = self._prepare_order(pay=[(self.pay_fiado, -55.0)])
        data |= {"lines": lines, "amount_total": -55.0, "is_refund": True}
        with self.assertRaisesRegex(UserError, "pay it out, or ask who may"):
            self._send(data, user=self.till_helper)

    def test_who_has_nothing_to_do_with_it_asks_nothing(self):
        with self.assertRaises(AccessError):
            self._ask(-55.0, user=self.cashier)

    def test_nonsense_is_refused_in_words(self):
        orders = self.env["pos.order"].with_user(self.till)
        for config_id, partner_id, movement in (
            ("one", self.maria.id, -55.0),
            (self.config.id, None, -55.0),
            (self.config.id, self.maria.id, "much"),
            (self.config.id, self.maria.id, float("nan")),
        ):
            with self.assertRaises(UserError):
                orders.get_fiado_refusal(config_id, partner_id, movement)

    # The manager --------------------------------------------------------------

    def test_a_manager_goes_over_a_limit_with_a_reason(self):
        self._limit(100.0)
        self._leave_debt(80.0)
        answer = self._ask(-55.0, user=self.till_manager)
        self.assertIn("or say why it is all right", answer["refusal"])
        self.assertTrue(answer["needs_reason"])
        self.assertFalse(self._ask(-55.0)["needs_reason"])
        values = {"pay": [(self.pay_fiado, 55.0)], "fiado_reason": "Her mother pays"}
        with self.assertRaisesRegex(UserError, "ask who manages"):
            self._sell(self.haircut, **values)
        with self.assertRaisesRegex(UserError, "or say why it is all right"):
            self._sell(
                self.haircut, pay=[(self.pay_fiado, 55.0)], user=self.till_manager
            )
        self._sell(self.haircut, **values, user=self.till_manager)
        self.assertEqual(self._wallet(), (-135.0, 135.0, 0.0))
        [message] = self.maria.message_ids.filtered(
            lambda message: "Her mother pays" in message.body
        )
        self.assertEqual(message.author_id, self.till_manager.partner_id)

    def test_a_reason_is_no_way_around_the_other_rules(self):
        self.maria.sudo().no_fiado = True
        answer = self._ask(-55.0, user=self.till_manager)
        self.assertFalse(answer["needs_reason"])
        with self.assertRaisesRegex(UserError, NO_DEBT):
            self._sell(
                self.haircut,
                pay=[(self.pay_fiado, 55.0)],
                fiado_reason="Because",
                user=self.till_manager,
            )

    # Offline ------------------------------------------------------------------

    def test_what_was_sold_offline_is_not_refused(self):
        self._limit(100.0)
        self._leave_debt(80.0)
        order = self._sell(
            self.haircut,
            pay=[(self.pay_fiado, 55.0)],
            fiado_offline=True,
            fiado_before=-45.0,
        )
        self.assertEqual(self._wallet(), (-135.0, 135.0, 0.0))
        # The receipt was printed with what the till knew.
        self.assertEqual(order.fiado_before, -45.0)
        activities = self.maria.activity_ids
        self.assertIn(self.till_manager, activities.user_id)
        self.assertNotIn(self.till, activities.user_id)
        for text in (activities[0].note, self.maria.message_ids[0].body):
            text = unescape(text)
            self.assertIn("was sold without a connection", text)
            self.assertRegex(text, OVER_LIMIT)

    def test_what_keeps_the_rules_offline_is_told_to_nobody(self):
        self._limit(100.0)
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], fiado_offline=True)
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertFalse(self.maria.activity_ids)

    def test_rules_that_came_meanwhile_are_told(self):
        self.maria.sudo().no_fiado = True
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], fiado_offline=True)
        self.company.fiado_enabled = False
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], fiado_offline=True)
        self.assertEqual(self._wallet(), (-110.0, 110.0, 0.0))
        notes = " ".join(self.maria.activity_ids.mapped("note"))
        self.assertIn(NO_DEBT, notes)
        self.assertIn(SWITCHED_OFF, notes)

    def test_offline_is_no_way_around_a_right(self):
        for partner, user, sentence in (
            (self.maria, self.till_helper, NO_RIGHT),
            (self.walk_in, self.till, UNIDENTIFIED),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self._sell(
                    self.haircut,
                    pay=[(self.pay_fiado, 55.0)],
                    partner=partner,
                    user=user,
                    fiado_offline=True,
                )

    # By hand ------------------------------------------------------------------

    def test_nobody_sets_the_order_of_a_movement(self):
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        order = self._sell(self.beard, pay=[(self.pay_cash, 40.0)])
        accountant = self._new_user("accountant", "account.group_account_manager")
        move = self.env["account.move"].with_user(accountant)
        entry = {"move_type": "entry", "fiado_pos_order_id": order.id}
        with self.assertRaises(AccessError):
            move.create(entry)
        wallet_move = self.env["account.move"].search(
            [("fiado_pos_order_id", "!=", False)], limit=1
        )
        with self.assertRaises(AccessError):
            wallet_move.with_user(accountant).fiado_pos_order_id = order
        # A default of one's own is no value.
        made = move.with_context(default_fiado_pos_order_id=order.id).create({})
        self.assertFalse(made.fiado_pos_order_id)

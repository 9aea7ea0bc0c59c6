from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .charges import TODAY, ChargesCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChargeScreens(ChargesCommon):
    """The screens show what is charged, charge it, and leave it off for who may."""

    def tearDown(self):
        self.assertTiesOut()
        super().tearDown()

    def _form(self, model, user=None, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        return Form(
            self.env[model]
            .with_user(user or self.cashier)
            .with_company(self.company)
            .with_context(lang="en_US", **context)
        )

    def _choose(self, screen, form):
        # The buttons write the field that the form itself doesn't show.
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = form

    def _open_receive(self, user=None):
        return self._form("fiado.wallet.receive", user, partner_id=self.maria.id)

    def _open_close(self, user=None):
        order = self._order(user=user)
        return order, self._form("sale.order.close", user, order_id=order.id)

    # Receive ---------------------------------------------------------------------

    def test_receive(self):
        screen = self._open_receive()
        self.assertEqual(
            (screen.charges, screen.charge, screen.amount, screen.debt_today),
            (8.82, True, 158.82, 158.82),
        )
        self._choose(screen, self.cash)
        self.assertIn("158.82", screen.forecast)
        action = screen.save().action_receive()
        self.assertIn("158.82", action["params"]["message"])
        self.assertOpen()
        self.assertEqual(
            self._entries().mapped("origin"),
            ["order", "order", "interest", "credit_sale"],
        )

    def test_cashier_sees_why_it_stays_ticked(self):
        screen = self._open_receive()
        self.assertIn("ask who manages", screen.charges_refusal)
        with self.assertRaises(AssertionError):
            screen.charge = False

    def test_what_the_screen_keeps_from_unticking_the_server_refuses(self):
        screen = self._open_receive()
        self._choose(screen, self.cash)
        record = screen.save()
        record.charge = False
        with self.assertRaisesRegex(UserError, "ask who manages"):
            record.action_receive()
        self.assertOpen(100.0, 50.0)

    def test_manager_leaves_it_off(self):
        screen = self._open_receive(self.manager)
        self._choose(screen, self.cash)
        screen.charge = False
        self.assertEqual(screen.amount, 150.0)
        self.assertEqual(screen.payment_ids.edit(0).amount, 150.0)
        screen.charge = True
        self.assertEqual(screen.amount, 158.82)
        screen.charge = False
        screen.save().action_receive()
        self.assertOpen()
        self.assertEqual(self._wallet()[0], 0.0)

    def test_a_typed_amount_stays(self):
        screen = self._open_receive(self.manager)
        screen.amount = 20.0
        screen.charge = False
        self.assertEqual(screen.amount, 20.0)

    def test_company_lets_cashiers(self):
        self.company.fiado_cashier_waives_charges = True
        screen = self._open_receive()
        self.assertFalse(screen.charges_refusal)
        screen.charge = False
        self._choose(screen, self.cash)
        screen.save().action_receive()
        self.assertEqual(self._wallet()[0], 0.0)

    def test_pay_code_has_it(self):
        self.assertEqual(self._open_receive().save()._get_amount_by_code(), 158.82)

    def test_a_day_later_is_another_amount(self):
        screen = self._open_receive()
        self._choose(screen, self.cash)
        record = screen.save()
        with freeze_time("2026-11-26"), self.assertRaises(UserError) as refused:
            record.action_receive()
        self.assertIn("meanwhile", str(refused.exception))
        record.action_receive()

    def test_nothing_to_charge_shows_nothing(self):
        self.company.fiado_grace_days = 400
        screen = self._open_receive()
        self.assertEqual((screen.charges, screen.amount), (0.0, 150.0))
        self._choose(screen, self.cash)
        screen.save().action_receive()
        self.assertEqual(self._wallet()[0], 0.0)

    # Close -----------------------------------------------------------------------

    def test_close(self):
        order, screen = self._open_close()
        self.assertFalse(screen.show_charges)
        screen.pay_all_debt = True
        self.assertTrue(screen.show_charges)
        self.assertEqual(screen.amount_receivable, 213.82)
        self._choose(screen, self.cash)
        self.assertEqual(screen.balance, 0.0)
        screen.save().action_close_order()
        self.assertEqual(order.closing_state, "closed")
        self.assertOpen()
        self.assertEqual(self._wallet()[0], 0.0)

    def test_close_without_paying_debt_charges_nothing(self):
        _order, screen = self._open_close()
        self._choose(screen, self.cash)
        record = screen.save()
        # Nor does it matter what could be charged by now.
        with freeze_time("2026-11-26"):
            record.action_close_order()
        self.assertOpen(100.0, 50.0)

    def test_close_leaves_it_off(self):
        order, screen = self._open_close(self.manager)
        screen.pay_all_debt = True
        screen.charge = False
        self.assertEqual(screen.amount_receivable, 205.0)
        self._choose(screen, self.cash)
        screen.save().action_close_order()
        self.assertOpen()
        self.assertEqual(order.closing_state, "closed")

    def test_close_says_what_is_left(self):
        _order, screen = self._open_close()
        screen.pay_all_debt = True
        self._choose(screen, self.cash)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 205.0
        self.assertEqual(screen.balance, -8.82)
        screen.use_balance = True
        self.assertRegex(screen.balance_forecast, "owes .*8.82")
        screen.save().action_close_order()
        self.assertOpen(8.82)

    # Manage ---------------------------------------------------------------------

    def test_manager_charges(self):
        screen = self._form(
            "fiado.wallet.adjust", self.manager, partner_id=self.maria.id
        )
        self.assertIn("charge", screen.possible_operations)
        screen.operation = "charge"
        self.assertEqual(screen.amount, 8.82)
        self.assertRegex(screen.forecast, "will owe .*158.82")
        screen.save().action_apply()
        self.assertOpen(100.0, 50.0, 8.82)
        screen = self._form(
            "fiado.wallet.adjust", self.manager, partner_id=self.maria.id
        )
        self.assertNotIn("charge", screen.possible_operations)

    def test_what_the_manager_saw_is_what_is_charged(self):
        screen = self._form(
            "fiado.wallet.adjust", self.manager, partner_id=self.maria.id
        )
        screen.operation = "charge"
        record = screen.save()
        with freeze_time("2026-11-26"), self.assertRaisesRegex(UserError, "meanwhile"):
            record.action_apply()

    # Cost ------------------------------------------------------------------------

    def _count_opening(self, model, **defaults):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self._form(model, **defaults)
        return self.env.cr.sql_log_count - start

    def test_screens_cost_nothing_where_it_is_off(self):
        order = self._order()
        for model, defaults in (
            ("fiado.wallet.receive", {"partner_id": self.maria.id}),
            ("sale.order.close", {"order_id": order.id}),
        ):
            with self.subTest(model=model):
                self._count_opening(model, **defaults)
                on = self._count_opening(model, **defaults)
                self.company.write({"fiado_late_fee": 0.0, "fiado_interest": 0.0})
                self._count_opening(model, **defaults)
                off = self._count_opening(model, **defaults)
                # The wallet, and what could be charged on it.
                self.assertEqual(on - off, 2)
                with patch.object(
                    self.env.registry["fiado.wallet.screen"],
                    "_compute_charges",
                    lambda screens: screens.update({"charges": 0.0, "debt_today": 0.0}),
                ):
                    self.assertEqual(self._count_opening(model, **defaults), off)
                self.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})

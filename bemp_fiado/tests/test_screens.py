from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import FiadoCommon


class ScreensCommon(FiadoCommon):
    """Screens as somebody fills them in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]

    def _form(self, model, user, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        return Form(
            self.env[model]
            .with_user(user)
            .with_company(self.company)
            .with_context(lang="en_US", **context)
        )

    def _choose(self, screen, form):
        # The buttons write the field that the form itself doesn't show.
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = form

    def _manage(self):
        return self._form("fiado.wallet.adjust", self.manager, partner_id=self.maria.id)


@tagged("post_install", "-at_install")
class TestScreens(ScreensCommon):
    """The screens show what will happen, and do it through the public methods."""

    # Payment screen ----------------------------------------------------------

    def test_close_in_three_clicks(self):
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self.assertEqual(screen.amount_total, 55.0)
        self._choose(screen, self.cash)
        self.assertEqual(screen.balance, 0.0)
        self.assertFalse(screen.payment_method_line_id)
        screen.save().action_close_order()
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(order.closing_payment_ids.amount, 55.0)

    def test_close_on_fiado(self):
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self._choose(screen, self.cash)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 30.0
        self.assertEqual(screen.balance, -25.0)
        self.assertIn(
            "$\xa025.00 stay as Maria's debt, due on", screen.balance_forecast
        )
        self.assertFalse(screen.balance_refusal)
        screen.use_balance = True
        screen.save().action_close_order()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_the_forecast_says_whether_it_is_one(self):
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self.assertTrue(screen.balance_forecast.startswith("If you tick this: $"))
        screen.use_balance = True
        self.assertTrue(screen.balance_forecast.startswith("$\xa055.00 stay as"))

    def test_change(self):
        """100 handed over for 55, by a cashier who may leave nothing in wallets."""
        order = self._order(user=self.helper)
        screen = self._form("sale.order.close", self.helper, order_id=order.id)
        self._choose(screen, self.cash)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 100.0
        self.assertEqual(screen.change_amount, 45.0)
        self.assertFalse(screen.balance_refusal)
        action = screen.save().action_close_order()
        self.assertEqual(
            action["params"]["message"],
            f"Change $\xa045.00 · {order.name} is paid in full",
        )
        self.assertEqual(order.closing_payment_ids.mapped("amount"), [55.0])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_change_kept_as_credit(self):
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self._choose(screen, self.cash)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 100.0
        self.assertEqual(screen.change_amount, 45.0)
        self.assertIn("$\xa045.00 stay as Maria's credit.", screen.balance_forecast)
        screen.use_balance = True
        self.assertEqual(screen.change_amount, 0.0)
        screen.save().action_close_order()
        self.assertEqual(order.closing_payment_ids.mapped("amount"), [100.0])
        self.assertEqual(self._wallet(), (45.0, 0.0, 45.0))

    def test_change_after_two_forms(self):
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self._choose(screen, self.pix)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 40.0
        self._choose(screen, self.cash)
        with screen.payment_ids.edit(1) as payment:
            payment.amount = 20.0
        self.assertEqual(screen.change_amount, 5.0)
        screen.save().action_close_order()
        self.assertEqual(order.closing_payment_ids.mapped("amount"), [40.0, 15.0])

    def test_there_is_no_change_of_what_is_not_cash(self):
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self._choose(screen, self.pix)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 100.0
        self.assertEqual(screen.change_amount, 0.0)
        with self.assertRaises(UserError) as refusal:
            screen.save().action_close_order()
        self.assertIn("too much", str(refusal.exception))

    def test_what_is_too_much_would_pay_the_debt(self):
        self._leave_debt(45.0)
        order = self._order()
        screen = self._form("sale.order.close", self.cashier, order_id=order.id)
        self._choose(screen, self.pix)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 70.0
        self.assertIn("$\xa015.00 pay Maria's debt.", screen.balance_forecast)
        with self.assertRaises(UserError) as refusal:
            screen.save().action_close_order()
        self.assertIn("to pay the debt with them.", str(refusal.exception))

    def test_what_is_too_much_for_the_debt_would_stay_as_credit(self):
        self._leave_debt(10.0)
        for debt_paid, forecast, said in (
            (
                0.0,
                "$\xa010.00 pay Maria's debt. $\xa05.00 stay as Maria's credit.",
                "to pay the debt with them and leave the rest as credit.",
            ),
            (
                10.0,
                "$\xa010.00 pay Maria's debt. $\xa05.00 stay as Maria's credit.",
                "to leave them as credit.",
            ),
        ):
            order = self._order()
            screen = self._form("sale.order.close", self.cashier, order_id=order.id)
            screen.debt_paid = debt_paid
            self._choose(screen, self.pix)
            with screen.payment_ids.edit(0) as payment:
                payment.amount = 70.0
            self.assertIn(forecast, screen.balance_forecast)
            with self.assertRaises(UserError) as refusal:
                screen.save().action_close_order()
            self.assertIn(said, str(refusal.exception))

    def test_credit_on_the_payment_screen(self):
        self._leave_credit(100.0)
        order = self._order()
        screen = self._form("sale.order.close", self.helper, order_id=order.id)
        self.assertEqual(screen.wallet_credit, 100.0)
        screen.credit_used = 55.0
        self.assertEqual(screen.balance, 0.0)
        screen.save().action_close_order()
        self.assertEqual(self._wallet(), (45.0, 0.0, 45.0))

    def test_refusal_on_the_payment_screen(self):
        order = self._order(user=self.helper)
        screen = self._form("sale.order.close", self.helper, order_id=order.id)
        self.assertEqual(
            screen.balance_refusal,
            "You may not leave a balance in a customer's wallet: receive exactly the "
            "total, or ask who may.",
        )
        self.assertFalse(screen.balance_forecast)
        with self.assertRaises(UserError):
            screen.save().action_close_order()

    # Receive -----------------------------------------------------------------

    def test_sell_credit_through_two_forms(self):
        screen = self._form("fiado.wallet.receive", self.helper)
        screen.partner_id = self.maria
        screen.amount = 100.0
        self._choose(screen, self.cash)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 60.0
        self._choose(screen, self.pix)
        self.assertEqual(screen.forecast, "$\xa0100.00 stay as Maria's credit.")
        action = screen.save().action_receive()
        self.assertIn("/bemp_fiado.fiado_receipt_roll/", action["params"]["print"])
        self.assertEqual(self._wallet(), (100.0, 0.0, 100.0))
        self.assertTiesOut()

    def test_a_receipt_says_what_was_paid_then(self):
        """Whatever was paid for the same order later."""
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        first = self._entries(user=self.helper)
        order.with_user(self.manager).reopen_order("Wrong amount")
        self._close(order, 40.0, use_balance=True)
        last = self._entries(user=self.helper)[-1]
        for entry, paid, after in ((first, 30.0, -25.0), (last, 40.0, -15.0)):
            [receipt] = entry._get_receipts()
            self.assertEqual(receipt["payments"].mapped("amount"), [paid])
            self.assertEqual((receipt["before"], receipt["after"]), (0.0, after))

    # Manage ------------------------------------------------------------------

    def test_nothing_is_preselected(self):
        for leave in (self._leave_debt, self._leave_credit):
            leave(25.0)
            screen = self._manage()
            self.assertFalse(screen.operation)
            self.assertFalse(screen.amount)
            self.assertFalse(screen.forecast)
        with self.assertRaisesRegex(UserError, "Choose what to do"):
            self.env["fiado.wallet.adjust"].with_user(self.manager).create(
                {"partner_id": self.maria.id}
            ).action_apply()

    def test_only_what_is_possible_is_offered(self):
        always = {"adjust", "opening"}
        for leave, possible in (
            (lambda: None, set()),
            (
                lambda: self._leave_debt(25.0),
                {"forgive", "renegotiate", "transfer"},
            ),
            (lambda: self._leave_credit(55.0), {"pay_out", "transfer"}),
        ):
            leave()
            offered = set(self._manage().possible_operations.split(","))
            self.assertEqual(offered, possible | always)

    def test_the_account_is_filled_in(self):
        """Who keeps no accounts is asked for none."""
        equity = self.company.get_unaffected_earnings_account()
        for operation, account in (
            ("opening", equity),
            ("adjust", self.company.fiado_loss_account_id),
        ):
            screen = self._manage()
            self.assertNotIn("account_id", screen._view["fields"])
            screen.operation = operation
            screen.amount = 10.0
            if operation == "adjust":
                screen.reason = "why"
            screen.save().action_apply()
            entry = self._entries()[-1]
            lines = entry.sudo().move_id.line_ids
            self.assertEqual(lines.account_id - self.debt_account, account)
        self.assertEqual(self._wallet(), (-20.0, 20.0, 0.0))
        self.assertEqual(
            self.env["fiado.wallet.opening"].default_get(["account_id"]),
            {"account_id": equity.id},
        )
        self.manager.group_ids += self.env.ref("account.group_account_invoice")
        screen = self._manage()
        screen.operation = "opening"
        self.assertEqual(screen.account_id, equity)
        screen.account_id = self.income
        self.assertTiesOut()

    def test_adjust_without_an_account_for_it(self):
        self.company.fiado_loss_account_id = False
        screen = self._manage()
        screen.operation = "adjust"
        screen.amount = 10.0
        screen.reason = "why"
        with self.assertRaisesRegex(UserError, "no account for forgiven debts"):
            screen.save().action_apply()

    def test_pay_out(self):
        self._leave_credit(5.0)
        screen = self._manage()
        screen.operation = "pay_out"
        self.assertEqual(screen.amount, 5.0)
        self._choose(screen, self.cash_out)
        screen.reason = "Moves"
        screen.save().action_apply()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_adjust_and_bring_over(self):
        self.manager.group_ids += self.env.ref("account.group_account_invoice")
        for operation, direction, balance in (
            ("adjust", "debt", -10.0),
            ("adjust", "credit", 0.0),
            ("opening", "credit", 10.0),
            ("opening", "debt", 0.0),
        ):
            screen = self._manage()
            screen.operation = operation
            screen.direction = direction
            screen.amount = 10.0
            screen.account_id = self.income
            if operation == "adjust":
                screen.reason = "why"
            screen.save().action_apply()
            self.assertEqual(self._wallet()[0], balance)
        self.assertTiesOut()

    def test_only_managers_manage(self):
        with self.assertRaises(AccessError):
            self._form("fiado.wallet.adjust", self.cashier, partner_id=self.maria.id)


@tagged("post_install", "-at_install")
class TestScreensOfADebt(ScreensCommon):
    """The screens of a customer who owes 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    # Payment screen ----------------------------------------------------------

    def test_debt_on_the_payment_screen(self):
        order = self._order()
        screen = self._form("sale.order.close", self.helper, order_id=order.id)
        self.assertEqual(screen.wallet_debt, 25.0)
        self.assertEqual(screen.amount_receivable, 55.0)
        screen.debt_paid = 25.0
        self.assertEqual(screen.amount_receivable, 80.0)
        self._choose(screen, self.cash)
        self.assertEqual(screen.balance, 0.0)
        screen.save().action_close_order()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    # Receive -----------------------------------------------------------------

    def test_receive_the_debt(self):
        screen = self._form(
            "fiado.wallet.receive", self.helper, partner_id=self.maria.id
        )
        self.assertEqual(screen.amount, 25.0)
        self._choose(screen, self.cash)
        self.assertEqual(screen.forecast, "$\xa025.00 pay Maria's debt.")
        screen.save().action_receive_without_receipt()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_receipt(self):
        maria = self.maria.with_user(self.helper).with_company(self.company)
        answer = maria.fiado_receive(40.0, self.cash.id)
        self.env.invalidate_all()
        entries = (
            self.env["fiado.wallet.entry"]
            .with_user(self.helper)
            .search([("move_id", "in", answer["move_ids"])])
        )
        [receipt] = entries._get_receipts()
        self.assertEqual((receipt["before"], receipt["after"]), (-25.0, 15.0))
        self.assertEqual(receipt["payments"].mapped("amount"), [40.0])
        for report in ("fiado_receipt", "fiado_receipt_roll"):
            html, _type = (
                self.env["ir.actions.report"]
                .with_user(self.helper)
                .with_context(lang="en_US")
                ._render_qweb_html(f"bemp_fiado.{report}", entries.ids)
            )
            text = " ".join(html.decode().split())
            for figure in ("Maria", "25.00", "40.00", "15.00", self.helper.name):
                self.assertIn(figure, text)

    def test_receipts_of_a_transfer(self):
        """One for each of the two customers."""
        maria = self.maria.with_user(self.manager).with_company(self.company)
        maria.fiado_transfer(self.joana.id, -25.0, "Her mother pays")
        entries = (self._entries() | self._entries(self.joana)).filtered(
            lambda entry: entry.origin == "transfer"
        )
        self.assertEqual(len(entries), 2)
        receipts = entries._get_receipts()
        self.assertEqual(
            {
                receipt["partner"]: (receipt["before"], receipt["after"])
                for receipt in receipts
            },
            {self.maria: (-25.0, 0.0), self.joana: (0.0, -25.0)},
        )
        for report in ("fiado_receipt", "fiado_receipt_roll"):
            html, _type = (
                self.env["ir.actions.report"]
                .with_user(self.helper)
                .with_context(lang="en_US")
                ._render_qweb_html(f"bemp_fiado.{report}", entries.ids)
            )
            self.assertIn(b"Maria", html)
            self.assertIn(b"Joana", html)

    # Manage ------------------------------------------------------------------

    def test_another_customer_is_chosen(self):
        screen = self._form("fiado.wallet.adjust", self.manager)
        screen.partner_id = self.maria
        screen.operation = "forgive"
        self.assertEqual(screen.amount, 25.0)
        screen.partner_id = self.joana
        self.assertFalse(screen.operation)
        self.assertFalse(screen.amount)

    def test_what_the_wallet_will_be(self):
        screen = self._manage()
        for operation, direction, amount, forecast in (
            ("forgive", "debt", 25.0, "The wallet of Maria will be empty."),
            ("forgive", "debt", 5.0, "Maria will owe $\xa020.00."),
            (
                *("forgive", "debt", 30.0),
                "Maria owes $\xa025.00: type no more than that.",
            ),
            ("adjust", "debt", 5.0, "Maria will owe $\xa030.00."),
            ("adjust", "credit", 40.0, "Maria will have $\xa015.00 of credit."),
            ("opening", "debt", 5.0, "Maria will owe $\xa030.00."),
            ("adjust", "debt", 0.0, False),
        ):
            with self.subTest(operation=operation, amount=amount):
                screen.operation = operation
                if operation != "forgive":
                    screen.direction = direction
                screen.amount = amount
                self.assertEqual(screen.forecast, forecast)
        screen.operation = "transfer"
        self.assertEqual(screen.amount, 25.0)
        self.assertEqual(screen.forecast, "The wallet of Maria will be empty.")
        screen.target_id = self.joana
        self.assertEqual(
            screen.forecast,
            "The wallet of Maria will be empty. Joana will owe $\xa025.00.",
        )

    def test_forgive(self):
        screen = self._manage()
        screen.operation = "forgive"
        self.assertEqual(screen.amount, 25.0)
        screen.reason = "Moved away"
        screen.save().action_apply()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._entries()[-1].origin, "forgiveness")

    def test_forgive_without_an_account_for_it(self):
        self.company.fiado_loss_account_id = False
        screen = self._manage()
        screen.operation = "forgive"
        screen.reason = "Moved away"
        with self.assertRaisesRegex(UserError, "no account for forgiven debts"):
            screen.save().action_apply()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_transfer_debt(self):
        screen = self._manage()
        screen.operation = "transfer"
        self.assertEqual(screen.amount, 25.0)
        screen.target_id = self.joana
        screen.reason = "Pays for her mother"
        screen.save().action_apply()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._wallet(self.joana), (-25.0, 25.0, 0.0))

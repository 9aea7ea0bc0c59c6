from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import FiadoCommon

CHANGED = (
    "This changed meanwhile: somebody else worked on the order or on the customer's "
    "wallet. Close this screen and open it again to see how it is now."
)


@tagged("post_install", "-at_install")
class TestShown(FiadoCommon):
    """A screen does what it showed, once: by sales users without further rights."""

    def _screen(self, model, user=None, **values):
        screen = (
            self.env[model]
            .with_user(user or self.helper)
            .with_company(self.company)
            .with_context(lang="en_US")
            .create(values)
        )
        # As at the end of the request that opens it.
        self.env.flush_all()
        return screen

    def _close_screen(self, order, amount=55.0, **values):
        payments = [Command.create(self._pay(amount))] if amount else []
        return self._screen(
            "sale.order.close", order_id=order.id, payment_ids=payments, **values
        )

    def _receive_screen(self, amount=25.0):
        return self._screen(
            "fiado.wallet.receive",
            partner_id=self.maria.id,
            payment_ids=[Command.create(self._pay(amount))],
        )

    def assertChanged(self, operation):
        self.env.invalidate_all()
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            operation()
        self.assertEqual(str(refusal.exception), CHANGED)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)

    # Changed meanwhile -------------------------------------------------------

    def test_order_became_more(self):
        order = self._order(user=self.helper)
        screen = self._close_screen(order, 100.0, use_balance=True)
        order.order_line = [
            Command.create({"product_id": self.beard.id, "price_unit": 100.0})
        ]
        self.assertChanged(screen.action_close_order)
        self._close_screen(order, 155.0).action_close_order()
        self.assertEqual(order.closing_state, "closed")

    def test_order_got_another_customer(self):
        order = self._order(user=self.helper)
        screen = self._close_screen(order)
        joana = self.env["res.partner"].create({"name": "Joana"})
        order.partner_id = joana
        self.assertChanged(screen.action_close_order)

    def test_wallet_moved_while_the_payment_screen_was_open(self):
        self._leave_credit(40.0)
        order = self._order(user=self.helper)
        screen = self._close_screen(order)
        self._leave_debt(95.0)
        self.assertEqual(self._wallet()[0], -55.0)
        self.assertChanged(screen.action_close_order)

    def test_wallet_moved_while_money_was_received(self):
        self._leave_debt(25.0)
        screen = self._receive_screen()
        self._close(self._order(self.beard), 65.0, debt_paid=25.0)
        self.assertChanged(screen.action_receive_without_receipt)
        self.assertChanged(screen.action_receive)

    def test_wallet_moved_while_it_was_managed(self):
        self._leave_debt(25.0)
        screen = self._screen(
            "fiado.wallet.adjust",
            self.manager,
            partner_id=self.maria.id,
            operation="forgive",
            amount=25.0,
            reason="Moved away",
        )
        self._leave_debt(25.0)
        self.assertChanged(screen.action_apply)

    def test_wallet_moved_while_an_order_was_to_be_reopened(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        screen = self._screen(
            "sale.order.reopen", self.manager, order_id=order.id, reason="Wrong barber"
        )
        self._leave_debt(10.0)
        self.assertChanged(screen.action_reopen_order)

    def test_called_by_a_program(self):
        order = self._order(user=self.helper)
        self.assertChanged(lambda: self._close(order, 55.0, shown={"amount_due": 54.0}))
        for shown in ("all", {"total": 55.0}, {"balance": "0"}):
            with self.subTest(shown=shown), self.assertRaises(UserError):
                self._close(order, 55.0, shown=shown)
        shown = {"partner_id": self.maria.id, "balance": 0.0, "amount_due": 55.0}
        self._close(order, 55.0, shown=shown)
        self.assertEqual(order.closing_state, "closed")

    def test_what_a_screen_showed_can_not_be_anything(self):
        screen = self._receive_screen()
        for shown in ("[", '["a"]', '{"secret": 1}'):
            screen.shown = shown
            with self.subTest(shown=shown), self.assertRaises(UserError):
                screen.action_receive()

    # As browsers do it: nothing is saved before the click ----------------------

    def _form(self, model, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        return Form(
            self.env[model]
            .with_user(self.helper)
            .with_company(self.company)
            .with_context(lang="en_US", **context)
        )

    def _choose_cash(self, screen):
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = self.cash

    def test_order_became_more_in_front_of_an_open_screen(self):
        order = self._order(user=self.helper)
        screen = self._form("sale.order.close", order_id=order.id)
        self._choose_cash(screen)
        order.order_line.price_unit = 155.0
        self.assertChanged(screen.save().action_close_order)

    def test_wallet_moved_in_front_of_an_open_screen(self):
        self._leave_debt(25.0)
        screen = self._form("fiado.wallet.receive", partner_id=self.maria.id)
        self._choose_cash(screen)
        self._leave_debt(10.0)
        self.assertChanged(screen.save().action_receive_without_receipt)

    def test_an_open_screen_keeps_its_reference(self):
        screen = self._form("fiado.wallet.receive", partner_id=self.maria.id)
        screen.amount = 25.0
        self._choose_cash(screen)
        reference = screen.reference
        self.assertTrue(reference)
        self.assertEqual(screen.save().reference, reference)

    # Once --------------------------------------------------------------------

    def test_a_second_click_receives_nothing_more(self):
        self._leave_debt(25.0)
        screen = self._receive_screen()
        first = screen.action_receive()
        self.env.invalidate_all()
        before = self._count()
        again = screen.action_receive()
        self.assertEqual(again["params"]["print"], first["params"]["print"])
        screen.action_receive_without_receipt()
        self.assertEqual(self._count(), before)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        # It says nothing to who reads the statement.
        self.assertFalse(self._entries()[-1].reference)

    def test_a_second_click_closes_nothing_more(self):
        order = self._order(user=self.helper)
        screen = self._close_screen(order)
        screen.action_close_order()
        self.env.invalidate_all()
        before = self._count()
        screen.action_close_order()
        self.assertEqual(self._count(), before)

    def test_other_amounts_after_it_was_done_are_refused(self):
        screen = self._receive_screen(25.0)
        screen.action_receive_without_receipt()
        screen.payment_ids.amount = 30.0
        with self.assertRaises(UserError) as refusal:
            screen.action_receive_without_receipt()
        self.assertEqual(
            str(refusal.exception),
            "This was done already, with other amounts. Close this screen and look at "
            "what is there before you open it again.",
        )
        self.assertEqual(self._wallet(), (25.0, 0.0, 25.0))

    def test_a_new_screen_receives_again(self):
        for _screen in range(2):
            self._receive_screen().action_receive_without_receipt()
        self.assertEqual(self._wallet(), (50.0, 0.0, 50.0))

    def test_requests_of_before_are_known_again(self):
        order = self._order()
        self._close(order, 55.0, reference="till-1/50")
        request = self.env["fiado.request"].search([("reference", "=", "till-1/50")])
        self.assertEqual(
            request.values.keys(),
            {
                "order_id",
                "payments",
                "use_balance",
                "debt_paid",
                "credit_used",
                "override_reason",
            },
        )

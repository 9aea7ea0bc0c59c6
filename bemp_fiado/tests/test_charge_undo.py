from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .charges import TODAY, ChargesCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChargeUndo(ChargesCommon):
    """Undoing undoes it: it was never charged, and can be charged anew."""

    def tearDown(self):
        self.assertTiesOut()
        super().tearDown()

    def _entry(self, origin, partner=None):
        return self._entries(partner, self.manager).filtered(
            lambda entry: entry.origin == origin
        )[-1:]

    def _undo(self, origin, partner=None):
        return self._entry(origin, partner).undo("By mistake")

    def _order_with_debt(self, paid=0.0, user=None, **values):
        """Close an order of 55 together with the debt."""
        order = self._order(user=user)
        payments = [self._pay(paid)] if paid else []
        answer = order.close_order(payments, **values)
        return order, answer

    def test_charge(self):
        self._customer(self.manager).fiado_charge()
        answer = self._undo("interest")
        self.assertEqual(answer["balance"], -150.0)
        self.assertOpen(100.0, 50.0)
        self.assertEqual(self._read_charges()[0], 8.82)
        self._customer(self.manager).fiado_charge()
        self.assertOpen(100.0, 50.0, 8.82)

    def test_by_managers_only(self):
        self._customer(self.manager).fiado_charge()
        with self.assertRaises(AccessError):
            self._entry("interest").with_user(self.cashier).undo("No")

    def test_receiving_and_what_was_charged_with_it(self):
        self._receive(158.82, charges=True)
        answer = self._undo("credit_sale")
        self.assertEqual(answer["balance"], -150.0)
        self.assertEqual(len(answer["move_ids"]), 2)
        self.assertOpen(100.0, 50.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_forecast_of_undoing_says_both(self):
        self._receive(158.82, charges=True)
        forecast = " ".join(self._entry("credit_sale")._get_undo_forecast())
        self.assertRegex(forecast, "158.82 received")
        self.assertRegex(forecast, "goes from .*0.00 to .*150.00")

    def test_charge_alone_leaves_what_was_paid(self):
        self._receive(158.82, charges=True)
        answer = self._undo("interest")
        self.assertEqual(answer["balance"], 8.82)
        self.assertOpen(-8.82)
        # What is left to undo is the payment: what it had too much is put in order
        # once more.
        self.assertEqual(self._undo("credit_sale")["balance"], -150.0)
        self.assertOpen(91.18, 50.0, 8.82)

    def test_payment_cancelled(self):
        answer = self._receive(158.82, charges=True)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        payment.with_user(self.manager).sudo().action_cancel()
        self.assertEqual(self._wallet()[0], -150.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_one_of_two_payments_cancelled(self):
        """The rest was paid with what was charged: that goes with the last of them."""
        answer = self._customer()._fiado_receive(
            [self._pay(100.0), self._pay(58.82, self.pix)], charges=True
        )
        cash, pix = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        pix.with_user(self.manager).sudo().action_cancel()
        self.assertEqual(self._wallet()[0], -58.82)
        cash.with_user(self.manager).sudo().action_cancel()
        self.assertEqual(self._wallet()[0], -150.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_twice(self):
        self._customer(self.manager).fiado_charge()
        entry = self._entry("interest")
        entry.undo("By mistake")
        with self.assertRaisesRegex(UserError, "taken back already"):
            entry.undo("By mistake")

    def test_in_a_closed_month(self):
        self._customer(self.manager).fiado_charge()
        with freeze_time("2026-12-05"):
            self.company.fiscalyear_lock_date = "2026-11-30"
            self._undo("interest")
            self.assertOpen(100.0, 50.0)
            # 100 × 1 % × 157/30 + 50 × 1 % × 65/30, and the fees
            self.assertEqual(self._read_charges()[0], 5.23 + 1.08 + 3.0)

    def test_in_a_secured_journal(self):
        self.company.fiado_journal_id.restrict_mode_hash_table = True
        self._receive(158.82, charges=True)
        self.assertTrue(self._entry("interest").move_id.sudo().inalterable_hash)
        self._undo("credit_sale")
        self.assertOpen(100.0, 50.0)

    def test_native_buttons(self):
        self._receive(158.82, charges=True)
        move = self._entry("interest").move_id.sudo()
        for button in ("button_draft", "button_cancel", "_reverse_moves", "unlink"):
            with self.subTest(button=button), self.assertRaisesRegex(UserError, "Undo"):
                getattr(move, button)()
        charged = move.line_ids.filtered("fiado_charged_item_id")
        for vals in (
            {"fiado_charged_item_id": False},
            {"fiado_charge": "fee"},
            {"date_maturity": "2026-07-01"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                charged.write(vals)

    # With an order ---------------------------------------------------------------

    def test_closing_with_charges(self):
        order, answer = self._order_with_debt(213.82, debt_paid=150.0, charges=True)
        self.assertEqual(answer["balance"], 0.0)
        charge, movement = self._moves(answer)
        self.assertEqual(
            (charge.fiado_origin, movement.fiado_origin), ("interest", "order")
        )
        self.assertOpen()
        self.assertEqual(self._receivable_open()[0], 0.0)
        order.with_user(self.manager).reopen_order("By mistake")
        self.assertOpen(100.0, 50.0)
        self.assertEqual(self._read_charges()[0], 8.82)
        self._close(order, 213.82, debt_paid=150.0, charges=True)
        self.assertOpen()

    def test_closing_needs_what_is_charged_too(self):
        with self.assertRaisesRegex(UserError, "8.82"):
            self._order_with_debt(205.0, debt_paid=150.0, charges=True)
        self._order_with_debt(205.0, debt_paid=150.0, charges=True, use_balance=True)
        self.assertOpen(8.82)

    def test_closing_without_a_word_charges_nothing(self):
        self._order_with_debt(205.0, debt_paid=150.0)
        self.assertOpen()

    def test_closing_leaves_charges_off_for_who_may(self):
        with self.assertRaisesRegex(UserError, "ask who manages"):
            self._order_with_debt(205.0, debt_paid=150.0, charges=False)
        self._order_with_debt(205.0, user=self.manager, debt_paid=150.0, charges=False)
        self.assertOpen()

    def test_closing_that_moves_nothing_else(self):
        order, answer = self._order_with_debt(55.0, charges=True, use_balance=True)
        self.assertEqual(self._moves(answer).fiado_origin, "interest")
        self.assertOpen(100.0, 50.0, 8.82)
        order.with_user(self.manager).reopen_order("By mistake")
        self.assertOpen(100.0, 50.0)

    def test_charge_of_a_closed_order_goes_alone(self):
        order, _answer = self._order_with_debt(213.82, debt_paid=150.0, charges=True)
        self._undo("interest")
        self.assertOpen(-8.82)
        self.assertEqual(order.closing_state, "closed")
        answer = order.with_user(self.manager).reopen_order("By mistake")
        self.assertEqual(answer["balance"], -150.0)

    def test_only_payment_of_a_closed_order_cancelled(self):
        _order, answer = self._order_with_debt(213.82, debt_paid=150.0, charges=True)
        payment = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        payment.with_user(self.manager).sudo().action_cancel()
        self.assertOpen(100.0, 50.0, 55.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def _cancel(self, payment):
        payment.with_user(self.manager).sudo().action_cancel()

    def test_only_payment_of_a_closing_that_moved_nothing_else_cancelled(self):
        """Paid was the order to the cent, and what was charged was left as debt: no
        movement of the wallet knows both."""
        order, answer = self._order_with_debt(55.0, charges=True, use_balance=True)
        self.assertOpen(100.0, 50.0, 8.82)
        self._cancel(self.env["account.payment"].sudo().browse(answer["payment_ids"]))
        self.assertOpen(100.0, 50.0, 55.0)
        self.assertEqual(self._read_charges()[0], 8.82)
        self.assertEqual(
            order.with_user(self.manager).reopen_order("By mistake")["balance"], -150.0
        )
        self.assertOpen(100.0, 50.0)

    def test_payments_of_a_closing_that_moved_nothing_else_cancelled(self):
        """What was charged goes with the last of them, in whichever order."""
        order = self._order()
        payments = [self._pay(30.0), self._pay(25.0, self.pix)]
        answer = order.close_order(payments, charges=True, use_balance=True)
        cash, pix = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        self._cancel(cash)
        self.assertOpen(100.0, 50.0, 8.82, 30.0)
        self._cancel(pix)
        self.assertOpen(100.0, 50.0, 30.0, 25.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_payments_of_a_closing_that_left_debt_cancelled(self):
        """The movement still knows those that were cancelled before."""
        order = self._order()
        payments = [self._pay(20.0), self._pay(10.0, self.pix)]
        answer = order.close_order(payments, charges=True, use_balance=True)
        cash, pix = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        self._cancel(pix)
        self.assertOpen(100.0, 50.0, 8.82, 25.0, 10.0)
        self._cancel(cash)
        self.assertOpen(100.0, 50.0, 25.0, 10.0, 20.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_the_payment_of_the_debt_and_then_the_order_s_cancelled(self):
        """Once the debt's payment is gone, the order is paid and nothing else moved."""
        order = self._order()
        payments = [self._pay(55.0), self._pay(158.82, self.pix)]
        answer = order.close_order(payments, debt_paid=150.0, charges=True)
        cash, pix = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        self._cancel(pix)
        self.assertOpen(100.0, 50.0, 8.82)
        self._cancel(cash)
        self.assertOpen(100.0, 50.0, 55.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_payment_cancelled_after_the_charge_was_undone_alone(self):
        _order, answer = self._order_with_debt(55.0, charges=True, use_balance=True)
        self._undo("interest")
        self._customer(self.manager).fiado_charge()
        self._cancel(self.env["account.payment"].sudo().browse(answer["payment_ids"]))
        # What was charged since has nothing to do with the order.
        self.assertOpen(100.0, 50.0, 8.82, 55.0)

    def test_closing_shown(self):
        shown = {"charges": 8.82}
        with freeze_time("2026-11-26"), self.assertRaisesRegex(UserError, "meanwhile"):
            self._order_with_debt(213.82, debt_paid=150.0, charges=True, shown=shown)
        self._order_with_debt(213.82, debt_paid=150.0, charges=True, shown=shown)

    # Debts that go elsewhere ----------------------------------------------------

    def _transfer(self, amount, target):
        self._customer(self.manager).fiado_transfer(target.id, -amount, "A relative")

    def test_transfer(self):
        """What was charged isn't charged again, and interest goes on from that day."""
        self._customer(self.manager).fiado_charge()
        joana = self.env["res.partner"].create({"name": "Joana"})
        with freeze_time("2026-11-30"):
            self._transfer(158.82, joana)
        with freeze_time("2026-12-25"):
            self.assertEqual(
                self._read_charges(joana), (1.5, [("interest", 1.0), ("interest", 0.5)])
            )
            holder = self._customer(self.manager, joana)
            holder.fiado_transfer(self.maria.id, -158.82, "Back")
            self.assertEqual(self._read_charges()[0], 1.5)
            self.assertOpen(100.0, 50.0, 8.82)

    def test_transfer_of_a_part(self):
        """Each part bears its own fee, once."""
        joana = self.env["res.partner"].create({"name": "Joana"})
        self._transfer(60.0, joana)
        self._customer(self.manager, joana).fiado_charge()
        self.assertEqual(self._read_charges(joana), (0.0, []))
        # 40 × 1 % × 147/30 = 1.96
        self.assertEqual(
            self._read_charges(),
            (
                4.68,
                [("fee", 0.8), ("interest", 1.96), ("fee", 1.0), ("interest", 0.92)],
            ),
        )

    def test_charge_after_the_transfer_is_the_rest_s_own(self):
        joana = self.env["res.partner"].create({"name": "Joana"})
        self._transfer(60.0, joana)
        self._customer(self.manager).fiado_charge()
        # 60 × 2 % + 60 × 1 % × 147/30
        self.assertEqual(
            self._read_charges(joana), (4.14, [("fee", 1.2), ("interest", 2.94)])
        )

    def test_undone_charge_is_none_in_the_other_wallet_either(self):
        self._customer(self.manager).fiado_charge()
        joana = self.env["res.partner"].create({"name": "Joana"})
        self._transfer(150.0, joana)
        self._undo("interest")
        self.assertEqual(self._read_charges(joana)[0], 8.82)

    def test_transfer_is_not_undone_before_what_was_charged_on_it(self):
        joana = self.env["res.partner"].create({"name": "Joana"})
        self._transfer(150.0, joana)
        self._customer(self.manager, joana).fiado_charge()
        with self.assertRaisesRegex(UserError, "first"):
            self._undo("transfer", joana)
        self._undo("interest", joana)
        self._undo("transfer", joana)
        self.assertOpen(100.0, 50.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_merged_contacts(self):
        self._customer(self.manager).fiado_charge()
        double = self.env["res.partner"].create({"name": "Maria S."})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.maria | double).ids, double
        )
        self.assertOpen(100.0, 50.0, 8.82, partner=double)
        self.assertEqual(self._read_charges(double), (0.0, []))

    def test_payment_of_the_debt_undone(self):
        """The old debts are open again, with what was charged on them."""
        self._customer(self.manager).fiado_charge()
        self._receive(158.82)
        self._undo("credit_sale")
        self.assertOpen(100.0, 50.0, 8.82)
        self.assertEqual(self._read_charges(), (0.0, []))

    def test_debt_undone_leaves_what_was_charged_on_it(self):
        """The manager sees it, and undoes it alone."""
        self._customer(self.manager).fiado_charge()
        order = self.env["sale.order"].search(
            [("partner_id", "=", self.maria.id)], order="id", limit=1
        )
        order.with_user(self.manager).with_company(self.company).reopen_order("Typo")
        self.assertOpen(50.0, 8.82)
        self._undo("interest")
        self.assertEqual(self._read_charges()[0], 1.92)

    def test_put_in_order_before_it_is_charged(self):
        """What others left on the account without matching it pays the oldest."""
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    (0, 0, {"account_id": account.id, "balance": balance, **vals})
                    for account, balance, vals in (
                        (self.debt_account, -120.0, {"partner_id": self.maria.id}),
                        (self.income, 120.0, {}),
                    )
                ],
            }
        )
        entry.action_post()
        # 30 × 2 % + 30 × 1 % × 55/30
        self.assertEqual(
            self._read_charges(), (1.15, [("fee", 0.6), ("interest", 0.55)])
        )
        self._customer(self.manager).fiado_charge()
        self.assertOpen(30.0, 1.15)

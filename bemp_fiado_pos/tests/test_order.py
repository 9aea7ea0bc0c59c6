from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestOrder(FiadoPosCommon):
    """What an order's payment lines do to the wallet, to the cent and at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._open()

    def _items(self, order):
        return order._get_fiado_moves().line_ids.sorted("id")

    def _end_and_check(self):
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        return self.assertBooksTieOut()

    def test_what_is_missing_is_debt(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        )
        self.assertEqual(order.state, "paid")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertRecordValues(
            self._items(order),
            [
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "balance": 25.0,
                    "date_maturity": self._date("2026-04-09"),
                },
                {
                    "account_id": self.clearing.id,
                    "partner_id": False,
                    "balance": -25.0,
                    "date_maturity": self._date("2026-03-10"),
                },
            ],
        )
        self.assertRecordValues(
            self._entries(),
            [{"kind": "debt", "origin": "pos", "amount": -25.0}],
        )
        # While the session is open the other side rightly waits for it.
        self.assertTiesOut()
        self._end_and_check()

    def test_old_debt_is_paid_together_with_a_purchase(self):
        self._leave_debt(25.0)
        order = self._sell(
            self.haircut, pay=[(self.pay_fiado, -25.0), (self.pay_cash, 80.0)]
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(
            self._items(order).mapped(lambda item: (item.account_id, item.balance)),
            [(self.debt_account, -25.0), (self.clearing, 25.0)],
        )
        self._end_and_check()

    def test_change_is_kept_as_credit_and_used_first(self):
        self._sell(self.haircut, pay=[(self.pay_cash, 60.0), (self.pay_fiado, -5.0)])
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.assertEqual(self._wallet(), (-50.0, 50.0, 0.0))
        self.assertEqual(
            self._items(order).mapped(lambda item: (item.account_id, item.balance)),
            [
                (self.credit_account, 5.0),
                (self.debt_account, 50.0),
                (self.clearing, -55.0),
            ],
        )
        self._end_and_check()

    def test_a_payment_without_a_sale(self):
        self._leave_debt(50.0)
        self._sell(pay=[(self.pay_cash, 70.0), (self.pay_fiado, -70.0)])
        self.assertEqual(self._wallet(), (20.0, 0.0, 20.0))
        self.assertRecordValues(
            self._entries()[1:],
            [
                {"kind": "debt_paid", "origin": "pos_credit", "amount": 50.0},
                {"kind": "credit", "origin": "pos_credit", "amount": 20.0},
            ],
        )
        figures = self._end_and_check()
        amounts = {row["figure"]: row["amount"] for row in figures["rows"]}
        self.assertEqual(amounts["money_credit"], 70.0)
        state = self.env["fiado.credit.state"].search(
            [("partner_id", "=", self.maria.id)]
        )
        self.assertEqual((state.sold_left, state.given_left), (20.0, 0.0))

    def test_movements_of_a_session_settle_each_other_too(self):
        """What one gives and another takes needs nothing of the session's entry."""
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._sell(pay=[(self.pay_cash, 55.0), (self.pay_fiado, -55.0)])
        self._end_and_check()

    def test_refund_to_the_wallet(self):
        order = self._sell(
            (self.haircut, 2), pay=[(self.pay_fiado, 40.0), (self.pay_cash, 70.0)]
        )
        refund = self._refund(order, [(self.pay_fiado, -110.0)])
        self.assertEqual(self._wallet(), (70.0, 0.0, 70.0))
        self.assertEqual(
            self._items(refund).mapped(lambda item: (item.account_id, item.balance)),
            [
                (self.debt_account, -40.0),
                (self.credit_account, -70.0),
                (self.clearing, 110.0),
            ],
        )
        figures = self._end_and_check()
        self.assertEqual(figures["billed"], 0.0)

    def test_refund_in_cash_leaves_the_debt(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        )
        self._refund(order, [(self.pay_cash, -55.0)])
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self._end_and_check()

    def test_billing_has_a_line_of_the_point_of_sale(self):
        self._sell(self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)])
        self._sell(self.beard, pay=[(self.pay_cash, 40.0)], partner=False)
        figures = self._end_and_check()
        amounts = {row["figure"]: row["amount"] for row in figures["rows"]}
        self.assertEqual(amounts["point_of_sale"], 95.0)
        self.assertEqual(amounts["customer_debt"], 25.0)
        self.assertNotIn("accounting", amounts)
        self.assertEqual((figures["billed"], figures["received"]), (95.0, 70.0))

    # Once ---------------------------------------------------------------------

    def test_sent_twice_it_moves_once(self):
        data = self._prepare_order(self.haircut, pay=[(self.pay_fiado, 55.0)])
        first = self._send(data)
        self.assertEqual(self._send(data), first)
        first.with_user(self.till).action_pos_order_paid()
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertEqual(len(self._entries()), 1)

    def test_a_draft_moves_nothing(self):
        data = self._prepare_order(
            self.haircut, pay=[(self.pay_fiado, 55.0)], state="draft"
        )
        order = self._send(data)
        self.assertEqual(order.state, "draft")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        order.with_user(self.till).action_pos_order_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self._entries())
        self._end_and_check()

    def test_a_session_of_cancelled_orders_posts_nothing(self):
        order = self._send(
            self._prepare_order(
                self.haircut, pay=[(self.pay_fiado, 55.0)], state="draft"
            )
        )
        order.with_user(self.till).action_pos_order_cancel()
        self.session.with_user(self.till).close_session_from_ui()
        self.assertFalse(self.session.move_id)
        self.assertTiesOut()

    def test_it_belongs_to_the_day_on_which_it_was_sold(self):
        order = self._sell(
            self.haircut,
            pay=[(self.pay_fiado, 55.0)],
            date_order="2026-03-08 20:00:00",
        )
        move = order._get_fiado_moves()
        self.assertEqual(move.date, self._date("2026-03-08"))
        self.assertEqual(move.line_ids[0].date_maturity, self._date("2026-04-07"))
        # A till whose clock runs ahead sells today.
        ahead = self._sell(
            self.haircut,
            pay=[(self.pay_fiado, 55.0)],
            date_order="2026-05-01 20:00:00",
        )
        self.assertEqual(ahead._get_fiado_moves().date, self._date("2026-03-10"))

    # Edited -------------------------------------------------------------------

    def test_edited_payments_move_the_difference(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        ).with_user(self.till)
        cash, fiado = (
            order.payment_ids.filtered(lambda p, m=m: p.payment_method_id == m)
            for m in (self.pay_cash, self.pay_fiado)
        )
        order.write(
            {
                "payment_ids": [
                    Command.update(cash.id, {"amount": 45.0}),
                    Command.update(fiado.id, {"amount": 10.0}),
                ]
            }
        )
        self.assertEqual(self._wallet(), (-10.0, 10.0, 0.0))
        self.assertEqual(
            self._entries().mapped("amount"),
            [-25.0, 15.0],
        )
        order.write(
            {
                "payment_ids": [
                    Command.delete(fiado.id),
                    Command.update(cash.id, {"amount": 55.0}),
                ]
            }
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._end_and_check()

    def test_payments_that_are_changed_alone_move_the_wallet_too(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        ).with_user(self.till)
        cash = order.payment_ids.filtered("payment_method_id.is_cash_count")
        cash.payment_method_id = self.pay_fiado
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self._end_and_check()

    def test_a_callers_word_is_no_object(self):
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        forged = order.with_user(self.till).with_context(fiado_together=True)
        forged.payment_ids.unlink()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_what_came_another_way_is_in_the_wallet_when_the_session_ends(self):
        """An order that is made as paid moves the wallet with its session's entry."""
        data = self._prepare_order(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.env["pos.order"].with_user(self.till).create({**data, "name": "By hand"})
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTrue(self.env["fiado.wallet"].audit())
        self._end_and_check()
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))

    def test_another_method_without_a_journal_is_left_alone(self):
        """What is on Odoo's customer account is none of the wallets' business, even on
        the same account."""
        self._end()
        later = self.env["pos.payment.method"].create({"name": "Customer account"})
        self.config.payment_method_ids |= later
        self.session = self._open()
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._sell(self.haircut, pay=[(later, 55.0)])
        self._end()
        items = self.session.sudo().move_id.line_ids
        items = items.filtered(lambda item: item.account_id == self.clearing)
        self.assertEqual(
            sorted(items.mapped(lambda item: (item.name[-5:], item.amount_residual))),
            [("Fiado", 0.0), ("count", 55.0)],
        )
        self.assertBooksTieOut()

    def test_what_is_in_the_books_is_not_edited(self):
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._end()
        with self.assertRaisesRegex(UserError, "refund it instead"):
            order.with_user(self.till).payment_ids.unlink()
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))

    def test_the_customer_stays(self):
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        with self.assertRaisesRegex(UserError, "refund it, then sell it"):
            order.with_user(self.till).partner_id = self.partner_b
        paid = self._sell(self.haircut, pay=[(self.pay_cash, 55.0)])
        paid.with_user(self.till).partner_id = self.partner_b

    # Back office --------------------------------------------------------------

    def test_it_is_undone_by_a_refund(self):
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        entry = self._entries().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "refund that order there"):
            entry.undo("Wrong")
        self._end()
        accountant = self._new_user("accountant", "account.group_account_manager")
        movement = order._get_fiado_moves().with_user(accountant)
        session_entry = self.session.move_id.with_user(accountant)
        for tear in (
            movement.button_draft,
            movement.button_cancel,
            movement._reverse_moves,
            movement.line_ids.remove_move_reconcile,
            movement.unlink,
            session_entry.button_draft,
            session_entry._reverse_moves,
            session_entry.line_ids.remove_move_reconcile,
        ):
            with self.assertRaisesRegex(UserError, "refund that order there"):
                tear()
        self.assertBooksTieOut()

    def test_what_was_only_received_is_moved_or_paid_out(self):
        self._sell(pay=[(self.pay_cash, 30.0), (self.pay_fiado, -30.0)])
        with self.assertRaisesRegex(UserError, "transfer it to another"):
            self._entries().with_user(self.manager).undo("Wrong customer")
        self.maria.with_user(self.manager).with_company(self.company).fiado_transfer(
            self.partner_b.id, 30.0, "Wrong customer"
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._end_and_check()

    def test_the_statement_says_what_was_bought(self):
        child = self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.maria.id}
        )
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], partner=child)
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        [line] = maria.fiado_statement()["entries"]
        self.assertEqual(line["services"], ["Haircut"])
        self.assertEqual(line["document"], order.name)
        self.assertEqual(line["taken_by"], "Ana")
        entry = self._entries(user=self.env.user)
        self.assertEqual(entry.action_open_document()["res_model"], "pos.order")
        self.maria.lang = "en_US"
        report = self.env["report.bemp_fiado.fiado_statement"]
        values = report.with_company(self.company)._get_report_values(self.maria.ids)
        [statement] = values["statements"]
        self.assertEqual(statement["pages"][0][0]["what"], "Debt: Haircut (Ana)")

    def test_debtors_and_dashboard_know_it(self):
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        wallets = self.env["fiado.wallet"].with_user(self.cashier)
        wallet = wallets.search([("partner_id", "=", self.maria.id)])
        self.assertEqual(
            (wallet.debt, wallet.due_date), (55.0, self._date("2026-04-09"))
        )
        wallets = wallets.with_user(self.manager).with_company(self.company)
        [taken] = [
            tile
            for tiles in wallets.get_dashboard().values()
            if isinstance(tiles, list)
            for tile in tiles
            if isinstance(tile, dict) and tile.get("name") == "taken"
        ]
        self.assertEqual(taken["amount"], 55.0)

    # Set up -------------------------------------------------------------------

    def test_a_method_of_wallets_has_no_journal(self):
        with self.assertRaisesRegex(ValidationError, "leave its journal empty"):
            self.pay_fiado.copy({"journal_id": self.bank_journal.id})
        with self.assertRaisesRegex(ValidationError, "leave its journal empty"):
            self.pay_fiado.copy({"split_transactions": True})

    def test_a_method_that_was_used_stays_what_it_is(self):
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._end()
        with self.assertRaisesRegex(UserError, "was used already"):
            self.pay_fiado.fiado = False

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestUndo(FiadoCommon):
    """What moved a wallet is taken back exactly: today, with what belongs to it, and
    what it had settled is open again as it was."""

    def _customer(self, user=None, partner=None):
        partner = partner or self.maria
        return partner.with_user(user or self.cashier).with_company(self.company)

    def _undo(self, move_ids, user=None):
        entries = self._entries_of(move_ids, user)
        return entries[0].undo("Typed by mistake")

    def _entries_of(self, move_ids, user=None):
        return (
            self.env["fiado.wallet.entry"]
            .with_user(user or self.manager)
            .with_context(lang="en_US")
            .search([("move_id", "in", move_ids)])
        )

    def _aging(self, partner=None):
        """What the list of debtors says of the customer."""
        self.env.invalidate_all()
        wallet = (
            self.env["fiado.wallet"]
            .with_user(self.cashier)
            .search([("partner_id", "=", (partner or self.maria).id)])
        )
        return wallet.debt, str(wallet.debt_since), str(wallet.due_date)

    def _day(self, date):
        """What the till and the billing say of a day."""
        self.env.invalidate_all()
        payments = self.env["fiado.payment"].search(
            [("date", "=", date), ("is_booked", "=", True)]
        )
        figures = (
            self.env["fiado.billing"].with_company(self.company).get_figures(date, date)
        )
        figures["rows"] = sorted(
            (row["section"], row["figure"], row["amount"]) for row in figures["rows"]
        )
        return payments.mapped("company_amount"), figures

    # Receipts ----------------------------------------------------------------

    def test_a_receipt_that_bounces_leaves_the_debt_as_old_as_it_was(self):
        with freeze_time("2025-12-30 15:00:00"):
            self._leave_debt(55.0)
        before = self._aging()
        with freeze_time("2026-03-08 15:00:00"):
            answer = self._customer().fiado_receive(55.0, self.cash.id)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._undo(answer["move_ids"])
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertEqual(self._aging(), before)
        self.assertEqual(before, (55.0, "2025-12-30", "2026-01-29"))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_no_past_day_changes(self):
        with freeze_time("2026-03-08 15:00:00"):
            order = self._order()
            answer = self._close(order, 30.0, use_balance=True)
            receipt = self._customer().fiado_receive(25.0, self.cash.id)
        before = self._day("2026-03-08")
        self.assertEqual(before[0], [30.0, 25.0])
        payments = self.env["account.payment"].browse(
            answer["payment_ids"] + receipt["payment_ids"]
        )
        for payment in payments:
            self.env["fiado.payment"].with_user(self.manager).browse(
                payment.id
            ).action_cancel_payment()
        self.assertEqual(self._day("2026-03-08"), before)
        amounts, figures = self._day("2026-03-10")
        self.assertEqual(sorted(amounts), [-30.0, -25.0])
        self.assertEqual(figures["received"], -55.0)
        self.assertEqual(figures["difference"], 0.0)
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertEqual(set(payments.move_id.mapped("state")), {"posted"})
        self.assertTiesOut()

    def test_in_a_locked_month(self):
        with freeze_time("2026-02-20 15:00:00"):
            order = self._order()
            self._close(order, 30.0, use_balance=True)
            receipt = self._customer().fiado_receive(10.0, self.cash.id)
        self.company.sudo().fiscalyear_lock_date = "2026-02-28"
        self.env["fiado.payment"].with_user(self.manager).browse(
            receipt["payment_ids"]
        ).action_cancel_payment()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_one_of_two_payments_of_a_receipt(self):
        self._leave_debt(50.0)
        answer = self._customer()._fiado_receive(
            [self._pay(20.0), self._pay(40.0, self.pix)]
        )
        self.assertEqual(self._wallet(), (10.0, 0.0, 10.0))
        pix = (
            self.env["fiado.payment"]
            .with_user(self.manager)
            .browse(answer["payment_ids"][1])
        )
        pix.action_cancel_payment()
        self.assertEqual(self._wallet(), (-30.0, 30.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        cash = (
            self.env["fiado.payment"]
            .with_user(self.manager)
            .browse(answer["payment_ids"][0])
        )
        cash.action_cancel_payment()
        self.assertEqual(self._wallet(), (-50.0, 50.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_once_only(self):
        answer = self._customer().fiado_receive(55.0, self.cash.id)
        undone = self._undo(answer["move_ids"])
        self.assertEqual(undone["balance"], 0.0)
        self.assertEqual(undone["payment_ids"], answer["payment_ids"])
        before = self._count()
        for move_ids in (answer["move_ids"], undone["move_ids"]):
            with self.assertRaises(UserError):
                self._undo(move_ids)
        self.assertEqual(self._count(), before)

    def test_managers_only(self):
        answer = self._customer().fiado_receive(55.0, self.cash.id)
        for user in (self.cashier, self.helper):
            entry = self._entries_of(answer["move_ids"], user)
            for call in (entry.action_undo, lambda entry=entry: entry.undo("why")):
                with self.assertRaises(AccessError):
                    call()
        self.assertEqual(self._wallet(), (55.0, 0.0, 55.0))

    def test_dialog(self):
        answer = self._customer().fiado_receive(55.0, self.cash.id)
        action = self._entries_of(answer["move_ids"]).action_undo()
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(lang="en_US", **action["context"])
        )
        self.assertIn("55.00 received through", dialog.forecast)
        self.assertIn(
            "The wallet of Maria goes from $\xa055.00 to $\xa00.00.", dialog.forecast
        )
        dialog.reason = "Typed by mistake"
        dialog.save().action_undo()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    # The rest ----------------------------------------------------------------

    def test_what_managers_do(self):
        self._leave_debt(55.0)
        before = self._aging()
        maria = self._customer(self.manager)
        other = self.env["res.partner"].create({"name": "João"})
        for operation in (
            lambda: maria.fiado_forgive(20.0, "why"),
            lambda: maria.fiado_adjust(80.0, self.income.id, "why"),
            lambda: maria.fiado_adjust(-5.0, self.income.id, "why"),
            lambda: maria.fiado_transfer(other.id, -55.0, "why"),
            lambda: maria.fiado_open_balance(-9.0, "2026-03-01", self.income.id),
        ):
            answer = operation()
            self._undo(answer["move_ids"])
            self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
            self.assertEqual(self._wallet(other), (0.0, 0.0, 0.0))
            self.assertEqual(self._aging(), before)
            self.assertTiesOut()
        figures = (
            self.env["fiado.billing"]
            .with_company(self.company)
            .get_figures("2026-03-01", "2026-03-31")
        )
        self.assertEqual(figures["difference"], 0.0)

    def test_a_debt_that_is_paid_meanwhile(self):
        answer = self._customer(self.manager).fiado_adjust(-40.0, self.income.id, "why")
        paid = self._customer().fiado_receive(40.0, self.cash.id)
        self._undo(answer["move_ids"])
        self.assertEqual(self._wallet(), (40.0, 0.0, 40.0))
        self.assertTiesOut()
        self._undo(paid["move_ids"])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertFalse(self._open_items())
        self.assertTiesOut()

    def test_transfer_keeps_due_dates(self):
        with freeze_time("2025-12-30 15:00:00"):
            self._leave_debt(30.0)
        with freeze_time("2026-02-01 15:00:00"):
            self._leave_debt(25.0)
        before = self._aging()
        other = self.env["res.partner"].create({"name": "João"})
        self._customer(self.manager).fiado_transfer(other.id, -40.0, "why")
        self.assertEqual(self._aging(other), (40.0, *before[1:]))
        self.assertRecordValues(
            self._open_items(other),
            [
                {
                    "amount_residual": 30.0,
                    "fiado_since": fields.Date.to_date("2025-12-30"),
                },
                {
                    "amount_residual": 10.0,
                    "fiado_since": fields.Date.to_date("2026-02-01"),
                },
            ],
        )
        self.assertEqual(self._aging(), (15.0, "2026-02-01", "2026-03-03"))
        self.assertTiesOut()

    def test_transfer_to_one_with_credit(self):
        with freeze_time("2025-12-30 15:00:00"):
            self._leave_debt(30.0)
        with freeze_time("2026-02-01 15:00:00"):
            self._leave_debt(25.0)
        other = self.env["res.partner"].create({"name": "João"})
        self._leave_credit(35.0, other)
        self._customer(self.manager).fiado_transfer(other.id, -55.0, "why")
        self.assertEqual(self._aging(other), (20.0, "2026-02-01", "2026-03-03"))
        self.assertTiesOut()

    # Credit notes ------------------------------------------------------------

    def _closed_with_credit_note(self, order, **lines):
        invoice = order.sudo().invoice_ids
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        for vals in lines.values():
            note.invoice_line_ids[0].write(vals)
        note.action_post()
        self.env.user.group_ids += self.env.ref("bemp_fiado.group_fiado_user")
        note.action_leave_in_wallet()
        return note

    def test_credit_note_is_not_torn_from_the_wallet(self):
        order = self._order()
        self._close(order, 55.0)
        note = self._closed_with_credit_note(order)
        self.assertEqual(self._wallet(), (55.0, 0.0, 55.0))
        before = self._count()
        partials = note.line_ids.matched_debit_ids | note.line_ids.matched_credit_ids
        for tear in (
            note.button_draft,
            note.button_cancel,
            lambda: note.write({"state": "draft"}),
            lambda: note.js_remove_outstanding_partial(partials.id),
            partials.unlink,
            note.line_ids.remove_move_reconcile,
            lambda: note._reverse_moves(cancel=True),
        ):
            with self.assertRaises(UserError) as refusal:
                tear()
            self.assertIn("Undo", str(refusal.exception))
        self.assertEqual(self._count(), before)
        self._undo(note.fiado_move_ids.ids)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(note.amount_residual, 55.0)
        note.button_draft()
        note.button_cancel()
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_reopened_with_a_credit_note_in_the_wallet(self):
        order = self._order()
        self._close(order, 55.0)
        self._closed_with_credit_note(order)
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertEqual(order.sudo().amount_invoiced, 0.0)
        self.assertEqual(order.order_line.qty_invoiced, 0.0)
        self.assertEqual(order._get_amount_due(), 55.0)
        self.assertTiesOut()

    def test_left_in_the_wallet_once_more(self):
        order = self._order()
        self._close(order, 55.0)
        note = self._closed_with_credit_note(order)
        self._undo(note.fiado_move_ids.ids)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        note.action_leave_in_wallet()
        self.assertEqual(self._wallet(), (55.0, 0.0, 55.0))
        with self.assertRaises(UserError):
            note.action_leave_in_wallet()
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_reopened_with_a_part_returned(self):
        order = self._order()
        order.order_line.write({"product_uom_qty": 2.0, "price_unit": 30.0})
        self._close(order, 60.0)
        self._closed_with_credit_note(order, line={"quantity": 1.0})
        self.assertEqual(self._wallet(), (30.0, 0.0, 30.0))
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(order.order_line.qty_invoiced, 0.0)
        self.assertEqual(order._get_amount_due(), 60.0)
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self._close(order, 60.0)
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_what_accounting_paid_out_is_not_given_back_twice(self):
        order = self._order()
        self._close(order, 55.0)
        invoice = order.sudo().invoice_ids
        note = invoice._reverse_moves()
        note.action_post()
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=note.ids
        )
        payment = wizard.create({})._create_payments()
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            order.with_user(self.manager).reopen_order("Wrong")
        self.assertIn(payment.name, str(refusal.exception))
        self.assertEqual(self._count(), before)

    # The Pay wizard ----------------------------------------------------------

    def _invoice(self, amount):
        invoice = self.init_invoice(
            "out_invoice", partner=self.maria, amounts=[amount], post=True, taxes=[]
        )
        return invoice

    def _pay_invoice(self, invoice, amount):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create(
            {
                "amount": amount,
                "journal_id": self.cash_journal.id,
                "fiado_use_balance": True,
            }
        )._create_payments()

    def test_pay_wizard(self):
        self.env.user.group_ids += self.env.ref(
            "bemp_fiado.group_fiado_manager"
        ) | self.env.ref("sales_team.group_sale_salesman")
        for paid, wallet in ((30.0, (-70.0, 70.0, 0.0)), (160.0, (60.0, 0.0, 60.0))):
            with self.subTest(paid=paid):
                invoice = self._invoice(100.0)
                payment = self._pay_invoice(invoice, paid)
                self.assertEqual(self._wallet(), wallet)
                for tear in (invoice.button_draft, invoice.button_cancel):
                    with self.assertRaises(UserError):
                        tear()
                with self.assertRaises(UserError):
                    payment.action_draft()
                with self.assertRaises(UserError):
                    payment.write({"state": "rejected"})
                payment.action_reject()
                self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
                self.assertEqual(invoice.amount_residual, 100.0)
                self.assertEqual(invoice.payment_state, "not_paid")
                self.assertTiesOut()
                with self.assertRaises(UserError):
                    payment.action_draft()
                invoice.button_draft()
                invoice.button_cancel()
                self.assertEqual(self._receivable_open(), (0.0, 0.0))

    def test_sent_and_cancelled(self):
        answer = self._customer().fiado_receive(55.0, self.cash.id)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        payment.mark_as_sent()
        payment.with_user(self.manager).sudo().action_cancel()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(payment.state, "canceled")
        for state in ("paid", "in_process", "draft"):
            with self.assertRaises(UserError):
                payment.state = state
        self.assertTiesOut()

    def test_what_a_payment_says_stays(self):
        answer = self._customer().fiado_receive(55.0, self.cash.id)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        for vals in (
            {"amount": 3.0},
            {"date": "2026-01-02"},
            {"journal_id": self.bank_journal.id},
            {"partner_id": self.partner_b.id},
            {"payment_type": "outbound"},
        ):
            with self.assertRaises(UserError):
                payment.write(vals)
        payment.write({"amount": 55.0, "memo": "Paid at the door"})

    def test_an_advance_that_bounces(self):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.maria.id,
                "amount": 80.0,
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
            }
        )
        payment.action_post()
        order = self._order()
        self._close(order, 15.0, use_balance=True, advance_used=40.0)
        self.assertEqual(self._receivable_open(), (-40.0, -40.0))
        payment.with_user(self.manager).sudo().action_cancel()
        self.assertEqual(self._wallet(), (-40.0, 40.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertEqual(order.sudo().invoice_ids.amount_residual, 0.0)
        self.assertTiesOut()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    # The wall ----------------------------------------------------------------

    def test_invoices_and_payments_of_a_closed_order_stay(self):
        order = self._order()
        order.action_confirm()
        before = order.sudo()._create_invoices()
        before.action_post()
        answer = self._close(order, 55.0)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        items = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable
        )
        partials = items.matched_debit_ids | items.matched_credit_ids
        count = self._count()
        for tear in (
            before.button_draft,
            before.button_cancel,
            partials.unlink,
            payment.action_draft,
            lambda: payment.write({"state": "canceled"}),
            lambda: payment.with_context(force_delete=True).unlink(),
            lambda: payment.move_id._reverse_moves(cancel=True),
            lambda: payment.move_id._reverse_moves(),
            lambda: items.write({"partner_id": self.partner_b.id}),
            lambda: items.write({"reconciled": False}),
            lambda: items.write({"parent_state": "draft"}),
        ):
            with self.assertRaises(UserError):
                tear()
        self.env.invalidate_all()
        self.assertEqual(self._count(), count)
        self.assertTiesOut()

    def test_a_closed_order_is_frozen(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        other = self.env["res.partner"].create({"name": "João"})
        for change in (
            lambda: order.write({"partner_id": other.id}),
            lambda: order.write({"partner_invoice_id": other.id}),
            lambda: order.write({"order_type": "internal"}),
            lambda: order.order_line.write({"price_unit": 1.0}),
            lambda: order.order_line.write({"product_uom_qty": 2.0}),
            lambda: order.order_line.unlink(),
            lambda: self.env["sale.order.line"].create(
                {"order_id": order.id, "product_id": self.beard.id}
            ),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(order.amount_total, 55.0)

    def test_the_holder_stays_when_the_contact_leaves_the_firm(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": firm.id})
        order = self._order(partner=contact)
        self._close(order, 10.0, use_balance=True)
        self.assertEqual(self._wallet(firm), (-45.0, 45.0, 0.0))
        contact.parent_id = False
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(firm), (0.0, 0.0, 0.0))
        self.assertEqual(self._wallet(contact), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_the_holder_stays_when_the_contact_becomes_a_firm(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": firm.id})
        order = self._order(partner=contact)
        answer = self._close(order, 10.0, use_balance=True)
        contact.is_company = True
        payment = self.env["fiado.payment"].with_user(self.manager)
        payment.browse(answer["payment_ids"]).action_cancel_payment()
        self.assertEqual(self._wallet(firm), (-55.0, 55.0, 0.0))
        self.assertEqual(self._wallet(contact), (0.0, 0.0, 0.0))
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(firm), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_forgiven_and_reopened_is_said_before(self):
        order = self._order()
        self._close(order, use_balance=True)
        self._customer(self.manager).fiado_forgive(55.0, "why")
        action = order.with_user(self.manager).action_reopen_order()
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(lang="en_US", **action["context"])
        )
        self.assertIn("$\xa055.00", dialog.forecast)
        self.assertIn("credit", dialog.forecast)
        dialog.reason = "Wrong"
        dialog.save().action_reopen_order()
        self.assertEqual(self._wallet(), (55.0, 0.0, 55.0))
        self.assertTiesOut()

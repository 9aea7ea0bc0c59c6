from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_renegotiation import RenegotiationCommon

OLD = [("2026-02-04", 60.0), ("2026-03-03", 40.0)]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestRenegotiationUndone(RenegotiationCommon):
    """Instalments are taken back as everything else: what was owed before is open
    again, as old and as overdue as it was."""

    def test_the_old_debts_are_open_again(self):
        before = self._debtor()
        answer = self._renegotiate()
        self._undo(answer)
        self.assertEqual(self._open(), OLD)
        self.assertEqual(self._debtor(), before)
        statement = self._statement()
        self.assertEqual(
            [(line["kind"], line["origin"], line["amount"], line["balance_after"],
              len(line["instalments"])) for line in statement["entries"][2:]],
            [
                ("renegotiated", "renegotiation", 0.0, -100.0, 3),
                ("renegotiated", "reversal", 0.0, -100.0, 0),
            ],
        )  # fmt: skip
        self.assertRight()

    def test_each_item_with_its_opposite(self):
        """A single instalment has the amount of what it stands for."""
        same_day = self._new_terms("Same day", (50.0, 30), (50.0, 30))
        answer = self._renegotiate(same_day)
        self.assertEqual(self._open(), [("2026-04-09", 100.0)])
        self._undo(answer)
        self.assertEqual(self._open(), OLD)
        self.assertRight()

    def test_what_was_paid_pays_the_oldest(self):
        answer = self._renegotiate()
        self._customer().fiado_receive(70.0, self.cash.id)
        self._undo(answer)
        self.assertEqual(self._open(), [("2026-03-03", 30.0)])
        self.assertEqual(self._wallet(), (-30.0, 30.0, 0.0))
        self.assertRight()

    def test_all_of_it_was_paid(self):
        answer = self._renegotiate()
        self._customer().fiado_receive(120.0, self.cash.id)
        self._undo(answer)
        self.assertFalse(self._open_items().filtered(lambda i: i.amount_residual > 0))
        self.assertEqual(self._wallet(), (20.0, 0.0, 20.0))
        self.assertRight()

    def test_in_a_locked_month(self):
        answer = self._renegotiate()
        with freeze_time("2026-04-20 15:00:00"):
            self.company.sudo().fiscalyear_lock_date = "2026-03-31"
            self._undo(answer)
            self.assertEqual(self._open(), OLD)
            move = self.env["account.move"].browse(answer["move_ids"])
            self.assertEqual(str(move.reversal_move_ids.date), "2026-04-20")
            self.assertRight()

    def test_in_a_secured_journal(self):
        self.company.sudo().fiado_journal_id.restrict_mode_hash_table = True
        answer = self._renegotiate()
        move = self.env["account.move"].browse(answer["move_ids"])
        self.assertTrue(move.inalterable_hash)
        self._undo(answer)
        self.assertTrue(move.reversal_move_ids.inalterable_hash)
        self.assertEqual(self._open(), OLD)
        self.assertRight()

    def test_after_it_was_put_into_instalments_again(self):
        first = self._renegotiate()
        second = self._renegotiate(self.halves)
        self._undo(first)
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))
        self.assertRight()
        self._undo(second)
        self.assertEqual(self._open(), OLD)
        self.assertRight()

    def test_after_contacts_were_merged(self):
        double = self.env["res.partner"].create({"name": "Maria (double)"})
        self._close_in_parts(30.0, partner=double)
        answer = self._renegotiate()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.maria | double).ids, double)
        self.assertEqual(self._wallet(double), (-130.0, 130.0, 0.0))
        self.assertRight()
        self._undo(answer)
        self.assertEqual(
            self._open(double),
            [*OLD, ("2026-04-09", 10.0), ("2026-05-09", 10.0), ("2026-06-08", 10.0)],
        )
        self.assertRight()

    def test_after_instalments_went_to_another_customer(self):
        answer = self._renegotiate()
        joana = self.env["res.partner"].create({"name": "Joana"})
        maria = self._customer(self.manager)
        moved = maria.fiado_transfer(joana.id, -50.0, "Her sister pays")
        self.assertEqual(
            self._open(joana), [("2026-04-09", 33.33), ("2026-05-09", 16.67)]
        )
        self.assertEqual(self._debtor(joana)["since"], "2026-01-05")
        [line] = self._statement(joana)["entries"]
        self.assertEqual((line["amount"], len(line["instalments"])), (-50.0, 2))
        self.assertEqual(self._open(), [("2026-05-09", 16.66), ("2026-06-08", 33.34)])
        self.assertRight()
        self._undo(answer)
        # What went to Joana was the oldest.
        self.assertEqual(self._open(), [("2026-02-04", 10.0), ("2026-03-03", 40.0)])
        self.assertRight()
        self._undo(moved)
        self.assertEqual(self._open(), OLD)
        self.assertEqual(self._open(joana), [])
        self.assertRight()

    def test_the_order_that_left_it_is_reopened(self):
        order, _answer = self._close_in_parts(30.0)
        self._renegotiate(amount=110.0)
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))
        self.assertRight()

    def test_what_is_said_before(self):
        answer = self._renegotiate()
        entries = self.env["fiado.wallet.entry"].with_user(self.manager)
        entry = entries.search([("move_id", "in", answer["move_ids"])])
        self.assertEqual(len(entry), 1)
        action = entry.action_undo()
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(lang="en_US", **action["context"])
        )
        self.assertIn("The instalments are gone", dialog.forecast)
        dialog.reason = "why"
        dialog.save().action_undo()
        self.assertEqual(self._open(), OLD)

    def test_the_wall(self):
        answer = self._renegotiate()
        move = self.env["account.move"].browse(answer["move_ids"])
        self.env.user.group_ids += self.env.ref("account.group_account_manager")
        partials = move.line_ids.matched_debit_ids
        before = self._count()
        for tear in (
            move.button_draft,
            move.button_cancel,
            move.unlink,
            lambda: move._reverse_moves(cancel=True),
            partials.unlink,
            lambda: move.line_ids[-1].write({"date_maturity": "2030-01-01"}),
            lambda: move.line_ids[-1].write({"fiado_part": 0}),
            lambda: move.line_ids[-1].write({"fiado_since": False}),
        ):
            with self.assertRaises(UserError) as refusal:
                tear()
            self.assertIn("Undo", str(refusal.exception))
        self.assertEqual(self._count(), before)

    def test_an_accountants_copy_hides_nothing(self):
        """A copy says of its items which parts they are, whoever they are made for."""
        answer = self._renegotiate()
        joana = self.env["res.partner"].create({"name": "Joana"})
        copy = self.env["account.move"].browse(answer["move_ids"]).copy()
        copy.line_ids.sorted("id")[1:].partner_id = joana
        copy.action_post()
        for partner, balance in ((self.maria, 0.0), (joana, -100.0)):
            self.assertEqual(self._statement(partner)["closing_balance"], balance)
            self.assertEqual(self._wallet(partner)[0], balance)
        self.assertTiesOut()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestClosingUndone(RenegotiationCommon):
    """A closing in instalments is taken back, whole and in part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._customer(cls.manager).fiado_forgive(100.0, "Start from nothing")

    def test_reopened(self):
        order, answer = self._close_in_parts(100.0, 40.0)
        self._customer().fiado_receive(25.0, self.cash.id)
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (25.0, 0.0, 25.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        lines = self._statement()["entries"]
        self.assertEqual(
            [(line["kind"], line["amount"], line["balance_after"])
             for line in lines[3:]],
            [
                ("debt", -60.0, -60.0),
                ("debt_paid", 25.0, -35.0),
                ("debt_paid", 60.0, 25.0),
                # What was paid meanwhile is credit now.
                ("debt", -25.0, 0.0),
                ("credit", 25.0, 25.0),
            ],
        )  # fmt: skip
        self.assertRight()
        order.with_user(self.cashier).close_order([self._pay(75.0)], credit_used=25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertRight()

    def test_a_payment_is_taken_back(self):
        """What was to be paid at once is due as any other debt of that day; the
        instalments stay."""
        with freeze_time("2026-03-01 15:00:00"):
            _order, answer = self._close_in_parts(100.0, 40.0)
        self.env["fiado.payment"].with_user(self.manager).browse(
            answer["payment_ids"]
        ).action_cancel_payment()
        self.assertEqual(
            self._open(),
            [("2026-03-31", 20.0), ("2026-03-31", 40.0),
             ("2026-04-30", 20.0), ("2026-05-30", 20.0)],
        )  # fmt: skip
        self.assertEqual(self._debtor()["since"], "2026-03-01")
        self.assertRight()

    def test_credit_note_pays_the_first_due(self):
        order, _answer = self._close_in_parts(100.0)
        invoice = order.sudo().invoice_ids
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids[0].price_unit = 40.0
        note.action_post()
        self.env.user.group_ids += self.env.ref("bemp_fiado.group_fiado_user")
        note.action_leave_in_wallet()
        self.assertEqual(self._open(), [("2026-05-09", 26.66), ("2026-06-08", 33.34)])
        self.assertRight()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertRight()

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .test_instalments import InstalmentsCommon


class RenegotiationCommon(InstalmentsCommon):
    """Maria owes 60 since January and 40 since February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-05 15:00:00"):
            cls._leave_debt(60.0)
        with freeze_time("2026-02-01 15:00:00"):
            cls._leave_debt(40.0)

    def _renegotiate(self, terms=None, user=None, partner=None, **values):
        customer = self._customer(user or self.manager, partner)
        terms = terms or self.thirds
        return customer.fiado_renegotiate(terms.id, "Lost her job", **values)

    def _undo(self, answer):
        entries = self.env["fiado.wallet.entry"].with_user(self.manager)
        entry = entries.search([("move_id", "in", answer["move_ids"])], limit=1)
        return entry.undo("Typed by mistake")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestRenegotiation(RenegotiationCommon):
    """A debt that is there is put into instalments."""

    def test_one_move_settles_the_old_and_owes_it_anew(self):
        old = self._open_items()
        answer = self._renegotiate()
        self.assertEqual(answer["balance"], -100.0)
        self.assertEqual(answer["payment_ids"], [])
        [move] = self.env["account.move"].browse(answer["move_ids"])
        self.assertRecordValues(
            move, [{"fiado_origin": "renegotiation", "ref": "Lost her job"}]
        )
        day = fields.Date.to_date
        january, february = day("2026-01-05"), day("2026-02-01")
        self.assertRecordValues(
            move.line_ids.sorted("id"),
            [
                {"balance": -100.0, "date_maturity": day("2026-03-10"),
                 "fiado_since": False, "amount_residual": 0.0},
                {"balance": 33.33, "date_maturity": day("2026-04-09"),
                 "fiado_since": january, "amount_residual": 33.33},
                {"balance": 33.33, "date_maturity": day("2026-05-09"),
                 "fiado_since": january, "amount_residual": 33.33},
                {"balance": 33.34, "date_maturity": day("2026-06-08"),
                 "fiado_since": february, "amount_residual": 33.34},
            ],
        )  # fmt: skip
        self.assertEqual(move.line_ids.account_id, self.debt_account)
        self.assertTrue(all(old.mapped("reconciled")))
        self.assertEqual(self._wallet(), (-100.0, 100.0, 0.0))
        self.assertRight()

    def test_due_anew_and_as_old_as_before(self):
        self.assertEqual(
            self._debtor(),
            {
                **{"debt": 100.0, "since": "2026-01-05", "due": "2026-02-04"},
                **{"1_30": 40.0, "31_60": 60.0, "bucket": "31_60"},
            },
        )
        self._renegotiate()
        self.assertEqual(
            self._debtor(),
            {
                **{"debt": 100.0, "since": "2026-01-05", "due": "2026-04-09"},
                **{"1_30": 0.0, "31_60": 0.0, "bucket": "0_not_due"},
            },
        )

    def test_the_overdue_block_ends(self):
        self.company.fiado_overdue_block_days = 5
        self.assertRefused(
            lambda: self._close(self._order(), use_balance=True), "is overdue for more"
        )
        self._renegotiate()
        self._close(self._order(), use_balance=True)
        self.assertEqual(self._wallet(), (-155.0, 155.0, 0.0))
        self.assertRight()

    def test_part_of_it_the_oldest_first(self):
        self._renegotiate(self.halves, amount=70.0)
        self.assertEqual(
            self._open(),
            [("2026-03-03", 30.0), ("2026-03-20", 35.0), ("2026-04-19", 35.0)],
        )
        self.assertEqual(self._debtor()["since"], "2026-01-05")
        self.assertRight()

    def test_payments_settle_the_first_due(self):
        self._renegotiate()
        self._customer().fiado_receive(40.0, self.cash.id)
        self.assertEqual(self._open(), [("2026-05-09", 26.66), ("2026-06-08", 33.34)])
        self.assertEqual(self._debtor()["since"], "2026-01-05")
        self.assertRight()

    def test_again(self):
        self._renegotiate()
        self._renegotiate(self.halves)
        self.assertEqual(self._open(), [("2026-03-20", 50.0), ("2026-04-19", 50.0)])
        self.assertEqual(self._debtor()["since"], "2026-01-05")
        self.assertRight()

    def test_a_promise_is_over_with_what_was_promised(self):
        maria = self._customer()
        maria._fiado_promise_to_pay(fields.Date.to_date("2026-03-20"))
        self.assertTrue(maria.fiado_promise)
        answer = self._renegotiate()
        self.env.invalidate_all()
        self.assertFalse(maria.fiado_promise)
        self._undo(answer)
        self.env.invalidate_all()
        self.assertTrue(maria.fiado_promise)

    # Statement ----------------------------------------------------------------

    def test_one_line_that_changes_no_balance(self):
        self._renegotiate()
        self._customer().fiado_receive(33.33, self.cash.id)
        statement = self._statement()
        self.assertEqual(
            [(line["kind"], line["amount"], line["balance_after"])
             for line in statement["entries"]],
            [
                ("debt", -60.0, -60.0),
                ("debt", -40.0, -100.0),
                ("renegotiated", 0.0, -100.0),
                ("debt_paid", 33.33, -66.67),
            ],
        )  # fmt: skip
        line = statement["entries"][2]
        self.assertEqual(line["origin"], "renegotiation")
        self.assertEqual(
            [(part["due_date"], part["open_amount"]) for part in line["instalments"]],
            [("2026-04-09", 0.0), ("2026-05-09", 33.33), ("2026-06-08", 33.34)],
        )
        self.assertEqual(line["open_amount"], -66.67)
        self.assertEqual(statement["closing_balance"], -66.67)

    def test_printed(self):
        self._renegotiate()
        reports = self.env["ir.actions.report"].with_context(lang="en_US")
        html, _type = reports._render_qweb_html(
            "bemp_fiado.fiado_statement", self.maria.ids
        )
        self.assertIn(
            "Debt in instalments: 3 instalments:", " ".join(html.decode().split())
        )
        entry = self._entries()[-1]
        html, _type = reports._render_qweb_html(
            "bemp_fiado.fiado_receipt_roll", entry.ids
        )
        self.assertIn("06/08/2026", html.decode())

    def test_receipt_by_email(self):
        self.company.sudo().fiado_receipt_emails = True
        self.maria.email = "maria@example.com"
        answer = self._renegotiate()
        receipts = self.env["fiado.receipt"].sudo()
        [receipt] = receipts.search([("move_id", "in", answer["move_ids"])])
        said = receipt.with_company(self.company).with_context(lang="en_US")
        [line] = said._get_receipt()["lines"]
        self.assertEqual(line["amount"], "$\xa0100.00")
        self.assertIn("3 instalments", line["what"])
        undone = self._undo(answer)
        [receipt] = receipts.search([("move_id", "in", undone["move_ids"])])
        self.assertTrue(receipt._get_receipt()["is_undone"])

    def test_billing_tells_it_apart(self):
        self._renegotiate()
        billing = self.env["fiado.billing"].with_company(self.company)
        rows = billing.get_figures("2026-03-01", "2026-03-31")["rows"]
        self.assertEqual(
            [(row["section"], row["figure"], row["amount"]) for row in rows],
            [("apart", "renegotiated", 0.0)],
        )

    # Screen -------------------------------------------------------------------

    def _screen(self, user=None):
        return Form(
            self.env["fiado.wallet.adjust"]
            .with_user(user or self.manager)
            .with_company(self.company)
            .with_context(lang="en_US", default_partner_id=self.maria.id)
        )

    def test_on_the_managers_screen(self):
        screen = self._screen()
        self.assertIn("renegotiate", screen.possible_operations)
        screen.operation = "renegotiate"
        self.assertEqual(screen.amount, 100.0)
        self.assertFalse(screen.forecast)
        screen.payment_term_id = self.halves
        self.assertEqual(
            screen.forecast,
            "$\xa0100.00 of Maria's debt are due in 2 instalments: $\xa050.00 on "
            "03/20/2026, $\xa050.00 on 04/19/2026. What of this was overdue since "
            "02/04/2026 no longer is. The balance stays: Maria owes $\xa0100.00.",
        )
        screen.amount = 110.0
        self.assertIn("Maria owes $\xa0100.00: type no more", screen.forecast)
        screen.amount = 80.0
        screen.reason = "Lost her job"
        screen.save().action_apply()
        self.assertEqual(
            self._open(),
            [("2026-03-03", 20.0), ("2026-03-20", 40.0), ("2026-04-19", 40.0)],
        )

    def test_two_managers_at_the_same_time(self):
        """The balance is the same: what the second one saw is not."""
        screens = []
        for _manager in range(2):
            screen = self._screen()
            screen.operation = "renegotiate"
            screen.payment_term_id = self.halves
            screen.reason = "Lost her job"
            screens.append(screen.save())
        screens[0].action_apply()
        self.assertRefused(screens[1].action_apply, "This changed meanwhile")

    def test_not_offered_where_it_is_not_possible(self):
        self._customer(self.manager).fiado_forgive(100.0, "why")
        self.assertNotIn("renegotiate", self._screen().possible_operations)
        self._leave_debt(10.0)
        self.assertIn("renegotiate", self._screen().possible_operations)
        self.env["account.payment.term"].search([]).action_archive()
        self.assertNotIn("renegotiate", self._screen().possible_operations)

    # Refused ------------------------------------------------------------------

    def test_refused(self):
        single = self._new_terms("Single", (100.0, 30))
        joana = self.env["res.partner"].create({"name": "Joana"})
        for text, values in (
            ("owes $\xa0100.00: type no more", {"amount": 100.01}),
            ("Joana owes nothing", {"partner": joana}),
            ("Choose how it is split", {"terms": single}),
            ("Type an amount", {"amount": 0.0}),
            ("negative", {"amount": -5.0}),
            ("must be a number", {"amount": True}),
            ("changed meanwhile", {"shown": {"balance": -99.0}}),
            ("has no wallet", {"partner": self.walk_in}),
        ):
            with self.subTest(text=text):
                self.assertRefused(lambda v=values: self._renegotiate(**v), text)
        self.assertRefused(
            lambda: self._customer(self.manager).fiado_renegotiate(self.thirds.id, " "),
            "a reason is needed",
        )
        self.company.fiado_enabled = False
        self.assertRefused(self._renegotiate, "switched off")

    def test_managers_only(self):
        for user in (self.cashier, self.helper):
            with self.assertRaises(AccessError):
                self._renegotiate(user=user)

    def test_once(self):
        answer = self._renegotiate(reference="plan/1")
        before = self._count()
        self.assertEqual(self._renegotiate(reference="plan/1"), answer)
        self.assertEqual(self._count(), before)
        self.assertRefused(
            lambda: self._renegotiate(reference="plan/1", amount=50.0),
            "already used for something else",
        )

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .charges import TODAY, ChargesCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCharge(ChargesCommon):
    """Late fee and interest are charged by whoever may, once, and to the cent."""

    def tearDown(self):
        self.assertTiesOut()
        super().tearDown()

    def test_example(self):
        self.assertEqual(
            self._read_charges(),
            (
                8.82,
                [("fee", 2.0), ("interest", 4.9), ("fee", 1.0), ("interest", 0.92)],
            ),
        )
        answer = self._customer(self.manager).fiado_charge()
        self.assertEqual(answer["balance"], -158.82)
        move = self._moves(answer)
        self.assertEqual(move.fiado_origin, "interest")
        self.assertItems(
            move,
            [
                (self.debt_account, 8.82, 0.0),
                (self.late_income, 0.0, 2.0),
                (self.late_income, 0.0, 4.9),
                (self.late_income, 0.0, 1.0),
                (self.late_income, 0.0, 0.92),
            ],
        )
        self.assertEqual(
            self._open_items()[-1].date_maturity, fields.Date.to_date(TODAY)
        )
        self.assertOpen(100.0, 50.0, 8.82)
        self.assertEqual(self._read_charges(), (0.0, []))
        with self.assertRaisesRegex(UserError, "nothing|no late fee"):
            self._customer(self.manager).fiado_charge()

    def test_a_month_later_the_interest_alone_and_none_on_it(self):
        self._customer(self.manager).fiado_charge()
        with freeze_time("2026-12-25"):
            self.assertEqual(
                self._read_charges(), (1.5, [("interest", 1.0), ("interest", 0.5)])
            )

    def test_nothing_is_charged_unless_said(self):
        answer = self._receive(150.0)
        self.assertEqual(answer["balance"], 0.0)
        self.assertEqual(len(answer["move_ids"]), 1)

    def test_received_with_charges(self):
        answer = self._receive(158.82, charges=True)
        self.assertEqual(answer["balance"], 0.0)
        charge, receive = self._moves(answer)
        self.assertEqual(charge.fiado_origin, "interest")
        self.assertItems(
            receive,
            [(self.debt_account, 0.0, 158.82), (self.receivable, 158.82, 0.0)],
        )
        self.assertOpen()
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertIn(charge, receive.fiado_document_ids)
        self.assertEqual(
            [(entry.origin, entry.amount) for entry in self._entries()[-2:]],
            [("interest", -8.82), ("credit_sale", 158.82)],
        )

    def test_principal_is_paid_before_what_is_charged(self):
        self._receive(120.0, charges=True)
        self.assertOpen(30.0, 8.82)
        # Of what was paid nothing runs on; the fee was charged.
        with freeze_time("2026-12-25"):
            self.assertEqual(self._read_charges(), (0.3, [("interest", 0.3)]))

    def test_more_than_all_of_it_is_credit(self):
        answer = self._receive(200.0, charges=True)
        self.assertEqual(answer["balance"], 41.18)
        self.assertOpen(-41.18)

    def test_paid_in_part_without_charges(self):
        """What runs up on the paid part is given up, what is left bears the fee."""
        self._receive(100.0)
        self.assertEqual(
            self._read_charges(), (1.92, [("fee", 1.0), ("interest", 0.92)])
        )

    def test_what_is_charged_is_settled_before_what_is_not_due_yet(self):
        with freeze_time("2026-11-20"):
            self._leave_debt(40.0)
        self._receive(155.0, charges=True)
        self.assertOpen(3.82, 40.0)

    def test_with_nothing_to_charge(self):
        self.company.fiado_grace_days = 400
        answer = self._receive(10.0, charges=True)
        self.assertEqual(len(answer["move_ids"]), 1)
        self.assertEqual(answer["balance"], -140.0)

    def test_left_off_by_who_may(self):
        with self.assertRaisesRegex(UserError, "ask who manages"):
            self._receive(150.0, charges=False)
        self.assertOpen(100.0, 50.0)
        answer = self._receive(20.0, self.manager, charges=False)
        self.assertEqual(answer["balance"], -130.0)
        # The owner sees who left off what.
        self.assertRegex(
            self._moves(answer).ref, "Maria, .*8.82 of late fee .*left off"
        )
        self.company.fiado_cashier_waives_charges = True
        self.assertEqual(self._receive(130.0, charges=False)["balance"], 0.0)

    def test_who_owes_nothing_leaves_nothing_off(self):
        joana = self.env["res.partner"].create({"name": "Joana"})
        answer = self._receive(10.0, partner=joana, charges=False)
        self.assertEqual(answer["balance"], 10.0)

    def test_once_for_a_reference(self):
        first = self._receive(158.82, charges=True, reference="a")
        self.assertEqual(self._receive(158.82, charges=True, reference="a"), first)
        with self.assertRaisesRegex(UserError, "already used"):
            self._receive(158.82, reference="a")
        charged = self.env["account.move"].search([("fiado_origin", "=", "interest")])
        self.assertEqual(len(charged), 1)

    def test_what_a_reference_keeps_is_as_it_was(self):
        self._receive(10.0, reference="old")
        request = self.env["fiado.request"].search([("reference", "=", "old")])
        self.assertNotIn("charges", request.values)

    def test_refused_where_it_is_something_else_by_now(self):
        shown = {"charges": 8.82, "balance": -150.0}
        with freeze_time("2026-11-26"), self.assertRaisesRegex(UserError, "meanwhile"):
            self._customer(self.manager).fiado_charge(shown=shown)
        self._customer(self.manager).fiado_charge(shown=shown)

    def test_rubbish_is_refused(self):
        for rubbish in ("yes", 1, [True], {}):
            with self.subTest(rubbish=rubbish), self.assertRaises(UserError):
                self._receive(10.0, charges=rubbish)

    def test_only_managers_charge_without_a_payment(self):
        for user in (self.cashier, self.helper):
            with self.assertRaises(AccessError):
                self._customer(user).fiado_charge()

    def test_off(self):
        self.company.write({"fiado_late_fee": 0.0, "fiado_interest": 0.0})
        self.assertEqual(self._read_charges(), (0.0, []))
        with self.assertRaisesRegex(UserError, "charges no late fee"):
            self._customer(self.manager).fiado_charge()

    def test_off_with_the_feature(self):
        self.company.fiado_enabled = False
        self.assertEqual(self._read_charges(), (0.0, []))
        self.assertEqual(self._receive(150.0, charges=True)["balance"], 0.0)

    def test_without_an_account(self):
        self.company.fiado_interest_account_id = False
        with self.assertRaisesRegex(UserError, "no account"):
            self._receive(158.82, charges=True)
        self.assertOpen(100.0, 50.0)
        self.company.fiado_interest = 0.5
        self.assertTrue(self.company.fiado_interest_account_id)

    def test_what_is_charged_counts_in_the_limit(self):
        policy = self.env["fiado.policy"].with_company(self.company)
        self.company.account_use_credit_limit = True
        self.maria.with_company(self.company).credit_limit = 500.0

        def headroom():
            self.env.invalidate_all()
            ledger = self.env["fiado.ledger"].with_company(self.company)
            return policy._get_headroom(
                ledger._read_wallets(self.maria, self.company)[self.maria]
            )

        before = headroom()
        self._customer(self.manager).fiado_charge()
        self.assertAlmostEqual(before - headroom(), 8.82)

    def test_forgiven(self):
        self._customer(self.manager).fiado_charge()
        self._receive(150.0)
        self._customer(self.manager).fiado_forgive(8.82, "Regular customer")
        self.assertOpen()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_books_closed_for_today(self):
        """It is charged until today, on whichever day it is recorded."""
        self.company.fiscalyear_lock_date = "2026-11-30"
        move = self._moves(self._customer(self.manager).fiado_charge())
        self.assertEqual(move.date, fields.Date.to_date("2026-12-01"))
        self.assertEqual(self._read_charges(), (0.0, []))
        with freeze_time("2026-12-25"):
            self.assertEqual(self._read_charges()[0], 1.5)

    def test_billing(self):
        self._receive(158.82, charges=True)
        page = self.env["fiado.billing"].with_company(self.company)
        rows = page.search([("company_id", "=", self.company.id)])
        late = rows.filtered(lambda row: row.figure == "late_charges")
        self.assertEqual(late.mapped("amount"), [8.82])
        self.assertEqual(set(late.mapped("section")), {"apart"})
        self.assertAlmostEqual(sum(rows.mapped("effect")), 0.0)

    def test_many_wallets_in_one_query(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(20)]
        )
        ledger = self.env["fiado.ledger"].with_company(self.company)
        with freeze_time("2026-06-01"):
            ledger._operate_each(
                self.company,
                [
                    (partner, -10.0, self.company.fiado_loss_account_id, {})
                    for partner in partners
                ],
                "adjustment",
            )
        self.env.flush_all()
        wallets = ledger._read_wallets(partners | self.maria, self.company)
        with self.assertQueryCount(1):
            charges = ledger._read_charges(list(wallets.values()))
        self.assertEqual(charges[self.maria].amount, 8.82)
        self.assertEqual(charges[partners[7]].amount, 0.2 + 0.49)

    def test_no_query_where_nothing_is_charged(self):
        ledger = self.env["fiado.ledger"].with_company(self.company)
        wallets = list(ledger._read_wallets(self.maria, self.company).values())
        self.company.fiado_grace_days = 400
        self.env.flush_all()
        ledger._read_charges(wallets)  # any screen has read company and user
        with self.assertQueryCount(0):
            ledger._read_charges(wallets)
        self.company.write({"fiado_late_fee": 0.0, "fiado_interest": 0.0})
        self.env.flush_all()
        ledger._read_charges(wallets)
        with self.assertQueryCount(0):
            ledger._read_charges(wallets)

    def test_operations_ask_nothing_where_nothing_is_charged(self):
        """Neither where it is off, nor where the caller says nothing, nor where
        nothing is overdue for long enough."""
        ledger = self.env["fiado.ledger"].with_company(self.company)
        policy = self.env["fiado.policy"].with_company(self.company)
        wallet = ledger._read_wallets(self.maria, self.company)[self.maria]

        def charge(wanted):
            charges = policy._get_charges(wallet, wanted, {})
            self.assertFalse(ledger._create_charge_move(wallet, charges))
            self.assertEqual(ledger._get_charged(wallet, charges), wallet)

        with self.assertQueryCount(0):
            charge(None)
        for vals in ({"fiado_grace_days": 400}, {"fiado_enabled": False}):
            self.company.write(vals)
            self.env.flush_all()
            charge(True)  # any operation has read company and user
            with self.assertQueryCount(0):
                charge(True)
                charge(False)

    # What is set ---------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_never_negative(self):
        for name in ("fiado_late_fee", "fiado_interest", "fiado_grace_days"):
            with (
                self.subTest(name=name),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.company[name] = -1
                self.env.flush_all()

    def test_legal_maximum_in_brazil(self):
        self.company.account_fiscal_country_id = self.env.ref("base.br")
        self.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})
        for vals in ({"fiado_late_fee": 2.01}, {"fiado_interest": 1.01}):
            with self.assertRaisesRegex(ValidationError, "legal maximum"):
                self.company.write(vals)
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        self.company.write({"fiado_late_fee": 10.0})
        with self.assertRaisesRegex(ValidationError, "legal maximum"):
            self.company.account_fiscal_country_id = self.env.ref("base.br")

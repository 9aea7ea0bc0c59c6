from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPaymentRegister(FiadoCommon):
    """Odoo's own Pay wizard leaves what is missing or too much in the wallet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_clerk("clerk", "bemp_fiado.group_fiado_user")
        cls.plain_clerk = cls._new_clerk("plain_clerk")
        cls.chief_clerk = cls._new_clerk(
            "chief_clerk", "bemp_fiado.group_fiado_manager"
        )

    @classmethod
    def _new_clerk(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=f"fiado_{login}",
            groups=",".join(["account.group_account_invoice", *groups]),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _invoice(self, amount=55.0, partner=None, post=True, **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.maria).id,
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.haircut.id,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _pay_invoices(self, invoices, amount, **values):
        wizard = self._pay_wizard(invoices, amount, fiado_use_balance=True, **values)
        return wizard._create_payments()

    def _wallet_move(self):
        return self.env["account.move"].search(
            [("journal_id", "=", self.company.fiado_journal_id.id)],
            order="id desc",
            limit=1,
        )

    def assertPaid(self, invoices):
        self.env.invalidate_all()
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        for amount in self._receivable_open():
            self.assertAlmostEqual(amount, 0.0)
        self.assertTiesOut()

    def assertRefused(self, wizard, sentence):
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            wizard._create_payments()
        self.assertEqual(str(refusal.exception), sentence)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertFalse(wizard.fiado_balance_forecast)
        self.assertTiesOut()

    # What is left ------------------------------------------------------------

    def test_underpaid(self):
        invoice = self._invoice()
        payment = self._pay_invoices(invoice, 30.0)
        self.assertPaid(invoice)
        self.assertEqual(payment.state, "paid")
        self.assertEqual(invoice.matched_payment_ids, payment)
        move = self._wallet_move()
        self.assertRecordValues(
            move,
            [
                {
                    "fiado_origin": "invoice",
                    "ref": invoice.name,
                    "date": fields.Date.to_date("2026-03-10"),
                    "state": "posted",
                }
            ],
        )
        self.assertRecordValues(
            move.line_ids.sorted("id"),
            [
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "debit": 25.0,
                    "credit": 0.0,
                    "date_maturity": fields.Date.to_date("2026-04-09"),
                },
                {
                    "account_id": self.receivable.id,
                    "partner_id": self.maria.id,
                    "debit": 0.0,
                    "credit": 25.0,
                    "date_maturity": fields.Date.to_date("2026-03-10"),
                },
            ],
        )
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance", reverse=True),
            [
                {"account_id": self.cash_account.id, "debit": 30.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 30.0},
            ],
        )
        self.assertRecordValues(
            self._entries(user=self.clerk),
            [
                {
                    "kind": "debt",
                    "origin": "invoice",
                    "amount": -25.0,
                    "balance_after": -25.0,
                    "user_id": self.clerk.id,
                }
            ],
        )

    def test_overpaid(self):
        invoice = self._invoice()
        self._pay_invoices(invoice, 60.0)
        self.assertPaid(invoice)
        self.assertRecordValues(
            self._wallet_move().line_ids.sorted("id"),
            [
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 5.0},
                {"account_id": self.receivable.id, "debit": 5.0, "credit": 0.0},
            ],
        )
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))

    def test_overpaid_by_who_owes(self):
        self._leave_debt(25.0)
        invoice = self._invoice()
        self._pay_invoices(invoice, 90.0)
        self.assertPaid(invoice)
        self.assertRecordValues(
            self._wallet_move().line_ids.sorted("id"),
            [
                {"account_id": self.debt_account.id, "debit": 0.0, "credit": 25.0},
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 10.0},
                {"account_id": self.receivable.id, "debit": 35.0, "credit": 0.0},
            ],
        )
        self.assertEqual(self._wallet(), (10.0, 0.0, 10.0))

    def test_underpaid_by_who_has_credit(self):
        self._leave_credit(10.0)
        invoice = self._invoice()
        wizard = self._pay_wizard(invoice, 30.0)
        self.assertEqual(
            wizard.fiado_balance_forecast,
            "$\xa010.00 are taken from Maria's credit. $\xa015.00 stay as Maria's "
            "debt, due on 04/09/2026.",
        )
        self._pay_invoices(invoice, 30.0)
        self.assertPaid(invoice)
        self.assertRecordValues(
            self._wallet_move().line_ids.sorted("id"),
            [
                {"account_id": self.credit_account.id, "debit": 10.0, "credit": 0.0},
                {"account_id": self.debt_account.id, "debit": 15.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 25.0},
            ],
        )
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))

    def test_several_invoices_underpaid(self):
        child = self.env["res.partner"].create(
            {"name": "Maria's son", "parent_id": self.maria.id, "type": "other"}
        )
        invoices = self._invoice() | self._invoice(40.0, child)
        payment = self._pay_invoices(invoices, 50.0)
        self.assertEqual(len(payment), 1)
        self.assertPaid(invoices)
        self.assertRecordValues(
            self._wallet_move().line_ids.sorted("id"),
            [
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "debit": 45.0,
                    "credit": 0.0,
                },
                {
                    "account_id": self.receivable.id,
                    "partner_id": self.maria.id,
                    "debit": 0.0,
                    "credit": 45.0,
                },
            ],
        )
        self.assertEqual(self._wallet(), (-45.0, 45.0, 0.0))

    def test_several_invoices_overpaid(self):
        invoices = self._invoice() | self._invoice(40.0)
        self._pay_invoices(invoices, 100.0)
        self.assertPaid(invoices)
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))

    def test_the_rest_of_an_invoice(self):
        invoice = self._invoice()
        self._pay_wizard(invoice, 20.0)._create_payments()
        self.assertEqual(invoice.amount_residual, 35.0)
        self._pay_invoices(invoice, 5.0)
        self.assertPaid(invoice)
        self.assertEqual(self._wallet(), (-30.0, 30.0, 0.0))

    def test_installments(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Half now",
                "line_ids": [
                    Command.create({"value_amount": 50.0, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        invoice = self._invoice(invoice_payment_term_id=terms.id)
        wizard = self._pay_wizard(invoice)
        self.assertEqual(wizard.amount, 27.5)
        self.assertFalse(wizard.fiado_balance_forecast)
        self._pay_invoices(invoice, 30.0)
        self.assertPaid(invoice)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_cents(self):
        invoices = self._invoice(0.1) | self._invoice(0.2)
        self._pay_invoices(invoices, 0.15)
        self.assertPaid(invoices)
        self.assertEqual(self._wallet(), (-0.15, 0.15, 0.0))

    def test_another_day(self):
        invoice = self._invoice()
        self._pay_invoices(invoice, 30.0, payment_date="2026-03-09")
        self.assertPaid(invoice)
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "date": fields.Date.to_date("2026-03-09"),
                    "due_date": fields.Date.to_date("2026-04-08"),
                }
            ],
        )

    def test_form_without_outstanding_account(self):
        self.cash.payment_account_id = False
        for state in ("paid", "in_payment"):
            with (
                self.subTest(state=state),
                patch.object(
                    self.env.registry["account.move"],
                    "_get_invoice_in_payment_state",
                    lambda move, state=state: state,
                ),
            ):
                invoice = self._invoice()
                payment = self._pay_invoices(invoice, 30.0)
                self.env.invalidate_all()
                self.assertTrue(payment.move_id)
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))
                self.assertEqual(self._receivable_open(), (0.0, 0.0))
                self.assertTiesOut()
        self.assertEqual(self._wallet(), (-50.0, 50.0, 0.0))

    # The screen --------------------------------------------------------------

    def test_form(self):
        invoice = self._invoice()
        with Form(
            self.env["account.payment.register"]
            .with_user(self.clerk)
            .with_context(
                active_model="account.move", active_ids=invoice.ids, lang="en_US"
            )
        ) as form:
            form.journal_id = self.cash_journal
            self.assertFalse(form.fiado_balance_forecast)
            form.amount = 30.0
            self.assertEqual(
                form.fiado_balance_forecast,
                "$\xa025.00 stay as Maria's debt, due on 04/09/2026.",
            )
            form.payment_difference_handling = "reconcile"
            form.fiado_use_balance = True
            self.assertEqual(form.payment_difference_handling, "open")
        form.record.action_create_payments()
        self.assertPaid(invoice)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_unticked_stays_native(self):
        invoice = self._invoice()
        self._pay_wizard(invoice, 30.0)._create_payments()
        self.assertEqual(invoice.amount_residual, 25.0)
        self.assertFalse(self._entries())

    def test_ticked_without_a_difference(self):
        invoice = self._invoice()
        self._pay_invoices(invoice, 55.0)
        self.assertPaid(invoice)
        self.assertFalse(self._entries())

    def test_nothing_is_written_off_as_well(self):
        invoice = self._invoice()
        self._pay_invoices(
            invoice,
            30.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.income.id,
        )
        self.assertPaid(invoice)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_one_reconciliation(self):
        self._leave_debt(25.0)
        invoice = self._invoice()
        wizard = self._pay_wizard(invoice, 90.0, fiado_use_balance=True)
        lines = self.env.registry["account.move.line"]
        with patch.object(
            lines,
            "_reconcile_plan",
            autospec=True,
            side_effect=lines._reconcile_plan,
        ) as reconcile:
            wizard._create_payments()
        self.assertEqual(reconcile.call_count, 1)
        self.assertPaid(invoice)

    # Refused -----------------------------------------------------------------

    def test_user_without_the_group(self):
        wizard = self._pay_wizard(
            self._invoice(), 30.0, user=self.plain_clerk, fiado_use_balance=True
        )
        self.assertRefused(
            wizard,
            "You may not leave a balance in a customer's wallet: receive exactly "
            "the total, or ask who may.",
        )

    def test_feature_off(self):
        self.company.fiado_enabled = False
        self.assertRefused(
            self._pay_wizard(self._invoice(), 30.0, fiado_use_balance=True),
            "Fiado is switched off in this shop: receive exactly the total. The owner "
            "switches it on in the settings.",
        )

    def test_walk_in(self):
        invoice = self._invoice(partner=self.walk_in)
        for amount in (30.0, 60.0):
            self.assertRefused(
                self._pay_wizard(invoice, amount, fiado_use_balance=True),
                "Unidentified customer: receive exactly the total.",
            )

    def test_customer_without_fiado(self):
        self.maria.sudo().no_fiado = True
        invoice = self._invoice()
        self.assertRefused(
            self._pay_wizard(invoice, 30.0, fiado_use_balance=True),
            "Maria leaves no debt: receive the total.",
        )
        self._pay_invoices(invoice, 60.0)
        self.assertPaid(invoice)
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))

    def test_invoice_of_an_internal_sale(self):
        order = self._order(order_type="internal")
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.assertRefused(
            self._pay_wizard(invoice, 30.0, fiado_use_balance=True),
            "An internal sale leaves no debt: receive the total.",
        )

    def test_nothing_paid(self):
        self.assertRefused(
            self._pay_wizard(self._invoice(), 0.0, fiado_use_balance=True),
            "A payment of zero is none: type what the customer pays.",
        )

    def test_what_is_no_payment_of_whole_invoices(self):
        sentence = (
            "Only the difference of one payment for whole invoices of one customer, "
            "in USD, can be left in the wallet. Pay these without “Use balance as "
            "credit/debit for the customer”."
        )
        joana = self.env["res.partner"].create({"name": "Joana"})
        bill = self._invoice(move_type="in_invoice", name="BILL/2026/03/0001")
        refund = self._invoice(move_type="out_refund")
        draft = self._invoice(post=False)
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign = self._invoice(currency_id=euro.id)
        for name, invoices, values in (
            ("two customers", self._invoice() | self._invoice(partner=joana), {}),
            ("one by one", self._invoice() | self._invoice(), {"group_payment": False}),
            ("vendor", bill, {"payment_method_line_id": False}),
            ("credit note", refund, {"payment_method_line_id": False}),
            ("with credit note", self._invoice(90.0) | refund, {}),
            ("draft", draft, {}),
            ("currency", foreign, {}),
            ("payment in another currency", self._invoice(), {"currency_id": euro.id}),
        ):
            with self.subTest(name):
                wizard = self._pay_wizard(
                    invoices, 30.0, fiado_use_balance=True, **values
                )
                if wizard.currency_id.is_zero(wizard.payment_difference):
                    wizard.amount = 20.0
                self.assertRefused(wizard, sentence)

    def test_one_installment_alone(self):
        terms = self.env.ref("account.account_payment_term_30days").copy(
            {
                "line_ids": [
                    Command.clear(),
                    Command.create({"value_amount": 50.0, "nb_days": 0}),
                    Command.create({"value_amount": 50.0, "nb_days": 30}),
                ]
            }
        )
        invoice = self._invoice(invoice_payment_term_id=terms.id)
        line = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )[0]
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.clerk)
            .with_context(
                active_model="account.move.line", active_ids=line.ids, lang="en_US"
            )
            .create({"journal_id": self.cash_journal.id, "fiado_use_balance": True})
        )
        wizard.amount = 20.0
        self.assertRefused(
            wizard,
            "Only the difference of one payment for whole invoices of one customer, "
            "in USD, can be left in the wallet. Pay these without “Use balance as "
            "credit/debit for the customer”.",
        )

    def test_limit(self):
        self.company.account_use_credit_limit = True
        self.maria.with_company(self.company).credit_limit = 20.0
        sentence = (
            "Maria has $\xa020.00 free of a limit of $\xa020.00: receive at least "
            "$\xa05.00 more, or "
        )
        invoice = self._invoice()
        self.assertRefused(
            self._pay_wizard(
                invoice,
                30.0,
                fiado_use_balance=True,
                fiado_override_reason="Good customer",
            ),
            sentence + "ask who manages the wallets.",
        )
        sentence += "say why it is all right."
        wizard = self._pay_wizard(
            invoice, 30.0, user=self.chief_clerk, fiado_use_balance=True
        )
        self.assertEqual(wizard.fiado_limit_refusal, sentence)
        self.assertTrue(wizard.fiado_balance_forecast)
        with self.assertRaises(UserError) as refusal:
            wizard._create_payments()
        self.assertEqual(str(refusal.exception), sentence)
        wizard.fiado_override_reason = "Good customer"
        wizard._create_payments()
        self.assertPaid(invoice)
        self.assertIn("Reason: Good customer", self.maria.message_ids[0].body)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

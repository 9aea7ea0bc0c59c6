from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestPaymentForms(FiadoCommon):
    """A closing is right through every kind of payment form."""

    def assertPaid(self, answer, account):
        payment = self.env["account.payment"].sudo().browse(answer["payment_ids"])
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance", reverse=True),
            [
                {"account_id": account.id, "debit": 30.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 30.0},
            ],
        )
        invoice = self.env["account.move"].sudo().browse(answer["invoice_ids"])
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()
        return payment

    def _close_with(self, form):
        return self._order().close_order([self._pay(30.0, form)], use_balance=True)

    def test_straight_to_the_till(self):
        payment = self.assertPaid(self._close_with(self.cash), self.cash_account)
        self.assertEqual(payment.state, "paid")

    def test_outstanding_account(self):
        outstanding = self.pix.payment_account_id
        self.assertTrue(outstanding)
        payment = self.assertPaid(self._close_with(self.pix), outstanding)
        self.assertIn(payment.state, ("paid", "in_process"))

    def test_no_outstanding_account(self):
        default = self.env["account.payment"]._get_outstanding_account
        self.cash.payment_account_id = False
        payment = self.env["account.payment"].new({"company_id": self.company.id})
        outstanding = payment._get_outstanding_account("inbound")
        self.assertTrue(default)
        self.assertPaid(self._close_with(self.cash), outstanding)

    def test_no_outstanding_account_beside_an_accounting_app(self):
        # Where Odoo's accounting app is installed, such a payment has no entry.
        self.cash.payment_account_id = False
        payment = self.env["account.payment"].new({"company_id": self.company.id})
        outstanding = payment._get_outstanding_account("inbound")
        with patch.object(
            self.env.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        ):
            answer = self._close_with(self.cash)
        self.assertPaid(answer, outstanding)

    def test_several_forms(self):
        order = self._order()
        answer = order.close_order(
            [self._pay(20.0), self._pay(10.0, self.pix), self._pay(5.0)],
            use_balance=True,
        )
        self.assertEqual(len(answer["payment_ids"]), 3)
        self.assertEqual(self._wallet(), (-20.0, 20.0, 0.0))
        self.assertRecordValues(
            order.closing_payment_ids,
            [
                {"amount": 20.0, "payment_method_line_id": self.cash.id},
                {"amount": 10.0, "payment_method_line_id": self.pix.id},
                {"amount": 5.0, "payment_method_line_id": self.cash.id},
            ],
        )
        self.assertTiesOut()

    def test_names(self):
        self.assertEqual(self.cash.payment_form_name, self.cash_journal.name)
        self.pix.name = "Pix"
        self.assertEqual(self.pix.payment_form_name, "Pix")

    def test_names_of_other_languages(self):
        # Odoo names a form after its method in the language of who made the journal.
        self.env["res.lang"]._activate_lang("pt_BR")
        method = self.pix.payment_method_id
        method.with_context(lang="en_US").name = "Manual Payment"
        method.with_context(lang="pt_BR").name = "Pagamento manual"
        for name in ("Manual Payment", "Pagamento manual"):
            self.pix.name = name
            for lang in ("en_US", "pt_BR"):
                with self.subTest(name=name, lang=lang):
                    form = self.pix.with_user(self.cashier).with_context(lang=lang)
                    journal = self.bank_journal.with_context(lang=lang)
                    self.assertEqual(form.payment_form_name, journal.name)
        self.pix.name = "Pix"
        form = self.pix.with_context(lang="pt_BR")
        self.assertEqual(form.payment_form_name, "Pix")

    def test_provider_takes_no_money_at_the_till(self):
        # It would book what nobody charged.
        provider = self.env["payment.provider"].create(
            {"name": "Online", "company_id": self.company.id}
        )
        online = self.pix.create(
            {
                "name": "Online",
                "journal_id": self.bank_journal.id,
                "payment_method_id": self.pix.payment_method_id.id,
                "payment_provider_id": provider.id,
            }
        )
        order = self._order()
        screen = order.env["sale.order.close"].create({"order_id": order.id})
        self.assertIn(self.pix, screen.payment_form_ids)
        self.assertNotIn(online, screen.payment_form_ids)
        with self.assertRaisesRegex(UserError, "Choose one of"):
            order.close_order([self._pay(55.0, online)])
        self.assertEqual(order.closing_state, "open")

    def test_qr_code(self):
        # Odoo draws those of Pix with a package that it doesn't ask for.
        image = self.env["ir.actions.report"].barcode("QR", "pix", width=200)
        self.assertTrue(image.startswith(b"\x89PNG"))

from unittest.mock import patch

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

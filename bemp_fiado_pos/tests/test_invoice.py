from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestInvoice(FiadoPosCommon):
    """An order's invoice is paid by what the order moved in the wallet, whenever it is
    made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._open()

    def _invoice(self, order):
        # As Odoo has it, who invoices what is in the books has rights on them.
        order = order.with_user(self.env.user).with_context(generate_pdf=False)
        order.action_pos_order_invoice()
        self.env.invalidate_all()
        return order.sudo().account_move

    def _check(self, order, invoice, wallet):
        self.assertIn(invoice.payment_state, ("paid", "reversed"))
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self._receivable_open()[0], 0.0)
        self.assertEqual(self._wallet(), wallet)
        self.assertTiesOut()

    def test_while_the_session_is_open(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        )
        invoice = self._invoice(order)
        self._check(order, invoice, (-25.0, 25.0, 0.0))
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        figures = self.assertBooksTieOut()
        self.assertEqual(figures["billed"], 55.0)

    def test_at_the_till(self):
        order = self._sell(
            self.haircut,
            pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)],
            to_invoice=True,
        )
        self._check(order, order.sudo().account_move, (-25.0, 25.0, 0.0))
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    def test_when_the_session_is_closed(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        )
        self._end()
        entries = self._entries()
        invoice = self._invoice(order)
        self._check(order, invoice, (-25.0, 25.0, 0.0))
        self.assertEqual(self._entries(), entries)
        self.assertEqual(self._clearing_open(), 0.0)
        figures = self.assertBooksTieOut()
        amounts = {row["figure"]: row["amount"] for row in figures["rows"]}
        self.assertEqual(amounts["service"], 55.0)
        self.assertEqual(amounts["point_of_sale"], 0.0)
        self.assertEqual(figures["billed"], 55.0)

    def test_one_that_also_paid_old_debt(self):
        for invoice_first in (True, False):
            self._leave_debt(20.0)
            order = self._sell(
                self.haircut, pay=[(self.pay_cash, 75.0), (self.pay_fiado, -20.0)]
            )
            if invoice_first:
                invoice = self._invoice(order)
                self._end()
            else:
                self._end()
                invoice = self._invoice(order)
            self._check(order, invoice, (0.0, 0.0, 0.0))
            self.assertEqual(self._clearing_open(), 0.0)
            self.assertBooksTieOut()
            self.session = self._open()

    def test_a_refund_of_an_invoiced_order(self):
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], to_invoice=True)
        refund = self._refund(order, [(self.pay_fiado, -55.0)], to_invoice=True)
        credit_note = refund.sudo().account_move
        self.assertEqual(credit_note.move_type, "out_refund")
        self._check(refund, credit_note, (0.0, 0.0, 0.0))
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    def test_the_invoice_stays_as_it_is(self):
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        invoice = self._invoice(order)
        self._end()
        accountant = self._new_user("accountant", "account.group_account_manager")
        payment = order.sudo().payment_ids.account_move_id
        for document in (invoice, payment):
            document = document.with_user(accountant)
            with self.assertRaisesRegex(UserError, "refund that order there"):
                document.button_draft()
            with self.assertRaisesRegex(UserError, "refund that order there"):
                document.line_ids.remove_move_reconcile()
        self.assertBooksTieOut()

    def test_what_is_invoiced_is_not_edited(self):
        order = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        )
        self._invoice(order)
        with self.assertRaises(UserError):
            order.with_user(self.till).payment_ids.unlink()

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import REFUSAL, FiadoSubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestInvoice(FiadoSubscriptionCommon):
    """Subscriptions that make invoices without orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_employee(
            "clerk", "account.group_account_invoice", "bemp_fiado.group_fiado_user"
        )
        cls.template.invoicing_mode = "draft"

    def _invoice(self):
        subscription = self._subscribe()
        subscription.generate_invoice()
        invoice = subscription.invoice_ids
        self.assertFalse(subscription.sale_order_ids)
        invoice.sudo().action_post()
        return invoice.sudo()

    def _pay(self, invoices, amount, **values):
        values = {"fiado_use_balance": True, **values}
        return self._pay_wizard(invoices, amount, **values)._create_payments()

    def test_leaves_no_credit(self):
        invoice = self._invoice()
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._pay(invoice, 60.0)
        self.assertEqual(str(refusal.exception), REFUSAL)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertTiesOut()

    def test_leaves_debt(self):
        invoice = self._invoice()
        self._pay(invoice, 30.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_together_with_another(self):
        """One of a subscription among them is enough."""
        order = self._order()
        order.action_confirm()
        other = order.sudo()._create_invoices()
        other.action_post()
        with self.assertRaises(UserError) as refusal:
            self._pay(self._invoice() | other, 115.0)
        self.assertEqual(str(refusal.exception), REFUSAL)
        self._pay(other, 60.0)
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))
        self.assertTiesOut()

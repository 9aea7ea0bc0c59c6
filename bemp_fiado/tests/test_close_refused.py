import math

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestCloseRefused(FiadoCommon):
    """What may not be closed: the exact sentence, and nothing changed."""

    def assertRefused(self, order, sentence, *amounts, exception=UserError, **values):
        before = self._count()
        with self.assertRaises(exception) as refusal:
            self._close(order, *amounts, **values)
        self.assertEqual(str(refusal.exception), sentence)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()

    # Who may, and when -------------------------------------------------------

    def test_feature_off(self):
        self.company.fiado_enabled = False
        order = self._order()
        sentence = (
            "Fiado is switched off in this shop: receive exactly the total. "
            "The owner switches it on in the settings."
        )
        self.assertRefused(order, sentence, 30.0, use_balance=True)
        self.assertRefused(order, sentence, use_balance=True)
        self.assertRefused(order, sentence, 60.0, use_balance=True)
        self._close(order, 55.0)
        self.assertEqual(order.closing_state, "closed")
        self.assertFalse(self._entries())

    def test_feature_off_settles_what_is_there(self):
        self._leave_debt(25.0)
        self.company.fiado_enabled = False
        self._close(self._order(), 80.0, debt_paid=25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_user_without_the_group(self):
        order = self._order(user=self.helper)
        sentence = (
            "You may not leave a balance in a customer's wallet: receive exactly "
            "the total, or ask who may."
        )
        self.assertRefused(order, sentence, 30.0, use_balance=True)
        self.assertRefused(order, sentence, 60.0, use_balance=True)
        self._close(order, 55.0)
        self.assertEqual(order.closing_state, "closed")

    def test_user_without_the_group_settles_and_uses_credit(self):
        self._leave_debt(25.0)
        self._close(self._order(user=self.helper), 80.0, debt_paid=25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._leave_credit(10.0)
        self._close(self._order(user=self.helper), 45.0, credit_used=10.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_user_without_sales_rights(self):
        order = self._order()
        accountant = self._new_user("accountant")
        accountant.group_ids = [
            Command.set(self.env.ref("account.group_account_invoice").ids)
        ]
        self.assertRefused(
            order.with_user(accountant),
            "Only sales users take payments and move wallets.",
            55.0,
            exception=AccessError,
        )

    def test_orders_of_others(self):
        order = self._order(user=self.cashier, user_id=self.cashier.id)
        own_only = self._new_user("own", "bemp_fiado.group_fiado_user")
        own_only.group_ids -= self.env.ref("sales_team.group_sale_salesman_all_leads")
        own_only.group_ids += self.env.ref("sales_team.group_sale_salesman")
        before = self._count()
        with self.assertRaises(AccessError):
            self._close(order.with_user(own_only), 55.0)
        self.assertEqual(self._count(), before)

    # The balance -------------------------------------------------------------

    def test_unticked(self):
        order = self._order()
        self.assertRefused(
            order,
            "$\xa025.00 are missing. Receive them too, or tick “Use balance as "
            "credit/debit for the customer” to leave them as debt.",
            30.0,
        )
        self.assertRefused(
            order,
            "$\xa05.00 are too much. Give them back, or tick “Use balance as "
            "credit/debit for the customer” to leave them as credit.",
            60.0,
        )

    def test_walk_in(self):
        sentence = "Unidentified customer: receive exactly the total."
        order = self._order(partner=self.walk_in)
        self.assertRefused(order, sentence, 30.0, use_balance=True)
        self.assertRefused(order, sentence, 60.0, use_balance=True)
        self._close(order, 55.0)
        self.assertEqual(order.closing_state, "closed")

    def test_walk_in_invoiced_to_somebody(self):
        order = self._order(partner=self.walk_in, partner_invoice_id=self.maria.id)
        self.assertRefused(
            order,
            "Unidentified customer: receive exactly the total.",
            30.0,
            use_balance=True,
        )

    def test_internal_sale(self):
        order = self._order(order_type="internal")
        self.assertRefused(
            order,
            "An internal sale leaves no debt: receive the total.",
            30.0,
            use_balance=True,
        )
        self._close(order, 60.0, use_balance=True)
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))

    def test_subscription_order(self):
        order = self._order(order_type="subscription")
        self.assertRefused(
            order,
            "A subscription order leaves no credit: receive the total only.",
            60.0,
            use_balance=True,
        )
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_customer_without_fiado(self):
        self.maria.sudo().no_fiado = True
        order = self._order()
        self.assertRefused(
            order,
            "Maria leaves no debt: receive the total.",
            30.0,
            use_balance=True,
        )
        self._close(order, 60.0, use_balance=True)
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))

    def test_more_than_the_debt(self):
        self._leave_debt(25.0)
        self.assertRefused(
            self._order(),
            "Maria owes $\xa025.00. No more than that can be paid of the debt.",
            85.0,
            debt_paid=30.0,
        )

    def test_more_than_the_credit(self):
        self._leave_credit(10.0)
        self.assertRefused(
            self._order(),
            "Maria has $\xa010.00 of credit. No more than that can be used.",
            40.0,
            credit_used=15.0,
        )

    def test_more_credit_than_the_order_takes(self):
        self._leave_credit(100.0)
        self.assertRefused(
            self._order(),
            "This order only takes $\xa055.00: use no more credit than that.",
            credit_used=60.0,
            use_balance=True,
        )

    def test_other_currency(self):
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": self.env.ref("base.EUR").id}
        )
        self.env.ref("base.EUR").active = True
        order = self._order(pricelist_id=pricelist.id)
        sentence = (
            "This order is in EUR, but the wallets are in USD: receive exactly the "
            "total, and no debt or credit with it."
        )
        due = order.amount_total
        self.assertEqual(order.currency_id, self.env.ref("base.EUR"))
        self.assertRefused(order, sentence, due - 10.0, use_balance=True)
        self.assertRefused(order, sentence, due + 10.0, use_balance=True)
        answer = self._close(order, due)
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(answer["move_ids"], [])
        self.assertEqual(self._receivable_open()[0], 0.0)

    # The order ---------------------------------------------------------------

    def test_already_closed(self):
        order = self._order()
        self._close(order, 55.0)
        self.assertRefused(order, f"Order {order.name} is already closed.", 55.0)

    def test_cancelled(self):
        order = self._order()
        order.action_cancel()
        self.assertRefused(
            order,
            f"Order {order.name} is cancelled. Set it back to a quotation first.",
            55.0,
        )

    def test_empty(self):
        order = self._order()
        order.order_line = [
            Command.clear(),
            Command.create({"display_type": "line_note", "name": "Come back soon"}),
        ]
        self.assertRefused(
            order,
            f"Order {order.name} is empty. Add what the customer bought first.",
        )

    def test_total_below_zero(self):
        order = self._order()
        order.order_line.price_unit = -1.0
        self.assertRefused(
            order,
            f"The total of order {order.name} is below zero, so there is nothing to "
            "receive. Check its prices and quantities.",
        )

    def test_not_delivered(self):
        product = self.env["product.product"].create(
            {
                "name": "Pomade",
                "type": "consu",
                "invoice_policy": "delivery",
                "list_price": 45.0,
                "taxes_id": False,
            }
        )
        order = self._order(self.haircut, product)
        self.assertRefused(
            order,
            "Deliver these first, since they are invoiced on delivery: Pomade.",
            100.0,
        )

    def test_invoice_of_several_orders(self):
        order, other = self._order(), self._order()
        (order | other).action_confirm()
        (order | other).sudo()._create_invoices()
        self.assertRefused(
            order,
            f"An invoice of order {order.name} is also that of {other.name}: register "
            "its payment in accounting.",
            110.0,
        )

    def test_several_orders(self):
        orders = self._order() | self._order()
        self.assertRefused(orders, "Close one order at a time.", 55.0)

    # The payments ------------------------------------------------------------

    def test_bad_amounts(self):
        order = self._order()
        for amount, sentence in (
            (0.0, "A payment of zero is none: remove it or type its amount."),
            (-10.0, "An amount can't be negative."),
            (math.nan, "An amount is not a number or far too large."),
            (math.inf, "An amount is not a number or far too large."),
            (1e308, "An amount is not a number or far too large."),
            (0.001, "0.001 has fractions of the smallest coin of USD."),
            ("55", "An amount must be a number."),
            (None, "An amount must be a number."),
            (True, "An amount must be a number."),
        ):
            with self.subTest(amount=amount):
                self.assertRefused(order, sentence, amount, use_balance=True)

    def test_float_noise_is_no_fraction(self):
        order = self._order()
        self._close(order, 54.9, 0.1 + 0.2 - 0.2)
        self.assertEqual(order.closing_state, "closed")

    def test_bad_payment_lists(self):
        order = self._order()
        for payments in (
            None,
            "cash",
            [None],
            [{"amount": 55.0}],
            [{**self._pay(55.0), "journal_id": 1}],
            {"payment_method_line_id": self.cash.id, "amount": 55.0},
        ):
            before = self._count()
            with self.subTest(payments=payments), self.assertRaises(UserError) as e:
                order.close_order(payments)
            self.assertEqual(
                str(e.exception),
                "Payments must be a list of payment forms with amounts.",
            )
            self.assertEqual(self._count(), before)

    def test_payment_forms_that_the_shop_does_not_have(self):
        other = self.setup_other_company()
        outbound = self.cash_journal.outbound_payment_method_line_ids[:1]
        archived = self.pix.copy({"name": "Old", "journal_id": self.bank_journal.id})
        archived_journal = self.env["account.journal"].create(
            {"name": "Old", "type": "cash", "code": "OLD"}
        )
        archived = archived_journal.inbound_payment_method_line_ids[:1]
        archived_journal.active = False
        order = self._order()
        for form_id in (
            other["default_journal_cash"].inbound_payment_method_line_ids[:1].id,
            outbound.id,
            archived.id,
            10**9,
            0,
            "1",
            None,
            True,
        ):
            before = self._count()
            with self.subTest(form_id=form_id), self.assertRaises(UserError) as e:
                order.close_order([{"payment_method_line_id": form_id, "amount": 55.0}])
            self.assertIn("doesn't take payments through this form", str(e.exception))
            self.assertEqual(self._count(), before)

from itertools import count

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


class ProductsCommon(FiadoCommon):
    numbers = count()

    def assertClosed(self, order, answer, balance=0.0, payment_states=("paid",)):
        """The order is closed and settled, and what was left is in the wallet."""
        self.env.invalidate_all()
        self.assertRecordValues(
            order, [{"state": "sale", "closing_state": "closed", "locked": True}]
        )
        invoices = order.sudo().invoice_ids.filtered(
            lambda move: move.state != "cancel"
        )
        self.assertEqual(set(answer["invoice_ids"]), set(invoices.ids))
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertEqual(set(invoices.mapped("payment_state")), set(payment_states))
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertEqual(answer["balance"], balance)
        self.assertEqual(self._wallet()[0], balance)
        self.assertTiesOut()

    def assertNewInvoice(self, order, *lines, number=-1):
        """One invoice of the order, line by line: its accounts and balances."""
        invoice = order.sudo().invoice_ids.sorted("id")[number]
        found = [
            (line.account_id, line.balance)
            for line in invoice.line_ids.sorted(lambda line: (line.balance, line.id))
            if line.display_type not in ("line_section", "line_note")
        ]
        self.assertEqual(found, sorted(lines, key=lambda line: line[1]))

    def assertRefused(self, order, sentence, *amounts, **values):
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._close(order, *amounts, **values)
        self.assertEqual(str(refusal.exception), sentence)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)

    def _product(self, name, price, **values):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": False,
                "property_account_income_id": self.income.id,
                **values,
            }
        )

    def _tax(self, amount, **values):
        return self.env["account.tax"].create(
            {
                "name": f"Tax {next(self.numbers)}",
                "amount": amount,
                "company_id": self.company.id,
                **values,
            }
        )

    def _tax_account(self, tax):
        lines = tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        )
        lines.account_id = self.company_data["default_account_tax_sale"]
        return lines.account_id


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestProducts(ProductsCommon):
    """What is in an order makes no difference: whatever way its products are sold,
    invoiced, taxed and discounted, the closing settles all of it to the cent."""

    # Packages ----------------------------------------------------------------

    def _combo_order(self):
        combos = self.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in (self.haircut, self.beard)
            ]
        )
        package = self._product(
            "Package", 80.0, type="combo", combo_ids=[Command.set(combos.ids)]
        )
        order = self._order(package)
        order.order_line = [
            Command.create(
                {
                    "product_id": item.product_id.id,
                    "combo_item_id": item.id,
                    "linked_line_id": order.order_line.id,
                }
            )
            for item in combos.combo_item_ids
        ]
        return order

    def test_package(self):
        order = self._combo_order()
        self.assertEqual(order.amount_total, 80.0)
        self.assertClosed(order, self._close(order, 50.0, use_balance=True), -30.0)
        items = order.sudo().invoice_ids.invoice_line_ids
        self.assertEqual(sum(items.mapped("price_total")), 80.0)
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.debt_account.id, "debit": 30.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 30.0},
            ],
        )

    def test_package_of_what_is_invoiced_on_delivery(self):
        (self.haircut | self.beard).invoice_policy = "delivery"
        order = self._combo_order()
        self.assertClosed(order, self._close(order, 80.0))

    def test_package_with_goods_to_deliver(self):
        self.beard.write({"type": "consu", "invoice_policy": "delivery"})
        order = self._combo_order()
        self.assertRefused(
            order,
            "Deliver these first, since they are invoiced on delivery: Beard.",
            80.0,
        )

    # Delivery ----------------------------------------------------------------

    def test_services_invoiced_on_delivery(self):
        self.haircut.invoice_policy = "delivery"
        order = self._order(self.haircut, self.beard)
        order.order_line[0].product_uom_qty = 2.0
        self.assertClosed(order, self._close(order, 100.0, use_balance=True), -50.0)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])

    def _storable(self, **values):
        values = {"type": "consu", "invoice_policy": "delivery", **values}
        if "is_storable" in self.env["product.product"]._fields:
            values["is_storable"] = True
        return self._product("Pomade", 45.0, **values)

    def _deliver(self, line, quantity):
        """Deliver goods the way that is there: a picking, or a figure on the line."""
        if line.qty_delivered_method == "manual":
            line.qty_delivered += quantity
            return
        picking = (
            line.order_id.sudo()
            .picking_ids.filtered(lambda picking: picking.state != "done")
            .with_user(self.env.user)
        )
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()

    def test_goods_delivered(self):
        order = self._order(self.haircut, self._storable())
        order.action_confirm()
        self._deliver(order.order_line[1], 1.0)
        self.assertClosed(order, self._close(order, 60.0, use_balance=True), -40.0)
        self.assertNewInvoice(
            order,
            (self.receivable, 100.0),
            (self.income, -55.0),
            (self.income, -45.0),
        )

    def test_goods_not_delivered(self):
        order = self._order(self.haircut, self._storable())
        order.action_confirm()
        sentence = "Deliver these first, since they are invoiced on delivery: Pomade."
        self.assertRefused(order, sentence, 100.0)
        order.order_line[1].product_uom_qty = 2.0
        self._deliver(order.order_line[1], 1.0)
        self.assertRefused(order, sentence, 145.0)
        self._deliver(order.order_line[1], 1.0)
        self.assertClosed(order, self._close(order, 145.0))

    def test_goods_invoiced_on_order(self):
        order = self._order(self._storable(invoice_policy="order"))
        self.assertClosed(order, self._close(order, 40.0, use_balance=True), -5.0)

    def test_more_delivered_than_ordered(self):
        order = self._order(self._storable(list_price=20.0))
        order.action_confirm()
        self._deliver(order.order_line, 2.0)
        self.assertEqual(order._get_amount_due(), 40.0)
        self.assertClosed(order, self._close(order, 30.0, use_balance=True), -10.0)

    # Invoiced before ---------------------------------------------------------

    def _down_payment(self, order, amount, post=True):
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.cashier)
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": amount})
        )
        invoice = wizard._create_invoices(order).with_user(self.env.user)
        if post:
            invoice.action_post()
        return invoice

    def _pay_invoice(self, invoice, amount=None):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
                "amount": amount or invoice.amount_residual,
            }
        )._create_payments()

    def test_down_payment_that_was_paid(self):
        order = self._order()
        self._pay_invoice(self._down_payment(order, 20.0))
        self.assertEqual(order._get_amount_due(), 35.0)
        self.assertClosed(order, self._close(order, 30.0, use_balance=True), -5.0)
        self.assertEqual(
            order.sudo().invoice_ids.sorted("id").mapped("amount_total"), [20.0, 35.0]
        )

    def test_down_payment_that_was_not_paid(self):
        order = self._order()
        self._down_payment(order, 20.0)
        self.assertEqual(order._get_amount_due(), 55.0)
        self.assertClosed(order, self._close(order, 30.0, use_balance=True), -25.0)

    def test_down_payment_that_is_a_draft(self):
        order = self._order()
        self._down_payment(order, 20.0, post=False)
        self.assertEqual(order._get_amount_due(), 55.0)
        self.assertClosed(order, self._close(order, 60.0, use_balance=True), 5.0)

    def test_down_payment_of_all(self):
        order = self._order()
        self._pay_invoice(self._down_payment(order, 55.0))
        self.assertEqual(order._get_amount_due(), 0.0)
        answer = self._close(order)
        self.assertClosed(order, answer)
        self.assertEqual((answer["payment_ids"], answer["move_ids"]), ([], []))

    def test_down_payment_above_the_total(self):
        order = self._order(self.haircut, self.beard)
        self._pay_invoice(self._down_payment(order, 70.0))
        order.order_line.filtered(
            lambda line: line.product_id == self.beard
        ).product_uom_qty = 0.0
        self.assertEqual(order._get_amount_due(), -15.0)
        # Odoo says so of an invoice that is settled by a credit note.
        states = ("paid", "reversed")
        self.assertClosed(order, self._close(order, use_balance=True), 15.0, states)

    def test_down_payment_with_taxes(self):
        tax = self._tax(17.0)
        self._tax_account(tax)
        self.haircut.taxes_id = tax
        order = self._order()
        self.assertEqual(order.amount_total, 64.35)
        self._pay_invoice(self._down_payment(order, 20.01))
        self.assertEqual(order._get_amount_due(), 44.34)
        self.assertClosed(order, self._close(order, 44.0, use_balance=True), -0.34)

    def test_invoiced_in_part_before(self):
        for state in ("draft", "posted", "paid"):
            with self.subTest(state=state):
                balance = self._wallet()[0]
                self.haircut.invoice_policy = "delivery"
                order = self._order()
                order.order_line.product_uom_qty = 3.0
                order.action_confirm()
                order.order_line.qty_delivered = 1.0
                invoice = order.sudo()._create_invoices()
                if state != "draft":
                    invoice.action_post()
                if state == "paid":
                    self._pay_invoice(invoice)
                due = 110.0 if state == "paid" else 165.0
                self.assertEqual(order._get_amount_due(), due)
                self.assertClosed(
                    order,
                    self._close(order, due - 10.0, use_balance=True),
                    balance - 10.0,
                )
                self.assertEqual(
                    order.sudo().invoice_ids.sorted("id").mapped("amount_total"),
                    [55.0, 110.0],
                )

    def test_invoiced_in_full_before(self):
        order = self._order()
        order.action_confirm()
        order.sudo()._create_invoices()
        self.assertClosed(order, self._close(order, 50.0, use_balance=True), -5.0)

    def test_an_invoice_in_part_paid(self):
        order = self._order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self._pay_invoice(invoice, 20.0)
        self.assertEqual(order._get_amount_due(), 35.0)
        self.assertClosed(order, self._close(order, 35.0))

    def test_a_cancelled_invoice_is_none(self):
        order = self._order()
        order.action_confirm()
        order.sudo()._create_invoices().button_cancel()
        self.assertClosed(order, self._close(order, 50.0, use_balance=True), -5.0)

    def test_a_reversed_invoice(self):
        order = self._order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        invoice._reverse_moves(cancel=True)
        self.assertEqual(order._get_amount_due(), 55.0)
        self._close(order, 50.0, use_balance=True)
        self.assertEqual(self._wallet()[0], -5.0)
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertTiesOut()

    def test_several_orders_in_one_invoice(self):
        orders = self._order() | self._order(self.beard)
        orders.action_confirm()
        invoice = orders.sudo()._create_invoices()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.amount_total, 95.0)
        self.assertRefused(
            orders[0],
            f"An invoice of order {orders[0].name} is also that of {orders[1].name}: "
            "register its payment in accounting.",
            55.0,
        )

    # Prices ------------------------------------------------------------------

    def test_discount(self):
        order = self._order()
        order.order_line.discount = 33.33
        self.assertEqual(order.amount_total, 36.67)
        self.assertClosed(order, self._close(order, 30.0, use_balance=True), -6.67)

    def test_global_discounts(self):
        self.company.sale_discount_product_id = self._product("Discount", 0.0)
        tax = self._tax(17.0)
        self._tax_account(tax)
        self.haircut.taxes_id = tax
        for values, total in (
            ({"discount_type": "sol_discount", "discount_percentage": 0.1}, 93.92),
            ({"discount_type": "so_discount", "discount_percentage": 0.1}, 93.91),
            ({"discount_type": "amount", "discount_amount": 10.0}, 94.35),
        ):
            with self.subTest(values=values):
                balance = self._wallet()[0]
                order = self._order(self.haircut, self.beard)
                self.env["sale.order.discount"].with_user(self.cashier).create(
                    {"sale_order_id": order.id, **values}
                ).action_apply_discount()
                self.assertAlmostEqual(order.amount_total, total, delta=0.011)
                answer = self._close(order, order.amount_total - 10, use_balance=True)
                self.assertClosed(order, answer, balance - 10.0)

    def test_a_free_line_and_a_negative_one(self):
        order = self._order(self.haircut, self.beard, self._product("Gift", 0.0))
        order.order_line[1].price_unit = -5.0
        self.assertClosed(order, self._close(order, 40.0, use_balance=True), -10.0)
        self.assertNewInvoice(
            order,
            (self.receivable, 50.0),
            (self.income, -55.0),
            (self.income, 5.0),
            (self.income, 0.0),
        )

    def test_a_service_taken_back(self):
        for policy in ("order", "delivery"):
            with self.subTest(policy=policy):
                self.beard.invoice_policy = policy
                balance = self._wallet()[0]
                order = self._order(self.haircut, self.beard)
                order.order_line[1].product_uom_qty = -1.0
                self.assertEqual(order.amount_total, 15.0)
                answer = self._close(order, 10.0, use_balance=True)
                self.assertClosed(order, answer, balance - 5.0)

    # Taxes -------------------------------------------------------------------

    def test_tax_excluded(self):
        tax = self._tax(17.0)
        account = self._tax_account(tax)
        self.haircut.taxes_id = tax
        order = self._order()
        self.assertClosed(order, self._close(order, 60.0, use_balance=True), -4.35)
        self.assertNewInvoice(
            order, (self.receivable, 64.35), (account, -9.35), (self.income, -55.0)
        )

    def test_tax_included(self):
        tax = self._tax(17.0, price_include_override="tax_included")
        account = self._tax_account(tax)
        self.haircut.taxes_id = tax
        order = self._order()
        self.assertClosed(order, self._close(order, 50.0, use_balance=True), -5.0)
        self.assertNewInvoice(
            order, (self.receivable, 55.0), (account, -7.99), (self.income, -47.01)
        )

    def test_rounding_of_taxes(self):
        for method in ("round_per_line", "round_globally"):
            for include in ("tax_excluded", "tax_included"):
                with self.subTest(method=method, include=include):
                    self.company.tax_calculation_rounding_method = method
                    tax = self._tax(21.0, price_include_override=include)
                    self._tax_account(tax)
                    balance = self._wallet()[0]
                    order = self._order(*[self.haircut] * 3)
                    order.order_line.write({"price_unit": 1.18, "tax_ids": tax.ids})
                    due = order._get_amount_due()
                    self.assertEqual(due, order.amount_total)
                    answer = self._close(order, due)
                    self.assertClosed(order, answer, balance)

    def test_rounding_of_what_was_invoiced_in_parts(self):
        # Invoiced apart, 0.25 + 0.50 of tax are a cent more than the 0.74 of the order.
        tax = self._tax(21.0)
        self._tax_account(tax)
        self.haircut.write(
            {"invoice_policy": "delivery", "list_price": 1.18, "taxes_id": tax.ids}
        )
        order = self._order(user=self.helper)
        order.order_line.product_uom_qty = 3.0
        order.action_confirm()
        order.order_line.qty_delivered = 1.0
        order.sudo()._create_invoices().action_post()
        self.assertEqual(order.amount_total, 4.28)
        self.assertEqual(order._get_amount_due(), 4.29)
        self.assertClosed(order, self._close(order, 4.29))

    # Terms -------------------------------------------------------------------

    def test_installments(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in 30 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        order = self._order(payment_term_id=term.id)
        answer = self._close(order, 40.0, use_balance=True)
        self.assertClosed(order, answer, -15.0)
        self.assertNewInvoice(
            order,
            (self.receivable, 27.5),
            (self.receivable, 27.5),
            (self.income, -55.0),
        )
        order = self._order(payment_term_id=term.id)
        self.assertClosed(order, self._close(order, 70.0, debt_paid=15.0))

    def test_early_payment_discount_is_not_taken(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2% in 7 days",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 7,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100.0, "nb_days": 30}
                    )
                ],
            }
        )
        order = self._order(payment_term_id=term.id)
        self.assertClosed(order, self._close(order, 50.0, use_balance=True), -5.0)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestThreeDecimals(ProductsCommon):
    """A shop whose currency has thousandths."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.fiado_enabled = False

    @classmethod
    def setup_independent_company(cls, **kwargs):
        dinar = cls.env.ref("base.KWD")
        dinar.active = True
        return super().setup_independent_company(currency_id=dinar.id, **kwargs)

    def setUp(self):
        super().setUp()
        self.company.fiado_enabled = True

    def test_to_the_thousandth(self):
        self.assertEqual(self.company.currency_id, self.env.ref("base.KWD"))
        tax = self._tax(5.0)
        self._tax_account(tax)
        self.haircut.taxes_id = tax
        order = self._order()
        order.order_line.price_unit = 1.235
        self.assertEqual(order.amount_total, 1.297)
        answer = self._close(order, 1.001, use_balance=True)
        self.assertClosed(order, answer, -0.296)
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.debt_account.id, "debit": 0.296, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 0.296},
            ],
        )
        self.assertRefused(
            self._order(),
            "0.0001 has fractions of the smallest coin of KWD.",
            0.0001,
            use_balance=True,
        )
        order = self._order()
        order.order_line.write({"price_unit": 1.0, "tax_ids": False})
        self.assertClosed(order, self._close(order, 1.296, debt_paid=0.296), 0.0)

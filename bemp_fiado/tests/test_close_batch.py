from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from ..wizard import sale_order_close_batch
from .common import FiadoCommon


class CloseBatchCommon(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller")
        cls.seller.group_ids -= cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.seller.group_ids += cls.env.ref("sales_team.group_sale_salesman")
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(3)]
        )

    def _orders(self, customers=None):
        customers = self.customers if customers is None else customers
        orders = self.env["sale.order"].with_user(self.seller)
        for customer in customers:
            orders += self._order(user=self.seller, partner=customer)
        return orders

    def _add_goods(self, order):
        """Add something that is not delivered, so that the order can't be closed."""
        product = self.env["product.product"].create(
            {
                "name": "Pomade",
                "type": "consu",
                "invoice_policy": "delivery",
                "list_price": 45.0,
                "taxes_id": False,
            }
        )
        order.order_line = [Command.create({"product_id": product.id})]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCloseBatch(CloseBatchCommon):
    """Many orders closed at once, each paid in full through one payment form, by a
    sales user without any right on wallets or accounting."""

    def _open(self, orders):
        action = (
            self.env.ref("bemp_fiado.sale_order_action_close_orders")
            .with_user(self.seller)
            .with_context(
                active_model="sale.order",
                active_ids=orders.ids,
                active_id=orders[:1].id,
                allowed_company_ids=self.company.ids,
                lang="en_US",
            )
            .run()
        )
        return (
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_company(self.company)
            .with_context(lang="en_US")
            .browse(action["res_id"])
        )

    def _close_all(self, batch, form=None):
        batch.payment_method_line_id = form or self.cash
        return batch.action_close_orders()

    def test_wallets_are_open_before_numbers_are_taken(self):
        """Else two cashiers could wait for each other: one has the numbers and wants a
        wallet, the other has the wallet and wants numbers."""
        batch = self._open(self._orders())
        untouched = []
        ledger = self.env.registry["fiado.ledger"]
        post = ledger._post

        def check_and_post(ledger, moves):
            untouched.extend(self.customers.filtered(lambda c: not c.fiado_moved_at))
            return post(ledger, moves)

        with patch.object(ledger, "_post", check_and_post):
            self._close_all(batch)
        self.assertEqual(batch.closed_count, 3)
        self.assertFalse(untouched)

    def test_all_closed(self):
        orders = self._orders()
        batch = self._open(orders)
        self.assertRecordValues(
            batch,
            [{"open_count": 3, "closed_count": 0, "amount_open": 165.0}],
        )
        self.assertIn(self.cash, batch.payment_form_ids)
        action = self._close_all(batch)
        self.assertEqual(
            (action["res_model"], action["res_id"]), (batch._name, batch.id)
        )
        self.assertRecordValues(
            batch,
            [
                {
                    "open_count": 0,
                    "closed_count": 3,
                    "refused_count": 0,
                    "amount_closed": 165.0,
                }
            ],
        )
        self.assertEqual(set(batch.line_ids.mapped("state")), {"closed"})
        self.assertEqual(set(orders.mapped("closing_state")), {"closed"})
        for order in orders.sudo():
            self.assertEqual(order.invoice_ids.payment_state, "paid")
            payment = self.env["account.payment"].search(
                [("fiado_order_id", "=", order.id)]
            )
            self.assertRecordValues(
                payment,
                [{"amount": 55.0, "payment_method_line_id": self.cash.id}],
            )
            self.assertRecordValues(
                payment.move_id.line_ids.sorted("balance", reverse=True),
                [
                    {"account_id": self.cash_account.id, "debit": 55.0, "credit": 0.0},
                    {"account_id": self.receivable.id, "debit": 0.0, "credit": 55.0},
                ],
            )
            self.assertEqual(self._receivable_open(order.partner_id), (0.0, 0.0))
            self.assertEqual(self._wallet(order.partner_id), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_forms_stand_in_one_order(self):
        """The same key chooses the same payment form on every screen."""
        self.bank_journal.sequence, self.cash_journal.sequence = 1, 2
        order = self._orders(self.customers[0])
        batch = self._open(order)
        screen = (
            self.env["sale.order.close"]
            .with_user(self.seller)
            .create({"order_id": order.id})
        )
        self.assertEqual(batch.payment_form_ids.ids, screen.payment_form_ids.ids)
        self.assertEqual(batch.payment_form_ids[0], self.cash)

    def test_another_form_for_one(self):
        orders = self._orders()
        batch = self._open(orders)
        screen = Form(batch, "bemp_fiado.sale_order_close_batch_view_form")
        # The buttons write the fields that the form itself doesn't show.
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = self.cash
        batch = screen.save()
        self.assertEqual(batch.line_ids.payment_method_line_id, self.cash)
        batch.line_ids[1].payment_method_line_id = self.pix
        with patch.object(sale_order_close_batch, "ORDERS_AT_ONCE", 2):
            batch.action_close_orders()
            # What is done was paid as it was.
            self._close_all(batch, self.pix)
        forms = [self.cash, self.pix, self.pix]
        for order, line, form in zip(orders, batch.line_ids, forms, strict=True):
            self.assertEqual(line.payment_method_line_id, form)
            self.assertEqual(
                self.env["account.payment"]
                .search([("fiado_order_id", "=", order.id)])
                .payment_method_line_id,
                form,
            )
        self.assertTiesOut()

    def test_one_form_is_missing(self):
        batch = self._open(self._orders())
        batch.line_ids[0].payment_method_line_id = self.cash
        with self.assertRaisesRegex(UserError, "Choose how these orders were paid"):
            batch.action_close_orders()
        self.assertEqual(batch.open_count, 3)

    def test_the_screen_opens(self):
        batch = self._open(self._orders())
        screen = Form(batch, "bemp_fiado.sale_order_close_batch_view_form")
        self.assertEqual(screen.open_count, 3)

    def test_one_refused_does_not_stop_the_others(self):
        orders = self._orders()
        self._add_goods(orders[1])
        batch = self._open(orders)
        self._close_all(batch)
        self.assertRecordValues(
            batch,
            [
                {
                    "open_count": 0,
                    "closed_count": 2,
                    "refused_count": 1,
                    "amount_closed": 110.0,
                }
            ],
        )
        self.assertRecordValues(
            batch.line_ids,
            [
                {"order_id": orders[0].id, "state": "closed", "message": False},
                {
                    "order_id": orders[1].id,
                    "state": "refused",
                    "message": "Deliver these first, since they are invoiced on "
                    "delivery: Pomade.",
                },
                {"order_id": orders[2].id, "state": "closed", "message": False},
            ],
        )
        self.assertRecordValues(
            orders[1], [{"state": "draft", "closing_state": "open"}]
        )
        self.assertFalse(orders[1].sudo().invoice_ids)
        self.assertTiesOut()

    def test_a_refused_order_leaves_nothing(self):
        orders = self._orders(self.customers[0])
        batch = self._open(orders)
        orders.order_line.price_unit = 60.0
        before = self._count()
        self._close_all(batch)
        self.assertRecordValues(
            batch.line_ids,
            [
                {
                    "state": "refused",
                    "message": "You may not leave a balance in a customer's wallet: "
                    "receive exactly the total, or ask who may.",
                }
            ],
        )
        self.assertEqual(self._count(), before)

    def test_what_can_not_be_closed_is_said_before(self):
        orders = self._orders()
        self._close(orders[0], 55.0)
        orders[1].action_cancel()
        batch = self._open(orders)
        self.assertRecordValues(
            batch,
            [{"open_count": 1, "refused_count": 2, "amount_open": 55.0}],
        )
        self.assertRecordValues(
            batch.line_ids,
            [
                {
                    "state": "refused",
                    "message": f"Order {orders[0].name} is already closed.",
                },
                {
                    "state": "refused",
                    "message": f"Order {orders[1].name} is cancelled. Set it back to a "
                    "quotation first.",
                },
                {"state": "open", "message": False},
            ],
        )
        self._close_all(batch)
        self.assertEqual(orders[2].closing_state, "closed")
        self.assertEqual(len(orders[0].sudo().invoice_ids), 1)
        self.assertTiesOut()

    def test_clicked_twice(self):
        batch = self._open(self._orders())
        self._close_all(batch)
        before = self._count()
        self._close_all(batch, self.pix)
        self.assertEqual(batch.closed_count, 3)
        self.assertEqual(self._count(), before)

    def test_closed_meanwhile_is_not_closed_again(self):
        orders = self._orders(self.customers[0])
        batch = self._open(orders)
        self._close(orders, 55.0)
        before = self._count()
        self._close_all(batch)
        self.assertRecordValues(
            batch.line_ids,
            [
                {
                    "state": "refused",
                    "message": f"Order {orders.name} is already closed.",
                }
            ],
        )
        self.assertEqual(self._count(), before)

    def test_part_paid_before(self):
        order = self._orders(self.customers[0])
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {"amount": 20.0, "journal_id": self.cash_journal.id}
        )._create_payments()
        batch = self._open(order)
        self.assertEqual(batch.amount_open, 35.0)
        self._close_all(batch)
        self.assertEqual(batch.closed_count, 1)
        self.assertEqual(self._receivable_open(self.customers[0]), (0.0, 0.0))
        self.assertTiesOut()

    def test_a_failure_is_no_refusal(self):
        batch = self._open(self._orders())
        batch.payment_method_line_id = self.cash
        with (
            patch.object(
                self.env.registry["fiado.ledger"],
                "_lock",
                side_effect=SerializationFailure,
            ),
            self.assertRaises(SerializationFailure),
        ):
            batch.action_close_orders()
        self.assertEqual(set(batch.line_ids.mapped("state")), {"open"})

    def test_only_own_orders(self):
        own = self._orders(self.customers[0])
        other = self._order(user_id=self.cashier.id)
        batch = self._open(own | other.with_user(self.seller))
        self.assertEqual(batch.line_ids.order_id, own)
        with self.assertRaises(AccessError):
            batch.write(
                {"line_ids": [Command.create({"order_id": other.id, "amount": 55})]}
            )
        self._close_all(batch)
        self.assertEqual(other.closing_state, "open")
        self.assertEqual(batch.line_ids.mapped("state"), ["closed"])

    def test_refused_selections(self):
        other = self._order(user_id=self.cashier.id)
        euro = self.env.ref("base.EUR")
        euro.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        in_euro = self._order(user=self.seller, pricelist_id=pricelist.id)
        orders = self._orders()
        for chosen, sentence in (
            (other, "Choose orders that you may close."),
            (
                orders | in_euro,
                "Choose orders of one company and in one currency: they are paid "
                "through the same payment forms.",
            ),
        ):
            with self.assertRaises(UserError) as refusal:
                self._open(chosen)
            self.assertEqual(str(refusal.exception), sentence)
        batch = self._open(orders)
        with self.assertRaises(UserError) as refusal:
            batch.action_close_orders()
        self.assertEqual(str(refusal.exception), "Choose how these orders were paid.")

    def test_a_few_at_a_time(self):
        batch = self._open(self._orders())
        batch.payment_method_line_id = self.cash
        with patch.object(sale_order_close_batch, "ORDERS_AT_ONCE", 2):
            action = batch.action_close_orders()
            self.assertTrue(action["context"]["fiado_go_on"])
            # Whoever leaves the screen here leaves the third one open.
            self.assertRecordValues(batch, [{"open_count": 1, "closed_count": 2}])
            self.assertEqual(
                batch.line_ids.order_id.mapped("closing_state"),
                ["closed", "closed", "open"],
            )
            # Nor does its customer's wallet wait for the others.
            self.assertFalse(self.customers[2].fiado_moved_at)
            action = batch.action_close_orders()
        self.assertFalse(action["context"]["fiado_go_on"])
        self.assertRecordValues(batch, [{"open_count": 0, "closed_count": 3}])
        self.assertTiesOut()

    def test_queries_per_order(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"New {index}"} for index in range(number)]
            )
            batch = self._open(self._orders(partners))
            batch.payment_method_line_id = self.cash
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            while batch.open_count:
                batch.action_close_orders()
                self.env.flush_all()
            self.assertEqual(batch.closed_count, number)
            return self.env.cr.sql_log_count - start

        count(1)  # what a worker reads once
        few, more, many = count(2), count(4), count(8)
        self.assertLessEqual((many - more) / 4, (more - few) / 2 + 2)
        self.assertLessEqual((many - more) / 4, 200)


@tagged("post_install", "-at_install")
class TestCloseBatchTour(CloseBatchCommon, HttpCase):
    def test_from_the_list(self):
        orders = self._orders()
        orders.action_confirm()
        orders[2].order_line.price_unit = 10.0
        self._add_goods(orders[2])
        self.seller.lang = "en_US"
        # The screen goes on by itself until none is left.
        with patch.object(sale_order_close_batch, "ORDERS_AT_ONCE", 1):
            self.start_tour(
                "/odoo/orders", "fiado_close_batch", login=self.seller.login
            )
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("closing_state"), ["closed", "closed", "open"])
        self.assertTiesOut()

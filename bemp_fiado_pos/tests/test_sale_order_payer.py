import runpy
from pathlib import Path

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import freeze_time, tagged

from .common import FiadoPosSaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestSaleOrderPayer(FiadoPosSaleCommon):
    """An order of the back office says whose wallet pays it, at the till too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bia, cls.joana = cls.env["res.partner"].create(
            [{"name": "Bia"}, {"name": "Joana"}]
        )

    def _order_paid_by(self, payer, *products):
        order = self._order(*products, partner=self.bia)
        order.with_user(self.cashier).payer_id = payer
        return order

    def _take_back(self, sold):
        """As the till does, which says of a line only what it takes back."""
        [line] = sold.lines
        taken_back = self._prepare_line(line.product_id, -1, line.price_unit, line)
        data = self._prepare_order(
            pay=[(self.pay_fiado, -line.price_unit)], partner=self.bia
        )
        data |= {"lines": [taken_back], "amount_total": -line.price_unit}
        return self._send({**data, "is_refund": True}, user=self.seller)

    def _ask_wallet(self, *sales, user=None, partner=None):
        orders = self.env["pos.order"].with_user(user or self.seller)
        sale_ids = [sale.id for sale in sales]
        partner = partner or self.bia
        wallet = orders.get_fiado_wallet(self.config.id, partner.id, sale_ids)
        return wallet.get("_fiado_holder"), wallet.get("_fiado_payer")

    def _ask(self, movement, *sales, user=None):
        orders = self.env["pos.order"].with_user(user or self.seller)
        orders = orders.with_context(lang="en_US")
        sale_ids = [sale.id for sale in sales]
        answer = orders.get_fiado_refusal(
            self.config.id, self.bia.id, movement, "sale", sale_ids
        )
        return answer["refusal"]

    def assertBalances(self, **balances):
        found = {name: self._wallet(getattr(self, name))[0] for name in balances}
        self.assertEqual(found, balances)

    def _finish(self):
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    def test_receipts_of_before_keep_the_payer(self):
        """An upgrade says of old orders whose wallet they moved, where it wasn't the
        customer's own."""
        sold = self._settle(
            self._order_paid_by(self.maria), [(self.pay_fiado, 55.0)], partner=self.bia
        )
        own = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], partner=self.joana)
        self.assertEqual((sold.fiado_payer, own.fiado_payer), ("Maria", False))
        sold.fiado_payer = False
        self.env.flush_all()
        folder = Path(get_module_path("bemp_fiado_pos")) / "migrations/19.0.1.2.0"
        runpy.run_path(folder / "post-migrate.py")["migrate"](self.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual((sold.fiado_payer, own.fiado_payer), ("Maria", False))

    def test_chosen_for_that_order(self):
        sale = self._order_paid_by(self.maria)
        self.assertEqual(self._ask_wallet(sale), (self.maria.id, "Maria"))
        sold = self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.bia)
        self.assertBalances(maria=-55.0, bia=0.0)
        self.assertEqual(sold.fiado_payer, "Maria")
        self.assertEqual(self._entries().mapped("taken_by"), ["Bia"])
        self.assertEqual(sale.closing_state, "closed")
        self._finish()

    def test_left_off_for_that_order(self):
        self.bia.fiado_payer_id = self.maria
        sale = self._order_paid_by(self.env["res.partner"])
        self.assertEqual(self._ask_wallet(sale), (self.bia.id, False))
        sold = self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.bia)
        self.assertBalances(maria=0.0, bia=-55.0)
        self.assertFalse(sold.fiado_payer)

    def test_what_is_sold_with_it_goes_along(self):
        sale = self._order_paid_by(self.maria)
        line = sale.order_line
        ordered = self._prepare_line(self.haircut)
        ordered[2].update(sale_order_origin_id=sale.id, sale_order_line_id=line.id)
        data = self._prepare_order(
            self.beard, pay=[(self.pay_fiado, 95.0)], partner=self.bia
        )
        data |= {"lines": [*data["lines"], ordered], "amount_total": 95.0}
        self._send(data, user=self.seller)
        self.assertBalances(maria=-95.0, bia=0.0)

    def test_who_chooses_another_customer_chooses_that_ones_wallet(self):
        sale = self._order_paid_by(self.maria)
        self.assertEqual(
            self._ask_wallet(sale, partner=self.joana), (self.joana.id, False)
        )
        self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.joana)
        self.assertBalances(maria=0.0, bia=0.0, joana=-55.0)

    def test_the_payers_limit_counts(self):
        self.company.account_use_credit_limit = True
        self.maria.with_company(self.company).credit_limit = 50.0
        sale = self._order_paid_by(self.maria)
        refused = r"Maria has .* free of a limit of"
        self.assertRegex(self._ask(-55.0, sale), refused)
        self.assertEqual(self._ask(-55.0), "")
        with self.assertRaisesRegex(UserError, refused), self.cr.savepoint():
            self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.bia)
        self._settle(
            sale, [(self.pay_cash, 5.0), (self.pay_fiado, 50.0)], partner=self.bia
        )
        self.assertBalances(maria=-50.0, bia=0.0)

    def test_several_payers_on_one_ticket(self):
        sales = self._order_paid_by(self.maria) | self._order_paid_by(self.joana)
        refused = "are not put on the same wallet, but on those of Maria, Joana"
        self.assertEqual(self._ask_wallet(*sales), (None, None))
        self.assertRegex(self._ask(-110.0, *sales), refused)
        with self.assertRaisesRegex(UserError, refused), self.cr.savepoint():
            self._settle(sales, [(self.pay_fiado, 110.0)], partner=self.bia)
        self._settle(sales, [(self.pay_cash, 110.0)], partner=self.bia)
        self.assertEqual(set(sales.mapped("closing_state")), {"closed"})

    def test_a_refund_goes_back_to_the_payer(self):
        sale = self._order_paid_by(self.maria)
        sold = self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.bia)
        self._take_back(sold)
        self.assertBalances(maria=0.0, bia=0.0)
        self._finish()

    def test_its_invoice_is_the_payers(self):
        sale = self._order_paid_by(self.maria)
        sold = self._settle(
            sale, [(self.pay_fiado, 55.0)], partner=self.bia, to_invoice=True
        )
        invoice = sold.sudo().account_move
        self.assertEqual(invoice.partner_id, self.maria)
        self.assertEqual(invoice.amount_residual, 0.0)
        entry = sold.payment_ids.sudo().account_move_id
        self.assertEqual(entry.line_ids.partner_id, self.maria)
        self.assertBalances(maria=-55.0, bia=0.0)
        self._finish()

    def test_those_at_one_wallet_take_turns(self):
        sale = self._order_paid_by(self.maria)
        turns = []
        self.patch(
            type(self.env["fiado.ledger"]),
            "_take_turn",
            lambda _ledger, holders: turns.append(holders),
        )
        sold = self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.bia)
        self._take_back(sold)
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)], partner=self.bia)
        self.assertEqual(turns, [self.maria, self.maria, self.bia])

    def test_edited_payments_stay_in_its_wallet(self):
        sale = self._order_paid_by(self.maria)
        sold = self._settle(sale, [(self.pay_fiado, 55.0)], partner=self.bia)
        cash = {"name": "Cash", "amount": 15.0, "payment_method_id": self.pay_cash.id}
        sold.with_user(self.till).write(
            {
                "payment_ids": [
                    Command.update(sold.payment_ids.id, {"amount": 40.0}),
                    Command.create(cash),
                ]
            }
        )
        self.assertBalances(maria=-40.0, bia=0.0)

    def test_who_may_not_read_an_order_learns_nothing_of_it(self):
        sale = self._order_paid_by(self.maria)
        found = self._ask_wallet(sale, user=self.till)
        self.assertEqual(found, (self.bia.id, False))

    def test_nonsense_is_refused_in_words(self):
        orders = self.env["pos.order"].with_user(self.till)
        for sale_ids in (None, "all", [0], ["one"], [True]):
            with self.assertRaises(UserError):
                orders.get_fiado_wallet(self.config.id, self.bia.id, sale_ids)
        self.assertEqual(
            orders.get_fiado_wallet(self.config.id, self.bia.id, [2**31 - 1])[
                "_fiado_holder"
            ],
            self.bia.id,
        )

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import FiadoPosSaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestSaleOrder(FiadoPosSaleCommon):
    """An order of the back office that is paid at the till is finished there."""

    def test_paid(self):
        sale = self._order(self.haircut, self.beard)
        self._settle(sale, [(self.pay_cash, 95.0)])
        self.assertEqual((sale.state, sale.closing_state), ("sale", "closed"))
        self.assertTrue(sale.locked)
        self._end()
        self.assertBooksTieOut()

    def test_partly_on_fiado(self):
        sale = self._order(self.haircut, self.beard)
        self._settle(sale, [(self.pay_cash, 50.0), (self.pay_fiado, 45.0)])
        self.assertEqual(sale.closing_state, "closed")
        self.assertEqual(self._wallet(), (-45.0, 45.0, 0.0))
        with self.assertRaisesRegex(UserError, "already closed"):
            self._close(sale, 95.0)
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    def test_it_is_opened_again_by_a_refund_there(self):
        sale = self._order()
        sold = self._settle(sale, [(self.pay_fiado, 55.0)])
        with self.assertRaisesRegex(UserError, "refund it there"):
            sale.with_user(self.manager).reopen_order("Wrong")
        self._settle(sale, [(self.pay_fiado, -55.0)], refunded=sold)
        self.assertEqual(sale.closing_state, "open")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self._end()
        self.assertBooksTieOut()

    def test_an_order_that_the_back_office_closed_stays_closed(self):
        sale = self._order()
        self._close(sale, 55.0)
        sale._fiado_finish_at_till()
        self.assertEqual(sale.closing_state, "closed")

    def test_what_is_only_taken_there_is_not_finished(self):
        sale = self._order()
        self._settle(sale, [(self.pay_cash, 55.0)], state="draft")
        self.assertEqual(sale.closing_state, "open")

    def test_a_part_of_it_is_not_all(self):
        sale = self._order(self.haircut, self.beard)
        sale.with_user(self.env.user).action_confirm()
        line = sale.order_line[0]
        command = self._prepare_line(line.product_id, 1, 55.0)
        command[2].update(
            {"sale_order_origin_id": sale.id, "sale_order_line_id": line.id}
        )
        data = self._prepare_order(pay=[(self.pay_cash, 55.0)])
        data |= {"lines": [command], "amount_total": 55.0}
        self._send(data, user=self.seller)
        self.assertEqual(sale.closing_state, "open")

    def test_an_internal_sale_leaves_no_debt_there_either(self):
        sale = self._order(user=self.manager, order_type="internal")
        with self.assertRaisesRegex(UserError, "An internal sale leaves no debt"):
            self._settle(sale, [(self.pay_fiado, 55.0)])
        subscription = self._order(user=self.manager, order_type="subscription")
        with self.assertRaisesRegex(UserError, "leaves no credit"):
            self._settle(subscription, [(self.pay_cash, 60.0), (self.pay_fiado, -5.0)])

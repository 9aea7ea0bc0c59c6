from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommissionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCommission(FiadoCommissionCommon):
    """Commission on the whole order, once, whatever was paid of it and when."""

    def test_left_on_fiado(self):
        """Of 95 nothing is paid: 50 % of 55 and 40 % of 40 all the same, also where
        paid invoices are settled; and nothing more when the debt is paid."""
        self._close(
            self._work((self.haircut, self.joana), (self.beard, self.rafael)),
            use_balance=True,
        )
        self.assertEqual(self._wallet(), (-95.0, 95.0, 0.0))
        self.assertEqual(self._commissions(), [27.5, 16.0])
        self.assertEqual(self._settle(), [27.5, 16.0])
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        maria.fiado_receive(95.0, self.cash.id)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._commissions(), [27.5, 16.0])
        self.assertEqual(self._settle(), [27.5, 16.0])
        self.assertTiesOut()

    def test_paid_in_part(self):
        """55, of which 30 are paid: 27.50."""
        self._close(self._work((self.haircut, self.joana)), 30.0, use_balance=True)
        self.assertEqual(self._commissions(), [27.5, 0.0])
        self.assertEqual(self._settle(), [27.5, 0.0])
        # The next order pays the debt with it.
        self._close(self._work((self.beard, self.rafael)), 65.0, debt_paid=25.0)
        self.assertEqual(self._commissions(), [27.5, 16.0])
        self.assertEqual(self._settle(), [27.5, 16.0])
        self.assertTiesOut()

    def test_overpaid_and_paid_with_credit(self):
        self._close(self._work((self.haircut, self.joana)), 60.0, use_balance=True)
        self._close(self._work((self.beard, self.rafael)), 35.0, credit_used=5.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._commissions(), [27.5, 16.0])
        self.assertEqual(self._settle(), [27.5, 16.0])
        self.assertTiesOut()

    def test_reopened_and_closed_again(self):
        """Reopening takes it back, settled or not, and closing gives it again, to who
        is the professional by then."""
        order = self._work((self.haircut, self.joana))
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._settle(), [27.5, 0.0])
        order.with_user(self.manager).reopen_order("It was Rafael")
        self.assertEqual(self._commissions(), [0.0, 0.0])
        self.assertEqual(self._settle(), [0.0, 0.0])
        order.order_line.professional_id = self.rafael
        self._close(order, 55.0)
        self.assertEqual(self._commissions(), [0.0, 22.0])
        self.assertEqual(self._settle(), [0.0, 22.0])
        self.assertTiesOut()

    def test_returned(self):
        """A credit note for one of two lines takes back what this line gave, left in
        the wallet or not."""
        order = self._work((self.haircut, self.joana), (self.beard, self.rafael))
        self._close(order, 95.0)
        invoice = order.invoice_ids
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "returned"})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.invoice_line_ids.filtered(
            lambda line: line.product_id == self.haircut
        ).unlink()
        refund.action_post()
        self.assertEqual(self._commissions(), [27.5, 0.0])
        # A commission on paid invoices waits until the money went back.
        self.assertEqual(self._settle(), [27.5, 16.0])
        self.env.user.group_ids |= self.env.ref("bemp_fiado.group_fiado_manager")
        refund.action_leave_in_wallet()
        self.assertEqual(self._wallet(), (40.0, 0.0, 40.0))
        self.assertEqual(self._commissions(), [27.5, 0.0])
        self.assertEqual(self._settle(), [27.5, 0.0])
        self.assertTiesOut()

    def test_down_payment(self):
        """What was paid ahead is part of the order, and gives no commission of its
        own."""
        order = self._work((self.haircut, self.joana))
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": 20.0})
        )
        wizard.create_invoices()
        order.sudo().invoice_ids.action_post()
        self.assertEqual(self._commissions(), [0.0, 0.0])
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._commissions(), [27.5, 0.0])
        self.assertTiesOut()

    # Whose, and at which rate ------------------------------------------------

    def test_product_has_its_own(self):
        self.joana.partner_id.product_commission_id = self._rate(10.0)
        shampoo = self.env["product.product"].create(
            {
                "name": "Shampoo",
                "type": "consu",
                "invoice_policy": "order",
                "list_price": 55.0,
                "taxes_id": False,
                "property_account_income_id": self.income.id,
            }
        )
        self._close(
            self._work((self.haircut, self.joana), (shampoo, self.joana)), 110.0
        )
        self.assertEqual(self._commissions(), [27.5 + 5.5, 0.0])
        shampoo.professional_commission_id = self._rate(20.0)
        self._close(self._work((shampoo, self.joana)), 55.0)
        self.assertEqual(self._commissions(), [27.5 + 5.5 + 11.0, 0.0])

    def test_service_has_its_own(self):
        """It is the professional's; who has a share keeps the own rate."""
        owner = self.env["res.partner"].create(
            {"name": "Owner", "agent": True, "commission_id": self._rate(5.0).id}
        )
        self.joana.partner_id.commission_agent_ids = owner
        self.haircut.professional_commission_id = self._rate(60.0)
        order = self._work((self.haircut, self.joana))
        self._close(order, 55.0)
        self.assertEqual(self._commissions(), [33.0, 0.0])
        agents = order.sudo().invoice_ids.invoice_line_ids.agent_ids
        self.assertEqual(
            agents.sorted("amount").mapped(lambda line: (line.agent_id, line.amount)),
            [(owner, 2.75), (self.joana.partner_id, 33.0)],
        )

    def test_package(self):
        """A package of 80 is its parts, 55 and 40, at their parts of the price: each
        has its own professional."""
        package = self._package()
        order = self._sell_package(package)
        parts = order.order_line.filtered("combo_item_id")
        self.assertEqual(sum(parts.mapped("price_subtotal")), 80.0)
        prices = parts.mapped("price_subtotal")
        parts[0].professional_id = self.joana
        parts[1].professional_id = self.rafael
        self._close(order, 30.0, use_balance=True)
        currency = self.company.currency_id
        self.assertEqual(
            self._commissions(),
            [currency.round(prices[0] * 0.5), currency.round(prices[1] * 0.4)],
        )
        order.with_user(self.manager).reopen_order("Wrong package")
        self.assertEqual(self._commissions(), [0.0, 0.0])
        self.assertTiesOut()

    def test_package_has_its_own(self):
        self.joana.partner_id.package_commission_id = self._rate(25.0)
        order = self._sell_package(self._package())
        order.order_line.professional_id = self.joana
        self._close(order, 80.0)
        self.assertEqual(self._commissions(), [20.0, 0.0])
        package = self._package()
        package.professional_commission_id = self._rate(10.0)
        order = self._sell_package(package)
        order.order_line.professional_id = self.joana
        self._close(order, 80.0)
        self.assertEqual(self._commissions(), [28.0, 0.0])

    def _package(self):
        combos = self.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in (self.haircut, self.beard)
            ]
        )
        return self.env["product.product"].create(
            {
                "name": "Day of the Groom",
                "type": "combo",
                "list_price": 80.0,
                "taxes_id": False,
                "combo_ids": [Command.set(combos.ids)],
            }
        )

    def _sell_package(self, package):
        order = self._order(package)
        order.order_line = [
            Command.create(
                {
                    "product_id": combo.combo_item_ids.product_id.id,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": order.order_line[0].id,
                }
            )
            for combo in package.sudo().combo_ids
        ]
        return order

    def test_by_hand(self):
        """Who is put there by hand gets the rate for this line."""
        self.haircut.professional_commission_id = self._rate(60.0)
        order = self._work((self.haircut, self.joana))
        line = self.env["sale.order.line.agent"].new(
            {"object_id": order.order_line.id, "agent_id": self.joana.partner_id.id}
        )
        self.assertEqual(line.commission_id.fix_qty, 60.0)

    # Who it was --------------------------------------------------------------

    def test_default(self):
        """That of the line before, or the order's, if commissions are for them."""
        order = self._order(user_id=self.joana.id)
        self.assertEqual(order.order_line.professional_id, self.joana)
        order.order_line.professional_id = self.rafael
        order.order_line = [Command.create({"product_id": self.beard.id})]
        self.assertEqual(order.order_line.professional_id, self.rafael)
        order = self._order(user_id=self.cashier.id)
        self.assertFalse(order.order_line.professional_id)
        self.assertFalse(order.order_line.agent_ids)
        order.user_id = self.joana
        self.assertEqual(order.order_line.professional_id, self.joana)
        self.assertEqual(order.order_line.agent_ids.agent_id, self.joana.partner_id)

    def test_default_of_an_internal_sale(self):
        """Nobody earns on what professionals buy, unless somebody is chosen."""
        order = self._order(user_id=self.joana.id, order_type="internal")
        self.assertFalse(order.order_line.professional_id)
        order.order_line.professional_id = self.rafael
        self._close(order, 55.0)
        self.assertEqual(self._commissions(), [0.0, 22.0])

    def test_without_a_commission(self):
        """The owner works too, and gets none."""
        owner = self._new_professional("owner", self.env["commission"])
        order = self._work((self.haircut, owner))
        self.assertFalse(order.order_line.agent_ids)
        self._close(order, 30.0, use_balance=True)
        self.assertTiesOut()

    def test_customers_agent(self):
        """Who brought the customer gets it once, be it the professional as well."""
        self.maria.commission_agent_ids = self.joana.partner_id
        order = self._work((self.haircut, self.joana), (self.beard, self.rafael))
        self._close(order, 95.0)
        self.assertEqual(self._commissions(), [27.5 + 20.0, 16.0])

    def test_professional_of_what_is_closed(self):
        order = self._work((self.haircut, self.joana))
        self._close(order, 30.0, use_balance=True)
        with self.assertRaisesRegex(UserError, "is closed"):
            order.order_line.professional_id = self.rafael
        # The same again is no change.
        order.order_line.professional_id = self.joana

    def test_professional_of_what_is_invoiced(self):
        order = self._work((self.haircut, self.joana))
        order.action_confirm()
        order.sudo()._create_invoices().action_post()
        with self.assertRaisesRegex(UserError, "“Haircut” of order .* is invoiced"):
            order.order_line.professional_id = self.rafael
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._commissions(), [27.5, 0.0])
        self.assertTiesOut()

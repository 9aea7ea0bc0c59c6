from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestTours(FiadoCommon, HttpCase):
    """What people do in the browser, and what it leaves in the accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The same in every language, unlike the journal's name.
        cls.cash.name = "Till"

    def _start(self, tour, order, user, language="en_US"):
        self.env["res.lang"]._activate_lang(language)
        self.env["ir.module.module"]._load_module_terms(["bemp_fiado"], [language])
        user.lang = language
        # What the browser's requests must find.
        self.env.flush_all()
        self.start_tour(f"/odoo/sales/{order.id}", tour, login=user.login)
        self.env.invalidate_all()

    def test_switch_on(self):
        company = self.setup_other_company(name="Other Salon")["company"]
        self.assertFalse(company.fiado_enabled)
        owner = new_test_user(
            self.env,
            login="fiado_owner",
            groups="base.group_user,base.group_system,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        # Odoo warns on opening the settings that it will archive these.
        self.env["product.pricelist"].search([]).action_archive()
        self.start_tour("/odoo/settings", "fiado_switch_on", login=owner.login)
        self.env.invalidate_all()

        self.assertRecordValues(company, [{"fiado_enabled": True, "fiado_days": 15}])
        self.assertRecordValues(
            company.fiado_debt_account_id | company.fiado_credit_account_id,
            [
                {"account_type": "asset_receivable", "reconcile": True},
                {"account_type": "liability_current", "reconcile": True},
            ],
        )
        self.assertRecordValues(
            company.fiado_journal_id, [{"type": "general", "code": "CART"}]
        )
        self.assertTrue(company.fiado_walk_in_partner_id)
        self.assertTrue(owner.has_group("bemp_fiado.group_fiado_manager"))

    def test_leave_debt(self):
        order = self._order()
        self._start("fiado_leave_debt", order, self.cashier)
        self._check_debt_left(order)

    def test_leave_debt_in_portuguese(self):
        order = self._order()
        self._start("fiado_leave_debt", order, self.cashier, language="pt_BR")
        self._check_debt_left(order)

    def _check_debt_left(self, order):
        self.assertRecordValues(order, [{"state": "sale", "closing_state": "closed"}])
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertRecordValues(
            self._wallet_items(order),
            [
                {"account_id": self.debt_account.id, "debit": 25.0, "credit": 0.0},
                {"account_id": self.receivable.id, "debit": 0.0, "credit": 25.0},
            ],
        )
        self.assertRecordValues(
            self._entries(),
            [
                {
                    "kind": "debt",
                    "origin": "order",
                    "amount": -25.0,
                    "balance_after": -25.0,
                    "sale_order_id": order.id,
                    "user_id": self.cashier.id,
                    "due_date": fields.Date.add(self._today(), days=30),
                }
            ],
        )
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_may_not_leave_balance(self):
        order = self._order(user=self.helper)
        self._start("fiado_may_not_leave_balance", order, self.helper)
        self.assertRecordValues(order, [{"state": "sale", "closing_state": "closed"}])
        self.assertRecordValues(order.closing_payment_ids, [{"amount": 55.0}])
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertFalse(self._wallet_items(order))
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

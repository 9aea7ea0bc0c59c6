from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..hooks import post_init_hook
from ..models.account_move import forget_origin
from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestSetUp(FiadoPosCommon):
    """Each point of sale gets the wallets' payment method by itself."""

    def _get_methods(self, config):
        config.invalidate_recordset()
        return config.payment_method_ids.filtered("fiado")

    def test_a_new_point_of_sale_has_it(self):
        config = self._create_config("Garden")
        self.assertEqual(self._get_methods(config), self.pay_fiado)
        self.assertFalse(self.pay_fiado.journal_id)
        self.assertEqual(self.pay_fiado.type, "pay_later")

    def test_switching_on_makes_it(self):
        self.company.fiado_enabled = False
        config = self._create_config("Garden")
        self.assertFalse(self._get_methods(config))
        self.company.fiado_enabled = True
        self.assertEqual(self._get_methods(config), self.pay_fiado)

    def test_an_open_session_gets_it_when_it_ends(self):
        self.company.fiado_enabled = False
        config = self._create_config("Garden")
        self.session = self._open(config)
        self.company.fiado_enabled = True
        self.assertFalse(self._get_methods(config))
        self._end()
        self.assertEqual(self._get_methods(config), self.pay_fiado)
        # Whoever takes it out afterwards doesn't get it back.
        config.payment_method_ids -= self.pay_fiado
        self.session = self._open(config)
        self._end()
        self.assertFalse(self._get_methods(config))

    def test_installing_finds_shops_that_are_on(self):
        self.config.payment_method_ids -= self.pay_fiado
        post_init_hook(self.env)
        self.assertEqual(self._get_methods(self.config), self.pay_fiado)

    def test_without_the_addon_what_it_moved_stays(self):
        self.session = self._open()
        order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self._end()
        moves = order._get_fiado_moves()
        forget_origin(moves)
        self.assertFalse(moves.fiado_origin)
        self.assertEqual(self._entries().origin, "accounting")
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))

    def test_another_currency(self):
        euro = self.setup_other_currency("EUR")
        journal = self.company_data["default_journal_sale"].copy(
            {"currency_id": euro.id, "code": "EUR"}
        )
        config = self.env["pos.config"].create(
            {
                "name": "Airport",
                "journal_id": journal.id,
                "invoice_journal_id": journal.id,
                "payment_method_ids": [
                    Command.create({"name": "Account", "split_transactions": True})
                ],
            }
        )
        self.assertFalse(self._get_methods(config))
        with self.assertRaisesRegex(ValidationError, "sells in another currency"):
            config.payment_method_ids |= self.pay_fiado

    def test_a_branch_moves_the_wallet_of_its_root(self):
        branch = self.env["res.company"].create(
            {
                "name": "Downtown",
                "parent_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "account_default_pos_receivable_account_id": self.clearing.id,
            }
        )
        self.env.user.company_ids |= branch
        self.till.company_ids |= branch
        self.haircut.with_company(branch).property_account_income_id = self.income
        config = self._create_config("Downtown", branch)
        method = self._get_methods(config)
        self.assertEqual(method.company_id, branch)
        self._leave_debt(20.0)
        self.session = self._open(config)
        order = self._sell(
            self.haircut,
            pay=[
                (config.payment_method_ids.filtered("is_cash_count"), 30.0),
                (method, 25.0),
            ],
        )
        self.assertEqual(order._get_fiado_moves().company_id, branch)
        self.assertEqual(self._wallet(), (-45.0, 45.0, 0.0))
        self._end()
        self.assertEqual(self._clearing_open(branch), 0.0)
        self.assertTiesOut()

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import sql

from .. import hooks
from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestUninstall(FiadoPosCommon):
    """The addon goes once all sessions are closed, and comes back as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._open()

    def test_nothing_is_forgotten(self):
        # No till waits for the end of its session when all are closed.
        self.assertAllIsKept(
            "bemp_fiado_pos",
            hooks.KEPT_FIELDS,
            {"pos.config": {"fiado_waiting"}},
        )

    def _button_uninstall(self, name):
        modules = self.env["ir.module.module"].search([("name", "=", name)])
        modules = modules.with_user(self.env.ref("base.user_admin"))
        modules.with_context(lang="en_US").button_uninstall()
        return modules.sudo().state

    def test_a_session_is_open(self):
        self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        for name in ("bemp_fiado_pos", "bemp_fiado", "point_of_sale"):
            with self.assertRaisesRegex(UserError, r"close Counter \(.*\) first"):
                self._button_uninstall(name)
        self._end()
        self.assertEqual(self._button_uninstall("bemp_fiado_pos"), "to remove")

    def test_a_session_of_a_till_without_wallets_is_open(self):
        self._end()
        other = self._create_config("Other")
        other.payment_method_ids -= other.payment_method_ids.filtered("fiado")
        self._open(other)
        self.assertEqual(self._button_uninstall("bemp_fiado_pos"), "to remove")

    def _go(self):
        hooks.uninstall_hook(self.env)
        self._empty_columns(hooks.KEPT_FIELDS, fiado=False)

    def _come_back(self):
        hooks.post_init_hook(self.env)
        self.env.invalidate_all()

    def _tell(self):
        holder = self.maria.with_user(self.cashier).with_company(self.company)
        return holder.fiado_statement()

    def test_it_comes_back_as_it_was(self):
        sold = self._sell(
            self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)]
        )
        self._sell(pay=[(self.pay_cash, 10.0), (self.pay_fiado, -10.0)])
        self._end()
        before = self._tell()
        self._go()
        self.assertNotIn(self.pay_fiado, self.config.payment_method_ids)
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        moves = self._entries().sudo().move_id
        self.assertEqual(set(moves.mapped("fiado_origin")), {False})
        self._come_back()
        self.assertEqual(self._tell(), before)
        self.assertTrue(self.pay_fiado.fiado)
        self.assertEqual(
            self.config.payment_method_ids.filtered("fiado"), self.pay_fiado
        )
        self.assertEqual(
            (sold.fiado_before, str(sold.fiado_due_date)), (0, "2026-04-09")
        )
        self.assertBooksTieOut()
        # What was sold before is refunded to the wallet.
        self.session = self._open()
        self._refund(sold, [(self.pay_cash, -30.0), (self.pay_fiado, -25.0)])
        self.assertEqual(self._wallet(), (10.0, 0.0, 10.0))
        self._end()
        self.assertBooksTieOut()

    def test_nothing_is_undone_meanwhile(self):
        """Alone it would leave the session's entry open: nobody else knows what it was
        for."""
        self._sell(self.haircut, pay=[(self.pay_cash, 30.0), (self.pay_fiado, 25.0)])
        self._sell(pay=[(self.pay_cash, 10.0), (self.pay_fiado, -10.0)])
        self._end()
        self._go()
        self.env.invalidate_all()
        entries = self._entries().with_user(self.manager)
        self.assertEqual(len(entries), 2)
        for entry in entries:
            with self.assertRaisesRegex(UserError, "not installed any more"):
                entry.undo("By mistake")
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        self.assertTiesOut()

    def test_nothing_is_left_over(self):
        self._end()
        self._go()
        self._come_back()
        for model in hooks.KEPT_FIELDS:
            kept = f"fiado_kept_pos_{self.env[model]._table}"
            self.assertFalse(sql.table_exists(self.env.cr, kept))

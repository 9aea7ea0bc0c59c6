from odoo.tests import tagged
from odoo.tools import sql

from .. import hooks
from .common import FiadoCommissionCommon


@tagged("post_install", "-at_install")
class TestUninstall(FiadoCommissionCommon):
    """What only the addon's columns say is taken back when it is installed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._work((cls.haircut, cls.joana)).order_line
        cls.haircut.product_tmpl_id.professional_commission_id = cls.half
        cls.joana.partner_id.product_commission_id = cls.half
        cls.forms = cls.env["account.payment.method.line"].search(
            [("is_commission_deduction", "=", True)]
        )

    def test_nothing_is_forgotten(self):
        self.assertAllIsKept("bemp_fiado_commission", hooks.KEPT_FIELDS)

    def _install_again(self):
        hooks.uninstall_hook(self.env)
        self._empty_columns(hooks.KEPT_FIELDS)
        self.assertFalse(self.line.professional_id)
        hooks.post_init_hook(self.env)
        self.env.invalidate_all()

    def test_nothing_is_deducted_meanwhile(self):
        """Without the addon no bill takes off what is paid through its form, and nobody
        is kept from choosing it: it is offered no more until the addon is back."""
        journal = self.company._get_deduction_forms().journal_id
        self.assertTrue(journal.active)
        hooks.uninstall_hook(self.env)
        self.assertFalse(journal.active)
        hooks.post_init_hook(self.env)
        self.assertTrue(journal.active)
        self.assertEqual(self.company._get_deduction_forms().journal_id, journal)

    def test_drafts_are_not_in_the_way(self):
        """Odoo archives no journal that has drafts."""
        journal = self.company._get_deduction_forms().journal_id
        self.env["account.move"].create({"journal_id": journal.id})
        hooks.uninstall_hook(self.env)
        self.assertTrue(journal.active)

    def test_it_comes_back_as_it_was(self):
        self.assertTrue(self.forms)
        self._install_again()
        self.assertEqual(self.line.professional_id, self.joana)
        template = self.haircut.product_tmpl_id
        self.assertEqual(template.professional_commission_id, self.half)
        self.assertEqual(self.joana.partner_id.product_commission_id, self.half)
        self.assertEqual(
            self.env["account.payment.method.line"].search(
                [("is_commission_deduction", "=", True)]
            ),
            self.forms,
        )
        for model in hooks.KEPT_FIELDS:
            kept = f"fiado_kept_commission_{self.env[model]._table}"
            self.assertFalse(sql.table_exists(self.env.cr, kept))

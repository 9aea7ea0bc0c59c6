from odoo.tests import TransactionCase, tagged

from odoo.addons.bemp_fiado.tests.translations import Translations


@tagged("post_install", "-at_install")
class TestCommissionTranslations(Translations, TransactionCase):
    """The commissions'."""

    addon = "bemp_fiado_commission"

from odoo.tests import TransactionCase, tagged

from odoo.addons.bemp_fiado.tests.translations import Translations


@tagged("post_install", "-at_install")
class TestPosTranslations(Translations, TransactionCase):
    """The point of sale's."""

    addon = "bemp_fiado_pos"

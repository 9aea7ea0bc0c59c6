from odoo.tests import TransactionCase, tagged

from odoo.addons.bemp_fiado.tests.translations import Translations


@tagged("post_install", "-at_install")
class TestSubscriptionTranslations(Translations, TransactionCase):
    """The subscriptions'."""

    addon = "bemp_fiado_subscription"

from odoo.tests import HttpCase, tagged

from .unit_tests import UnitTests


@tagged("post_install", "-at_install")
class TestPaymentFormButtons(UnitTests, HttpCase):
    def test_unit(self):
        self._run_unit_tests("bemp_fiado")

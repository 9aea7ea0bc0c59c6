from odoo.tests import HttpCase, tagged

# The module, not its classes: pytest would run these too.
from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestPaymentFormButtons(HttpCase):
    def test_unit(self):
        """The addon's own of the unit tests that Odoo runs all together."""
        suite = test_js.HOOTCommon._generate_hash(self, "@bemp_fiado")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=60000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )

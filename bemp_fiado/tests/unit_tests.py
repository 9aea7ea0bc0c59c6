# The module, not its classes: pytest would run these too.
from odoo.addons.web.tests import test_js


class UnitTests:
    """What runs an addon's own of the unit tests that Odoo runs all together."""

    def _run_unit_tests(self, addon):
        suite = test_js.HOOTCommon._generate_hash(self, f"@{addon}")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=60000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )

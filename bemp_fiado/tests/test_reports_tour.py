from odoo.tests import HttpCase, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestReportsTour(FiadoCommon, HttpCase):
    """Everything that is read about wallets opens in the browser, for a cashier."""

    def _start(self, language):
        self.env["res.lang"]._activate_lang(language)
        self.env["ir.module.module"]._load_module_terms(["bemp_fiado"], [language])
        self.helper.lang = language
        self.maria.write({"email": "maria@example.com", "lang": language})
        self._leave_debt(25.0)
        self.env.flush_all()
        self.start_tour("/odoo/fiado", "fiado_reports", login=self.helper.login)

    def test_in_english(self):
        self._start("en_US")

    def test_in_portuguese(self):
        self._start("pt_BR")

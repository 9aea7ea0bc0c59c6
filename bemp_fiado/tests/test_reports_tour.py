from odoo.tests import HttpCase, freeze_time, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestReportsTour(FiadoCommon, HttpCase):
    """Everything that is read about wallets opens in the browser."""

    def _start(self, tour, user, language):
        self.env["res.lang"]._activate_lang(language)
        self.env["ir.module.module"]._load_module_terms(["bemp_fiado"], [language])
        user.lang = language
        self.maria.write({"email": "maria@example.com", "lang": language})
        self._leave_debt(25.0)
        self.env.flush_all()
        self.start_tour("/odoo/fiado", tour, login=user.login)

    def test_cashier_in_english(self):
        self._start("fiado_reports", self.helper, "en_US")

    def test_cashier_in_portuguese(self):
        self._start("fiado_reports", self.helper, "pt_BR")

    def _close_long_ago(self):
        """For the payments, and the balances at the end of last month."""
        with freeze_time("2026-01-10"):
            self._close(self._order(), 30.0, use_balance=True)

    def test_owner_in_english(self):
        self._close_long_ago()
        self._start("fiado_owner_reports", self.manager, "en_US")

    def test_owner_in_portuguese(self):
        self._close_long_ago()
        self._start("fiado_owner_reports", self.manager, "pt_BR")

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_reminders import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderTour(ReminderCommon, HttpCase):
    """The list of the reminders in the browser, whose clock nobody stops."""

    def test_list(self):
        today = fields.Date.today()
        for partner in (self.maria, self.joana, self.paulo):
            self._leave_debt_on(
                fields.Date.to_string(fields.Date.subtract(today, days=30)),
                25.0,
                partner,
            )
        self.company.partner_id.tz = "UTC"
        self.cashier.tz = "UTC"
        self.start_tour(
            "/odoo/action-bemp_fiado.fiado_reminder_due_action",
            "fiado_reminders",
            login=self.cashier.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self._facts(self.maria).mapped("channel")[-1], "email")
        self.assertIn("whatsapp", self._facts(self.paulo).mapped("channel"))
        self.assertIn("phone", self._facts(self.joana).mapped("channel"))
        self.assertIn(
            self.cashier.partner_id, self.paulo.message_ids.mapped("author_id")
        )

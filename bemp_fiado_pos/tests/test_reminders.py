from odoo.tests import freeze_time, tagged

from odoo.addons.bemp_fiado.tests.test_reminders import ReminderCommon

from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
class TestReminders(ReminderCommon, FiadoPosCommon):
    """Who left a debt at the till is reminded of it as anybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-10 15:00:00"):
            cls.session = cls._open()

    @freeze_time("2026-04-20 13:00:00")
    def test_of_an_order_of_the_till(self):
        with freeze_time("2026-03-10 15:00:00"):
            order = self._sell(self.haircut, pay=[(self.pay_fiado, 55.0)])
        self.assertRecordValues(
            self._due(),
            [
                {
                    "partner_id": self.maria.id,
                    "stage_id": self.stages[2].id,
                    "debt": 55.0,
                    "due_date": order.fiado_due_date,
                    "days": 11,
                }
            ],
        )
        self._sell(pay=[(self.pay_cash, 55.0), (self.pay_fiado, -55.0)])
        self.assertFalse(self._due())

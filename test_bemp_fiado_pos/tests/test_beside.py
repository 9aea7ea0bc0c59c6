from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.bemp_fiado_pos.tests.common import FiadoPosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestBeside(FiadoPosCommon, HttpCase):
    """What else is installed at a point of sale leaves wallets right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.haircut | cls.beard).available_in_pos = True
        cls.env["loyalty.program"].search([]).active = False

    def _tour(self, name):
        url = f"/pos/ui/{self.config.id}"
        self.start_tour(url, name, login=self.till.login, timeout=120)
        self.env.invalidate_all()
        return self.config.current_session_id

    def _finish(self, session):
        self._end(session)
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    def test_split_bill(self):
        self.config.write({"module_pos_restaurant": True, "iface_splitbill": True})
        self.config.floor_ids.unlink()
        floor = self.env["restaurant.floor"].create(
            {"name": "Garden", "pos_config_ids": [Command.set(self.config.ids)]}
        )
        self.env["restaurant.table"].create(
            {"table_number": 2, "floor_id": floor.id, "seats": 4}
        )
        self._open()
        session = self._tour("fiado_pos_split")
        paid = session.order_ids.filtered(lambda order: order.state == "paid")
        self.assertEqual(sorted(paid.mapped("amount_total")), [40.0, 55.0])
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self._finish(session)

    def test_reward(self):
        self.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": self.company.id,
                "pos_ok": True,
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )
        self._open()
        session = self._tour("fiado_pos_reward")
        self.assertEqual(self._wallet(), (-49.5, 49.5, 0.0))
        self._finish(session)

    def test_employee(self):
        employee = (
            self.env["hr.employee"]
            .sudo()
            .create({"name": "Bruna", "company_id": self.company.id})
        )
        self.config.write(
            {
                "module_pos_hr": True,
                "basic_employee_ids": [Command.link(employee.id)],
            }
        )
        session = self._tour("fiado_pos_employee")
        [order] = session.order_ids
        self.assertEqual(order.employee_id, employee)
        [entry] = self._entries()
        self.assertEqual((entry.amount, entry.user_id), (-55.0, self.till))
        self._finish(session)

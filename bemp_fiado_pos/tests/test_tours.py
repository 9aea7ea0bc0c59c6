from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.bemp_fiado.tests.unit_tests import UnitTests

from .common import FiadoPosCommon


@tagged("post_install", "-at_install")
class TestTours(UnitTests, FiadoPosCommon, HttpCase):
    """A till in the browser, by who may do no more than that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.maria.with_company(cls.company).credit_limit = 100.0
        cls.nora = cls.env["res.partner"].create({"name": "Nora"})
        cls.nora.sudo().no_fiado = True
        cls.haircut.available_in_pos = True
        cls.config.payment_method_ids.filtered(
            lambda method: method.name == "Card"
        ).unlink()

    def _tour(self, name, user):
        url = f"/pos/ui/{self.config.id}"
        self.start_tour(url, name, login=user.login, timeout=180)
        self.env.invalidate_all()
        self.session = self.config.current_session_id

    @freeze_time("2026-03-10 15:00:00")
    def test_till(self):
        self._tour("fiado_pos", self.till)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._entries().mapped("amount"), [-25.0, 25.0, 5.0, -5.0])
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    @freeze_time("2026-03-10 15:00:00")
    def test_offline(self):
        self._tour("fiado_pos_offline", self.till)
        self.assertEqual(self._entries().mapped("amount"), [-55.0, -25.0, 80.0])
        orders = self.session.order_ids.sorted("id")
        self.assertEqual(orders.mapped("fiado_offline"), [True, True, False])
        self.assertEqual(orders.mapped("fiado_before"), [0.0, -55.0, -80.0])
        self.assertFalse(self.maria.activity_ids)
        self._end()
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

    @freeze_time("2026-03-10 15:00:00")
    def test_payer(self):
        self.env["res.partner"].create({"name": "Bia", "fiado_payer_id": self.maria.id})
        self._open()
        self._tour("fiado_pos_payer", self.till)
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.assertEqual(self._entries().mapped("taken_by"), ["Bia"])
        self._end()
        self.assertBooksTieOut()

    @freeze_time("2026-03-10 15:00:00")
    def test_payer_of_an_order(self):
        """The figures are those of the wallet that the order says, and its limit."""
        bia = self.env["res.partner"].create({"name": "Bia"})
        self._leave_debt(30.0)
        for product in (self.haircut, self.beard):
            order = self._order(product, partner=bia)
            order.with_user(self.cashier).payer_id = self.maria
        self._open()
        self.till.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        self._tour("fiado_pos_payer_of_an_order", self.till)
        self.assertEqual(self._wallet(), (-85.0, 85.0, 0.0))
        self.assertEqual(self._wallet(bia), (0.0, 0.0, 0.0))
        self._end()
        self.assertBooksTieOut()

    @freeze_time("2026-03-10 15:00:00")
    def test_manager(self):
        self._tour("fiado_pos_manager", self.till_manager)
        self.assertEqual(self._wallet(), (-110.0, 110.0, 0.0))
        self.assertIn("Her mother pays", self.maria.message_ids[0].body)

    def test_unit(self):
        self._run_unit_tests("bemp_fiado_pos")

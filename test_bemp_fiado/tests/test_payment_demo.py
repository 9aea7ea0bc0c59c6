from odoo.tests import tagged
from odoo.tools import hash_sign

from odoo.addons.bemp_fiado.models.res_partner_pay_link import PAY_SCOPE
from odoo.addons.bemp_fiado.tests.test_portal import PortalCommon


class DemoCommon(PortalCommon):
    """A shop whose customers pay through Odoo's demo provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own is another company's.
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        cls.env["payment.provider"].sudo().search([]).is_published = False
        cls.provider = demo.copy(
            {"company_id": cls.company.id, "state": "test", "is_published": True}
        )
        cls.env.ref("payment_demo.payment_method_demo").active = True
        line = cls.bank_journal.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == cls.provider
        )
        line.payment_account_id = cls.bank_journal.default_account_id

    def _get_received(self):
        payments = self.env["account.payment"].search(
            [("fiado_origin", "=", "online")], order="id"
        )
        return payments.mapped("amount")

    def _get_link(self):
        values = [self.maria.id, self.company.id]
        token = hash_sign(self.env(su=True), PAY_SCOPE, values, expiration_hours=1)
        return f"/fiado/pay/{token}"


@tagged("post_install", "-at_install")
class TestPortal(DemoCommon):
    def test_from_home_to_nothing_owed(self):
        self._leave_debt(100.0)
        self.start_tour("/my", "fiado_online_portal", login="portal_maria")
        self.env.invalidate_all()
        self.assertEqual(self._get_received(), [40.0, 60.0])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertFalse(self.env["fiado.wallet"].audit())


@tagged("post_install", "-at_install")
class TestLink(DemoCommon):
    """On a phone, without a login."""

    browser_size = "390x844"
    touch_enabled = True

    def test_pays_all(self):
        self._leave_debt(25.0)
        self.start_tour(self._get_link(), "fiado_online_link", login=None)
        self.env.invalidate_all()
        self.assertEqual(self._get_received(), [25.0])
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertFalse(self.env["fiado.wallet"].audit())

    def test_what_was_not_paid(self):
        self._leave_debt(25.0)
        self.start_tour(self._get_link(), "fiado_online_refused", login=None)
        self.env.invalidate_all()
        self.assertEqual(self._get_received(), [])
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertFalse(self.env["fiado.wallet"].audit())

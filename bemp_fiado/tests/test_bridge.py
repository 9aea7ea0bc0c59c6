from odoo.orm.model_classes import add_to_registry
from odoo.tests import freeze_time, tagged

from . import bridge
from .common import FiadoCommon

DEFINITIONS = (
    bridge.AccountMove,
    bridge.AccountPayment,
    bridge.FiadoLedger,
    bridge.FiadoBilling,
    bridge.ResPartner,
)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestBridge(FiadoCommon):
    """A payment-like origin of another addon is at home everywhere."""

    def setUp(self):
        super().setUp()
        for definition in DEFINITIONS:
            model = self.registry[definition._name]
            self.addCleanup(self._set_up_models)
            self.addCleanup(setattr, model, "_base_classes__", model._base_classes__)
            add_to_registry(self.registry, definition)
        self._set_up_models()
        self._leave_debt(25.0)
        self.partner = self.maria.with_user(self.cashier).with_company(self.company)

    def _set_up_models(self):
        for definition in DEFINITIONS:
            self.registry[definition._name]._setup_done__ = False
        self.registry._setup_models__(self.env.cr, [])

    def test_it_pays_the_debt_and_the_rest_is_credit(self):
        answer = self.partner.link_receive(40.0, self.pix.id, "link-1")
        self.assertEqual(answer["balance"], 15.0)
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertRecordValues(
            self._entries()[1:],
            [
                {"kind": "debt_paid", "origin": "link", "amount": 25.0},
                {"kind": "credit", "origin": "link", "amount": 15.0},
            ],
        )
        self.assertTiesOut()
        # The same call again is answered, and moves nothing.
        self.assertEqual(self.partner.link_receive(40.0, self.pix.id, "link-1"), answer)
        self.assertEqual(len(self._entries()), 3)

    def test_reports_know_it(self):
        self.partner.link_receive(10.0, self.pix.id)
        wallets = self.env["fiado.wallet"].with_user(self.cashier)
        wallet = wallets.search([("partner_id", "=", self.maria.id)])
        self.assertEqual(str(wallet.last_payment_date), "2026-03-10")
        billing = self.env["fiado.billing"].with_company(self.company)
        answer = billing.get_figures("2026-03-10", "2026-03-10")
        amounts = {row["figure"]: row["amount"] for row in answer["rows"]}
        self.assertEqual(amounts["money_credit"], 10.0)
        self.assertEqual(answer["received"], 10.0)
        self.assertEqual(answer["difference"], 0.0)

    def test_it_is_undone_on_the_entry(self):
        self.partner.link_receive(40.0, self.pix.id)
        self._entries()[-1].with_user(self.manager).undo("Wrong customer")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

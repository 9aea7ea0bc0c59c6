from odoo.fields import Command
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from odoo.addons.account_qr_code_sepa.models import res_bank
from odoo.addons.base_iban.models import res_partner_bank

from .test_pay_code import PayCodeCommon

SEPA = "sct_qr"
IBAN = "PT50000201231234567890154"


@tagged("post_install", "-at_install")
class TestPayCodeSepa(PayCodeCommon):
    """A shop in the euro zone, whose customers pay by the code of Odoo's own addon for
    that: as it is, whether it is installed here or not."""

    def setUp(self):
        super().setUp()
        if SEPA not in dict(self._banks().get_available_qr_methods_in_sequence()):
            self._add(res_partner_bank.ResPartnerBank, res_bank.ResPartnerBank)
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.company.write(
            {
                "name": "Barbearia Boa Vista",
                "currency_id": euro.id,
                "country_id": self.env.ref("base.pt").id,
            }
        )
        self.env["product.pricelist"].search([]).currency_id = euro
        self.bank.unlink()
        self.account = self._banks().create(
            {"partner_id": self.company.partner_id.id, "acc_number": IBAN}
        )

    def _banks(self):
        return self.env["res.partner.bank"]

    def _add(self, *definitions):
        model = self.registry["res.partner.bank"]
        self.addCleanup(self._set_up_model)
        self.addCleanup(setattr, model, "_base_classes__", model._base_classes__)
        for definition in definitions:
            add_to_registry(self.registry, definition)
        self._set_up_model()

    def _set_up_model(self):
        self.registry["res.partner.bank"]._setup_done__ = False
        self.registry._setup_models__(self.env.cr, [])

    def test_papers(self):
        self._leave_debt(25.0)
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        for paper in (
            ("closing_slip", order.ids),
            ("closing_slip_a4", order.ids),
            ("fiado_receipt_roll", self._entries().ids),
            ("fiado_statement", None, {"partner_ids": self.maria.ids}),
        ):
            with self.subTest(paper=paper[0]):
                [code] = self._render(*paper)
                text = self._decode(code.find("img").get("src")).split("\n")
                self.assertEqual(text[:4], ["BCD", "002", "1", "SCT"])
                self.assertEqual(text[5:8], [self.company.name, IBAN, "EUR25.0"])
                self.assertEqual(text[10], f"FIADO{self.maria.id}")
                self.assertRegex("".join(code.itertext()), r"25[.,]00")
                # It is for cameras: there is nothing to copy.
                self.assertIsNone(code.find(".//div[@name='pay_code_text']"))

    def test_reminders_have_nothing_to_copy(self):
        self._leave_debt(25.0)
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        self.assertEqual(maria._get_fiado_reminder()["pay_code"], {})

    def test_at_the_till(self):
        """The form of the account's journal shows it."""
        self._leave_debt(25.0)
        self.bank_journal.bank_account_id = self.account
        screens = self.env["fiado.wallet.receive"].with_user(self.cashier)
        screen = screens.with_company(self.company).create(
            {
                "partner_id": self.maria.id,
                "payment_ids": [Command.create(self._pay(20, self.pix))],
            }
        )
        self.assertEqual(screen.pay_code_amount, 20.0)
        self.assertTrue(screen.pay_code_image)
        self.assertFalse(screen.pay_code_text)

    def test_hints(self):
        company = self.company.with_context(lang="en_US")
        self.assertFalse(company._get_fiado_pay_hint())
        self.account.active = False
        self.env.invalidate_all()
        self.assertIn("its IBAN", company._get_fiado_pay_hint())
        self.assertEqual(self._get_code(5.0), {})
        self.company.currency_id = self.env.ref("base.USD")
        self.assertFalse(company._get_fiado_pay_hint())

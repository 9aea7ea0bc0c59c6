import binascii
from base64 import b64decode
from io import BytesIO
from unittest.mock import patch

import pypdf
import zxingcpp
from lxml import etree
from PIL import Image

from odoo.tests import tagged

from .common import FiadoCommon

KEY = "contato@boavista.example"


class PayCodeCommon(FiadoCommon):
    """A shop in Brazil with a Pix key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        real = cls.env.ref("base.BRL")
        real.active = True
        cls.company.write(
            {
                "name": "Salão Boa Vista",
                "currency_id": real.id,
                "country_id": cls.env.ref("base.br").id,
                "city": "São Luís",
            }
        )
        cls.env["product.pricelist"].search([]).currency_id = real
        cls.company.partner_id.bank_ids.unlink()
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": "12345-6",
                "proxy_type": "email",
                "proxy_value": KEY,
            }
        )

    def _get_code(self, amount=None, user=None):
        partner = self.maria.with_user(user or self.cashier)
        return partner.with_company(self.company)._get_fiado_pay_code(amount)

    def _parse(self, text):
        fields = {}
        while text:
            length = int(text[2:4])
            self.assertNotIn(text[:2], fields)
            fields[text[:2]] = text[4 : 4 + length]
            self.assertEqual(len(fields[text[:2]]), length)
            text = text[4 + length :]
        return fields

    def _decode(self, source):
        picture = Image.open(BytesIO(b64decode(source.partition(",")[2])))
        self.assertEqual(picture.size, (300, 300))
        [code] = zxingcpp.read_barcodes(picture)
        return code.text

    def _render(self, report, ids, data=None):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.cashier)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_qweb_html(f"bemp_fiado.{report}", ids, data)
        )
        return etree.HTML(html).findall(".//div[@name='pay_code']")


@tagged("post_install", "-at_install")
class TestPayCode(PayCodeCommon):
    """The code by which customers pay from their phone."""

    def test_every_field(self):
        self._leave_debt(1025.5)
        code = self._get_code()
        self.assertEqual(code["amount"], 1025.5)
        self.assertEqual(code["reference"], f"FIADO{self.maria.id}")
        fields = self._parse(code["text"])
        self.assertEqual(
            self._parse(fields.pop("26")), {"00": "br.gov.bcb.pix", "01": KEY}
        )
        self.assertEqual(self._parse(fields.pop("62")), {"05": code["reference"]})
        # What CRC-16/CCITT-FALSE is: the polynomial of CRC-HQX, begun with ones.
        crc = binascii.crc_hqx(code["text"][:-4].encode(), 0xFFFF)
        self.assertEqual(
            fields,
            {
                "00": "01",
                "01": "12",
                "52": "0000",
                "53": "986",
                "54": "1025.50",
                "58": "BR",
                "59": "SALAO BOA VISTA",
                "60": "SAO LUIS",
                "63": f"{crc:04X}",
            },
        )
        self.assertEqual(self._decode(code["image"]), code["text"])

    def test_typed_amount(self):
        self.assertEqual(self._get_code(), {})
        self.assertEqual(self._get_code(0.0), {})
        self.assertEqual(self._get_code(-5.0), {})
        self.assertEqual(self._parse(self._get_code(12.0)["text"])["54"], "12.00")
        # As much as the field of such a code holds.
        self.assertTrue(self._get_code(9_999_999_999.99))
        self.assertEqual(self._get_code(10_000_000_000.0), {})

    def test_the_first_usable_account(self):
        self.bank.copy({"acc_number": "777", "proxy_value": "b@x.example"})
        self.bank.write({"proxy_type": "none", "proxy_value": False})
        fields = self._parse(self._get_code(5.0)["text"])
        self.assertEqual(self._parse(fields["26"])["01"], "b@x.example")

    def test_hints(self):
        company = self.company.with_context(lang="en_US")
        self.assertFalse(company._get_fiado_pay_hint())
        for record, values, words in (
            (self.company, {"city": False}, "Add the city"),
            (self.bank, {"proxy_type": "none"}, "Add a Pix key"),
            (self.company, {"currency_id": self.env.ref("base.USD").id}, "reais only"),
            (self.bank, {"active": False}, "Add the company's bank account"),
        ):
            before = {name: record[name] for name in values}
            before = {k: getattr(v, "id", v) for k, v in before.items()}
            record.write(values)
            with self.subTest(words=words):
                self.env.invalidate_all()
                self.assertIn(words, company._get_fiado_pay_hint())
                self.assertEqual(self._get_code(5.0), {})
            record.write(before)

    def test_papers(self):
        """Papers of debt have the code, others and those of shops without a key not."""
        self._leave_debt(25.0)
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        entry = self._entries()[:1]
        statement = (None, {"partner_ids": self.maria.ids})
        papers = (
            ("closing_slip", order.ids),
            ("closing_slip_a4", order.ids),
            ("fiado_receipt", entry.ids),
            ("fiado_receipt_roll", entry.ids),
            ("fiado_statement", *statement),
        )
        for paper in papers:
            with self.subTest(paper=paper[0]):
                [code] = self._render(*paper)
                text = code.findtext(".//div[@name='pay_code_text']")
                self.assertEqual(text, self._get_code()["text"])
                self.assertEqual(self._decode(code.find("img").get("src")), text)
        self.bank.proxy_type = "none"
        for paper in papers:
            self.assertEqual(self._render(*paper), [])
        self.bank.proxy_type = "email"
        self.maria.with_user(self.cashier).with_company(self.company).fiado_receive(
            25.0, self.cash.id
        )
        self.env.invalidate_all()
        # What was paid is not asked for again, on whichever paper is printed anew.
        for paper in papers:
            self.assertEqual(self._render(*paper), [])

    def test_printed(self):
        """The code of a statement's PDF is read, and its text is there to copy."""
        self._leave_debt(25.0)
        pdf, _type = (
            self.env["ir.actions.report"]
            .with_user(self.cashier)
            .with_context(
                force_report_rendering=True,
                lang="en_US",
                allowed_company_ids=self.company.ids,
            )
            ._render_qweb_pdf(
                "bemp_fiado.fiado_statement",
                self.maria.ids,
                {"partner_ids": self.maria.ids},
            )
        )
        [page] = pypdf.PdfReader(BytesIO(pdf)).pages
        pictures = [picture.image.convert("RGB") for picture in page.images]
        codes = [code for p in pictures for code in zxingcpp.read_barcodes(p)]
        expected = self._get_code()["text"]
        self.assertEqual([code.text for code in codes], [expected])
        text = "".join(page.extract_text().split())
        self.assertIn(expected.replace(" ", ""), text)

    def test_paid_in_part(self):
        """A paper printed again asks for what is still owed."""
        self._leave_debt(25.0)
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        maria.fiado_receive(10.0, self.cash.id)
        self.env.invalidate_all()
        [code] = self._render("closing_slip", order.ids)
        text = code.findtext(".//div[@name='pay_code_text']")
        self.assertEqual(self._parse(text)["54"], "15.00")

    def test_no_code_is_made_for_a_toast(self):
        self._leave_debt(25.0)
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        with patch.object(
            self.env.registry["res.company"], "_get_fiado_pay_code"
        ) as made:
            order.with_user(self.cashier)._get_done_action(False, 0.0)
        made.assert_not_called()

    def test_other_companys_account(self):
        self.bank.company_id = self.setup_other_company()["company"]
        self.assertEqual(self._get_code(5.0), {})

    def test_many_statements(self):
        """The codes of many customers' statements, also of several languages, take no
        query for each of them."""
        self.env["res.lang"]._activate_lang("pt_BR")
        own = {"with": [], "without": []}
        for number in (3, 12):
            for kind, key in (("with", "email"), ("without", "none")):
                self.bank.proxy_type = key
                own[kind].append(self._count_statements(number, kind == "with"))
        of_codes = [a - b for a, b in zip(*own.values(), strict=True)]
        # The first ones read what a worker reads once.
        self.assertLessEqual(of_codes[1], 4, own)

    def _count_statements(self, number, has_code):
        partners = self.env["res.partner"].create(
            [
                {"name": str(i), "lang": "pt_BR" if i % 2 else "en_US"}
                for i in range(number)
            ]
        )
        loss = self.company.fiado_loss_account_id
        self.env["fiado.ledger"].with_company(self.company)._operate_each(
            self.company, [(p, -25.0, loss, {}) for p in partners], "adjustment"
        )
        self.env.flush_all()
        self.env.invalidate_all()
        partners = partners.with_user(self.cashier).with_company(self.company)
        report = partners.env["report.bemp_fiado.fiado_statement"]
        start = self.env.cr.sql_log_count
        values = report._get_report_values(partners.ids, {})
        count = self.env.cr.sql_log_count - start
        for statement in values["statements"]:
            self.assertEqual(bool(statement["pay_code"]), has_code)
        return count

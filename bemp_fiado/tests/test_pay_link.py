import base64
import secrets
from datetime import timedelta
from urllib.parse import unquote

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import hash_sign

from ..models.res_partner_pay_link import PAY_HOURS, PAY_SCOPE
from ..models.res_partner_reminder import STOP_SCOPE
from .common import FiadoCommon


class PayLinkCommon(FiadoCommon, HttpCase):
    """Links to the page on which customers see what they owe."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        real = cls.env.ref("base.BRL")
        real.active = True
        brazil = cls.env.ref("base.br")
        cls.company.write(
            {"currency_id": real.id, "country_id": brazil.id, "city": "Recife"}
        )
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.env["product.pricelist"].search([]).currency_id = real
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": "12345-6",
                "proxy_type": "email",
                "proxy_value": "contato@boavista.example",
            }
        )
        cls.maria.write(
            {
                "name": "Maria Aparecida Souza",
                "lang": "en_US",
                "email": "maria@example.com",
                "phone": "+55 11 98765-4321",
                "street": "Rua das Flores 5",
            }
        )

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _token(self, partner=None, company=None, scope=PAY_SCOPE, **options):
        values = [(partner or self.maria).id, (company or self.company).id]
        return hash_sign(self.env(su=True), scope, values, **options)

    def _link(self, partner=None):
        partner = (partner or self.maria).with_user(self.cashier)
        return partner.with_company(self.company)._get_fiado_pay_link()

    def _open(self, token, status=200):
        response = self.url_open(f"/fiado/pay/{token}")
        self.assertEqual(response.status_code, status)
        self.env.invalidate_all()
        page = html.fromstring(response.text)
        return page, " ".join(page.text_content().replace("\ufeff", "").split())

    def assertDead(self, token):
        _page, text = self._open(token, 404)
        self.assertIn("This link doesn't work any more", text)
        for word in ("Maria", "25.00", "br.gov.bcb.pix"):
            self.assertNotIn(word, text)


@tagged("post_install", "-at_install")
class TestPayLink(PayLinkCommon):
    """Customers see what they owe, and pay it, by a signed link without a login."""

    def test_as_of_now(self):
        """The link is of the customer, not of an amount."""
        token = self._token()
        _page, text = self._open(token)
        self.assertIn("you owe nothing", text)
        self._leave_debt(25.0)
        _page, text = self._open(token)
        self.assertIn("R$ 25.00", text)
        self.maria.with_user(self.cashier).with_company(self.company).fiado_receive(
            25.0, self.cash.id
        )
        page, text = self._open(token)
        self.assertIn("you owe nothing", text)
        self.assertFalse(page.xpath("//div[@name='pay_code']"))

    def test_not_kept_and_not_found(self):
        response = self.url_open(f"/fiado/pay/{self._token()}")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")

    def test_nonsense(self):
        for token in (
            *("hello", "%00%ff", "AQ", "é", "-", "A" * 5000, "1"),
            base64.urlsafe_b64encode(b"\x01" + b"\xff" * 60).decode(),
            base64.urlsafe_b64encode(b"\x02" + b"\x00" * 60).decode(),
        ):
            with self.subTest(token=token[:40]):
                self.assertDead(token)

    def test_useless_for_others(self):
        other = self.setup_other_company()["company"]
        foreigner, stranger = self.env["res.partner"].create(
            [{"name": "Foreigner", "company_id": other.id}, {"name": "Stranger"}]
        )
        contact = self.env["res.partner"].create(
            {"name": "Child", "parent_id": self.maria.id}
        )
        self._leave_debt(25.0)
        for name, token in {
            "another page's": self._token(scope=STOP_SCOPE),
            "another company's customer": self._token(foreigner),
            "a contact": self._token(contact),
            "the walk-in customer": self._token(self.walk_in),
        }.items():
            with self.subTest(link=name):
                self.assertDead(token)
        # And the page to stop reminders is not opened by this one.
        response = self.url_open(f"/fiado/reminders/{self._token()}")
        self.assertEqual(response.status_code, 404)
        # In the other company this customer owes nothing.
        _page, text = self._open(self._token(company=other))
        self.assertNotIn("25.00", text)
        self.assertIn("you owe nothing", text)
        _page, text = self._open(self._token(stranger))
        self.assertNotIn("25.00", text)

    def test_merged(self):
        double = self.env["res.partner"].create({"name": "Maria Double"})
        self._leave_debt(25.0, double)
        token, kept = self._token(double), self._token()
        self._open(token)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([double.id, self.maria.id], self.maria)
        self.assertDead(token)
        _page, text = self._open(kept)
        self.assertIn("R$ 25.00", text)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.maria.lang = "pt_BR"
        self._leave_debt(25.0)
        _page, text = self._open(self._token())
        self.assertIn("Olá, Maria", text)
        self.assertIn("R$ 25,00", text)


@tagged("post_install", "-at_install")
class TestPayLinkOfADebt(PayLinkCommon):
    """The page of a customer who owes 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    def test_amount_and_code_and_no_more(self):
        page, text = self._open(self._link().rpartition("/")[2])
        self.assertIn("Hello Maria,", text)
        self.assertIn("Open on your tab R$ 25.00", text)
        [code] = page.xpath("//div[@name='pay_code_text']")
        self.assertEqual(
            code.text_content(),
            self.maria.with_company(self.company)._get_fiado_pay_code()["text"],
        )
        source = html.tostring(page, encoding="unicode")
        for word in (
            *("Aparecida", "Souza", "maria@", "98765", "Flores"),
            *("Haircut", self.env["sale.order"].search([], limit=1).name),
        ):
            self.assertNotIn(word, source)

    def test_the_code_is_copied(self):
        link = f"/fiado/pay/{self._token(expiration_hours=1)}"
        self.start_tour(link, "fiado_copy_code", login=None)

    def test_on_a_replica(self):
        self._open(self._token())
        with self.assertNoLogs("odoo.http", "WARNING"):
            self._open(self._token())

    def test_expires(self):
        self.assertDead(self._token(expiration=timedelta(hours=-1)))
        with freeze_time(fields.Datetime.now() - timedelta(hours=PAY_HOURS + 1)):
            old = self._link().rpartition("/")[2]
        with freeze_time(fields.Datetime.now() - timedelta(hours=PAY_HOURS - 1)):
            young = self._link().rpartition("/")[2]
        self.assertDead(old)
        self._open(young)

    def test_forged(self):
        """Every byte counts: of the version, the end, the signature and whose it is."""
        good = base64.urlsafe_b64decode(self._token(expiration_hours=1) + "===")
        partners = self.env(su=True)["res.partner"]
        for place in range(len(good)):
            forged = bytearray(good)
            forged[place] ^= 1
            token = base64.urlsafe_b64encode(bytes(forged)).decode().rstrip("=")
            found, company = partners._read_fiado_link(PAY_SCOPE, token)
            self.assertFalse(found or company, f"byte {place}")
        for place in (0, 1, 9, 40, 41, len(good) - 1):
            forged = bytearray(good)
            forged[place] ^= 1
            self.assertDead(base64.urlsafe_b64encode(bytes(forged)).decode())

    def test_guessed(self):
        good = base64.urlsafe_b64decode(self._token(expiration_hours=1) + "===")
        partners = self.env(su=True)["res.partner"]
        for _attempt in range(2000):
            guess = good[:9] + secrets.token_bytes(32) + good[41:]
            token = base64.urlsafe_b64encode(guess).decode()
            self.assertFalse(partners._read_fiado_link(PAY_SCOPE, token)[0])

    def test_became_a_contact(self):
        token = self._token()
        parent = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.maria.parent_id = parent
        self.assertDead(token)
        # The link of a contact is its firm's.
        _page, text = self._open(self._link().rpartition("/")[2])
        self.assertIn("Hello Firm,", text)

    def test_where_it_stands(self):
        """Reminders and the slip's message say it by themselves."""
        partner = self.maria.with_user(self.cashier).with_company(self.company)
        reminder = partner._get_fiado_reminder()
        self.assertIn("/fiado/pay/", reminder["link"])
        text = partner._get_fiado_whatsapp_text()
        self.assertIn("Pay online: http", text)
        order = self._order()
        self._close(order, use_balance=True)
        slip = order._get_slip_text(order._get_slip())
        self.assertIn("Pay online: http", slip)
        url = self.maria._get_fiado_whatsapp_url(slip)
        self.assertIn("/fiado/pay/", unquote(url))
        paid = self._order()
        self._close(paid, 55.0)
        self.assertNotIn("Pay online", paid._get_slip_text(paid._get_slip()))

    def test_no_link_that_leads_nowhere(self):
        """Without a code to pay by, the page would only tell what the message said."""
        self.bank.unlink()
        self.assertFalse(self._link())
        order = self._order()
        self._close(order, use_balance=True)
        self.assertNotIn("Pay online", order._get_slip_text(order._get_slip()))
        # A link that was sent before still says what is owed.
        page, text = self._open(self._token())
        self.assertIn("R$ 80.00", text)
        self.assertFalse(page.xpath("//div[@name='pay_code']"))

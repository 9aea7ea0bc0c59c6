from datetime import timedelta

from lxml import html

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import hash_sign

from ..models.res_partner_reminder import STOP_SCOPE
from .test_reminders import ReminderCommon


@tagged("post_install", "-at_install")
class TestOptOut(ReminderCommon, HttpCase):
    """Customers who want no reminders get none, and say so by a link in each e-mail."""

    def _token(self, partner=None, company=None, **options):
        values = [(partner or self.maria).id, (company or self.company).id]
        return hash_sign(self.env(su=True), STOP_SCOPE, values, **options)

    def _open(self, token, stop=False):
        address = f"/fiado/reminders/{token}"
        if not stop:
            response = self.url_open(address)
        else:
            self.url_open(f"/fiado/reminders/{token}")
            csrf = http.Request.csrf_token(self)
            response = self.url_open(f"{address}/stop", data={"csrf_token": csrf})
        self.env.invalidate_all()
        return response, " ".join(html.fromstring(response.text).text_content().split())

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def test_link_of_a_letter(self):
        """Opening it changes nothing: programs that look for bad links do. The button
        on the page stops the reminders."""
        self._leave_debt_on("2026-03-10", 25.0)
        [mail] = self._run_job_on("2026-04-06")
        [address] = html.fromstring(mail.body_html).xpath(
            "//a[contains(@href, '/fiado/reminders/')]/@href"
        )
        path = address.partition("/fiado/")[2]
        with freeze_time("2026-04-07"):
            # Whoever opens it looks at the link's age.
            token = self._token()
        self.assertEqual(len(path.removeprefix("reminders/")), len(token))
        response, text = self._open(token)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Do you want no more reminders", text)
        self.assertIn("Maria", text)
        self.assertFalse(self.maria.no_fiado_reminder)
        page = html.fromstring(response.text)
        [form] = page.xpath("//form[contains(@action, '/fiado/reminders/')]")
        self.assertEqual(form.method, "POST")
        # As the browser does when the button is clicked.
        data = {node.name: node.value for node in form.xpath(".//input")}
        response = self.url_open(form.action, data=data)
        self.assertIn("Done", response.text)
        self.env.invalidate_all()
        self.assertTrue(self.maria.no_fiado_reminder)
        bodies = " ".join(self.maria.message_ids.mapped("body"))
        self.assertIn("wants no more reminders", bodies)
        self.assertFalse(self._run_job_on("2026-04-09"))
        with freeze_time("2026-04-09 13:00:00"):
            self.assertFalse(self._due())
        # Opened again it says so, and asks nothing.
        _response, text = self._open(token)
        self.assertIn("Done", text)

    def test_only_a_post_stops(self):
        token = self._token()
        response = self.url_open(f"/fiado/reminders/{token}/stop")
        self.assertEqual(response.status_code, 405)
        # And none that another page sends.
        response = self.url_open(f"/fiado/reminders/{token}/stop", data={"a": "b"})
        self.assertEqual(response.status_code, 400)
        self.env.invalidate_all()
        self.assertFalse(self.maria.no_fiado_reminder)

    def test_bad_links(self):
        other = self.setup_other_company()["company"]
        foreigner = self.env["res.partner"].create(
            {"name": "Foreigner", "company_id": other.id}
        )
        contact = self.env["res.partner"].create(
            {"name": "Child", "parent_id": self.maria.id}
        )
        good = self._token()
        forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
        for name, token in {
            "forged": forged,
            "no token": "hello",
            "nonsense": "%00%ff",
            "another purpose": hash_sign(
                self.env(su=True), "other", [self.maria.id, self.company.id]
            ),
            "too old": self._token(expiration=timedelta(hours=-1)),
            "another company's customer": self._token(foreigner),
            "a contact": self._token(contact),
            "the walk-in customer": self._token(self.walk_in),
        }.items():
            with self.subTest(link=name):
                response, text = self._open(token)
                self.assertEqual(response.status_code, 404)
                self.assertIn("doesn't work any more", text)
                self.assertNotIn("Foreigner", text)
        for partner in (foreigner, contact, self.walk_in, self.maria):
            self.assertFalse(partner.no_fiado_reminder)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.maria.lang = "pt_BR"
        _response, text = self._open(self._token())
        self.assertIn("Quer deixar de receber lembretes", text)

    def test_by_the_shop(self):
        self._leave_debt_on("2026-03-10", 25.0)
        self.maria.no_fiado_reminder = True
        self.assertFalse(self._run_job_on("2026-04-06"))
        self.maria.no_fiado_reminder = False
        self.company.fiado_reminded_on = False
        self.assertEqual(len(self._run_job_on("2026-04-07")), 1)

    def test_blacklist(self):
        """Of Odoo's: no e-mail, but the list has WhatsApp and the phone."""
        self._leave_debt_on("2026-03-10", 25.0)
        self.env["mail.blacklist"].sudo()._add("maria@example.com")
        self.assertFalse(self._run_job_on("2026-04-06"))
        with freeze_time("2026-04-06 13:00:00"):
            row = self._due()
            self.assertEqual(row.partner_id, self.maria)
            self.assertFalse(row.has_mailbox)

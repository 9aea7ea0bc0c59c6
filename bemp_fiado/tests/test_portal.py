from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from ..models.res_partner_portal import STEP
from .common import FiadoCommon


class PortalCommon(FiadoCommon, HttpCase):
    """A customer who looks at the own wallet, from a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana Stranger"})
        cls.customer = cls._new_customer("maria", cls.maria)

    @classmethod
    def _new_customer(cls, login, partner):
        # Without a group of ours, and with no other right than a customer's.
        return new_test_user(
            cls.env,
            login=f"portal_{login}",
            groups="base.group_portal",
            name=partner.name,
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            lang="en_US",
        )

    def _leave_debt_on(self, day, amount, partner=None):
        with freeze_time(f"{day} 15:00:00"):
            self._leave_debt(amount, partner)

    def _open(self, path, login="portal_maria", status=200):
        self.authenticate(login, login)
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, path)
        self.env.invalidate_all()
        return response

    def _links(self, page, xpath):
        # Where there are several languages, each has addresses of its own.
        return [link.removeprefix("/en") for link in page.xpath(f"{xpath}/@href")]

    def _read(self, response):
        page = html.fromstring(response.text)
        return page, self._text(page)

    def _text(self, node):
        # Odoo has signs and amounts stay together by what nobody sees.
        return " ".join(node.text_content().replace("\ufeff", "").split())


@tagged("post_install", "-at_install")
class TestPortal(PortalCommon):
    """Customers see their own wallet in their portal, and nobody else's."""

    def test_debt_with_its_due_dates(self):
        self._leave_debt_on("2026-03-10", 25.0)
        self._leave_debt_on("2026-03-10", 5.0)
        self._leave_debt_on("2026-04-01", 30.0)
        with freeze_time("2026-04-15 15:00:00"):
            wallet = self.maria.with_user(self.customer)._get_fiado_portal_wallet(
                self.company
            )
        self.assertEqual((wallet["debt"], wallet["credit"]), (60.0, 0.0))
        self.assertEqual(
            [(str(d["date"]), d["amount"], d["is_overdue"]) for d in wallet["dues"]],
            [("2026-04-09", 30.0, True), ("2026-05-01", 30.0, False)],
        )
        _page, text = self._read(self._open("/my/wallet"))
        self.assertIn("You owe $ 60.00", text)
        self.assertIn("04/09/2026 (overdue) $ 30.00", text)

    def test_what_a_bank_paid_of_the_oldest(self):
        """Not matched by anybody yet, it counts nevertheless."""
        self._leave_debt_on("2026-03-10", 25.0)
        self._leave_debt_on("2026-04-01", 30.0)
        self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    (
                        0,
                        0,
                        {"account_id": account.id, "partner_id": self.maria.id, k: 40},
                    )
                    for account, k in (
                        (self.debt_account, "credit"),
                        (self.cash_account, "debit"),
                    )
                ],
            }
        ).action_post()
        wallet = self.maria._get_fiado_portal_wallet(self.company)
        self.assertEqual(wallet["debt"], 15.0)
        self.assertEqual([due["amount"] for due in wallet["dues"]], [15.0])

    def test_entries_with_what_was_bought(self):
        self._leave_debt(25.0)
        self._close(self._order(self.beard), 80.0, debt_paid=25.0, use_balance=True)
        page, text = self._read(self._open("/my/wallet"))
        rows = page.xpath("//table[@name='entries']/tbody/tr")
        self.assertEqual(len(rows), 3)
        self.assertIn("You have credit $ 15.00", text)
        self.assertIn("Debt: Haircut", text)
        # The newest first, each with the balance after it.
        self.assertIn("$ 15.00", self._text(rows[0]))
        self.assertIn("$ -25.00", self._text(rows[2]))

    def test_nobody_elses(self):
        self._leave_debt(25.0, self.joana)
        self._leave_debt(7.0)
        _page, text = self._read(self._open("/my/wallet"))
        self.assertNotIn("25.00", text)
        self.assertNotIn("Joana", text)
        # Nothing that is sent says whose wallet it is.
        for values in (
            f"partner_id={self.joana.id}",
            f"id={self.joana.id}",
            f"holder={self.joana.id}&partner={self.joana.id}",
        ):
            for path in ("/my/wallet", f"/my/wallet/{self.company.id}"):
                _page, text = self._read(self._open(f"{path}?{values}"))
                self.assertIn("You owe $ 7.00", text)
                self.assertNotIn("25.00", text)

    def test_no_rights_over_other_roads(self):
        self._leave_debt(25.0, self.joana)
        self._leave_debt(7.0)
        for model in ("fiado.wallet", "fiado.wallet.entry", "fiado.credit.state"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.customer).search([])
        for partner in (self.maria, self.joana):
            with self.subTest(partner=partner.name), self.assertRaises(AccessError):
                partner.with_user(self.customer).fiado_statement()
        report = f"/report/pdf/bemp_fiado.fiado_statement/{self.joana.id}"
        self.authenticate("portal_maria", "portal_maria")
        response = self.url_open(report)
        self.assertNotEqual(response.status_code, 200)

    def test_without_login(self):
        for path in ("/my/wallet", f"/my/wallet/{self.company.id}/statement"):
            self.authenticate(None, None)
            response = self.url_open(path)
            self.assertIn("/web/login?redirect=", response.url)

    def test_member_of_a_family(self):
        """Who shares the wallet sees it, as the commercial partner has it."""
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": self.maria.id}
        )
        self._new_customer("child", child)
        self._leave_debt(25.0, child)
        for login in ("portal_child", "portal_maria"):
            _page, text = self._read(self._open("/my/wallet", login))
            self.assertIn("You owe $ 25.00", text)
            self.assertIn("Haircut (Child)", text)
        # Who leaves the family leaves its wallet.
        child.parent_id = False
        _page, text = self._read(self._open("/my/wallet", "portal_child"))
        self.assertNotIn("25.00", text)

    def test_several_companies(self):
        data = self.setup_other_company()
        other = data["company"]
        other.fiado_enabled = True
        self._leave_debt(25.0)
        ledger = self.env["fiado.ledger"].with_company(other)
        loss = other.fiado_loss_account_id
        ledger._operate_each(other, [(self.maria, 40.0, loss, {})], "adjustment")
        page, text = self._read(self._open("/my/wallet"))
        self.assertIn("You owe $ 25.00", text)
        links = self._links(page, "//ul[contains(@class, 'nav-pills')]//a")
        self.assertEqual(
            links, [f"/my/wallet/{company.id}" for company in (self.company, other)]
        )
        _page, text = self._read(self._open(links[1]))
        self.assertIn("You have credit $ 40.00", text)
        self.assertNotIn("You owe", text)

    def test_a_company_without_an_own_wallet(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        ledger = self.env["fiado.ledger"].with_company(other)
        loss = other.fiado_loss_account_id
        ledger._operate_each(other, [(self.joana, -40.0, loss, {})], "adjustment")
        self._leave_debt(7.0)
        for company_id in (other.id, 10**9, 10**30):
            path = f"/my/wallet/{company_id}"
            with self.subTest(path=path):
                self._open(path, status=404)
                self._open(f"{path}/statement", status=404)

    def test_nothing_yet(self):
        _page, text = self._read(self._open("/my/wallet"))
        self.assertIn("Nothing was ever put on your tab", text)
        self._open(f"/my/wallet/{self.company.id}", status=404)
        self._open(f"/my/wallet/{self.company.id}/statement", status=404)

    def test_card_at_home(self):
        self.assertEqual(self._count_of_card(), 0)
        self._leave_debt(7.0)
        self.assertEqual(self._count_of_card(), 1)
        page, _text = self._read(self._open("/my/home"))
        [card] = page.xpath("//a[contains(@href, '/my/wallet')]")
        self.assertIn("Wallet", card.text_content())

    def _count_of_card(self):
        self.authenticate("portal_maria", "portal_maria")
        params = {"counters": ["fiado_wallet_count"]}
        return self.make_jsonrpc_request("/my/counters", params)["fiado_wallet_count"]

    def test_statement(self):
        self._leave_debt(25.0)
        self._leave_debt(99.0, self.joana)
        response = self._open(f"/my/wallet/{self.company.id}/statement")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("Statement%20Maria", response.headers["Content-Disposition"])

    def test_pages(self):
        loss = self.company.fiado_loss_account_id
        self.env["fiado.ledger"].with_company(self.company)._operate_each(
            self.company,
            [(self.maria, -1.0, loss, {}) for _number in range(STEP + 3)],
            "adjustment",
        )
        path = f"/my/wallet/{self.company.id}"
        for query, number, links in (
            ("", STEP, [f"{path}?page=2"]),
            ("?page=2", 3, [f"{path}?page=1"]),
            ("?page=3", 0, [f"{path}?page=2"]),
            ("?page=-1", STEP, [f"{path}?page=2"]),
            ("?page=hello", STEP, [f"{path}?page=2"]),
            ("?page=99999999999999999999", STEP, [f"{path}?page=2"]),
        ):
            with self.subTest(query=query):
                page, _text = self._read(self._open(path + query))
                rows = page.xpath("//table[@name='entries']/tbody/tr[td[3]]")
                self.assertEqual(len(rows), number)
                found = self._links(
                    page,
                    "//a[contains(@class, 'btn-link') and contains(@href, 'page=')]",
                )
                self.assertEqual(found, links)

    def test_costs_the_same_with_a_history(self):
        partner = self.maria.with_user(self.customer)
        loss = self.company.fiado_loss_account_id
        counts = []
        for number in (STEP, 5 * STEP):
            self.env["fiado.ledger"].with_company(self.company)._operate_each(
                self.company,
                [(self.maria, amount, loss, {}) for amount in (-1.0, 1.0) * number],
                "adjustment",
            )
            for _round in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                partner._get_fiado_own_companies()
                partner._get_fiado_portal_wallet(self.company)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 30)

    def test_on_a_replica(self):
        """Nothing is written: Odoo would have to open the page a second time."""
        self._leave_debt(25.0)
        for path in (
            "/my/wallet",
            f"/my/wallet/{self.company.id}?page=1",
            f"/my/wallet/{self.company.id}/statement",
        ):
            self._open(path)
            with self.subTest(path=path), self.assertNoLogs("odoo.http", "WARNING"):
                self._open(path)

import json
from base64 import b64encode
from unittest.mock import Mock, patch
from urllib.parse import quote

from lxml import etree

from odoo import fields, http
from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged
from odoo.tools import file_open
from odoo.tools.safe_eval import safe_eval, time

from ..models import res_company_letterhead
from ..report.fiado_pages import (
    FIRST_PAGE,
    OTHER_PAGE,
    get_height,
    shorten,
    split_into_pages,
)
from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestPaper(FiadoCommon):
    """Papers: every page has a letterhead, its number and a table with a head, every
    row all its cells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria.lang = "en_US"
        with file_open("base/static/img/money.png", "rb") as file:
            logo = file.read()
        cls.company.write(
            {
                "name": "Salão Boa Vista",
                "logo": b64encode(logo),
                "street": "Rua da Aurora, 12",
                "city": "Recife",
                "country_id": cls.env.ref("base.br").id,
                "vat": "11.222.333/0001-81",
                "report_header": "<p>Beauty since 1998</p>",
                "report_footer": "<p>www.boavista.example</p>",
            }
        )

    def _render_papers(self, report, ids, data=None, user=None):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(user or self.helper)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_qweb_html(f"bemp_fiado.{report}", ids, data)
        )
        root = etree.HTML(html)
        # What Odoo prints on its own account would be there twice, or not at all.
        for name in ("header", "footer"):
            self.assertFalse(self._find(root, name))
        self.assertEqual(len(self._find(root, "article")), 1)
        return self._find(root, "o_fiado_paper")

    def _find(self, node, name):
        return [e for e in node.iter("div") if name in e.get("class", "").split()]

    def _get_tables(self, papers):
        return [
            table
            for paper in papers
            for table in paper.iterfind(".//table")
            if "o_main_table" in table.get("class", "")
        ]

    def _get_text(self, node):
        text = "".join(node.itertext()).replace("\xa0", " ").replace("\ufeff", "")
        return " ".join(text.split())

    def _get_cells(self, row):
        return [self._get_text(cell) for cell in row.iterfind("td")]

    def assertNumbered(self, papers, *counts):
        """The pages of each document follow each other, all on paper of the shop.

        :param counts: how many pages each has
        """
        expected = [
            f"Page {number} of {count}"
            for count in counts
            for number in range(1, count + 1)
        ]
        self.assertEqual(
            [self._get_text(p.find(".//div[@name='page_number']")) for p in papers],
            expected,
        )
        for paper in papers:
            letterhead = self._get_text(paper.find(".//div[@name='letterhead']"))
            for words in (
                "Salão Boa Vista",
                "Rua da Aurora, 12",
                "Recife",
                "CNPJ: 11.222.333/0001-81",
                "Beauty since 1998",
            ):
                self.assertEqual(letterhead.count(words), 1, words)
            self.assertTrue(paper.find(".//div[@name='letterhead']//img") is not None)
            self.assertTrue(self._get_text(paper).endswith("www.boavista.example"))
        breaks = ["page-break-before" in paper.get("style", "") for paper in papers]
        self.assertEqual(breaks, [False, *[True] * (len(papers) - 1)])

    def assertFilled(self, tables):
        """Each table has a head, and each row as many columns as that."""
        for table in tables:
            columns = len(table.findall("thead/tr/th"))
            self.assertTrue(columns)
            for row in table.iterfind("tbody/tr"):
                cells = row.findall("td")
                self.assertEqual(
                    sum(int(cell.get("colspan", 1)) for cell in cells),
                    columns,
                    self._get_cells(row),
                )

    def test_statement(self):
        """One entry has an order, the other has none."""
        self._leave_debt(25.0)
        self._as_helper().fiado_receive(10.0, self.cash.id)
        papers = self._render_papers(
            "fiado_statement", None, {"partner_ids": self.maria.ids}
        )
        self.assertNumbered(papers, 1)
        [table] = self._get_tables(papers)
        self.assertFilled([table])
        _opening, debt, paid, _closing = table.iterfind("tbody/tr")
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        due_date = fields.Date.add(fields.Date.today(), days=30)
        self.assertEqual(
            self._get_cells(debt)[1:],
            [
                order.name,
                "Debt: Haircut",
                due_date.strftime("%m/%d/%Y"),
                "$ -15.00",
                "$ -25.00",
                "$ -25.00",
            ],
        )
        self.assertEqual(
            self._get_cells(paid)[1:],
            [
                self._entries()[1].document,
                "Debt paid: Money credit",
                "",
                "",
                "$ 10.00",
                "$ -15.00",
            ],
        )

    def _as_helper(self):
        return self.maria.with_user(self.helper).with_company(self.company)

    def test_statement_of_many_pages(self):
        for amount in range(1, 61):
            self._as_helper().fiado_receive(amount, self.cash.id)
        joana = self.env["res.partner"].create({"name": "Joana", "lang": "en_US"})
        papers = self._render_papers(
            "fiado_statement", None, {"partner_ids": (self.maria | joana).ids}
        )
        tables = self._get_tables(papers)
        self.assertGreater(len(tables), 3)
        self.assertNumbered(papers, len(papers) - 1, 1)
        self.assertIn("Joana", self._get_text(papers[-1]))
        self.assertFilled(tables)
        del tables[-1]
        self.assertFilled(tables)
        rows = [self._get_cells(row) for t in tables for row in t.iterfind("tbody/tr")]
        self.assertEqual(len(rows), 62)
        self.assertEqual(rows[0][0], "Opening balance")
        self.assertEqual(rows[-1][0], "Closing balance")
        self.assertEqual(rows[-1][-1], "$ 1,830.00")

    def test_debtors_of_many_pages(self):
        """Some of them have no phone."""
        debtors = self.env["res.partner"].create(
            [
                {"name": f"Debtor {number:02}", "phone": number % 2 and "1234"}
                for number in range(60)
            ]
        )
        expense = self.company_data["default_account_expense"]
        for debtor in debtors:
            debtor.with_user(self.manager).with_company(
                self.company
            ).fiado_open_balance(-5.0, str(fields.Date.today()), expense.id)
        wallets = self.env["fiado.wallet"].search([("partner_id", "in", debtors.ids)])
        papers = self._render_papers("fiado_debtors", wallets.ids)
        self.assertNumbered(papers, 3)
        tables = self._get_tables(papers)
        self.assertFilled(tables)
        rows = [self._get_cells(row) for t in tables for row in t.iterfind("tbody/tr")]
        self.assertEqual(
            sorted(row[:2] for row in rows[:-1]),
            [[debtor.name, debtor.phone or ""] for debtor in debtors],
        )
        self.assertEqual(rows[-1], ["Total (60)", "$ 0.00", "$ 300.00"])

    def test_patched(self):
        """A patched wkhtmltopdf prints larger, and as much on a page; an unpatched one
        doesn't part the page."""
        for is_patched, report_type, style in (
            (True, "pdf", "zoom: 0.66;"),
            (True, "html", ""),
            (False, "pdf", "overflow: auto;"),
        ):
            with (
                self.subTest(is_patched=is_patched, report_type=report_type),
                patch.object(
                    res_company_letterhead,
                    "_wkhtml",
                    lambda p=is_patched: Mock(is_patched_qt=p),
                ),
            ):
                papers = self._render_papers(
                    "fiado_statement",
                    None,
                    {"partner_ids": self.maria.ids, "report_type": report_type},
                )
                self.assertNumbered(papers, 1)
                self.assertEqual(papers[0].get("style", "").strip(), style)

    def test_receipts(self):
        for amount in (10.0, 20.0):
            self._as_helper().fiado_receive(amount, self.cash.id)
        entries = self._entries(user=self.helper)
        self.assertNumbered(self._render_papers("fiado_receipt", entries.ids), 1, 1)

    def test_slips(self):
        """One of them is long."""
        short = self._order()
        long = self._order(*[self.haircut] * 50)
        for order in (short, long):
            self._close(order, 30.0, use_balance=True)
        papers = self._render_papers("closing_slip_a4", (short | long).ids)
        self.assertNumbered(papers, 1, 3)
        texts = [self._get_text(paper) for paper in papers]
        self.assertEqual([text.count("Haircut") for text in texts[:1]], [1])
        self.assertEqual(sum(text.count("Haircut") for text in texts[1:]), 50)
        for words in (long.name, "I acknowledge the debt of $ 2,720.00"):
            self.assertEqual(sum(words in text for text in texts), 1)
        self.assertIn("Total $ 2,750.00", texts[-1])

    def test_billing(self):
        self._close(self._order(), 30.0, use_balance=True)
        page = (
            self.env["fiado.billing.period"]
            .with_user(self.helper)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            .create({"company_id": self.company.id})
        )
        page.action_print()
        self.assertNumbered(self._render_papers("fiado_billing_report", page.ids), 1)
        many = page.line_ids.filtered(lambda line: line.style == "detail")
        for _index in range(40 // len(many)):
            many.copy()
        page.invalidate_recordset()
        papers = self._render_papers("fiado_billing_report", page.ids)
        self.assertGreater(len(papers), 1)
        self.assertNumbered(papers, len(papers))
        for words in ("The figures prove themselves", "Apart"):
            self.assertIn(words, self._get_text(papers[-1]))

    def test_what_a_company_says_itself_is_said_once(self):
        """Its details name it and its number, which is written in other ways too."""
        self.company.company_details = (
            "<p>Salão Boa Vista<br>Rua da Aurora, 12, Recife<br>CNPJ: "
            "11.222.333/0001-81</p>"
        )
        self.assertNumbered(
            self._render_papers(
                "fiado_statement", None, {"partner_ids": self.maria.ids}
            ),
            1,
        )
        self.company.vat = "11222333000181"
        self.assertEqual(
            self.company._get_fiado_letterhead(),
            {"name": False, "name_as_logo": False, "vat": False},
        )
        self.company.company_details = "<p>At the market</p>"
        self.assertEqual(
            self.company._get_fiado_letterhead(),
            {
                "name": "Salão Boa Vista",
                "name_as_logo": False,
                "vat": "CNPJ: 11.222.333/0001-81",
            },
        )

    def test_the_name_in_place_of_odoos_logo(self):
        self.company.logo = False
        self.assertEqual(
            self.company._get_fiado_letterhead(),
            {
                "name": False,
                "name_as_logo": True,
                "vat": "CNPJ: 11.222.333/0001-81",
            },
        )
        [paper] = self._render_papers(
            "fiado_statement", None, {"partner_ids": self.maria.ids}
        )
        letterhead = paper.find(".//div[@name='letterhead']")
        self.assertIsNone(letterhead.find(".//img"))
        self.assertEqual(self._get_text(letterhead).count("Salão Boa Vista"), 1)

    def test_numbers_of_other_countries(self):
        self.company.write({"country_id": self.env.ref("base.us").id, "vat": "12-34"})
        self.assertIn(": 12-34", self.company._get_fiado_letterhead()["vat"])

    def test_names_of_files(self):
        with freeze_time("2026-03-10 15:00:00"):
            order = self._order()
            self._close(order, 30.0, use_balance=True)
            order = order.with_user(self.helper)
            wallet = self.env["fiado.wallet"].with_user(self.helper)
            wallet = wallet.search([("partner_id", "=", self.maria.id)])
            entry = self._entries(user=self.helper)
            page = self.env["fiado.billing.period"].with_user(self.helper).create({})
            # Odoo's clock of what was made when isn't ours.
            day = fields.Datetime.context_timestamp(order, order._get_closed_at())
            for report, record, names in (
                (
                    "res_partner_action_report_statement",
                    self._as_helper(),
                    ("Statement Maria 2026-03-10", "Extrato Maria 2026-03-10"),
                ),
                (
                    "fiado_wallet_action_report_debtors",
                    wallet,
                    (
                        "Customers in Debt 2026-03-10",
                        "Clientes em débito 2026-03-10",
                    ),
                ),
                (
                    "fiado_billing_period_action_report",
                    page,
                    (
                        "Billing 2026-03-01 to 2026-03-31",
                        "Faturamento 2026-03-01 a 2026-03-31",
                    ),
                ),
                *(
                    (
                        f"sale_order_action_slip{size}",
                        order,
                        (
                            f"Slip {order.name} {day.date()}",
                            f"Comprovante {order.name} {day.date()}",
                        ),
                    )
                    for size in ("", "_a4")
                ),
                *(
                    (
                        f"fiado_wallet_entry_action_receipt{size}",
                        entry,
                        (
                            f"Receipt {entry.document.replace('/', '-')} 2026-03-10",
                            f"Recibo {entry.document.replace('/', '-')} 2026-03-10",
                        ),
                    )
                    for size in ("", "_a4")
                ),
            ):
                expression = self.env.ref(f"bemp_fiado.{report}").print_report_name
                self.env["res.lang"]._activate_lang("pt_BR")
                for lang, name in zip(("en_US", "pt_BR"), names, strict=True):
                    with self.subTest(report=report, lang=lang):
                        record = record.with_context(lang=lang)
                        self.assertEqual(
                            safe_eval(expression, {"object": record, "time": time}),
                            name,
                        )


@tagged("post_install", "-at_install")
class TestDownload(FiadoCommon, HttpCase):
    """Files are named by customer and day, whichever way they are printed."""

    @freeze_time("2026-03-10 15:00:00")
    def test_names(self):
        joana = self.env["res.partner"].create({"name": "Joana"})
        self._leave_debt(25.0)
        self._leave_debt(25.0, joana)
        self.helper.password = "fiado_helper"
        self.authenticate("fiado_helper", "fiado_helper")
        wallets = self.env["fiado.wallet"].search(
            [("partner_id", "in", (self.maria | joana).ids)]
        )
        for report, docids, options, name in (
            (
                "fiado_statement",
                [],
                {"partner_ids": self.maria.ids, "date_from": "2026-03-01"},
                "Statement Maria 2026-03-10.pdf",
            ),
            ("fiado_statement", self.maria.ids, {}, "Statement Maria 2026-03-10.pdf"),
            (
                "fiado_statement",
                (self.maria | joana).ids,
                {},
                "Statements 2026-03-10.pdf",
            ),
            ("fiado_debtors", wallets.ids, {}, "Customers in Debt 2026-03-10.pdf"),
        ):
            with self.subTest(report=report, docids=docids):
                url = f"/report/pdf/bemp_fiado.{report}"
                if docids:
                    url += "/" + ",".join(map(str, docids))
                else:
                    url += f"?options={quote(json.dumps(options))}&context=%7B%7D"
                response = self.url_open(
                    "/report/download",
                    data={
                        "data": json.dumps([url, "qweb-pdf"]),
                        "context": json.dumps({"lang": "en_US"}),
                        "csrf_token": http.Request.csrf_token(self),
                    },
                    timeout=120,
                )
                response.raise_for_status()
                self.assertIn(
                    quote(name),
                    response.headers["Content-Disposition"],
                )


@tagged("post_install", "-at_install")
class TestPages(TransactionCase):
    """How rows are put on pages."""

    def test_heights(self):
        self.assertEqual(get_height(("Ana", None), (4, 4)), 1)
        self.assertEqual(get_height((None, False), (4, 4)), 1)
        self.assertEqual(get_height(("Maria", "1234"), (4, 4)), 1.75)
        self.assertEqual(get_height(("Ana", "123456789"), (4, 4)), 2.5)

    def test_pages(self):
        for count, expected in (
            (0, [0]),
            (1, [1]),
            (FIRST_PAGE, [FIRST_PAGE]),
            (FIRST_PAGE + 1, [FIRST_PAGE, 1]),
            (FIRST_PAGE + OTHER_PAGE + 1, [FIRST_PAGE, OTHER_PAGE, 1]),
        ):
            pages = split_into_pages(range(count), lambda _row: 1)
            self.assertEqual([len(page) for page in pages], expected)
            self.assertEqual([row for page in pages for row in page], [*range(count)])

    def test_what_stands_below_keeps_the_last_row(self):
        for count, below, expected in (
            (FIRST_PAGE - 2, 2, [FIRST_PAGE - 2]),
            (FIRST_PAGE - 1, 2, [FIRST_PAGE - 2, 1]),
            (1, FIRST_PAGE, [1, 0]),
            (0, FIRST_PAGE, [0]),
        ):
            pages = split_into_pages(range(count), lambda _row: 1, below=below)
            self.assertEqual([len(page) for page in pages], expected)
        pages = split_into_pages(range(FIRST_PAGE), lambda _row: 1, above=3)
        self.assertEqual([len(page) for page in pages], [FIRST_PAGE - 3, 3])

    def test_shorten(self):
        names = ["Haircut", "Beard", "Wash"]
        self.assertEqual(shorten(names, 20), "Haircut, Beard, Wash")
        self.assertEqual(shorten(names, 19), "Haircut, Beard +1")
        self.assertEqual(shorten(names, 3), "Haircut +2")
        self.assertEqual(shorten([], 3), "")

    def test_a_row_higher_than_a_page(self):
        pages = split_into_pages([1, 99, 1], lambda row: row)
        self.assertEqual(pages, [[1], [99], [1]])

from lxml import etree

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..report.fiado_pages import (
    FIRST_PAGE,
    OTHER_PAGE,
    get_height,
    split_into_pages,
)
from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestPaper(FiadoCommon):
    """Tables on paper: every row has all its cells, every page a head."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria.lang = "en_US"

    def _render(self, report, ids, data=None):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.helper)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_qweb_html(report, ids, data)
        )
        return [
            table
            for table in etree.HTML(html).iterfind(".//table")
            if "o_main_table" in table.get("class", "")
        ]

    def _get_cells(self, row):
        return [
            " ".join(
                "".join(cell.itertext())
                .replace("\xa0", " ")
                .replace("\ufeff", "")
                .split()
            )
            for cell in row.iterfind("td")
        ]

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
        breaks = ["page-break-before" in table.get("style") for table in tables]
        self.assertEqual(breaks, [False, *[True] * (len(tables) - 1)])

    def test_statement(self):
        """One entry has an order, the other has none."""
        self._leave_debt(25.0)
        self._as_helper().fiado_receive(10.0, self.cash.id)
        [table] = self._render(
            "bemp_fiado.fiado_statement", None, {"partner_ids": self.maria.ids}
        )
        self.assertFilled([table])
        _opening, debt, paid, _closing = table.iterfind("tbody/tr")
        order = self.env["sale.order"].search([("partner_id", "=", self.maria.id)])
        self.assertEqual(self._get_cells(debt)[2], order.name)
        self.assertEqual(
            self._get_cells(paid)[2:],
            ["", "Debt paid", "Money credit", self.helper.name, "$ 10.00", "$ -15.00"],
        )

    def _as_helper(self):
        return self.maria.with_user(self.helper).with_company(self.company)

    def test_statement_of_many_pages(self):
        for amount in range(1, 61):
            self._as_helper().fiado_receive(amount, self.cash.id)
        tables = self._render(
            "bemp_fiado.fiado_statement", None, {"partner_ids": self.maria.ids}
        )
        self.assertGreater(len(tables), 2)
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
        tables = self._render("bemp_fiado.fiado_debtors", wallets.ids)
        self.assertEqual(len(tables), 3)
        self.assertFilled(tables)
        rows = [self._get_cells(row) for t in tables for row in t.iterfind("tbody/tr")]
        self.assertEqual(
            sorted(row[:2] for row in rows[:-1]),
            [[debtor.name, debtor.phone or ""] for debtor in debtors],
        )
        self.assertEqual(rows[-1], ["Total (60)", "$ 0.00", "$ 300.00"])


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

    def test_a_row_higher_than_a_page(self):
        pages = split_into_pages([1, 99, 1], lambda row: row)
        self.assertEqual(pages, [[1], [99], [1]])

import io
from datetime import date

from freezegun import freeze_time
from openpyxl import Workbook, load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import FiadoCommon

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {
    "import_skip_records": [],
    "import_set_empty_fields": [],
    "fallback_values": {},
    "name_create_enabled_fields": {},
    "encoding": "",
    "separator": "",
    "quoting": '"',
    "date_format": "%Y-%m-%d",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "advanced": True,
    "has_headers": True,
    "keep_matches": False,
    "limit": 2000,
    "skip": 0,
    "tracking_disable": True,
}
HEADERS = ["Customer", "Amount", "Date", "Opening Account", "Reference"]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestOpeningImport(FiadoCommon):
    """Opening balances from a file, through Odoo's own import, by who manages the
    wallets and has no accounting rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.equity = cls.company.get_unaffected_earnings_account()
        cls.ana, cls.joao = cls.env["res.partner"].create(
            [{"name": "Ana", "ref": "C-2"}, {"name": "João", "email": "j@example.com"}]
        )

    def _import(self, content, file_type=CSV, user=None, dryrun=False, **options):
        if isinstance(content, str):
            content = content.encode()
        wizard = (
            self.env["base_import.import"]
            .with_user(user or self.manager)
            .with_company(self.company)
            .with_context(lang="en_US")
            .create(
                {
                    "res_model": "fiado.wallet.opening",
                    "file": content,
                    "file_type": file_type,
                    "file_name": "openings",
                }
            )
        )
        preview = wizard.parse_preview({**OPTIONS, **options})
        self.assertFalse(preview.get("error"))
        matches = preview["matches"]
        return wizard.execute_import(
            [
                "/".join(matches[column]) if column in matches else False
                for column in range(len(preview["headers"]))
            ],
            [header.lower() for header in preview["headers"]],
            {**OPTIONS, **preview["options"], **options},
            dryrun=dryrun,
        )

    def _csv(self, *rows, headers=HEADERS):
        return "\n".join(";".join(row) for row in (headers, *rows))

    def _xlsx(self, *rows):
        workbook = Workbook()
        for row in (HEADERS, *rows):
            workbook.active.append(row)
        content = io.BytesIO()
        workbook.save(content)
        return content.getvalue()

    def assertImported(self, result, count):
        self.assertEqual(result["messages"], [])
        self.assertEqual(len(result["ids"]), count)
        self.assertTiesOut()

    def assertRefused(self, content, *messages, **options):
        before = self._count()
        result = self._import(content, **options)
        self.assertEqual(
            [message["message"] for message in result["messages"]], list(messages)
        )
        self.assertEqual({message["type"] for message in result["messages"]}, {"error"})
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()
        return result["messages"]

    # What is imported --------------------------------------------------------

    def test_debt_and_credit(self):
        result = self._import(
            self._csv(
                ["Maria", "-25.50", "2026-01-15", "", "NB-1"],
                ["C-2", "40", "2026-01-20", self.income.code, "NB-2"],
            )
        )
        self.assertImported(result, 2)
        debt, credit = self.env["account.move"].browse(result["ids"])
        self.assertRecordValues(
            debt | credit,
            [
                {
                    "state": "posted",
                    "date": date(2026, 1, 15),
                    "journal_id": self.company.fiado_journal_id.id,
                    "fiado_origin": "opening",
                    "fiado_reference": "NB-1",
                },
                {
                    "state": "posted",
                    "date": date(2026, 1, 20),
                    "journal_id": self.company.fiado_journal_id.id,
                    "fiado_origin": "opening",
                    "fiado_reference": "NB-2",
                },
            ],
        )
        self.assertRecordValues(
            debt.line_ids.sorted("balance"),
            [
                {
                    "account_id": self.equity.id,
                    "partner_id": self.maria.id,
                    "debit": 0.0,
                    "credit": 25.5,
                    "date_maturity": date(2026, 1, 15),
                },
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "debit": 25.5,
                    "credit": 0.0,
                    "date_maturity": date(2026, 2, 14),
                },
            ],
        )
        self.assertRecordValues(
            credit.line_ids.sorted("balance"),
            [
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 40.0},
                {"account_id": self.income.id, "debit": 40.0, "credit": 0.0},
            ],
        )
        self.assertEqual(self._wallet(), (-25.5, 25.5, 0.0))
        self.assertEqual(self._wallet(self.ana), (40.0, 0.0, 40.0))
        self.assertRecordValues(
            self._entries(),
            [{"kind": "debt", "origin": "opening", "reference": "NB-1"}],
        )
        self.assertRecordValues(
            self.env["fiado.wallet.opening"].with_user(self.manager).browse(credit.id),
            [
                {
                    "partner_id": self.ana.id,
                    "amount": 40.0,
                    "date": date(2026, 1, 20),
                    "account_id": self.income.id,
                    "reference": "NB-2",
                }
            ],
        )

    def test_customer_by_reference_email_and_database_id(self):
        self.assertImported(
            self._import(
                self._csv(
                    ["C-2", "-1", "2026-01-15", "NB-1"],
                    ["j@example.com", "-2", "2026-01-15", "NB-2"],
                    headers=["Customer", "Amount", "Date", "Reference"],
                )
            ),
            2,
        )
        self.assertImported(
            self._import(
                self._csv(
                    [str(self.maria.id), "-3", "NB-3"],
                    headers=["Customer/.id", "Amount", "Reference"],
                )
            ),
            1,
        )
        wallets = [self._wallet(p)[0] for p in (self.ana, self.joao, self.maria)]
        self.assertEqual(wallets, [-1.0, -2.0, -3.0])

    def test_several_rows_of_one_customer_settle_each_other(self):
        self.assertImported(
            self._import(
                self._csv(
                    ["Maria", "60", "2026-01-20", "", "NB-2"],
                    ["Maria", "-25", "2026-01-10", "", "NB-1"],
                    ["Maria", "-50", "2026-02-01", "", "NB-3"],
                )
            ),
            3,
        )
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        self.assertRecordValues(
            self._entries().sorted(lambda entry: (entry.date, entry.id)),
            [
                {"kind": "debt", "amount": -25.0, "balance_after": -25.0},
                {"kind": "debt_paid", "amount": 25.0, "balance_after": 0.0},
                {"kind": "credit", "amount": 35.0, "balance_after": 35.0},
                {"kind": "credit_used", "amount": -35.0, "balance_after": 0.0},
                {"kind": "debt", "amount": -15.0, "balance_after": -15.0},
            ],
        )
        self.assertRecordValues(
            self._open_items(),
            [{"amount_residual": 15.0, "date_maturity": date(2026, 3, 3)}],
        )

    def test_on_top_of_what_is_there(self):
        self._leave_debt(10.0)
        self.assertImported(
            self._import(self._csv(["Maria", "35", "2026-01-10", "", "NB-1"])), 1
        )
        self.assertEqual(self._wallet(), (25.0, 0.0, 25.0))

    def test_contact_of_a_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Bia", "parent_id": self.maria.id}
        )
        self.assertImported(
            self._import(
                self._csv([contact.complete_name, "-5", "2026-01-10", "", "NB-1"])
            ),
            1,
        )
        self.assertEqual(self._wallet(), (-5.0, 5.0, 0.0))

    def test_new_customers_on_the_way(self):
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self.assertImported(
            self._import(
                self._csv(["Zé", "-5", "2026-01-10", "", "NB-1"]),
                name_create_enabled_fields={"partner_id": True},
                encoding="utf-8",
            ),
            1,
        )
        partner = self.env["res.partner"].search([("name", "=", "Zé")])
        self.assertEqual(self._wallet(partner), (-5.0, 5.0, 0.0))

    # Twice -------------------------------------------------------------------

    def test_twice_changes_nothing(self):
        content = self._csv(
            ["Maria", "-25", "2026-01-15", "", "NB-1"],
            ["Ana", "40", "2026-01-20", "", "NB-2"],
        )
        first = self._import(content)
        before = self._count()
        second = self._import(content)
        self.assertImported(second, 2)
        self.assertEqual(second["ids"], first["ids"])
        self.assertEqual(self._count(), before)

    def test_twice_with_a_new_row(self):
        row = ["Maria", "-25", "2026-01-15", "", "NB-1"]
        self._import(self._csv(row))
        self.assertImported(
            self._import(self._csv(row, ["Ana", "40", "2026-01-20", "", "NB-2"])), 2
        )
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self._wallet(self.ana), (40.0, 0.0, 40.0))

    def test_twice_with_other_values(self):
        self._import(self._csv(["Maria", "-25", "2026-01-15", "", "NB-1"]))
        sentence = (
            "NB-1: The reference NB-1 was already used for something else. Use a new "
            "reference."
        )
        for row in (
            ["Maria", "-26", "2026-01-15", "", "NB-1"],
            ["Ana", "-25", "2026-01-15", "", "NB-1"],
            ["Maria", "-25", "2026-01-16", "", "NB-1"],
            ["Maria", "-25", "2026-01-15", self.income.code, "NB-1"],
        ):
            with self.subTest(row=row):
                self.assertRefused(self._csv(row), sentence)

    def test_the_single_method_knows_what_was_imported(self):
        result = self._import(self._csv(["Maria", "-25", "2026-01-15", "", "NB-1"]))
        before = self._count()
        answer = (
            self.maria.with_user(self.manager)
            .with_company(self.company)
            .fiado_open_balance(-25.0, "2026-01-15", self.equity.id, "NB-1")
        )
        self.assertEqual(
            answer, {"move_ids": result["ids"], "payment_ids": [], "balance": -25.0}
        )
        self.assertEqual(self._count(), before)

    def test_trying_changes_nothing(self):
        before = self._count()
        result = self._import(
            self._csv(["Maria", "-25", "2026-01-15", "", "NB-1"]), dryrun=True
        )
        self.assertEqual(result["messages"], [])
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)

    # Bad rows ----------------------------------------------------------------

    def test_every_bad_row_with_its_reason(self):
        messages = self.assertRefused(
            self._csv(
                ["Maria", "-25", "2026-01-15", "", "NB-1"],
                ["Maria", "0", "2026-01-15", "", "NB-2"],
                ["Maria", "-0.005", "2026-01-15", "", "NB-3"],
                ["Maria", "-25", "2026-03-11", "", "NB-4"],
                ["Maria", "-25", "2026-01-15", "", ""],
                ["", "-25", "2026-01-15", "", "NB-6"],
                ["Maria", "-25", "", "", "NB-7"],
                ["Maria", "-25", "2026-01-15", self.receivable.code, "NB-8"],
                [self.walk_in.name, "", "2026-01-15", "", "NB-9"],
            ),
            "NB-2: Type an amount.",
            "NB-3: -0.005 has fractions of the smallest coin of USD.",
            "NB-4: Choose a day that is not in the future.",
            "Give each balance a reference of its own, such as the page of the "
            "notebook: by it, no balance is brought over twice.",
            "NB-6: Say whose balance it is.",
            "NB-7: Choose a day that is not in the future.",
            "NB-8: Choose an account of company_1_data that is neither receivable, "
            "payable nor a bank or cash account.",
            "NB-9: An unidentified customer has no wallet: say who it is. An amount "
            "must be a number.",
        )
        self.assertEqual(
            [message["rows"]["from"] for message in messages], list(range(1, 9))
        )

    def test_cut_off(self):
        """Each row ends with its reference: what is cut off before it is refused, and
        with it the rows that are whole."""
        header, whole = self._csv(
            ["Maria", "-10", "2026-01-15", "", "NB-1"]
        ).splitlines()
        row = "Ana;-25.50;2026-01-15;;NB-2"
        for kept in ("An", "Ana", "Ana;-2", "Ana;-25.50;2026-01-1", row[:-5]):
            wizard = self.env["base_import.import"].create(
                {
                    "res_model": "fiado.wallet.opening",
                    "file": "\n".join([header, whole, kept]).encode(),
                    "file_type": CSV,
                    "file_name": "openings.csv",
                }
            )
            options = {**OPTIONS, "separator": ";"}
            reason = (
                f"Row 3 ends too early (“{kept.replace(';', ' ')}”): the file is cut "
                "off or was changed. Save or send it again, whole."
            )
            with self.subTest(kept=kept):
                self.assertEqual(wizard.parse_preview(options)["error"], reason)
                names = ["partner_id", "amount", "date", "account_id", "reference"]
                result = wizard.execute_import(names, header.split(";"), options)
                [message] = result["messages"]
                self.assertEqual(message["message"], reason)
        workbook = self._xlsx(["Ana", -25.5, "2026-01-15", "", "NB-2"])
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "fiado.wallet.opening",
                "file": workbook[: len(workbook) // 2],
                "file_type": XLSX,
                "file_name": "openings.xlsx",
            }
        )
        self.assertTrue(wizard.parse_preview(OPTIONS)["error"])
        self.assertFalse(self._entries() + self._entries(self.ana))

    def test_more_than_ten_bad_rows(self):
        self.assertRefused(
            self._csv(
                *(
                    ["Maria", "0", "2026-01-15", "", f"NB-{number}"]
                    for number in range(30)
                )
            ),
            *(f"NB-{number}: Type an amount." for number in range(30)),
        )

    def test_unknown_customer(self):
        self.assertRefused(
            self._csv(["Nobody", "-25", "2026-01-15", "", "NB-1"]),
            "No matching record found for name 'Nobody' in field 'Customer'",
        )

    def test_customers_of_one_name(self):
        self.env["res.partner"].create({"name": "Maria"})
        self.assertRefused(
            self._csv(["Maria", "-25", "2026-01-15", "", "NB-1"]),
            'Found multiple matches for value "Maria" in field "Customer" (2 matches)',
        )

    def test_a_reference_twice_in_the_file(self):
        row = ["Maria", "-25", "2026-01-15", "", "NB-1"]
        self.assertRefused(
            self._csv(row, row),
            "NB-1: This reference is there more than once.",
            "NB-1: This reference is there more than once.",
        )

    def test_customer_of_another_company(self):
        self.ana.company_id = self.setup_other_company()["company"]
        self.assertRefused(
            self._csv(["Ana", "-25", "2026-01-15", "", "NB-1"]),
            "No matching record found for name 'Ana' in field 'Customer'",
        )
        self.manager.company_ids += self.ana.company_id
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self.env["fiado.wallet.opening"].with_user(self.manager).with_context(
                allowed_company_ids=(self.company | self.ana.company_id).ids
            ).create({"partner_id": self.ana.id, "amount": 1.0, "reference": "NB-1"})
        self.assertEqual(
            str(refusal.exception), "NB-1: Ana is a customer of another company."
        )
        self.assertEqual(self._count(), before)

    def test_closed_books(self):
        self.company.fiscalyear_lock_date = "2026-01-31"
        self.assertRefused(
            self._csv(
                ["Maria", "-25", "2026-01-15", "", "NB-1"],
                ["Maria", "-25", "2026-02-01", "", "NB-2"],
            ),
            "NB-1: The books are closed up to 01/31/2026: choose a later day, or ask "
            "your accountant.",
        )

    def test_formulas_stay_text(self):
        reference = '=HYPERLINK("http://example.com")'
        self.assertImported(
            self._import(
                self._xlsx(["Maria", -25, date(2026, 1, 15), None, "'" + reference[1:]])
            ),
            1,
        )
        result = self._import(
            self._csv(["Maria", "-25", "2026-01-15", "", reference.replace('"', "'")])
        )
        self.assertImported(result, 1)
        self.assertEqual(
            self.env["account.move"].browse(result["ids"]).fiado_reference,
            reference.replace('"', "'"),
        )
        before = self._count()
        for amount in ("=10+15", "1e400", "NaN", "(25"):
            with self.subTest(amount=amount):
                result = self._import(
                    self._csv(["Maria", amount, "2026-01-15", "", "NB-9"])
                )
                self.assertTrue(result["messages"])
                self.assertFalse(result.get("ids"))
                self.assertEqual(self._count(), before)

    def test_a_formula_without_a_value(self):
        self.assertRefused(
            self._xlsx(["Maria", "=10+15", date(2026, 1, 15), None, "NB-1"]),
            "NB-1: An amount must be a number.",
            file_type=XLSX,
        )

    # Files -------------------------------------------------------------------

    def test_xlsx(self):
        self.assertImported(
            self._import(
                self._xlsx(
                    ["Maria", -25.5, date(2026, 1, 15), None, "NB-1"],
                    ["João", 40, date(2026, 1, 20), None, 17],
                ),
                file_type=XLSX,
            ),
            2,
        )
        self.assertEqual(self._wallet(), (-25.5, 25.5, 0.0))
        self.assertRecordValues(
            self._entries(self.joao), [{"amount": 40.0, "reference": "17"}]
        )

    def test_encodings_and_brazilian_figures(self):
        rows = [["João", "-1.025,50", "15/01/2026", "", "NB-1"]]
        for number, encoding in enumerate(("utf-8-sig", "iso-8859-1", "utf-16")):
            rows[0][-1] = f"NB-{number}"
            with self.subTest(encoding=encoding):
                self.assertImported(
                    self._import(
                        self._csv(*rows).encode(encoding),
                        encoding=encoding.removesuffix("-sig"),
                        date_format="%d/%m/%Y",
                        float_thousand_separator=".",
                        float_decimal_separator=",",
                    ),
                    1,
                )
        self.assertEqual(self._wallet(self.joao)[0], -3076.5)

    def test_the_help_has_the_template(self):
        help_text = self.env.ref("bemp_fiado.fiado_wallet_opening_action").help
        for template in self.env["fiado.wallet.opening"].get_import_templates()[:1]:
            self.assertIn(f'href="{template["template"]}"', help_text)
        self.assertIn("fiado_wallet_opening_action_import", help_text)

    def test_templates(self):
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        templates = self.env["fiado.wallet.opening"].get_import_templates()
        self.assertEqual(len(templates), 2)
        for template in templates:
            path = template["template"].lstrip("/")
            with file_open(path, "rb") as file:
                content = file.read()
            file_type = XLSX if path.endswith("xlsx") else CSV
            with self.subTest(path=path):
                result = self._import(
                    content,
                    file_type,
                    name_create_enabled_fields={"partner_id": True},
                    dryrun=True,
                )
                self.assertEqual(result["messages"], [])
                self.assertEqual(len(result["ids"]), 3)
                if file_type == XLSX:
                    sheet = load_workbook(io.BytesIO(content)).active
                    self.assertEqual([cell.value for cell in sheet[1]], HEADERS)

    def test_in_batches(self):
        content = self._csv(
            *(["Maria", "-1", "2026-01-15", "", f"NB-{number}"] for number in range(5))
        )
        skip = count = 0
        while True:
            result = self._import(content, limit=2, skip=skip)
            self.assertEqual(result["messages"], [])
            count += len(result["ids"])
            skip = result["nextrow"]
            if not skip:
                break
        self.assertEqual(count, 5)
        self.assertEqual(self._wallet(), (-5.0, 5.0, 0.0))

    # Who may -----------------------------------------------------------------

    def test_only_who_manages_wallets(self):
        content = self._csv(["Maria", "-25", "2026-01-15", "", "NB-1"])
        before = self._count()
        for user in (self.cashier, self.helper):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._import(content, user=user)
        self.assertEqual(self._count(), before)

    def test_feature_off(self):
        self.company.fiado_enabled = False
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            self._import(self._csv(["Maria", "-25", "2026-01-15", "", "NB-1"]))
        self.assertEqual(
            str(refusal.exception),
            "Fiado is switched off in this shop. The owner switches it on in the "
            "settings.",
        )
        self.assertEqual(self._count(), before)

    def test_over_rpc(self):
        openings = (
            self.env["fiado.wallet.opening"]
            .with_user(self.manager)
            .with_company(self.company)
        )
        opening = openings.create(
            {"partner_id": self.maria.id, "amount": -25.0, "reference": "NB-1"}
        )
        self.assertRecordValues(
            opening,
            [
                {
                    "amount": -25.0,
                    "date": fields.Date.today(),
                    "account_id": self.equity.id,
                }
            ],
        )
        for values, sentence in (
            ({"amount": True}, "NB-2: An amount must be a number."),
            ({"amount": "25"}, "NB-2: An amount must be a number."),
            ({"partner_id": True}, "NB-2: A customer is not an id."),
            ({"partner_id": [1]}, "NB-2: A customer is not an id."),
            ({"account_id": [1]}, "NB-2: The account is not an id."),
            ({"date": "soon"}, "NB-2: A date must look like 2026-12-31."),
        ):
            before = self._count()
            with self.subTest(values=values), self.assertRaises(UserError) as refusal:
                openings.create(
                    {
                        "partner_id": self.maria.id,
                        "amount": -25.0,
                        "reference": "NB-2",
                        **values,
                    }
                )
            self.assertEqual(str(refusal.exception), sentence)
            self.assertEqual(self._count(), before)
        for change in (
            lambda: opening.write({"amount": 1.0}),
            opening.unlink,
        ):
            with self.assertRaises(AccessError):
                change()

    # What it costs -----------------------------------------------------------

    def test_queries_per_row(self):
        def count(first, number):
            rows = [
                ["Maria", "-1", "2026-01-15", "", f"NB-{first + index}"]
                for index in range(number)
            ]
            content = self._csv(*rows)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.assertImported(self._import(content), number)
            return self.env.cr.sql_log_count - start

        count(0, 2)  # what a worker reads once
        few, many = count(10, 10), count(100, 60)
        self.assertLessEqual((many - few) / 50, 8)

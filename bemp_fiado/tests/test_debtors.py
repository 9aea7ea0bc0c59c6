import json

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import FiadoCommon

BUCKETS = (
    "not_due",
    "overdue_1_30",
    "overdue_31_60",
    "overdue_61_90",
    "overdue_over_90",
)


class DebtorsCommon(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana, cls.paulo = cls.env["res.partner"].create(
            [
                {"name": "Joana", "city": "Olinda"},
                {"name": "Paulo", "city": "Recife", "user_id": cls.helper.id},
            ]
        )

    def _wallets(self, *domain, user=None):
        self.env.invalidate_all()
        return (
            self.env["fiado.wallet"]
            .with_user(user or self.helper)
            .with_company(self.company)
            .search(list(domain))
        )

    def _leave_debt_on(self, day, amount, partner=None):
        with freeze_time(day):
            self._leave_debt(amount, partner)


@tagged("post_install", "-at_install")
class TestDebtors(DebtorsCommon):
    """Who owes, since when, and how long it is overdue."""

    def _get_buckets(self, wallet):
        return [wallet[name] for name in BUCKETS]

    def test_ageing(self):
        """Debts of 30 days: on 30 June, the day on which that of 31 May is due."""
        for day, amount in (
            ("2026-02-28", 1.0),  # due on 30 March, 92 days ago
            ("2026-03-02", 2.0),  # due on 1 April, 90 days ago
            ("2026-04-01", 4.0),  # due on 1 May, 60 days ago
            ("2026-05-01", 8.0),  # due on 31 May, 30 days ago
            ("2026-05-31", 16.0),  # due today
            ("2026-06-29", 32.0),
        ):
            self._leave_debt_on(day, amount)
        with freeze_time("2026-06-30"):
            wallet = self._wallets()
            self.assertEqual(self._get_buckets(wallet), [48.0, 8.0, 4.0, 2.0, 1.0])
            self.assertRecordValues(
                wallet,
                [
                    {
                        "debt": 63.0,
                        "overdue": 15.0,
                        "bucket": "91_over",
                        "days_overdue": 92,
                        "debt_since": fields.Date.to_date("2026-02-28"),
                        "due_date": fields.Date.to_date("2026-03-30"),
                    }
                ],
            )
        with freeze_time("2026-03-30"):
            # Later debts are there by then already, but not due.
            wallet = self._wallets()
            self.assertEqual(wallet.bucket, "0_not_due")
            self.assertEqual(wallet.days_overdue, 0)

    def test_unmatched_payment_pays_the_oldest(self):
        """What a bank or an accountant posted and nobody matched yet."""
        self._leave_debt_on("2026-02-28", 10.0)
        self._leave_debt_on("2026-05-01", 8.0)
        self._leave_debt_on("2026-06-29", 32.0)
        move = self.env["account.move"].create(
            {
                "date": "2026-06-30",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.debt_account.id,
                            "partner_id": self.maria.id,
                            "credit": 12.0,
                        }
                    ),
                    Command.create({"account_id": self.cash_account.id, "debit": 12.0}),
                ],
            }
        )
        move.action_post()
        with freeze_time("2026-06-30"):
            wallet = self._wallets()
            # As if the nightly job had not matched it.
            self.assertEqual(sum(self._get_buckets(wallet)), wallet.debt)
            self.assertEqual(wallet.debt, 38.0)
            self.assertEqual(self._get_buckets(wallet), [32.0, 6.0, 0.0, 0.0, 0.0])
            self.assertEqual(wallet.bucket, "1_30")
            self.assertEqual(wallet.overdue, 6.0)

    def test_who_owes(self):
        self._leave_debt(25.0)
        self._leave_debt(40.0, self.paulo)
        self._leave_credit(5.0, self.joana)
        self.assertRecordValues(
            self._wallets(("debt", ">", 0)),
            [
                {
                    "partner_id": self.paulo.id,
                    "debt": 40.0,
                    "city": "Recife",
                    "user_id": self.helper.id,
                },
                {
                    "partner_id": self.maria.id,
                    "debt": 25.0,
                    "city": False,
                    "user_id": False,
                },
            ],
        )
        self.assertFalse(self._wallets(("credit", ">", 0)).bucket)

    def test_groups(self):
        self._leave_debt_on("2026-02-28", 25.0)
        self._leave_debt_on("2026-06-29", 40.0, self.paulo)
        self._leave_debt_on("2026-06-29", 10.0, self.joana)
        wallets = self.env["fiado.wallet"].with_user(self.helper)
        self.env.invalidate_all()
        with freeze_time("2026-06-30"):
            for field, expected in (
                ("bucket", {"91_over": 25.0, "0_not_due": 50.0}),
                ("city", {False: 25.0, "Recife": 40.0, "Olinda": 10.0}),
                ("user_id", {False: 35.0, self.helper.name: 40.0}),
            ):
                groups = wallets.formatted_read_group([], [field], ["debt:sum"])
                found = {
                    group[field]
                    and (
                        group[field][1] if field == "user_id" else group[field]
                    ): group["debt:sum"]
                    for group in groups
                }
                self.assertEqual(found, expected)

    def test_sorted_by_any_column(self):
        self._leave_debt(25.0)
        self._leave_debt(40.0, self.paulo)
        wallets = self.env["fiado.wallet"].with_user(self.helper)
        for name, field in wallets._fields.items():
            if field.store:
                with self.subTest(field=name):
                    self.assertEqual(len(wallets.search([], order=name)), 2)

    def test_last_payment(self):
        self._leave_debt_on("2026-03-10", 25.0)
        self.assertFalse(self._wallets().last_payment_date)
        for day, amount in (("2026-03-20", 5.0), ("2026-04-02", 5.0)):
            with freeze_time(day):
                self.maria.with_user(self.helper).with_company(
                    self.company
                ).fiado_receive(amount, self.cash.id)
        with freeze_time("2026-05-01"):
            # Forgiven is not paid.
            self.maria.with_user(self.manager).with_company(self.company).fiado_forgive(
                5.0, "why"
            )
        self.assertEqual(
            self._wallets().last_payment_date, fields.Date.to_date("2026-04-02")
        )

    def test_last_payment_is_whatever_was_paid_into_the_wallet(self):
        """Also for credit, and nothing that was undone."""
        maria = self.maria.with_user(self.helper).with_company(self.company)
        for day, amount in (("2026-03-10", 40.0), ("2026-03-20", 10.0)):
            with freeze_time(day):
                maria.fiado_receive(amount, self.cash.id)
        self._leave_debt_on("2026-03-25", 75.0)
        for payments, last in (([], "2026-03-20"), ([5.0], "2026-04-02")):
            with freeze_time("2026-04-02"):
                for amount in payments:
                    maria.fiado_receive(amount, self.cash.id)
            self.assertEqual(
                self._wallets().last_payment_date, fields.Date.to_date(last)
            )
        with freeze_time("2026-04-03"):
            self._entries(user=self.manager)[-1].undo("Wrong customer")
        self.assertEqual(
            self._wallets().last_payment_date, fields.Date.to_date("2026-03-20")
        )

    def test_limits(self):
        self._leave_debt(25.0)
        self._leave_debt(40.0, self.paulo)
        self.assertEqual(self._wallets().mapped("credit_limit"), [0.0, 0.0])
        self.company.account_use_credit_limit = True
        self.maria.with_company(self.company).credit_limit = 100.0
        self.assertRecordValues(
            self._wallets(),
            [
                {"partner_id": self.paulo.id, "credit_limit": 0.0, "headroom": 0.0},
                {"partner_id": self.maria.id, "credit_limit": 100.0, "headroom": 75.0},
            ],
        )

    def test_page_costs_the_same_for_more_customers(self):
        self.company.account_use_credit_limit = True
        names = [
            "partner_id", "phone", "city", "user_id", "debt_since", "due_date",
            "days_overdue", "last_payment_date", "credit_limit", "headroom", *BUCKETS,
            "debt", "currency_id",
        ]  # fmt: skip
        specification = {name: {} for name in names} | {
            "partner_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
        }

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            wallets = self.env["fiado.wallet"].with_user(self.helper)
            wallets = wallets.with_company(self.company)
            start = self.env.cr.sql_log_count
            page = wallets.web_search_read([("debt", ">", 0)], specification, limit=80)
            return page["length"], self.env.cr.sql_log_count - start

        def add_customers(names):
            for name in names:
                partner = self.env["res.partner"].create({"name": name})
                partner.with_company(self.company).credit_limit = 100.0
                self._leave_debt(25.0, partner)
            # The first time, what the closings had Odoo forget is read again.
            count()

        add_customers("ABCDE")
        length, queries = count()
        self.assertEqual(length, 5)
        self.assertLessEqual(queries, 12)
        add_customers("FGHI")
        self.assertEqual(count(), (9, queries))

    def test_reads_open_items_only(self):
        """The condition is that of Odoo's partial index on open items."""
        self.assertIn(
            "reconciled IS NOT TRUE", self.env["fiado.wallet"]._table_query.code
        )

    # Rights ------------------------------------------------------------------

    def test_others_read_nothing(self):
        self._leave_debt(25.0)
        for login, group in (
            ("portal", "base.group_portal"),
            ("public", "base.group_public"),
            ("employee", "base.group_user"),
        ):
            user = new_test_user(self.env, login=f"fiado_{login}", groups=group)
            with self.subTest(user=login), self.assertRaises(AccessError):
                self._wallets(user=user)

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._leave_debt(25.0)
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        wallets = self.env["fiado.wallet"].with_user(stranger).with_company(other)
        self.assertFalse(wallets.search([]))
        with self.assertRaisesRegex(UserError, "nothing to print"):
            wallets.action_print_debtors()

    # Buttons -----------------------------------------------------------------

    def test_buttons(self):
        self._leave_debt(25.0)
        wallet = self._wallets()
        action = wallet.action_receive()
        self.assertEqual(action["res_model"], "fiado.wallet.receive")
        self.assertEqual(action["context"]["default_partner_id"], self.maria.id)
        self.assertEqual(wallet.action_open_wallet()["res_id"], self.maria.id)
        action = wallet.action_remind()
        self.assertEqual(action["context"]["default_res_ids"], self.maria.ids)
        self.maria.phone = "+55 81 98811-2040"
        action = wallet.action_remind_whatsapp()
        self.assertTrue(action["url"].startswith("https://wa.me/5581988112040?text="))

    # Paper -------------------------------------------------------------------

    def test_paper(self):
        self._leave_debt_on("2026-02-28", 25.0)
        self._leave_debt_on("2026-06-29", 40.0, self.paulo)
        self._leave_credit(5.0, self.joana)
        self.paulo.phone = "(81) 99702-3318"
        self.env.invalidate_all()
        wallets = (
            self.env["fiado.wallet"].with_user(self.helper).with_context(lang="en_US")
        )
        with freeze_time("2026-06-30"):
            action = wallets.action_print_debtors()
            ids = action["context"]["active_ids"]
            html, _type = (
                self.env["ir.actions.report"]
                .with_user(self.helper)
                .with_context(lang="en_US")
                ._render_qweb_html(action["report_name"], ids)
            )
        rows = [
            " ".join("".join(row.itertext()).replace("\xa0", " ").split())
            for row in etree.HTML(html).iterfind(".//tbody/tr")
        ]
        self.assertEqual(
            rows,
            [
                "Paulo (81) 99702-3318 06/29/2026 07/29/2026 $ 40.00",
                "Maria 02/28/2026 03/30/2026 92 $ 25.00 $ 25.00",
                "Total (2) $ 25.00 $ 65.00",
            ],
        )

    def test_print_what_is_chosen(self):
        self._leave_debt(25.0)
        self._leave_debt(40.0, self.paulo)
        paulo, maria = self._wallets()
        self.assertEqual(
            maria.action_print_debtors()["context"]["active_ids"], maria.ids
        )
        found = maria.browse().with_context(active_domain=[("city", "=", "Recife")])
        self.assertEqual(
            found.action_print_debtors()["context"]["active_ids"], paulo.ids
        )


@tagged("post_install", "-at_install")
class TestDebtorsExport(DebtorsCommon, HttpCase):
    def test_export_to_xlsx(self):
        """Odoo's own export of the lists, from the till."""
        self._leave_debt(25.0)
        self.helper.group_ids = [Command.link(self.ref("base.group_allow_export"))]
        self.env.flush_all()
        self.authenticate(self.helper.login, self.helper.login)
        for model, names in (
            ("fiado.wallet", ["partner_id", "debt", "last_payment_date", "bucket"]),
            ("fiado.wallet.entry", ["date", "kind", "amount", "balance_after"]),
            ("fiado.payment", ["date", "company_amount"]),
        ):
            exported = [
                {
                    "name": name,
                    "label": name,
                    "type": self.env[model]._fields[name].type,
                    "store": True,
                }
                for name in names
            ]
            response = self.url_open(
                "/web/export/xlsx",
                data={
                    "data": json.dumps(
                        {
                            "model": model,
                            "fields": exported,
                            "ids": False,
                            "domain": [],
                            "groupby": [],
                            "import_compat": False,
                            "context": {"allowed_company_ids": self.company.ids},
                        }
                    ),
                    "csrf_token": Request.csrf_token(self),
                },
            )
            with self.subTest(model=model):
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response.content[:2], b"PK")

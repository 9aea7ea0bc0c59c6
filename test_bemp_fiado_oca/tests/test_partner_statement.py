from collections import defaultdict

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.bemp_fiado.tests.test_wallet_balance import LedgerCommon

PERIODS = (
    ("2026-01-01", "2026-01-31"),
    ("2026-02-01", "2026-02-28"),
    ("2026-03-01", "2026-04-30"),
    ("2026-01-01", "2026-12-31"),
)


@tagged("post_install", "-at_install")
class TestPartnerStatement(LedgerCommon):
    """The figures of OCA's partner_statement.

    It reads the customers' receivable accounts. The debt account is one of them, the
    credit account is none: it says what customers owe.
    """

    def _get_statements(self, kind, excluded="", **choice):
        """By customer what the statement says of the company's currency."""
        wizard = (
            self.env[f"{kind}.statement.wizard"]
            .with_company(self.company)
            .with_context(active_ids=self.customers.ids)
            .create(
                {
                    "filter_partners_non_due": False,
                    "filter_negative_balances": False,
                    "excluded_accounts_selector": excluded,
                    **choice,
                }
            )
        )
        values = self.env[
            f"report.partner_statement.{kind}_statement"
        ]._get_report_values(self.customers.ids, wizard._prepare_statement())
        return {
            customer: values["data"]
            .get(customer.id, {})
            .get("currencies", {})
            .get(self.company.currency_id.id, {})
            for customer in self.customers
        }

    def _get_entries(self, customer, date_from, date_to):
        """Of our statement what moved the debt, by document, as accounts see it."""
        statement = (
            customer.with_user(self.manager)
            .with_company(self.company)
            .fiado_statement(date_from, date_to)
        )
        amounts = defaultdict(float)
        for line in statement["entries"]:
            if line["kind"] in ("debt", "debt_paid"):
                amounts[line["document"]] -= line["amount"]
        return self._rounded(amounts)

    def _rounded(self, amounts):
        round_amount = self.company.currency_id.round
        return {key: round_amount(v) for key, v in amounts.items() if round_amount(v)}

    def _get_debt(self, customer, day):
        return sum(
            row.debt for row in self._balances(day) if row.partner_id.id == customer.id
        )

    def test_activity(self):
        """Opening balance, what moved and closing balance of the debt account."""
        for date_from, date_to in PERIODS:
            day_before = fields.Date.subtract(fields.Date.to_date(date_from), days=1)
            statements = self._get_statements(
                "activity",
                excluded=self.receivable.code,
                date_start=date_from,
                date_end=date_to,
            )
            for customer, found in statements.items():
                with self.subTest(period=(date_from, date_to), customer=customer.name):
                    amounts = defaultdict(float)
                    for line in found.get("lines", []):
                        amounts[line["move_id"]] += line["amount"]
                    self.assertEqual(
                        self._rounded(amounts),
                        self._get_entries(customer, date_from, date_to),
                    )
                    opening = found.get("balance_forward", 0.0)
                    self.assertAlmostEqual(
                        opening, self._get_debt(customer, str(day_before)), 2
                    )
                    self.assertAlmostEqual(
                        opening + sum(amounts.values()),
                        self._get_debt(customer, date_to),
                        2,
                    )

    def test_outstanding(self):
        for _date_from, day in PERIODS:
            self.assertOutstanding(day, excluded=self.receivable.code)

    def test_outstanding_of_all_receivables(self):
        """Those of closed orders are zero. On a past day they need not be: Odoo cancels
        a payment as of the day on which it came in."""
        self.assertOutstanding("2026-12-31")

    def assertOutstanding(self, day, excluded=""):
        statements = self._get_statements("outstanding", excluded, date_end=day)
        for customer, found in statements.items():
            with self.subTest(day=day, customer=customer.name):
                self.assertAlmostEqual(
                    found.get("amount_due", 0.0), self._get_debt(customer, day), 2
                )

    def test_ageing(self):
        """A debt of 30, 60 or 90 days is the older bucket's there, the younger's here:
        on this day there is none."""
        with freeze_time("2026-06-15"):
            statements = self._get_statements("outstanding", date_end="2026-06-15")
            self.env.invalidate_all()
            wallets = (
                self.env["fiado.wallet"]
                .with_company(self.company)
                .search([("partner_id", "in", self.customers.ids)])
            )
            self.assertEqual(wallets.partner_id, self.customers & wallets.partner_id)
            self.assertEqual(len(wallets), 3)
            for wallet in wallets:
                with self.subTest(customer=wallet.partner_id.name):
                    found = statements[wallet.partner_id]["buckets"]
                    self.assertEqual(
                        [
                            found["current"],
                            found["b_1_30"],
                            found["b_30_60"],
                            found["b_60_90"],
                            found["b_90_120"] + found["b_over_120"],
                        ],
                        [
                            wallet.not_due,
                            wallet.overdue_1_30,
                            wallet.overdue_31_60,
                            wallet.overdue_61_90,
                            wallet.overdue_over_90,
                        ],
                    )

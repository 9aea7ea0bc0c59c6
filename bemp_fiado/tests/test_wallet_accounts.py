from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestWalletAccounts(FiadoCommon):
    """The accounts of the wallets stay what makes them fit for these."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.other.fiado_enabled = True

    def _new_account(self, companies, account_type="asset_receivable", code="TABS"):
        return self.env["account.account"].create(
            {
                "name": "Tabs",
                "account_type": account_type,
                "reconcile": True,
                "company_ids": companies.ids,
                "code_mapping_ids": self._get_codes(companies, code),
            }
        )

    def _get_codes(self, companies, code):
        return [
            Command.create({"company_id": company.id, "code": code})
            for company in companies
        ]

    def _give_to_other(self, account):
        account.sudo().write(
            {
                "company_ids": [Command.link(self.other.id)],
                "code_mapping_ids": self._get_codes(self.other, f"GIVEN{account.id}"),
            }
        )

    # One company -------------------------------------------------------------

    def test_no_account_of_two_companies_is_chosen(self):
        shared = self._new_account(self.company | self.other)
        for company in self.company | self.other:
            with self.subTest(company=company.name):
                with self.assertRaises(ValidationError) as refusal:
                    company.fiado_debt_account_id = shared
                self.assertIn("can't belong to others too", str(refusal.exception))
        credit = self._new_account(
            self.company | self.other, "liability_current", "CREDIT"
        )
        with self.assertRaisesRegex(ValidationError, "can't belong to others too"):
            self.env["res.config.settings"].with_company(self.company).create(
                {"fiado_credit_account_id": credit.id}
            )

    def test_a_wallet_account_is_not_given_to_another_company(self):
        for account in self.debt_account, self.credit_account:
            with self.assertRaisesRegex(ValidationError, "can't belong to others too"):
                self._give_to_other(account)
        # An ordinary one is.
        self._give_to_other(self._new_account(self.company))

    def test_each_company_counts_its_own_items(self):
        """However they came to share an account."""
        self._leave_debt(25.0)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiado_debt_account_id = %s WHERE id = %s",
            [self.debt_account.id, self.other.id],
        )
        self.env.invalidate_all()
        stranger = self._new_user("stranger", "bemp_fiado.group_fiado_manager")
        stranger.write(
            {
                "company_ids": [Command.set(self.other.ids)],
                "company_id": self.other.id,
            }
        )
        for user, company, balance in (
            (self.manager, self.company, -25.0),
            (stranger, self.other, 0.0),
        ):
            with self.subTest(company=company.name):
                maria = self.maria.with_user(user).with_company(company)
                self.assertEqual(maria.fiado_balance, balance)
                for model, name in (
                    ("fiado.wallet", "balance"),
                    ("fiado.wallet.entry", "amount"),
                    ("fiado.wallet.balance", "balance"),
                    ("fiado.credit.state", "balance"),
                ):
                    rows = maria.env[model].search([("partner_id", "=", maria.id)])
                    self.assertEqual(sum(rows.mapped(name)), balance)
                self.assertEqual(
                    maria.search([("fiado_debt", ">", 0), ("id", "=", maria.id)]),
                    maria if balance else maria.browse(),
                )

    # What they are -----------------------------------------------------------

    def test_they_keep_what_wallets_need(self):
        for account in self.debt_account, self.credit_account:
            for vals in (
                {"account_type": "asset_current"},
                {"reconcile": False},
                {"active": False},
            ):
                with (
                    self.subTest(account=account.name, vals=vals),
                    self.assertRaisesRegex(UserError, "holds the customers' wallets"),
                ):
                    account.write(vals)
            with self.assertRaisesRegex(UserError, "holds the customers' wallets"):
                account.unlink()
            account.write(
                {"account_type": account.account_type, "name": "Tabs", "active": True}
            )

    def test_other_accounts_change_as_ever(self):
        account = self._new_account(self.company)
        account.write({"account_type": "asset_current", "reconcile": False})
        account.active = False
        account.unlink()

    def test_the_journal_keeps_what_wallets_need(self):
        journal = self.company.fiado_journal_id
        for vals in ({"active": False}, {"type": "purchase"}):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "holds the movements"),
            ):
                journal.write(vals)
        with self.assertRaisesRegex(UserError, "holds the movements"):
            journal.unlink()
        journal.write({"name": "Tabs", "type": "general"})

    # No receivable of invoices -----------------------------------------------

    def test_they_are_no_receivable_of_a_customer(self):
        with self.assertRaisesRegex(ValidationError, "so it can't be the receivable"):
            self.maria.with_company(
                self.company
            ).property_account_receivable_id = self.debt_account
        with self.assertRaisesRegex(ValidationError, "so it can't be the receivable"):
            self.env["res.partner"].with_company(self.company).create(
                {
                    "name": "Paulo",
                    "property_account_receivable_id": self.debt_account.id,
                }
            )

    def test_they_are_no_receivable_by_default(self):
        with self.assertRaisesRegex(ValidationError, "so it can't be the receivable"):
            self.env["ir.default"].sudo().set(
                "res.partner",
                "property_account_receivable_id",
                self.debt_account.id,
                company_id=self.company.id,
            )
        self.env["ir.default"].sudo().set(
            "res.partner",
            "property_account_receivable_id",
            self._new_account(self.company).id,
            company_id=self.company.id,
        )

    def test_a_customer_s_receivable_is_not_chosen(self):
        account = self._new_account(self.company)
        self.maria.with_company(self.company).property_account_receivable_id = account
        with self.assertRaisesRegex(ValidationError, "so it can't be the receivable"):
            self.company.fiado_debt_account_id = account


@tagged("post_install", "-at_install")
class TestCharts(FiadoCommon):
    """The wallets' accounts are where they belong in a chart."""

    def setUp(self):
        super().setUp()
        charts = self.env["account.chart.template"]
        if "br" not in dict(charts._select_chart_template()):
            self.skipTest("without the Brazilian chart")

    def _load(self, chart, company):
        self.env["account.chart.template"].sudo().try_loading(
            chart, company=company, install_demo=False
        )

    def _get_code(self, company, field_name):
        return company.sudo()[field_name].with_company(company).code

    def _new_company(self, chart, country="base.br"):
        company = self.env["res.company"].create(
            {"name": "Shop", "country_id": self.env.ref(country).id}
        )
        self._load(chart, company)
        company.fiado_enabled = True
        return company

    def test_brazilian_chart(self):
        company = self._new_company("br")
        for field_name, prefix, account_type in (
            ("fiado_debt_account_id", "1.01.02.02.", "asset_receivable"),
            ("fiado_credit_account_id", "2.01.01.05.", "liability_current"),
            ("fiado_loss_account_id", "3.01.01.07.01.", "expense"),
        ):
            with self.subTest(field=field_name):
                code = self._get_code(company, field_name)
                self.assertTrue(code.startswith(prefix), code)
                self.assertRegex(code, r"^[\d.]+$")
                self.assertEqual(company[field_name].account_type, account_type)

    def test_beside_the_default_receivable(self):
        """Not after whatever receivable has the last code."""
        company = self.setup_other_company()["company"]
        self.env["account.account"].create(
            {
                "name": "Taxes to recover, long term",
                "code": "999000",
                "account_type": "asset_receivable",
                "company_ids": company.ids,
            }
        )
        company.fiado_enabled = True
        receivable = company._get_fiado_default_receivable().with_company(company)
        code = self._get_code(company, "fiado_debt_account_id")
        self.assertEqual(code[:3], receivable.code[:3])
        self.assertEqual(
            self._get_code(company, "fiado_credit_account_id")[:3],
            self.env["account.account"]
            .with_company(company)
            .search(
                [
                    ("company_ids", "in", company.ids),
                    ("account_type", "=", "liability_current"),
                ],
                order="code",
                limit=1,
            )
            .code[:3],
        )

    def test_another_chart_before_the_first_entry(self):
        company = self._new_company("generic_coa", "base.us")
        accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
        self._load("br", company)
        self.assertTrue(company.fiado_enabled)
        self.assertFalse(accounts.exists())
        self.assertEqual(company.chart_template, "br")
        for field_name in (
            "fiado_debt_account_id",
            "fiado_credit_account_id",
            "fiado_loss_account_id",
            "fiado_journal_id",
        ):
            self.assertTrue(company[field_name])

    def test_another_chart_while_switched_off(self):
        company = self._new_company("generic_coa", "base.us")
        company.fiado_enabled = False
        self._load("br", company)
        self.assertFalse(company.fiado_enabled)
        self.assertFalse(company.fiado_debt_account_id)
        company.fiado_enabled = True
        self.assertTrue(company.fiado_debt_account_id)

    def test_the_same_chart_again(self):
        self._leave_debt(25.0)
        self._load(self.company.chart_template, self.company)
        self.assertEqual(self.company.fiado_debt_account_id, self.debt_account)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

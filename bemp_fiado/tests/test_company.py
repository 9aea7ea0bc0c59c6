from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestCompany(FiadoCommon):
    """Switching the feature on is the one step of the set-up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("pt_BR")
        cls.other = cls.setup_other_company()["company"]

    def test_switched_on(self):
        self.other.fiado_enabled = True
        debt, credit = (
            self.other.fiado_debt_account_id,
            self.other.fiado_credit_account_id,
        )
        self.assertRecordValues(
            debt + credit,
            [
                {
                    "name": "Customer debts (fiado)",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                    "company_ids": self.other.ids,
                },
                {
                    "name": "Customer credits",
                    "account_type": "liability_current",
                    "reconcile": True,
                    "company_ids": self.other.ids,
                },
            ],
        )
        self.assertRecordValues(
            self.other.fiado_journal_id,
            [
                {
                    "name": "Customer wallets",
                    "code": "CART",
                    "type": "general",
                    "company_id": self.other.id,
                    "restrict_mode_hash_table": False,
                }
            ],
        )
        self.assertTrue(self.other.fiado_walk_in_partner_id)
        self.assertNotEqual(debt, self.debt_account)

    def test_switched_on_in_the_language_of_the_company(self):
        self.other.partner_id.lang = "pt_BR"
        self.other.with_context(lang="pt_BR").fiado_enabled = True
        debt = self.other.fiado_debt_account_id
        self.assertEqual(
            debt.with_context(lang="pt_BR").name, "Dívida de clientes (fiado)"
        )
        self.assertEqual(debt.with_context(lang="en_US").name, "Customer debts (fiado)")
        self.assertEqual(
            self.other.fiado_walk_in_partner_id.name, "Consumidor não identificado"
        )

    def test_switched_off_and_on(self):
        self.other.fiado_enabled = True
        made = self.other.read(
            ["fiado_debt_account_id", "fiado_credit_account_id", "fiado_journal_id"]
        )
        accounts = self.env["account.account"].search_count([])
        self.other.fiado_enabled = False
        self.other.fiado_enabled = True
        self.assertEqual(
            self.other.read(
                ["fiado_debt_account_id", "fiado_credit_account_id", "fiado_journal_id"]
            ),
            made,
        )
        self.assertEqual(self.env["account.account"].search_count([]), accounts)

    def test_cash_journal(self):
        cash = [("type", "=", "cash"), ("company_id", "=", self.other.id)]
        self.env["account.journal"].search(cash).active = False
        self.other.fiado_enabled = True
        journal = self.env["account.journal"].search(cash)
        self.assertEqual(len(journal), 1)
        self.assertEqual(
            journal.inbound_payment_method_line_ids.payment_account_id,
            journal.default_account_id,
        )

    def test_chosen_accounts_are_kept(self):
        account = self.env["account.account"].create(
            {
                "name": "Tabs",
                "code": "TABS",
                "account_type": "asset_receivable",
                "reconcile": True,
                "company_ids": self.other.ids,
            }
        )
        self.other.write({"fiado_enabled": True, "fiado_debt_account_id": account.id})
        self.assertEqual(self.other.fiado_debt_account_id, account)
        self.assertTrue(self.other.fiado_credit_account_id)

    def test_no_chart_of_accounts(self):
        company = self.env["res.company"].create({"name": "New shop"})
        with self.assertRaises(UserError) as refusal:
            company.fiado_enabled = True
        self.assertIn("has no chart of accounts yet", str(refusal.exception))
        self.assertFalse(company.fiado_enabled)

    def test_accounts_that_do_not_do(self):
        for vals in (
            {"fiado_debt_account_id": self.receivable.id},
            {"fiado_debt_account_id": self.income.id},
            {"fiado_credit_account_id": self.receivable.id},
            {"fiado_journal_id": self.cash_journal.id},
            {"fiado_journal_id": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.company.write(vals)
                self.env.flush_all()

    def test_accounts_with_entries_are_not_exchanged(self):
        self._leave_debt(25.0)
        for field_name in ("fiado_debt_account_id", "fiado_journal_id"):
            with self.subTest(field=field_name), self.assertRaises(UserError) as e:
                self.company[field_name] = self.company[field_name].copy()
            self.assertIn("already holds wallet entries", str(e.exception))
        # Nobody has credit yet.
        self.company.fiado_credit_account_id = self.credit_account.copy()

    def test_branches_share_the_wallets(self):
        self.company.child_ids = [
            (0, 0, {"name": "Branch", "currency_id": self.company.currency_id.id})
        ]
        self.env.cr.precommit.run()  # Odoo loads the branch's chart there
        self.haircut.taxes_id = False  # it gives the products its taxes, too
        branch = self.company.child_ids
        self.assertEqual(branch.fiado_debt_account_id, self.debt_account)
        self.assertTrue(branch.fiado_enabled)
        self.cashier.company_ids += branch
        self._leave_debt(25.0)
        order = self._order().with_user(self.cashier).with_company(branch)
        order = order.create(
            {
                "partner_id": self.maria.id,
                "company_id": branch.id,
                "order_line": [(0, 0, {"product_id": self.haircut.id})],
            }
        )
        answer = order.close_order([self._pay(70.0)], debt_paid=15.0)
        self.assertEqual(answer["balance"], -10.0)
        self.assertEqual(self._wallet(), (-10.0, 10.0, 0.0))
        self.assertEqual(order.sudo().invoice_ids.company_id, branch)
        self.assertTiesOut()
        # Who only works in the branch sees the customer's wallet too.
        branch_user = self._new_user("branch")
        branch_user.write(
            {"company_ids": [(6, 0, branch.ids)], "company_id": branch.id}
        )
        wallets = self.env["fiado.wallet"].with_user(branch_user).with_company(branch)
        self.assertEqual(wallets.search([]).partner_id, self.maria)

    def test_switched_on_where_there_are_branches(self):
        """And changed there: Odoo alone copies such settings one by one, and refuses
        the first where the next is another."""
        self.other.child_ids = [
            (0, 0, {"name": name, "currency_id": self.other.currency_id.id})
            for name in ("North", "South")
        ]
        self.env.cr.precommit.run()  # Odoo loads the branches' charts there
        self.other.fiado_enabled = True
        settings = {"fiado_days": 15, "fiado_late_fee": 2.0, "fiado_interest": 1.0}
        self.other.write({"name": "Root", **settings})
        self.assertTrue(self.other.fiado_debt_account_id)
        for branch in self.other.child_ids:
            self.assertNotEqual(branch.name, "Root")
            for name in self.other._get_company_root_delegated_field_names():
                self.assertEqual(branch[name], self.other[name], name)
            self.assertRecordValues(branch, [settings])
        self.other.write({"fiado_late_fee": 1.0, "fiado_interest": 0.0})
        self.assertEqual(self.other.child_ids.mapped("fiado_late_fee"), [1.0, 1.0])

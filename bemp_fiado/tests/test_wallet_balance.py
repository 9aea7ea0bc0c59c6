import csv
import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .common import FiadoCommon

# Before, between and after all that moves.
DAYS = (
    *("2026-01-09", "2026-01-10", "2026-02-05", "2026-02-28", "2026-03-10"),
    *("2026-04-02", "2026-04-30", "2026-12-31"),
)


class LedgerCommon(FiadoCommon):
    """Three wallets with all kinds of movements, from January to May 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana, cls.paulo = cls.env["res.partner"].create(
            [{"name": "Joana"}, {"name": "Paulo"}]
        )
        cls.customers = cls.maria | cls.joana | cls.paulo
        cls.accountant = new_test_user(
            cls.env,
            login="fiado_accountant",
            groups="account.group_account_readonly,base.group_allow_export",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls._move_wallets()

    @classmethod
    def _move_wallets(cls):
        maria, joana, paulo = (
            customer.with_user(cls.manager).with_company(cls.company)
            for customer in cls.customers
        )
        with freeze_time("2026-01-10"):
            cls._close_at(maria, 55.0, 30.0)
            cls._close_at(joana, 40.0)
        with freeze_time("2026-02-05"):
            maria.fiado_receive(10.0, cls.cash.id)
            cls._close_at(paulo, 33.33, 40.0)
        with freeze_time("2026-02-28"):
            # More than is owed: the rest is credit.
            joana.fiado_receive(55.5, cls.cash.id)
            order = cls._close_at(maria, 70.0, 0.01)
        with freeze_time("2026-03-10"):
            order.reopen_order("The wrong customer")
            cls._close_at(paulo, 90.0)
        with freeze_time("2026-04-02"):
            maria.fiado_transfer(paulo.id, -5.0, "Her husband pays")
            paulo.fiado_forgive(0.33, "Small change")
        with freeze_time("2026-05-20"):
            cls._close_at(joana, 100.0, 20.0)
            paulo.fiado_receive(1.1, cls.cash.id)

    @classmethod
    def _close_at(cls, customer, price, *amounts):
        order = cls._order(user=cls.manager, partner=customer)
        order.order_line.price_unit = price
        order.close_order([cls._pay(amount) for amount in amounts], use_balance=True)
        return order

    def _balances(self, day, user=None):
        # Records of another day have the same ids.
        self.env.invalidate_all()
        return (
            self.env["fiado.wallet.balance"]
            .with_user(user or self.accountant)
            .with_context(allowed_company_ids=self.company.ids, fiado_date=day)
            .search([])
        )


@tagged("post_install", "-at_install")
class TestWalletBalance(LedgerCommon):
    """What each customer owed and had left on a past day, as the accounts say."""

    def _get_posted(self, day, *groupby):
        return self.env["account.move.line"]._read_group(
            [
                ("account_id", "in", (self.debt_account | self.credit_account).ids),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ],
            groupby,
            ["balance:sum"],
        )

    def test_figures_by_hand(self):
        for day, expected in (
            ("2026-01-09", {}),
            ("2026-01-10", {"Maria": (25.0, 0.0), "Joana": (40.0, 0.0)}),
            (
                "2026-02-28",
                {"Maria": (84.99, 0.0), "Joana": (0.0, 15.5), "Paulo": (0.0, 6.67)},
            ),
            (
                "2026-04-30",
                {"Maria": (10.0, 0.0), "Joana": (0.0, 15.5), "Paulo": (88.0, 0.0)},
            ),
            ("2026-12-31", {"Maria": (10.0, 0.0), "Paulo": (86.9, 0.0)}),
        ):
            with self.subTest(day=day):
                found = {
                    row.partner_id.name: (row.debt, row.credit)
                    for row in self._balances(day)
                }
                if day == "2026-12-31":
                    self.assertEqual(found.pop("Joana"), (64.5, 0.0))
                self.assertEqual(found, expected)

    def test_as_odoos_partner_ledger(self):
        """Its figures are the posted journal items by partner and account."""
        for day in DAYS:
            with self.subTest(day=day):
                found = {}
                for row in self._balances(day):
                    found[row.partner_id, self.debt_account] = row.debt
                    found[row.partner_id, self.credit_account] = -row.credit
                    self.assertAlmostEqual(row.balance, row.credit - row.debt, 2)
                expected = {
                    (partner.with_user(self.accountant), account): balance
                    for partner, account, balance in self._get_posted(
                        day, "partner_id", "account_id"
                    )
                    if not self.company.currency_id.is_zero(balance)
                }
                self.assertEqual({key: v for key, v in found.items() if v}, expected)

    def test_totals_are_the_trial_balance(self):
        for day in DAYS:
            with self.subTest(day=day):
                rows = self._balances(day)
                trial = dict(self._get_posted(day, "account_id"))
                for account, total in (
                    (self.debt_account, sum(rows.mapped("debt"))),
                    (self.credit_account, -sum(rows.mapped("credit"))),
                ):
                    self.assertAlmostEqual(total, trial.get(account, 0.0), 2)

    def test_today_as_the_wallets_and_odoos_receivable(self):
        with freeze_time("2026-06-01"):
            rows = self._balances(None)
            self.assertEqual(len(rows), 3)
            for row in rows:
                partner = row.partner_id.with_user(self.manager).with_company(
                    self.company
                )
                self.assertEqual(
                    (row.balance, row.debt, row.credit),
                    (partner.fiado_balance, partner.fiado_debt, partner.fiado_credit),
                )
                self.assertEqual(partner.sudo().credit, row.debt)

    def test_items_without_a_customer_count_too(self):
        """Else the totals wouldn't be the trial balance when something is wrong."""
        self.env.cr.execute(
            "UPDATE account_move_line SET partner_id = NULL "
            "WHERE partner_id = %s AND account_id = %s",
            [self.joana.id, self.debt_account.id],
        )
        rows = self._balances("2026-01-10")
        self.assertEqual(sum(rows.mapped("debt")), 65.0)
        nobody = rows.filtered(lambda row: not row.partner_id)
        self.assertEqual(nobody.debt, 40.0)
        self.assertIn(("partner_id", "=", False), nobody.action_open_items()["domain"])

    def test_what_is_behind_a_row(self):
        for user, model, amount in (
            (self.accountant, "account.move.line", "balance"),
            (self.manager, "fiado.wallet.entry", "amount"),
        ):
            row = self._balances("2026-02-28", user).filtered(
                lambda row: row.partner_id.id == self.joana.id
            )
            action = row.action_open_items()
            self.assertEqual(action["res_model"], model)
            items = self.env[model].with_user(user).search(action["domain"])
            self.assertEqual(
                sorted(map(str, items.mapped("date"))),
                ["2026-01-10", *["2026-02-28"] * 2],
            )
            self.assertAlmostEqual(abs(sum(items.mapped(amount))), 15.5)

    def test_wizard(self):
        with freeze_time("2026-03-15"):
            form = Form(
                self.env["fiado.wallet.balance.date"]
                .with_user(self.accountant)
                .with_context(lang="en_US")
            )
            self.assertEqual(str(form.date), "2026-02-28")
            form.day = "year"
            self.assertEqual(str(form.date), "2025-12-31")
            form.day = "date"
            form.date = fields.Date.to_date("2026-01-10")
            action = form.save().action_show()
        self.assertEqual(action["context"], {"fiado_date": "2026-01-10"})
        self.assertIn("01/10/2026", action["display_name"])

    def test_wrong_dates(self):
        for day in ("yesterday", 5, {"a": 1}, "2026-13-01"):
            with self.subTest(day=day), self.assertRaises(UserError):
                self._balances(day)

    def test_who_reads(self):
        self.assertTrue(self._balances("2026-12-31", self.manager))
        for user in (self.helper, self.cashier):
            with self.assertRaises(AccessError):
                self._balances("2026-12-31", user)

    def test_nothing_crosses_companies(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self.accountant.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(
            self.env["fiado.wallet.balance"]
            .with_user(self.accountant)
            .with_company(other)
            .search([])
        )


@tagged("post_install", "-at_install")
class TestWalletBalanceExport(LedgerCommon, HttpCase):
    """Odoo's own export takes the day with it."""

    def test_csv(self):
        self.authenticate("fiado_accountant", "fiado_accountant")
        response = self.url_open(
            "/web/export/csv",
            data={
                "csrf_token": Request.csrf_token(self),
                "data": json.dumps(
                    {
                        "model": "fiado.wallet.balance",
                        "fields": [
                            {"name": name, "label": name, "type": "char"}
                            for name in ("partner_id", "debt", "credit", "balance")
                        ],
                        "ids": False,
                        "domain": [],
                        "groupby": [],
                        "import_compat": False,
                        "context": {
                            "allowed_company_ids": self.company.ids,
                            "fiado_date": "2026-01-10",
                            "lang": "en_US",
                        },
                    }
                ),
            },
        )
        response.raise_for_status()
        _head, *rows = csv.reader(response.text.splitlines())
        self.assertEqual(
            sorted((name, *map(float, amounts)) for name, *amounts in rows),
            [("Joana", 40.0, 0.0, -40.0), ("Maria", 25.0, 0.0, -25.0)],
        )

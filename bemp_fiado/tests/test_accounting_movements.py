import logging
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


class AccountingCommon(FiadoCommon):
    """What accountants post, and what puts it in order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})

    def _entry(self, amount, account=None, partner=None, post=True, **values):
        """An accountant's entry: an amount in the customer's favour."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-10",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": (account or self.debt_account).id,
                            "partner_id": (partner or self.maria).id,
                            "balance": -amount,
                        }
                    ),
                    Command.create({"account_id": self.income.id, "balance": amount}),
                ],
                **values,
            }
        )
        if post:
            entry.action_post()
        return entry

    def _bank_line(self, amount, partner=None, match=True):
        """A bank statement line as a matching screen leaves it."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": "2026-03-10",
                "payment_ref": "Pix",
                "partner_id": (partner or self.maria).id,
                "amount": amount,
            }
        )
        if match:
            _liquidity, suspense, _other = line._seek_for_lines()
            debt = self._open_items()
            suspense.account_id = self.debt_account
            (suspense | debt).reconcile()
        return line

    def _tidy(self):
        return self.env["fiado.ledger"]._tidy(companies=self.company)

    def _tidy_lines(self):
        move = self.env["account.move"].search(
            [
                ("journal_id", "=", self.company.fiado_journal_id.id),
                ("fiado_origin", "=", "accounting"),
            ]
        )
        return move.line_ids.sorted("id")

    def _checks(self):
        return {row["check"] for row in self.env["fiado.wallet"].audit()}

    def _run_daily_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("bemp_fiado.ir_cron_tidy_and_audit").method_direct_trigger()
        self.env.invalidate_all()

    def _activities(self):
        return self.env["mail.activity"].search(
            [
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("bemp_fiado.mail_activity_type_audit").id,
                ),
                ("user_id", "in", (self.manager | self.cashier).ids),
            ]
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestAccountingMovements(AccountingCommon):
    """What accountants post is in the wallet at once, and is put in order later."""

    # The wallet follows ------------------------------------------------------

    def test_entry_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.maria.id,
                            "currency_id": euro.id,
                            "amount_currency": 3 * balance,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self.debt_account, 25.0),
                        (self.income, -25.0),
                    )
                ],
            }
        )
        with self.assertRaises(UserError) as refusal:
            entry.action_post()
        self.assertEqual(
            str(refusal.exception),
            f"{self.debt_account.display_name} holds the customers' wallets, which are "
            "in USD: enter this amount in USD too.",
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_draft_counts_for_nothing(self):
        self._entry(25.0, post=False).unlink()
        self._entry(25.0, post=False)
        self.assertFalse(self._entries())
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertFalse(self.env["fiado.ledger"]._tidy())

    # In order again ----------------------------------------------------------

    def test_every_mixture(self):
        """Whatever is on the two accounts ends on one of them, with one sign."""
        for debt, credit in (
            (25.0, 10.0),  # both
            (10.0, 25.0),
            (25.0, 25.0),
            (-25.0, 0.0),  # on the wrong side
            (0.0, -25.0),
            (-25.0, 10.0),
            (25.0, -10.0),
            (-25.0, -10.0),  # both on the wrong side
            (-10.0, -25.0),
            (-10.0, -10.0),
            (0.1, 0.3),
        ):
            with self.subTest(debt=debt, credit=credit):
                partner = self.env["res.partner"].create({"name": "Paulo"})
                if debt:
                    self._entry(-debt, partner=partner)
                if credit:
                    self._entry(credit, self.credit_account, partner)
                self.assertEqual(self.env["fiado.ledger"]._tidy(), partner)
                balance = self.company.currency_id.round(credit - debt)
                self.assertEqual(
                    self._wallet(partner),
                    (balance, max(-balance, 0.0), max(balance, 0.0)),
                )
                account = self.debt_account if balance < 0 else self.credit_account
                self.assertLessEqual(self._open_items(partner).account_id, account)
                self.assertEqual(bool(self._open_items(partner)), balance != 0)
                self.assertTiesOut()
                self.assertFalse(self.env["fiado.ledger"]._tidy())

    def test_oldest_due_first(self):
        self._leave_debt(10.0)
        with freeze_time("2026-03-11 15:00:00"):
            self._leave_debt(20.0)
            self._entry(15.0, date="2026-03-11")
            self._tidy()
        self.assertRecordValues(
            self._open_items(),
            [{"amount_residual": 15.0, "date_maturity": date(2026, 4, 10)}],
        )
        self.assertFalse(self._tidy_lines())
        self.assertTiesOut()

    def test_many_in_one_batch(self):
        def count_queries(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {index}"} for index in range(number)]
            )
            for partner in partners:
                self._entry(-25.0, partner=partner)
                self._entry(40.0, partner=partner)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.assertEqual(self.env["fiado.ledger"]._tidy(), partners)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - start
            for partner in partners:
                self.assertEqual(self._wallet(partner), (15.0, 0.0, 15.0))
            self.assertTiesOut()
            return queries

        count_queries(2)
        few, many = count_queries(2), count_queries(12)
        # No step of its own for each wallet: what grows are Odoo's inserts.
        self.assertLess((many - few) / 10, 8)

    def test_once_posted_once_reconciled(self):
        self._entry(25.0)
        self._entry(-10.0, self.credit_account, self.joana)
        moves = self.env.registry["account.move"]
        lines = self.env.registry["account.move.line"]
        with (
            patch.object(
                moves, "_post", autospec=True, side_effect=moves._post
            ) as post,
            patch.object(
                lines,
                "_reconcile_plan",
                autospec=True,
                side_effect=lines._reconcile_plan,
            ) as reconcile,
        ):
            self.env["fiado.ledger"]._tidy()
        self.assertEqual((post.call_count, reconcile.call_count), (1, 1))
        self.assertTiesOut()

    def test_two_companies(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._entry(25.0)
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": other.fiado_credit_account_id.id,
                            "partner_id": self.maria.id,
                            "debit": 7.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": other.fiado_debt_account_id.id,
                            "partner_id": self.joana.id,
                            "credit": 7.0,
                        }
                    ),
                ],
            }
        ).action_post()
        self._tidy()  # in the first company only
        self.assertEqual(self._wallet(), (25.0, 0.0, 25.0))
        both = self.env["fiado.wallet"].with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.assertEqual(
            {(row["company_id"], row["check"]) for row in both.audit()},
            {(other.id, "debt_side"), (other.id, "credit_side")},
        )
        self.env["fiado.ledger"]._tidy()
        self.assertEqual(both.audit(), [])
        self.assertEqual(self.maria.with_company(other).fiado_debt, 7.0)
        self.assertEqual(self.joana.with_company(other).fiado_credit, 7.0)

    def test_nobody_is_asked_to_tidy(self):
        """The wallets' lists have no button for it, and no program calls it."""
        self._entry(25.0)
        wallets = self.env["fiado.wallet"].with_user(self.manager)
        for user in (self.cashier, self.manager):
            arch = self.env["fiado.wallet"].with_user(user).get_view(view_type="list")
            self.assertNotIn("tidy", arch["arch"])
        self.assertFalse(
            [name for name in dir(wallets) if "tidy" in name and name[0] != "_"]
        )
        self.assertEqual(self._checks(), {"debt_side"})
        # The next movement of the wallet finds it in order.
        self._leave_debt(10.0)
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertTiesOut()

    def test_some_wallets(self):
        self._entry(25.0)
        self._entry(25.0, partner=self.joana)
        wallets = self.env["fiado.wallet"].with_user(self.manager).search([])
        self.assertEqual(wallets.partner_id, self.maria | self.joana)
        self.assertEqual(self.env["fiado.ledger"]._tidy(self.joana), self.joana)
        self.assertEqual(self._wallet(self.joana), (25.0, 0.0, 25.0))
        # The other one reads the same, and is still on the wrong account.
        self.assertEqual(self._wallet(), (25.0, 0.0, 25.0))
        [difference] = self.env["fiado.wallet"].audit()
        self.assertEqual(
            (difference["check"], difference["partner_id"]),
            ("debt_side", self.maria.id),
        )

    def test_it_says_whose_wallets_it_tidied(self):
        self._entry(25.0)
        self.assertEqual(self._tidy(), self.maria)
        self.assertFalse(self._tidy())


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestAccountingMovesADebt(AccountingCommon):
    """What accountants post on the wallet of a customer who owes 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    # The wallet follows ------------------------------------------------------

    def test_bank_line_pays_a_debt(self):
        self._bank_line(25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertRecordValues(
            self._entries()[1:],
            [{"kind": "debt_paid", "origin": "accounting", "amount": 25.0}],
        )
        self.assertTiesOut()

    def test_bank_line_pays_part(self):
        self._bank_line(10.0)
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        self.assertTiesOut()

    def test_bank_line_pays_too_much(self):
        self._bank_line(40.0)
        self.assertEqual(self._wallet()[0], 15.0)
        self.assertEqual(self._checks(), {"debt_side"})
        self._tidy()
        self.assertRecordValues(
            self._tidy_lines(),
            [
                {"account_id": self.debt_account.id, "debit": 15.0, "credit": 0.0},
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 15.0},
            ],
        )
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertRecordValues(
            self._open_items(),
            [{"account_id": self.credit_account.id, "amount_residual": -15.0}],
        )
        self.assertTiesOut()

    def test_bank_line_taken_back(self):
        line = self._bank_line(25.0)
        line.action_undo_reconciliation()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_bank_line_taken_back_after_it_was_tidied(self):
        line = self._bank_line(40.0)
        self._tidy()
        line.action_undo_reconciliation()
        self.assertEqual(self._wallet()[0], -25.0)
        self._tidy()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_bank_line_reset_and_deleted(self):
        line = self._bank_line(25.0)
        line.move_id.button_draft()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()
        line.unlink()
        self.assertEqual(len(self._entries()), 1)
        self.assertTiesOut()

    def test_bank_line_without_a_customer(self):
        line = self._bank_line(25.0, match=False)
        line.partner_id = False
        _liquidity, suspense, _other = line._seek_for_lines()
        with self.assertRaises(UserError) as refusal:
            suspense.account_id = self.debt_account
        self.assertEqual(
            str(refusal.exception),
            f"{self.debt_account.display_name} holds the customers' wallets: choose a "
            "customer on each of its lines.",
        )

    def test_bank_line_of_a_contact(self):
        child = self.env["res.partner"].create(
            {"name": "Maria's son", "parent_id": self.maria.id, "type": "other"}
        )
        self._bank_line(25.0, child)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_debt_paid_with_the_native_wizard(self):
        wizard = (
            self.env["account.payment.register"]
            .with_context(
                active_model="account.move.line", active_ids=self._open_items().ids
            )
            .create(
                {
                    "journal_id": self.cash_journal.id,
                    "payment_method_line_id": self.cash.id,
                }
            )
        )
        wizard.amount = 40.0
        wizard._create_payments()
        self.assertEqual(self._wallet()[0], 15.0)
        self._tidy()
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertTiesOut()

    def test_entry_of_a_branch(self):
        branch = self.env["res.company"].create(
            {"name": "North", "parent_id": self.company.id}
        )
        self.env.user.company_ids += branch
        journal = self.env["account.journal"].create(
            {"name": "North", "code": "NOR", "type": "general", "company_id": branch.id}
        )
        self._entry(40.0, company_id=branch.id, journal_id=journal.id)
        self._tidy()
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertTiesOut()

    def test_manual_entries(self):
        self._entry(10.0)
        self._entry(5.0, self.credit_account)
        self.assertEqual(self._wallet()[0], -10.0)
        self.assertEqual(self._checks(), {"debt_and_credit"})
        self._tidy()
        self.assertEqual(self._wallet(), (-10.0, 10.0, 0.0))
        self.assertRecordValues(
            self._tidy_lines(),
            [
                {"account_id": self.debt_account.id, "debit": 0.0, "credit": 5.0},
                {"account_id": self.credit_account.id, "debit": 5.0, "credit": 0.0},
            ],
        )
        self.assertRecordValues(self._open_items(), [{"amount_residual": 10.0}])
        self.assertTiesOut()

    def test_entry_reset_to_draft(self):
        entry = self._entry(25.0)
        self._tidy()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        entry.button_draft()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        entry.unlink()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_entry_cancelled(self):
        entry = self._entry(25.0)
        self._tidy()
        entry.button_draft()
        entry.button_cancel()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_draft_settles_nothing(self):
        draft = self._entry(25.0, post=False)
        items = draft.line_ids.filtered(
            lambda line: line.account_id == self.debt_account
        )
        with self.assertRaises(UserError) as refusal:
            (items | self._open_items()).reconcile()
        self.assertEqual(
            str(refusal.exception),
            f"{draft.display_name} is not posted yet, so it settles nothing in a "
            "customer's wallet. Post it first.",
        )
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_lock_date(self):
        with freeze_time("2026-04-10 15:00:00"):
            self.company.fiscalyear_lock_date = "2026-03-31"
            entry = self._entry(40.0, date="2026-04-10")
            self._tidy()
            self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
            self.assertEqual(self._tidy_lines().move_id.date, date(2026, 4, 10))
            self.assertTiesOut()
            entry.button_draft()
            self._tidy()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    # In order again ----------------------------------------------------------

    def test_what_is_in_order_is_left_alone(self):
        self._leave_credit(5.0, self.joana)
        moved_at = (self.maria | self.joana).mapped("fiado_moved_at")
        self.assertFalse(self.env["fiado.ledger"]._tidy())
        self.assertEqual((self.maria | self.joana).mapped("fiado_moved_at"), moved_at)

    # The daily job -----------------------------------------------------------

    def test_daily_job_tidies(self):
        self._entry(40.0)
        self._run_daily_job()
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertFalse(self._activities())
        self.assertTiesOut()

    def test_daily_job_tells_the_managers(self):
        self._leave_debt(10.0, self.joana)
        drift = "UPDATE account_move_line SET amount_residual = %s WHERE id = %s"
        items = self._open_items() | self._open_items(self.joana)
        self.env.flush_all()
        self.env.cr.execute(drift, [20.0, items[0].id])
        with self.assertLogs("odoo.addons.bemp_fiado", logging.WARNING) as logs:
            self._run_daily_job()
        self.assertIn(
            f"wallet audit: company={self.company.id} differences=1",
            [record.getMessage() for record in logs.records],
        )
        activity = self._activities()
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.manager.id,
                    "res_model": "res.partner",
                    "res_id": self.company.partner_id.id,
                }
            ],
        )
        self.assertIn("Maria: open entries and posted entries differ", activity.note)
        self.assertNotIn("Joana", activity.note)
        # The next day: no second one, and what is new is in it.
        self.env.cr.execute(drift, [5.0, items[1].id])
        self._run_daily_job()
        self.assertEqual(self._activities(), activity)
        self.assertIn("Joana", activity.note)
        # Once all is in order, it has nothing more to say.
        self.env.cr.execute(drift, [25.0, items[0].id])
        self.env.cr.execute(drift, [10.0, items[1].id])
        self._run_daily_job()
        self.assertFalse(self._activities())
        self.assertTiesOut()

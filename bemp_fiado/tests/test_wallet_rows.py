from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..report.fiado_wallet_row import COMPANIES, REST
from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestWalletRows(FiadoCommon):
    """The rows of the lists are the same for as long as their customers are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create(
            {"name": "Joana", "email": "joana@example.com", "phone": "+5581997023318"}
        )

    def _row(self, model="fiado.wallet", partner=None, user=None):
        self.env.invalidate_all()
        rows = self.env[model].with_user(user or self.cashier)
        rows = rows.with_company(self.company).with_context(lang="en_US")
        return rows.search([("partner_id", "=", (partner or self.joana).id)])

    def _receive(self, amount, partner=None):
        partner = (partner or self.joana).with_user(self.cashier)
        partner.with_company(self.company).fiado_receive(amount, self.cash.id)
        self.env.invalidate_all()

    def test_rows_stay_while_wallets_move(self):
        self._leave_debt(25.0, self.joana)
        before = {
            model: self._row(model, user=self.manager)
            for model in ("fiado.wallet", "fiado.wallet.balance", "fiado.credit.state")
        }
        self._leave_debt(40.0, self.joana)
        # The older of the two is settled by this.
        self._receive(25.0)
        for model, row in before.items():
            with self.subTest(model=model):
                self.assertEqual(self._row(model, user=self.manager), row)
                self.assertEqual(row.balance, -40.0)

    def test_ids_are_of_customers_and_companies(self):
        wallets = self.env["fiado.wallet"]
        for partner_id, company_id in ((1, 1), (3_000_000, 1), (7, 5000), (0, 2)):
            row_id = (
                partner_id * COMPANIES
                + company_id % COMPANIES
                + company_id // COMPANIES * REST
            )
            self.assertLess(row_id, 2**53)
            self.assertEqual(
                wallets.browse(row_id)._get_ids_of_rows(), [(partner_id, company_id)]
            )
        self._leave_debt(25.0, self.joana)
        self.assertEqual(
            self._row()._get_ids_of_rows(), [(self.joana.id, self.company.id)]
        )

    def test_stale_row(self):
        """Somebody paid at another till: a click on the row still does what it can."""
        self._leave_debt(25.0, self.joana)
        row, state = self._row(), self._row("fiado.credit.state")
        balance = self._row("fiado.wallet.balance", user=self.manager)
        self._receive(25.0)
        self.assertFalse(self._row())
        action = row.action_receive()
        self.assertEqual(action["context"]["default_partner_id"], self.joana.id)
        self.assertEqual(row.action_open_wallet()["res_id"], self.joana.id)
        self.assertEqual(state.action_open_wallet()["res_id"], self.joana.id)
        for method in ("action_remind", "action_remind_whatsapp"):
            with (
                self.subTest(method=method),
                self.assertRaisesRegex(UserError, "Joana owes nothing"),
            ):
                getattr(row, method)()
        with self.assertRaisesRegex(UserError, "No customer owes anything"):
            row.action_print_debtors()
        self.assertEqual(balance.action_open_items()["res_model"], "fiado.wallet.entry")

    def test_paper_of_stale_rows(self):
        self._leave_debt(25.0, self.joana)
        self._leave_debt(40.0)
        rows = self._row() | self._row(partner=self.maria)
        self._receive(25.0)
        report = self.env["ir.actions.report"].with_user(self.cashier)
        report = report.with_context(lang="en_US", allowed_company_ids=self.company.ids)
        html, _type = report._render_qweb_html("bemp_fiado.fiado_debtors", rows.ids)
        self.assertIn(b"Maria", html)
        self.assertNotIn(b"Joana", html)
        self._receive(40.0, self.maria)
        with self.assertRaisesRegex(UserError, "No customer owes anything"):
            report._render_qweb_html("bemp_fiado.fiado_debtors", rows.ids)

    def test_customer_that_is_gone(self):
        self._leave_debt(25.0, self.joana)
        row = self._row()
        row_id = row.id + 1_000_000 * COMPANIES
        with self.assertRaisesRegex(UserError, "was deleted or merged meanwhile"):
            row.browse(row_id).action_receive()

    def test_row_of_another_company(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._leave_debt(25.0, self.joana)
        row = self._row()
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        row = row.with_user(stranger).with_company(other)
        for method in ("action_receive", "action_open_wallet"):
            with self.assertRaises(AccessError):
                getattr(row, method)()

    def test_who_reads_no_wallets_opens_none(self):
        self._leave_debt(25.0, self.joana)
        row = self._row()
        employee = self._new_user("employee")
        employee.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        with self.assertRaises(AccessError):
            row.with_user(employee).action_receive()

    def test_rows_are_found_by_their_customers(self):
        """A row is read without reading all wallets."""
        self._leave_debt(25.0, self.joana)
        row = self._row()
        query = row._search([("id", "in", row.ids)])
        sql = self.env.cr.mogrify(query.select()).decode()
        self.assertIn(f'"partner_id" IN ({self.joana.id})', sql)
        self.assertEqual(self.env.execute_query(query.select()), [(row.id,)])


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestUntidyWallets(FiadoCommon):
    """Debt and credit open at once are one balance, whatever an accountant did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense = cls.company_data["default_account_expense"]

    def _post_entry(self, amount, account):
        """What an accountant posts in the customer's favour."""
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-10",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.maria.id,
                            "balance": -amount,
                        }
                    ),
                    Command.create({"account_id": self.income.id, "balance": amount}),
                ],
            }
        ).action_post()

    def _read(self):
        self.env.invalidate_all()
        wallets = self.env["fiado.wallet"].with_user(self.cashier)
        row = wallets.search([("partner_id", "=", self.maria.id)])
        return self._wallet(), (row.balance, row.debt, row.credit)

    def test_they_read_as_what_they_are(self):
        self._leave_debt(25.0)
        self._post_entry(40.0, self.credit_account)
        self.assertEqual(self._read(), ((15.0, 0.0, 15.0), (15.0, 0.0, 15.0)))
        maria = self.maria.with_company(self.company)
        self.assertFalse(maria.fiado_debt_since)
        for name, found in (("fiado_debt", False), ("fiado_credit", True)):
            partners = maria.search([(name, ">", 0), ("id", "=", maria.id)])
            self.assertEqual(bool(partners), found)

    def test_more_debt_than_credit(self):
        self._leave_credit(10.0)
        self._post_entry(-40.0, self.debt_account)
        self.assertEqual(self._read(), ((-30.0, 30.0, 0.0), (-30.0, 30.0, 0.0)))
        # What was paid comes off the oldest: the ageing adds up to the debt.
        with freeze_time("2026-04-20 15:00:00"):
            self.env.invalidate_all()
            row = self.env["fiado.wallet"].search([("partner_id", "=", self.maria.id)])
            self.assertEqual((row.overdue, row.not_due), (30.0, 0.0))

    def test_negative_debt_is_credit(self):
        self._post_entry(40.0, self.debt_account)
        self.assertEqual(self._read(), ((40.0, 0.0, 40.0), (40.0, 0.0, 40.0)))

    def test_an_operation_puts_them_in_order_first(self):
        self._leave_debt(25.0)
        self._post_entry(40.0, self.credit_account)
        manager = self.maria.with_user(self.manager).with_company(self.company)
        with self.assertRaisesRegex(UserError, "owes"):
            manager.fiado_forgive(25.0, "Why")
        cash_out = self.cash_journal.outbound_payment_method_line_ids[:1]
        cash_out.payment_account_id = self.cash_account
        answer = manager.fiado_pay_out(15.0, cash_out.id, "Moves")
        self.assertEqual(answer["balance"], 0.0)
        self.assertFalse(self._open_items())
        self.assertTiesOut()

    def test_the_next_order_uses_what_is_left(self):
        self._leave_debt(25.0)
        self._post_entry(40.0, self.credit_account)
        order = self._order()
        answer = order.close_order([self._pay(40.0)], use_balance=True)
        self.assertEqual(answer["balance"], 0.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import FiadoCommon


class ReadModelsCommon(FiadoCommon):
    """Wallets and their entries, as lists show them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana, cls.paulo = cls.env["res.partner"].create(
            [{"name": "Joana"}, {"name": "Paulo"}]
        )

    def _search(self, *condition, user=None):
        partners = self.maria | self.joana | self.paulo
        return (
            self.env["res.partner"]
            .with_user(user or self.cashier)
            .with_company(self.company)
            .search([condition, ("id", "in", partners.ids)])
        )


@tagged("post_install", "-at_install")
class TestReadModels(ReadModelsCommon):
    """The wallet is what the accounts say, for those who may read it."""

    def test_contacts_have_the_wallet_of_their_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Maria's son", "parent_id": self.maria.id, "type": "other"}
        )
        self._leave_debt(25.0, contact)
        self.assertEqual(self._wallet(contact), (-25.0, 25.0, 0.0))
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_balance_reads_open_items_only(self):
        """What was settled long ago is not read: the index leaves it out."""
        query = self.env["fiado.ledger"]._get_wallets_query(self.maria, self.company)
        # The test's ledger is so small that any way of reading it would do: leave
        # PostgreSQL none but the index on open items, which it can only use if the
        # query asks for these alone.
        self.env.cr.execute(SQL("SET LOCAL enable_seqscan = off"))
        others = self.env.execute_query(
            SQL(
                """
                SELECT indexrelid::regclass::text
                  FROM pg_index
                 WHERE indrelid = 'account_move_line'::regclass
                   AND NOT indisunique
                   AND indexrelid != 'account_move_line_unreconciled_index'::regclass
                """
            )
        )
        for (name,) in others:
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        plan = "\n".join(
            row for (row,) in self.env.execute_query(SQL("EXPLAIN %s", query))
        )
        self.assertIn("account_move_line_unreconciled_index", plan)

    def test_first_page_of_a_statement_reads_the_newest_only(self):
        """The index has them in the order in which they are shown."""
        entries = self.env["fiado.wallet.entry"].with_user(self.cashier)
        query = entries._search([("partner_id", "=", self.maria.id)], limit=80)
        page = query.select(entries._field_to_sql(query.table, "document", query))
        # As above: sorting what was read in another order is all that is left.
        for way in ("bitmapscan", "seqscan", "sort"):
            self.env.cr.execute(
                SQL("SET LOCAL %s = off", SQL.identifier(f"enable_{way}"))
            )
        plan = "\n".join(
            row for (row,) in self.env.execute_query(SQL("EXPLAIN %s", page))
        )
        self.assertIn("account_move_line_fiado_newest_idx", plan)
        self.assertNotIn("Sort", plan)

    def test_nothing_crosses_companies(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._leave_debt(25.0)
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for model in ("fiado.wallet", "fiado.wallet.entry", "fiado.payment"):
            self.assertFalse(
                self.env[model].with_user(stranger).with_company(other).search([])
            )
        partner = self.maria.with_user(stranger).with_company(other)
        self.assertEqual(partner.fiado_balance, 0.0)
        self.assertEqual(self.env["fiado.wallet"].with_user(stranger).audit(), [])


@tagged("post_install", "-at_install")
class TestReadModelsOfADebt(ReadModelsCommon):
    """What is read of who owes 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    def test_wallets(self):
        self._leave_credit(5.0, self.joana)
        wallets = self.env["fiado.wallet"].with_user(self.helper).search([])
        self.assertRecordValues(
            wallets,
            [
                {
                    "partner_id": self.maria.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "balance": -25.0,
                    "debt": 25.0,
                    "credit": 0.0,
                    "not_due": 25.0,
                },
                {
                    "partner_id": self.joana.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "balance": 5.0,
                    "debt": 0.0,
                    "credit": 5.0,
                    "not_due": 0.0,
                },
            ],
        )

    def test_partner_filters(self):
        self._leave_credit(5.0, self.joana)
        for condition, found in (
            (("fiado_debt", ">", 0), self.maria),
            (("fiado_credit", ">", 0), self.joana),
            (("fiado_balance", "<", 0), self.maria),
            (("fiado_balance", ">", 0), self.joana),
            (("fiado_balance", "=", 0), self.paulo),
            (("fiado_balance", "!=", 0), self.maria | self.joana),
            (("fiado_balance", "=", -25.0), self.maria),
            (("fiado_balance", "in", [5.0, -25.0]), self.maria | self.joana),
            (("fiado_debt", "<=", 24.99), self.joana | self.paulo),
            (("fiado_debt", ">=", 25.0), self.maria),
            (("fiado_balance", ">=", 0), self.joana | self.paulo),
            (("fiado_debt", "=", False), self.joana | self.paulo),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(self._search(*condition), found)

    def test_partner_filters_by_what_is_no_amount(self):
        self._leave_credit(5.0, self.joana)
        self._leave_debt(1.0, self.paulo)
        for condition, found in (
            (("fiado_debt", ">", "20"), self.maria),
            (("fiado_debt", "=", "25.00"), self.maria),
            (("fiado_debt", "=", True), self.paulo),
            (("fiado_debt", "!=", False), self.maria | self.paulo),
            (("fiado_debt", "=", None), self.joana),
            (("fiado_debt", "in", [None]), self.joana),
            (("fiado_debt", "in", []), self.maria.browse()),
            (("fiado_debt", ">", None), self.maria | self.paulo),
            (("fiado_credit", ">", False), self.joana),
            (("fiado_balance", "<", ""), self.maria | self.paulo),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(self._search(*condition), found)
        for name in ("fiado_debt", "fiado_credit", "fiado_balance"):
            for condition in (
                *((name, operator, "much") for operator in ("=", "!=", ">", "<=")),
                *((name, ">", value) for value in ([5.0], "nan", "inf", {"a": 1})),
                (name, "in", ["much", 5.0]),
                (name, "not in", ["nan"]),
            ):
                with (
                    self.subTest(condition=condition),
                    self.assertRaisesRegex(UserError, "type a number"),
                ):
                    self._search(*condition)
            with self.assertRaises(UserError):
                self._search(name, "ilike", "25")

    def test_balance_costs_one_query(self):
        partners = (self.maria | self.joana | self.paulo).with_user(self.cashier)
        partners.mapped("fiado_debt")
        self.env.flush_all()
        for partner in partners:
            partner.invalidate_recordset(["fiado_balance", "fiado_debt"])
        with self.assertQueryCount(1):
            partners.mapped("fiado_balance")

    def test_sales_users_read_and_change_nothing(self):
        for model in ("fiado.wallet", "fiado.wallet.entry", "fiado.payment"):
            records = self.env[model].with_user(self.helper).search([])
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(records.has_access(operation))
        self.assertTrue(self._entries(user=self.helper))

    def test_others_read_nothing(self):
        for login, group in (
            ("portal", "base.group_portal"),
            ("employee", "base.group_user"),
        ):
            user = new_test_user(self.env, login=f"fiado_{login}", groups=group)
            for model in ("fiado.wallet", "fiado.wallet.entry", "fiado.payment"):
                with (
                    self.subTest(user=login, model=model),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.maria.with_user(user).read(["fiado_balance"])
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(user).search([("fiado_debt", ">", 0)])

    def test_accountants_read(self):
        accountant = new_test_user(
            self.env,
            login="fiado_accountant",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        wallets = self.env["fiado.wallet"].with_user(accountant).search([])
        self.assertEqual(wallets.balance, -25.0)

    def test_audit_finds_what_does_not_tie_out(self):
        item = self._open_items()
        order = self.env["sale.order"].search([("closing_state", "=", "closed")])
        invoice_line = order.invoice_ids.line_ids.filtered(
            lambda line: line.account_id == self.receivable
        )
        self.assertTiesOut()
        self.env.flush_all()
        for line, change, found in (
            (item, "amount_residual = 20", {"open_items"}),
            (item, "balance = 30, debit = 30", {"open_items"}),
            (item, "partner_id = NULL", {"no_customer"}),
            (item, "amount_residual = -25", {"open_items", "debt_side"}),
            (
                invoice_line,
                "amount_residual = 5, reconciled = FALSE",
                {"order_receivable"},
            ),
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE account_move_line SET {change} WHERE id = %s", [line.id]
                )
                self.env.invalidate_all(flush=False)
                differences = self.env["fiado.wallet"].audit()
                self.assertEqual({d["check"] for d in differences}, found)
                if "partner_id" not in change:
                    self.assertEqual(
                        self.env["fiado.wallet"].audit([self.joana.id]), []
                    )
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestAudit(FiadoCommon):
    """What was changed behind everybody's back is found, by its name and no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.order = cls._order()
        cls.answer = cls.order.close_order([cls._pay(30.0)], use_balance=True)
        cls.invoice = cls.order.sudo().invoice_ids
        cls.payment = cls.env["account.payment"].browse(cls.answer["payment_ids"])
        cls.movement = cls.env["account.move"].browse(cls.answer["move_ids"])
        cls.item = cls.movement.line_ids.filtered(
            lambda line: line.account_id == cls.debt_account
        )
        cls.counterpart = cls.movement.line_ids - cls.item

    def _update(self, records, changes):
        return SQL(
            "UPDATE %s SET %s WHERE id IN %s",
            SQL.identifier(records._table),
            SQL(changes),
            tuple(records.ids),
        )

    def _unmatch(self, one, other):
        return SQL(
            """
            DELETE FROM account_partial_reconcile
             WHERE debit_move_id IN %(items)s AND credit_move_id IN %(items)s
            """,
            items=tuple((one | other).ids),
        )

    def _receivable_items(self, move):
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)

    def _audit(self, partners=None, user=None):
        wallets = self.env["fiado.wallet"].with_user(user or self.helper)
        return wallets.with_company(self.company).audit(partners and partners.ids)

    def assertFound(self, checks, *changes):
        """That these changes, made by SQL, are found under these names."""
        self.env.flush_all()
        self.assertTiesOut()
        with self.env.cr.savepoint() as savepoint:
            for change in changes:
                self.env.cr.execute(change)
            self.env.invalidate_all(flush=False)
            found = self._audit()
            of_maria, of_joana = self._audit(self.maria), self._audit(self.joana)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        self.assertEqual({row["check"] for row in found}, checks)
        self.assertLessEqual(
            {row["partner_id"] for row in found}, {self.maria.id, None}
        )
        self.assertEqual(
            of_maria, [row for row in found if row["partner_id"] == self.maria.id]
        )
        self.assertEqual(of_joana, [])
        self.assertLessEqual(checks, self.env["fiado.audit"]._get_labels().keys())

    def _receive(self, amount):
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        answer = maria.fiado_receive(amount, self.cash.id)
        return self.env["account.move"].browse(answer["move_ids"])

    # Wallets ------------------------------------------------------------------

    def test_open_amount(self):
        self.assertFound({"open_items"}, self._update(self.item, "amount_residual = 9"))

    def test_open_flag(self):
        self.assertFound({"open_flags"}, self._update(self.item, "reconciled = TRUE"))

    def test_settled_flag(self):
        paid = self._receive(25.0).line_ids.filtered(
            lambda line: line.account_id == self.debt_account
        )
        self.assertTrue(paid.reconciled)
        self.assertFound({"open_flags"}, self._update(paid, "reconciled = FALSE"))

    def test_open_amounts_that_only_add_up(self):
        paid = self._receive(10.0).line_ids.filtered(
            lambda line: line.account_id == self.debt_account
        )
        self.assertFound(
            {"matching"},
            self._update(self.item, "amount_residual = 20"),
            self._update(paid, "amount_residual = -5, reconciled = FALSE"),
        )
        self.assertFound({"matching"}, self._unmatch(self.item, paid))

    def test_state_of_an_item(self):
        for state in ("draft", "cancel"):
            change = f"parent_state = '{state}'"
            self.assertFound({"item_state"}, self._update(self.item, change))

    def test_state_of_a_movement(self):
        self.assertFound(
            {"item_state"}, self._update(self.movement, "state = 'cancel'")
        )

    def test_item_without_a_customer(self):
        self.assertFound({"no_customer"}, self._update(self.item, "partner_id = NULL"))

    # Movements ----------------------------------------------------------------

    def test_counterpart(self):
        for change in (
            "amount_residual = -25, reconciled = FALSE",
            "amount_residual = -25",
            "reconciled = FALSE",
        ):
            with self.subTest(change=change):
                self.assertFound(
                    {"counterpart_open"}, self._update(self.counterpart, change)
                )
        self.assertFound(
            {"counterpart_open"},
            self._unmatch(self.counterpart, self._receivable_items(self.invoice)),
        )

    def test_counterpart_of_another_customer(self):
        items = self._receivable_items(self.invoice)
        change = f"partner_id = {self.joana.id}"
        self.assertFound({"other_customer"}, self._update(items, change))

    def test_counterpart_of_a_contact_of_the_same_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.maria.id}
        )
        items = self._receivable_items(self.invoice)
        self.assertFound(set(), self._update(items, f"partner_id = {contact.id}"))

    def test_matched_with_what_is_not_posted(self):
        items = self._receivable_items(self.invoice)
        self.assertFound(
            {"unposted_match"}, self._update(items, "parent_state = 'draft'")
        )
        receipt = self._receive(10.0)
        self.assertFound(
            # What it paid is open again, as far as the items know.
            {"item_state", "unposted_match"},
            self._update(receipt, "state = 'draft'"),
        )

    def test_documents_that_are_not_known(self):
        forget = "DELETE FROM fiado_move_document_rel WHERE move_id = %s"
        self.assertFound({"document_unknown"}, SQL(forget, self.movement.id))
        self.assertFound(
            {"document_unknown"},
            SQL(f"{forget} AND document_id = %s", self.movement.id, self.invoice.id),
        )
        receipt = self._receive(10.0)
        self.assertFound({"document_unknown"}, SQL(forget, receipt.id))
        receipt.with_user(self.manager)._fiado_undo("Typed by mistake")
        self.assertFound(set(), SQL(forget, receipt.id))

    def test_opposite_that_is_not_matched_with_the_movement(self):
        receipt = self._receive(10.0)
        receipt.with_user(self.manager)._fiado_undo("Typed by mistake")
        items = (receipt | receipt.reversal_move_ids).line_ids
        wallet_items = items.filtered(lambda line: line.account_id == self.debt_account)
        self.assertFound(
            {"matching", "opposite"}, self._unmatch(wallet_items, wallet_items)
        )

    # Documents ----------------------------------------------------------------

    def test_invoice_of_a_closed_order(self):
        for state in ("draft", "cancel"):
            with self.subTest(state=state):
                self.assertFound(
                    {"order_document", "document_unposted"},
                    self._update(self.invoice, f"state = '{state}'"),
                )

    def test_invoice_from_before_the_closing(self):
        self.assertFound(
            {"order_document", "document_unposted"},
            self._update(self.invoice, "fiado_order_id = NULL, state = 'draft'"),
        )

    def test_invoice_that_is_open(self):
        items = self._receivable_items(self.invoice)
        for extra in ("", ", fiado_order_id = NULL"):
            self.assertFound(
                {"order_receivable"},
                self._update(items, "amount_residual = 55, reconciled = FALSE"),
                self._update(self.invoice, f"ref = ''{extra}"),
            )

    def test_payment_that_is_open(self):
        self.assertFound(
            {"payment_open"},
            self._update(
                self._receivable_items(self.payment.move_id),
                "amount_residual = -30, reconciled = FALSE",
            ),
        )

    def test_payment_without_posted_entry(self):
        self.assertFound(
            {"payment_entry", "document_unposted"},
            self._update(self.payment.move_id, "state = 'cancel'"),
        )
        self.assertFound(
            {"payment_entry"}, self._update(self.payment, "move_id = NULL")
        )

    # Accounts -----------------------------------------------------------------

    def test_accounts(self):
        for account, change in (
            (self.debt_account, "reconcile = FALSE"),
            (self.debt_account, "active = FALSE"),
            (self.debt_account, "account_type = 'asset_current'"),
            (self.credit_account, "reconcile = FALSE"),
            (self.credit_account, "active = FALSE"),
            (self.credit_account, "account_type = 'income'"),
        ):
            with self.subTest(account=account.name, change=change):
                self.assertFound({"accounts"}, self._update(account, change))

    def test_accounts_of_two_companies(self):
        other = self.setup_other_company()["company"]
        self.assertFound(
            {"accounts"},
            self._update(other, f"fiado_debt_account_id = {self.debt_account.id}"),
        )

    # Who and how much ---------------------------------------------------------

    def test_nothing_of_it_is_called_from_outside(self):
        with self.assertRaises(AccessError):
            self.env["fiado.audit"].with_user(self.manager).check_access("read")

    def test_costs_the_same_queries_for_more_movements(self):
        self._count_audit()
        few = self._count_audit()
        for _number in range(3):
            self._leave_debt(10.0)
        self._receive(15.0)
        self.assertEqual(self._count_audit(), few)

    def _count_audit(self):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self._audit()
        return self.env.cr.sql_log_count - start


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestAuditOfAHealthyShop(FiadoCommon):
    """Whatever the shop does properly, the audit has nothing to say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        cls.cash_out.payment_account_id = cls.cash_account
        cls.env.user.group_ids += cls.env.ref(
            "bemp_fiado.group_fiado_manager"
        ) | cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def _as(self, user, partner=None):
        return (partner or self.maria).with_user(user).with_company(self.company)

    def _undo(self, answer):
        moves = self.env["account.move"].browse(answer["move_ids"])
        moves.with_user(self.manager)._fiado_undo("Typed by mistake")
        self.assertTiesOut()

    def _create_posted(self, move_type, amount):
        return self.init_invoice(
            move_type, partner=self.maria, amounts=[amount], post=True, taxes=[]
        )

    def test_orders(self):
        for amounts, values in (
            ((), {}),
            ((30.0,), {}),
            ((70.0,), {}),
            ((55.0,), {}),
            ((), {"credit_used": 0.0}),
        ):
            with self.subTest(amounts=amounts):
                order = self._order()
                self._close(order, *amounts, use_balance=True, **values)
                self.assertTiesOut()
                order.with_user(self.manager).reopen_order("Wrong")
                self.assertTiesOut()
                self._close(order, *amounts, use_balance=True, **values)
                self.assertTiesOut()

    def test_debt_paid_and_credit_used_with_an_order(self):
        self._leave_debt(25.0)
        paying = self._order()
        self._close(paying, 80.0, debt_paid=25.0)
        self.assertTiesOut()
        self._leave_credit(40.0)
        using = self._order()
        self._close(using, 15.0, credit_used=40.0)
        self.assertTiesOut()
        for order in (using, paying):
            order.with_user(self.manager).reopen_order("Wrong")
            self.assertTiesOut()

    def test_operations(self):
        self._leave_debt(55.0)
        maria, joana = self._as(self.manager), self._as(self.manager, self.joana)
        for operation in (
            lambda: maria.fiado_receive(20.0, self.cash.id),
            lambda: maria.fiado_receive(80.0, self.pix.id),
            lambda: joana.fiado_receive(80.0, self.cash.id),
            lambda: maria.fiado_forgive(20.0, "why"),
            lambda: maria.fiado_adjust(80.0, self.income.id, "why"),
            lambda: maria.fiado_adjust(-5.0, self.income.id, "why"),
            lambda: maria.fiado_transfer(joana.id, -55.0, "why"),
            lambda: maria.fiado_open_balance(-9.0, "2026-03-01", self.income.id),
            lambda: maria.fiado_open_balance(90.0, "2026-03-01", self.income.id),
        ):
            answer = operation()
            self.assertTiesOut()
            self._undo(answer)
        self._undo_payout(joana)

    def _undo_payout(self, joana):
        joana.fiado_receive(80.0, self.cash.id)
        answer = joana.fiado_pay_out(30.0, self.cash_out.id, "why")
        self.assertTiesOut()
        self._undo(answer)
        self.assertEqual(self._wallet(self.joana), (80.0, 0.0, 80.0))

    def test_settled_in_between(self):
        """What was settled by something later is taken back all the same."""
        left = self._order()
        self._close(left, 30.0, use_balance=True)
        paid = self._as(self.cashier).fiado_receive(25.0, self.cash.id)
        left.with_user(self.manager).reopen_order("Wrong")
        self.assertTiesOut()
        self._leave_debt(40.0)
        self._undo(paid)

    def test_payments_cancelled_one_by_one(self):
        order = self._order()
        self._close(order, 20.0, 10.0, use_balance=True)
        for payment in self.env["fiado.payment"].search([("order_id", "=", order.id)]):
            payment.with_user(self.manager).action_cancel_payment()
            self.assertTiesOut()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertTiesOut()

    def test_credit_notes(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        note = order.sudo().invoice_ids._reverse_moves()
        # A draft, as those of a cent that Odoo makes beside down payments.
        self.assertTiesOut()
        note.action_post()
        self.assertTiesOut()
        note.button_draft()
        self.assertTiesOut()
        note.action_post()
        note.action_leave_in_wallet()
        self.assertTiesOut()
        self._undo({"move_ids": note.fiado_move_ids.ids})
        note.action_leave_in_wallet()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertTiesOut()

    def test_pay_wizard(self):
        for amount in (30.0, 160.0):
            invoice = self._create_posted("out_invoice", 100.0)
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            payment = wizard.create(
                {
                    "amount": amount,
                    "journal_id": self.cash_journal.id,
                    "fiado_use_balance": True,
                }
            )._create_payments()
            self.assertTiesOut()
            payment.action_cancel()
            self.assertTiesOut()
            invoice.button_draft()
            invoice.button_cancel()
            self.assertTiesOut()

    def test_ordinary_business_beside_it(self):
        invoice = self._create_posted("out_invoice", 100.0)
        self.assertTiesOut()
        self._create_posted("out_refund", 40.0)
        invoice.button_draft()
        self.assertTiesOut()
        order = self._order()
        order.action_confirm()
        order.sudo()._create_invoices().action_post()
        self.assertTiesOut()
        order.sudo().invoice_ids.button_draft()
        self.assertTiesOut()

    def test_an_invoice_cancelled_before_the_closing(self):
        order = self._order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        invoice.button_draft()
        invoice.button_cancel()
        self._close(order, 30.0, use_balance=True)
        self.assertTiesOut()

    def test_order_of_zero(self):
        order = self._order()
        order.order_line.price_unit = 0.0
        self._close(order)
        self.assertTiesOut()

    def test_paid_before(self):
        advance = self.env["account.payment"].create(
            {
                "partner_id": self.maria.id,
                "amount": 30.0,
                "payment_type": "inbound",
                "partner_type": "customer",
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
            }
        )
        advance.action_post()
        order = self._order()
        self._close(order, 40.0, use_balance=True, advance_used=30.0)
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertTiesOut()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertTiesOut()

    def test_contact_of_a_firm(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": firm.id})
        order = self._order(partner=contact)
        self._close(order, 10.0, use_balance=True)
        self.assertTiesOut()
        contact.parent_id = False
        self.assertTiesOut()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertTiesOut()
        # And the other way round.
        self._leave_debt(20.0, contact)
        contact.parent_id = firm
        self.assertTiesOut()

    def test_merged_contacts(self):
        self._leave_debt(20.0)
        self._leave_credit(5.0, self.joana)
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((self.maria | self.joana).ids)],
                "dst_partner_id": self.maria.id,
                "state": "selection",
            }
        ).action_merge()
        self.assertTiesOut()

    def test_taxes_that_fall_due_when_paid(self):
        self.company.tax_exigibility = True
        tax = self.env["account.tax"].create(
            {
                "name": "On payment",
                "amount": 10.0,
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": self.company_data[
                    "default_account_tax_sale"
                ]
                .copy({"reconcile": True})
                .id,
                "company_id": self.company.id,
            }
        )
        order = self._order()
        order.order_line.tax_ids = tax
        self._close(order, 30.0, use_balance=True)
        self.assertTrue(order.sudo().invoice_ids.tax_cash_basis_created_move_ids)
        self.assertTiesOut()
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertTiesOut()

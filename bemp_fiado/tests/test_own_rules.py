from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import FiadoCommon


class OwnRulesCommon(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.clerk = new_test_user(
            cls.env,
            login="fiado_clerk",
            groups="base.group_user,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="en_US",
        )
        # As an owner, who may change contacts, too.
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")

    def _as(self, user, record):
        record = record.with_user(user).with_company(self.company)
        return record.with_context(lang="en_US")

    def assertRefused(self, sentence, operation, error=UserError):
        before = self._count()
        with self.assertRaises(error) as refusal, self.cr.savepoint():
            operation()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(sentence, str(refusal.exception))
        self.assertEqual(self._count(), before)


@tagged("post_install", "-at_install")
class TestNoFiado(OwnRulesCommon):
    """Who leaves no debt is said by who manages wallets, on whatever road."""

    SENTENCE = "Only who manages the customers' wallets says who leaves no debt"

    def test_only_managers_change_it(self):
        self._as(self.manager, self.maria).no_fiado = True
        cashier = self._as(self.cashier, self.maria)
        clerk = self._as(self.clerk, self.maria)
        both = self._as(self.clerk, self.joana | self.maria)
        new = {"name": "Ana", "no_fiado": True}
        operations = {
            "a cashier": lambda: cashier.write({"no_fiado": False}),
            "who edits contacts": lambda: clerk.write({"no_fiado": False}),
            "with a name": lambda: clerk.write({"no_fiado": False, "name": "M."}),
            "on the screen": lambda: clerk.web_save({"no_fiado": False}, {}),
            "several": lambda: both.write({"no_fiado": True}),
            "a new one": lambda: clerk.create(new),
        }
        for name, operation in operations.items():
            with self.subTest(operation=name):
                self.assertRefused(self.SENTENCE, operation, AccessError)
        self.assertTrue(self.maria.no_fiado)
        # What changes nothing is no change.
        clerk.write({"no_fiado": True, "name": "Maria S."})
        self._as(self.manager, self.maria).no_fiado = False
        self.assertFalse(self.maria.no_fiado)

    def test_an_import_changes_nothing(self):
        self.maria.sudo().no_fiado = True
        maria = self._as(self.clerk, self.maria)
        external_id = self.maria.sudo().export_data(["id"])["datas"][0][0]
        result = maria.browse().load(["id", "no_fiado"], [[external_id, "False"]])
        self.assertIn(self.SENTENCE, result["messages"][0]["message"])
        self.env.invalidate_all()
        self.assertTrue(self.maria.no_fiado)

    def test_an_import_of_contacts_of_a_marked_firm(self):
        firm = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Firm", "is_company": True, "no_fiado": True})
        )
        # Odoo reads the firm's credit limit for that.
        self.clerk.group_ids += self.env.ref("account.group_account_invoice")
        contacts = self._as(self.clerk, self.env["res.partner"])
        result = contacts.load(["name", "parent_id/.id"], [["Ana", str(firm.id)]])
        self.assertFalse(result["messages"])
        self.assertTrue(contacts.browse(result["ids"]).no_fiado)

    def test_a_contact_that_leaves_its_firm_takes_it_along(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self._as(self.clerk, self.env["res.partner"]).create(
            {"name": "Ana", "parent_id": firm.id}
        )
        self._as(self.manager, firm).no_fiado = True
        self.assertTrue(contact.no_fiado)
        contact.parent_id = False
        self.assertTrue(contact.no_fiado)
        self.assertRefused(
            "Ana leaves no debt: receive the total.",
            lambda: self._close(
                self._order(partner=contact.with_env(self.env)), use_balance=True
            ),
        )

    def test_merged_contacts_keep_it(self):
        double = self.env["res.partner"].create({"name": "Maria S."})
        for source, into in ((self.maria, double), (double, self.joana)):
            source.sudo().no_fiado = True
            wizard = self._as(
                self.clerk, self.env["base.partner.merge.automatic.wizard"]
            ).create({})
            wizard._merge(
                [source.id, into.id], into.with_user(self.clerk), extra_checks=False
            )
            self.env.invalidate_all()
            self.assertTrue(into.no_fiado)

    def test_screen(self):
        maria = self._as(self.clerk, self.maria)
        with Form(maria) as form, self.assertRaises(AssertionError):
            form.no_fiado = True
        with Form(self._as(self.manager, self.maria).sudo(False)) as form:
            self.assertFalse(form.no_fiado)


@tagged("post_install", "-at_install")
class TestOrderType(OwnRulesCommon):
    """An order stays what it was made as."""

    SENTENCE = "was chosen when it was made"

    def test_only_managers_change_it(self):
        for user in (self.helper, self.cashier):
            order = self._order(user=user, order_type="internal")
            for operation in (
                lambda order=order: order.write({"order_type": "service"}),
                lambda order=order: order.web_save({"order_type": "subscription"}, {}),
            ):
                self.assertRefused(self.SENTENCE, operation, AccessError)
            self.assertEqual(order.order_type, "internal")
            order.write({"order_type": "internal", "client_order_ref": "1"})
            self._as(self.manager, order).order_type = "service"
            self.assertEqual(order.order_type, "service")

    def test_an_import_changes_nothing(self):
        order = self._order(order_type="internal")
        external_id = order.sudo().export_data(["id"])["datas"][0][0]
        result = order.browse().load(["id", "order_type"], [[external_id, "service"]])
        self.assertIn(self.SENTENCE, result["messages"][0]["message"])
        self.env.invalidate_all()
        self.assertEqual(order.order_type, "internal")

    def test_the_menu_chooses_it(self):
        orders = self._as(self.cashier, self.env["sale.order"])
        with Form(orders.with_context(default_order_type="internal")) as form:
            form.partner_id = self.maria
            with self.assertRaises(AssertionError):
                form.order_type = "service"
        self.assertEqual(form.record.order_type, "internal")


@tagged("post_install", "-at_install")
class TestWalletOfAnother(OwnRulesCommon):
    """What a customer has left is spent for that customer's orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        left = cls._order(partner=cls.joana)
        left.close_order([cls._pay(95.0)], use_balance=True)

    def test_credit_of_another_needs_trust(self):
        order = self._order(user=self.helper)
        order.partner_invoice_id = self.joana
        self.assertRefused(
            "Joana pays this order and didn't order it",
            lambda: self._close(order, 15.0, credit_used=40.0),
        )
        self.assertEqual(self._wallet(self.joana), (40.0, 0.0, 40.0))
        self._close(order.with_user(self.cashier), 15.0, credit_used=40.0)
        self.assertEqual(self._wallet(self.joana), (0.0, 0.0, 0.0))

    def test_credit_of_the_same_firm(self):
        son = self.env["res.partner"].create(
            {"name": "Son", "parent_id": self.joana.id}
        )
        order = self._order(user=self.helper, partner=son)
        self.assertEqual(order.partner_invoice_id.commercial_partner_id, self.joana)
        self._close(order, 15.0, credit_used=40.0)
        self.assertEqual(self._wallet(self.joana), (0.0, 0.0, 0.0))

    def test_advance_of_another_needs_trust(self):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.joana.id,
                "amount": 55.0,
                "payment_method_line_id": self.cash.id,
                "journal_id": self.cash_journal.id,
            }
        )
        payment.action_post()
        order = self._order(user=self.helper)
        order.partner_invoice_id = self.joana
        self.assertRefused(
            "Joana pays this order and didn't order it",
            lambda: self._close(order, advance_used=55.0),
        )


@tagged("post_install", "-at_install")
class TestTransferRules(OwnRulesCommon):
    """A debt that is transferred is a new one of whom it goes to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        order = cls._order()
        order.close_order([], use_balance=True)

    def _transfer(self, amount, **values):
        maria = self._as(self.manager, self.maria)
        return maria.fiado_transfer(self.joana.id, amount, "why", **values)

    def test_limit(self):
        self.joana.credit_limit = 20.0
        self.assertRefused(
            "Joana has $\xa020.00 free of a limit of $\xa020.00",
            lambda: self._transfer(-25.0),
        )
        self._transfer(-20.0)
        self.assertEqual(self._wallet(self.joana), (-20.0, 20.0, 0.0))

    def test_limit_with_a_reason(self):
        self.joana.credit_limit = 20.0
        sent = {"override_reason": "Her husband's", "reference": "t-1"}
        answer = self._transfer(-25.0, **sent)
        self.assertEqual(self._transfer(-25.0, **sent), answer)
        self.assertEqual(self._wallet(self.joana), (-25.0, 25.0, 0.0))
        self.assertIn("Her husband", self.joana.message_ids[0].body)
        self.assertTiesOut()

    def test_limit_on_the_screen(self):
        self.joana.credit_limit = 20.0
        screens = self._as(self.manager, self.env["fiado.wallet.adjust"])
        screen = screens.create(
            {
                "partner_id": self.maria.id,
                "operation": "transfer",
                "target_id": self.joana.id,
                "amount": 25.0,
                "reason": "why",
            }
        )
        self.assertIn("free of a limit", screen.limit_refusal)
        self.assertRefused("free of a limit", screen.action_apply)
        screen.override_reason = "Her husband's"
        screen.action_apply()
        self.assertEqual(self._wallet(self.joana), (-25.0, 25.0, 0.0))

    def test_overdue(self):
        self.company.fiado_overdue_block_days = 5
        self._leave_debt(10.0, self.joana)
        debt = self._open_items(self.joana)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = '2020-01-01' WHERE id = %s",
            [debt.id],
        )
        self.env.invalidate_all()
        self.assertRefused(
            "no new debt before that is paid", lambda: self._transfer(-5.0)
        )

    def test_no_fiado_holds_for_new_debt_alone(self):
        self._leave_credit(10.0, self.joana)
        self.joana.sudo().no_fiado = True
        self._transfer(-10.0)
        self.assertEqual(self._wallet(self.joana), (0.0, 0.0, 0.0))
        self.assertRefused(
            "Joana leaves no debt: receive the total.", lambda: self._transfer(-5.0)
        )


@tagged("post_install", "-at_install")
class TestWalkIn(OwnRulesCommon):
    """Who stands for all customers that are not known is nobody who has a wallet."""

    def assertInvalid(self, sentence, operation):
        self.assertRefused(sentence, operation, ValidationError)

    def _choose(self, partner):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create({"fiado_walk_in_partner_id": partner.id}).execute()

    def test_who_has_a_wallet_is_not_chosen(self):
        self._leave_debt(25.0)
        self.assertInvalid("Maria has wallet entries", lambda: self._choose(self.maria))
        self._as(self.cashier, self.maria).fiado_receive(25.0, self.cash.id)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertInvalid(
            "Maria has wallet entries",
            lambda: self.company.write({"fiado_walk_in_partner_id": self.maria.id}),
        )
        self.company.fiado_walk_in_partner_id = self.joana

    def test_whose_contacts_have_a_wallet_is_not_chosen(self):
        branch = self.env["res.partner"].create(
            {"name": "North", "is_company": True, "parent_id": self.joana.id}
        )
        self._leave_debt(25.0, branch)
        self.assertInvalid(
            "Joana has wallet entries",
            lambda: self.company.write({"fiado_walk_in_partner_id": self.joana.id}),
        )

    def test_a_contact_of_a_firm_is_not_chosen(self):
        self.joana.parent_id = self.maria
        self.assertInvalid(
            "Joana is a contact of Maria",
            lambda: self.company.write({"fiado_walk_in_partner_id": self.joana.id}),
        )

    def test_it_gets_no_parent(self):
        walk_in = self._as(self.clerk, self.walk_in)
        self.assertInvalid(
            "can't be a contact of another",
            lambda: walk_in.write({"parent_id": self.maria.id}),
        )
        self.assertInvalid(
            "can't be a contact of another",
            lambda: self._as(self.clerk, self.maria).write(
                {"child_ids": [Command.link(self.walk_in.id)]}
            ),
        )

    def test_who_has_a_wallet_does_not_get_it_as_parent(self):
        self._leave_debt(25.0)
        self.assertInvalid(
            "Maria has wallet entries",
            lambda: self._as(self.clerk, self.maria).write(
                {"parent_id": self.walk_in.id}
            ),
        )
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        # Without one, it is just another address.
        self._as(self.clerk, self.joana).parent_id = self.walk_in
        self.assertRefused(
            "Unidentified customer: receive exactly the total.",
            lambda: self._close(self._order(partner=self.joana), use_balance=True),
        )

    def test_a_firm_below_it_stays_one(self):
        firm = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "parent_id": self.walk_in.id}
        )
        self._leave_debt(25.0, firm)
        self.assertInvalid(
            "Firm has wallet entries",
            lambda: self._as(self.clerk, firm).write({"is_company": False}),
        )
        self.assertEqual(self._wallet(firm), (-25.0, 25.0, 0.0))


@tagged("post_install", "-at_install")
class TestBranchTills(OwnRulesCommon):
    """Branches and their root serve each other's customers: the wallets are the
    root's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.child_ids = [
            Command.create({"name": name, "currency_id": cls.company.currency_id.id})
            for name in ("North", "South")
        ]
        cls.env.cr.precommit.run()  # Odoo loads the branches' charts there
        cls.haircut.taxes_id = False  # it gives the products its taxes, too
        cls.north, cls.south = cls.company.child_ids
        cls.maria.company_id = cls.company
        cls.norma, cls.sonia = cls.env["res.partner"].create(
            [
                {"name": "Norma", "company_id": cls.north.id},
                {"name": "Sonia", "company_id": cls.south.id},
            ]
        )
        cls.branch_user = cls._new_user("north", "bemp_fiado.group_fiado_user")
        cls.branch_user.write(
            {"company_ids": [Command.set(cls.north.ids)], "company_id": cls.north.id}
        )
        for user in (cls.cashier, cls.manager):
            user.company_ids += cls.north + cls.south

    def _at(self, company, record, user=None, active=None):
        record = record.with_user(user or self.cashier)
        return record.with_context(
            lang="en_US", allowed_company_ids=[company.id, *(active or [])]
        )

    def test_a_branch_serves_the_customers_of_the_root(self):
        orders = self._at(self.north, self.env["sale.order"], self.branch_user)
        order = orders.create(
            {
                "partner_id": self.maria.id,
                "order_line": [Command.create({"product_id": self.haircut.id})],
            }
        )
        answer = order.close_order([self._pay(30.0)], use_balance=True)
        self.assertEqual(answer["balance"], -25.0)
        screens = self._at(
            self.north, self.env["fiado.wallet.receive"], self.branch_user
        )
        screen = screens.create({"partner_id": self.maria.id})
        self.assertEqual(screen.wallet_debt, 25.0)
        screen.payment_ids = [Command.create(self._pay(25.0))]
        screen.action_receive_without_receipt()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_the_root_serves_the_customers_of_a_branch(self):
        orders = self._at(self.north, self.env["sale.order"], self.branch_user)
        order = orders.create(
            {
                "partner_id": self.norma.id,
                "order_line": [Command.create({"product_id": self.haircut.id})],
            }
        )
        order.close_order([self._pay(30.0)], use_balance=True)
        norma = self._at(self.company, self.norma, active=self.north.ids)
        self.assertEqual(norma.fiado_statement()["closing_balance"], -25.0)
        answer = norma.fiado_receive(25.0, self.cash.id)
        self.assertEqual(answer["balance"], 0.0)
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        move = self.env["account.move"].browse(answer["move_ids"])
        self.assertRecordValues(
            payment, [{"company_id": self.north.id, "journal_id": self.cash_journal.id}]
        )
        self.assertEqual(move.company_id, self.north)
        self.assertTiesOut()

    def test_a_transfer_between_root_and_branch(self):
        self._leave_debt(25.0)
        maria = self._at(self.company, self.maria, self.manager, self.north.ids)
        maria.fiado_transfer(self.norma.id, -25.0, "why")
        self.assertEqual(self._wallet(self.norma.sudo()), (-25.0, 25.0, 0.0))
        norma = self._at(self.company, self.norma, self.manager, self.north.ids)
        norma.fiado_transfer(self.maria.id, -25.0, "why")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def _order_of_norma(self):
        orders = self._at(self.company, self.env["sale.order"], active=self.north.ids)
        return orders.create(
            {
                "partner_id": self.norma.id,
                "company_id": self.north.id,
                "order_line": [
                    Command.create({"product_id": self.haircut.id, "tax_ids": False})
                ],
            }
        )

    def _tidied(self):
        """What was posted to put wallets in order."""
        return self.env["account.move"].search(
            [
                ("journal_id", "=", self.company.fiado_journal_id.id),
                ("fiado_origin", "=", "accounting"),
            ]
        )

    def test_what_others_left_of_a_branchs_customer(self):
        """It is put in order in the branch, and nobody else's wallet waits for that."""
        self._order_of_norma().close_order([], use_balance=True)
        self._leave_debt(55.0)
        for partner, company in ((self.norma, self.north), (self.maria, self.company)):
            journal = self.env["account.journal"].create(
                {
                    "name": "Entries",
                    "code": f"E{company.id}",
                    "type": "general",
                    "company_id": company.id,
                }
            )
            entry = {"journal_id": journal.id, "company_id": company.id}
            entry["line_ids"] = [
                Command.create({"account_id": account.id, "balance": balance, **vals})
                for account, balance, vals in (
                    (self.debt_account, -80.0, {"partner_id": partner.id}),
                    (self.income, 80.0, {}),
                )
            ]
            self.env["account.move"].create(entry).action_post()
        self.env["fiado.ledger"]._tidy()
        for partner in (self.norma, self.maria):
            self.assertEqual(self._wallet(partner.sudo()), (25.0, 0.0, 25.0))
        self.assertEqual(self._tidied().company_id, self.north | self.company)
        self.assertTiesOut()

    def test_a_branchs_customer_s_order_reopened_after_the_debt_was_paid(self):
        order = self._order_of_norma()
        order.close_order([], use_balance=True)
        norma = self._at(self.company, self.norma, active=self.north.ids)
        norma.fiado_receive(80.0, self.cash.id)
        order.with_user(self.manager).reopen_order("why")
        self.assertEqual(self._wallet(self.norma.sudo()), (80.0, 0.0, 80.0))
        self.assertEqual(self._tidied().company_id, self.north)
        self.assertTiesOut()

    def test_a_branchs_customer_merged(self):
        self._order_of_norma().close_order([], use_balance=True)
        double = self.env["res.partner"].create(
            {"name": "Norma S.", "company_id": self.north.id}
        )
        norma = self._at(self.company, self.norma, active=self.north.ids)
        norma.fiado_receive(55.0, self.cash.id)
        norma.fiado_receive(5.0, self.cash.id)
        holder = self._at(self.company, double, self.manager, self.north.ids)
        norma = self._at(self.company, self.norma, self.manager, self.north.ids)
        norma.fiado_transfer(holder.id, 5.0, "why")
        self._order_of_norma().close_order([], use_balance=True)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.norma | double).ids, double
        )
        self.env.invalidate_all()
        self.assertEqual(self._wallet(double.sudo()), (-50.0, 50.0, 0.0))
        self.assertEqual(self._tidied().company_id, self.north)
        self.assertTiesOut()

    def test_balances_of_a_branch_brought_over_at_the_root(self):
        expense = self.company_data["default_account_expense"]
        openings = self._at(
            self.company,
            self.env["fiado.wallet.opening"],
            self.manager,
            self.north.ids,
        )
        openings.create(
            [
                {
                    "partner_id": partner.id,
                    "amount": -5.0,
                    "date": "2026-01-05",
                    "account_id": expense.id,
                    "reference": partner.name,
                }
                for partner in (self.maria, self.norma)
            ]
        )
        for partner in (self.maria, self.norma):
            self.assertEqual(self._wallet(partner.sudo()), (-5.0, 5.0, 0.0))
        self.assertTiesOut()

    def test_who_works_in_the_branch_alone_sees_no_other_branch(self):
        sonia = self._at(self.north, self.sonia, self.branch_user)
        with self.assertRaises(AccessError):
            sonia.fiado_statement()
        sonia = self._at(self.north, self.sonia, active=self.south.ids)
        with self.assertRaises(AccessError):
            sonia.fiado_receive(5.0, self.cash.id)

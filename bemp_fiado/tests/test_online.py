from unittest.mock import patch

from lxml import html

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import hash_sign, mute_logger

from ..models.res_partner_pay_link import PAY_SCOPE
from .test_portal import PortalCommon


class OnlineCommon(PortalCommon):
    """A shop with a provider, as Odoo's own tests have one: it answers what it is
    told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["payment.provider"].search([]).write({"is_published": False})
        cls.way = cls.env.ref("payment.payment_method_unknown")
        form = cls.env["ir.ui.view"].create(
            {
                "name": "Form of the Provider",
                "type": "qweb",
                "arch": '<form action="dummy" method="post"/>',
            }
        )
        cls.provider = cls._new_provider(cls.company, form)
        cls.way.active = True
        cls._create_dummy_payment_method_for_provider(cls.provider, cls.bank_journal)
        line = cls.bank_journal.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == cls.provider
        )
        line.payment_account_id = cls.bank_journal.default_account_id

    @classmethod
    def _new_provider(cls, company, form):
        return cls.env["payment.provider"].create(
            {
                "name": "Dummy Provider",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": company.id,
                "payment_method_ids": [Command.set(cls.way.ids)],
                "allow_tokenization": True,
                "redirect_form_view_id": form.id,
            }
        )

    def _new_transaction(self, amount, state="draft", partner=None, **values):
        transactions = self.env["payment.transaction"].with_company(self.company)
        # It can hold money, and capture a part of it.
        self.provider.support_manual_capture = "partial"
        holder = partner or self.maria
        number = transactions.search_count([])
        return transactions.create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.way.id,
                "reference": f"FIADO-TEST-{number}",
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                "partner_id": holder.id,
                "operation": "online_redirect",
                "state": state,
                "fiado_partner_id": holder.id,
                **values,
            }
        )

    def _pay_online(self, amount, **values):
        transaction = self._new_transaction(amount, **values)
        transaction._set_done()
        transaction._post_process()
        return transaction

    def _payable(self, partner=None):
        values = (partner or self.maria)._get_fiado_payable(self.company)
        return values["owed"], values["pending"], values["payable"]

    def _get_moved(self):
        return self.env["account.move"].search([("fiado_origin", "=", "online")])

    def _refund(self, transaction, amount):
        refund = transaction._create_child_transaction(amount, is_refund=True)
        self.assertEqual(refund.fiado_partner_id, self.maria)
        refund._set_done()
        refund._post_process()
        return refund


@tagged("post_install", "-at_install")
class TestOnline(OnlineCommon):
    """Debts are paid online, once each, and come back when the money does."""

    # Received -----------------------------------------------------------------

    def test_a_part_of_it(self):
        self._leave_debt_on("2026-03-10", 25.0)
        self._leave_debt_on("2026-04-10", 30.0)
        self._pay_online(40.0)
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        # The oldest first, as at the till.
        self.assertEqual(self._open_items().mapped("amount_residual"), [15.0])
        self.assertTiesOut()

    def test_a_surplus_is_credit(self):
        """The money is there: no rule refuses it, be the shop's wallets switched off or
        the customer archived meanwhile."""
        self._leave_debt(25.0, self.joana)
        transactions = self.env["payment.transaction"].union(
            *(self._new_transaction(25.0, partner=self.joana) for _tab in range(2))
        )
        transactions._set_done()
        self.company.fiado_enabled = False
        self.joana.active = False
        transactions._post_process()
        self.assertEqual(self._wallet(self.joana), (25.0, 0.0, 25.0))
        self.assertTiesOut()

    def test_of_a_contact_and_of_who_was_merged(self):
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": self.maria.id}
        )
        double = self.env["res.partner"].create({"name": "Maria Double"})
        self._leave_debt(60.0)
        self._pay_online(25.0, partner=child)
        self.assertEqual(self._wallet()[1], 35.0)
        transaction = self._new_transaction(10.0, "pending", partner=double)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([double.id, self.maria.id], self.maria)
        self.env.invalidate_all()
        self.assertEqual(self._payable(), (35.0, 10.0, 25.0))
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(self._wallet()[1], 25.0)
        self.assertTiesOut()

    def test_on_the_shops_day(self):
        """Not on that of the server, nor of the browser that asked."""
        self.company.partner_id.tz = "America/Recife"
        self._leave_debt_on("2026-03-10", 25.0)
        with freeze_time("2026-04-02 01:30:00"):
            transaction = self._pay_online(25.0)
        self.assertEqual(str(transaction.payment_id.date), "2026-04-01")
        self.assertEqual(str(transaction.payment_id.fiado_move_id.date), "2026-04-01")

    def test_other_transactions_are_odoos(self):
        transaction = self._pay_online(25.0, fiado_partner_id=False)
        self.assertFalse(transaction.payment_id.fiado_origin)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_two_lines_of_one_provider(self):
        line = self.bank_journal.inbound_payment_method_line_ids.filtered(
            "payment_provider_id"
        )
        line.copy({"payment_provider_id": self.provider.id})
        self._leave_debt(25.0)
        self._pay_online(25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    # Once ---------------------------------------------------------------------

    def test_once_however_often_it_is_asked_for(self):
        self._leave_debt(60.0)
        transaction = self._pay_online(25.0)
        payment = transaction.payment_id
        for _repeat in range(3):
            # Whoever looked before the first one committed finds no payment.
            transaction.write({"payment_id": False, "is_post_processed": False})
            transaction._post_process()
            self.assertEqual(transaction.payment_id, payment)
        transaction.with_user(self.env.ref("base.public_user")).sudo()._post_process()
        transaction.is_post_processed = False
        with patch.object(self.env.cr, "commit"):
            self.env["payment.transaction"]._cron_post_process()
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(len(self._get_moved()), 2)  # the wallet's and the payment's
        self.assertEqual(self._wallet()[1], 35.0)
        self.assertTiesOut()

    # On its way ---------------------------------------------------------------

    def test_what_is_on_its_way_is_not_paid_again(self):
        self._leave_debt(60.0)
        for state, pending in (
            ("draft", 0.0),
            ("pending", 25.0),
            ("authorized", 25.0),
            ("done", 25.0),
            ("cancel", 0.0),
            ("error", 0.0),
        ):
            with self.subTest(state=state):
                transaction = self._new_transaction(25.0, state)
                self.assertEqual(self._payable(), (60.0, pending, 60.0 - pending))
                transaction.unlink()
        self._new_transaction(25.0, "pending", partner=self.joana)
        self.assertEqual(self._payable()[1], 0.0)

    def test_captured_in_parts(self):
        self._leave_debt(60.0)
        whole = self._new_transaction(50.0, "authorized")
        part = whole._create_child_transaction(20.0)
        self.assertEqual(part.fiado_partner_id, self.maria)
        part._set_done()
        self.assertEqual(self._payable(), (60.0, 50.0, 10.0))
        part._post_process()
        self.assertEqual(self._payable(), (40.0, 30.0, 10.0))
        rest = whole._create_child_transaction(30.0)
        rest._set_canceled()
        rest._post_process()
        whole._post_process()
        self.assertEqual(self._payable(), (40.0, 0.0, 40.0))
        self.assertFalse(whole.payment_id)
        self.assertTiesOut()

    def test_more_than_may_be_paid(self):
        self._leave_debt(60.0)
        self._new_transaction(25.0, "pending")
        for amount in (35.01, 60.0, 0.0, -1.0, 0.001, None, "35", True, float("nan")):
            with self.subTest(amount=amount), self.assertRaises(ValidationError):
                self.maria._clean_fiado_payable(self.company, amount, 35.0)
        self.assertEqual(self.maria._clean_fiado_payable(self.company, 35, 35.0), 35.0)

    # Given back ---------------------------------------------------------------

    def test_refunded(self):
        """The debt is back as it was, by an opposite of today."""
        self._leave_debt_on("2026-03-10", 25.0)
        transaction = self._pay_online(25.0)
        refund = self._refund(transaction, 25.0)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        [item] = self._open_items()
        self.assertEqual(str(item.date_maturity), "2026-04-09")
        self.assertEqual(transaction.payment_id.state, "canceled")
        self.assertEqual(self._entries()[-1].origin, "reversal")
        self.assertTiesOut()
        count = self._count()
        for _repeat in range(2):
            refund.write({"payment_id": False, "is_post_processed": False})
            refund._post_process()
        self.assertEqual(
            (self._count()["account.move"], self._wallet()[1]),
            (count["account.move"], 25.0),
        )

    def test_refunded_in_parts(self):
        self._leave_debt_on("2026-03-10", 60.0)
        transaction = self._pay_online(50.0)
        self._refund(transaction, 20.0)
        self.assertEqual(self._wallet(), (-30.0, 30.0, 0.0))
        self.assertEqual(transaction.payment_id.amount, 30.0)
        self.assertTiesOut()
        self._refund(transaction, 30.0)
        self.assertEqual(self._wallet(), (-60.0, 60.0, 0.0))
        [item] = self._open_items()
        self.assertEqual(str(item.date_maturity), "2026-04-09")
        standing = transaction.search([("id", "=", transaction.id)]).payment_id
        self.assertEqual(standing.state, "canceled")
        self.assertTiesOut()


@tagged("post_install", "-at_install")
class TestOnlineDebt(OnlineCommon):
    """A debt of 25 that is paid online."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    # Received -----------------------------------------------------------------

    def test_all_of_the_debt(self):
        transaction = self._pay_online(25.0)
        self.assertTrue(transaction.is_post_processed)
        payment = transaction.payment_id
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": 25.0,
                    "payment_type": "inbound",
                    "partner_id": self.maria.id,
                    "fiado_origin": "online",
                    "payment_transaction_id": transaction.id,
                    "state": "paid",
                }
            ],
        )
        self.assertRecordValues(
            payment.fiado_move_id.line_ids.sorted("balance"),
            [
                {
                    "account_id": self.debt_account.id,
                    "balance": -25.0,
                    "amount_residual": 0.0,
                    "partner_id": self.maria.id,
                },
                {
                    "account_id": self.receivable.id,
                    "balance": 25.0,
                    "amount_residual": 0.0,
                    "partner_id": self.maria.id,
                },
            ],
        )
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance"),
            [
                {"account_id": self.receivable.id, "balance": -25.0},
                {
                    "account_id": self.bank_journal.default_account_id.id,
                    "balance": 25.0,
                },
            ],
        )
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._receivable_open()[0], 0.0)
        self.assertTiesOut()

    def test_says_that_it_was_online(self):
        transaction = self._pay_online(25.0)
        [_debt, entry] = self._entries()
        self.assertEqual((entry.origin, entry.kind), ("online", "debt_paid"))
        self.assertEqual(entry.reference, transaction.reference)
        _page, text = self._read(self._open("/my/wallet"))
        self.assertIn("Debt paid: Online", text)
        # Nobody of the shop received it.
        self.assertEqual(entry.user_id, self.env.ref("base.user_root"))

    def test_reports_know_it(self):
        """What a surplus left is money credit, and what was given back isn't received;
        the books of the day tie out."""
        self._refund(self._pay_online(40.0), 10.0)
        state = self.env["fiado.credit.state"].search(
            [("partner_id", "=", self.maria.id)]
        )
        self.assertEqual((state.sold_left, state.given_left), (5.0, 0.0))
        billing = self.env["fiado.billing"].with_company(self.company)
        answer = billing.get_figures(self._today(), self._today())
        self.assertEqual(answer["received"], 30.0)
        self.assertEqual(answer["difference"], 0.0)

    # Once ---------------------------------------------------------------------

    def test_no_turn_is_taken(self):
        """Where Odoo polls, it would make an error of it, and not run it again."""
        ledger = self.env.registry["fiado.ledger"]
        with patch.object(ledger, "_take_turn", side_effect=AssertionError):
            self._pay_online(25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    # Given back ---------------------------------------------------------------

    def test_refunded_before_it_was_received(self):
        transaction = self._new_transaction(25.0)
        transaction._set_done()
        self._refund(transaction, 25.0)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        transaction._post_process()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_refunded_after_the_shop_cancelled_it(self):
        transaction = self._pay_online(25.0)
        transaction.payment_id.with_user(self.manager).sudo().action_cancel()
        self._refund(transaction, 10.0)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_cancelled_at_the_provider(self):
        transaction = self._pay_online(25.0)
        transaction._set_canceled(extra_allowed_states=("done",))
        transaction._post_process()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        transaction._post_process()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self._payable(), (25.0, 0.0, 25.0))
        self.assertTiesOut()

    def test_a_refunded_surplus(self):
        self._pay_online(25.0)
        transaction = self._pay_online(25.0)
        self._refund(transaction, 25.0)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()


class OnlinePagesCommon(OnlineCommon):
    """The pages that customers pay on."""

    def _sent(self, amount, **values):
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.way.id,
            "token_id": None,
            "amount": amount,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "https://elsewhere.example",
            "is_validation": False,
            "access_token": None,
            **values,
        }

    def _token(self, partner=None, company=None):
        values = [(partner or self.maria).id, (company or self.company).id]
        return hash_sign(self.env(su=True), PAY_SCOPE, values, expiration_hours=1)

    def _roads(self):
        """The pages of the portal and of the link, each with who opens them."""
        wallet, link = f"/my/wallet/{self.company.id}", f"/fiado/pay/{self._token()}"
        return (
            ("portal_maria", wallet, f"{wallet}/pay", f"{wallet}/transaction"),
            (None, link, f"{link}/online", f"{link}/transaction"),
        )

    def _start(self, route, login, *args, **values):
        self.authenticate(login, login)
        found = self.make_jsonrpc_request(route, self._sent(*args, **values))
        self.env.invalidate_all()
        return self.env["payment.transaction"].search(
            [("reference", "=", found["reference"])]
        )

    def assertRefused(self, route, login, *args, **values):
        count = self.env["payment.transaction"].search_count([])
        self.authenticate(login, login)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(route, self._sent(*args, **values))
        self.assertEqual(self.env["payment.transaction"].search_count([]), count)


@tagged("post_install", "-at_install")
class TestOnlinePages(OnlinePagesCommon):
    """From the page to the payment: in the portal, and by a signed link."""

    def test_from_the_page_to_the_payment(self):
        for login, page, form, route in self._roads():
            with self.subTest(login=login):
                self._leave_debt(25.0)
                tree, _text = self._read(self._open(page, login))
                [amount] = tree.xpath("//form[@name='pay_amount']//input")
                self.assertEqual(float(amount.get("value")), 25.0)
                tree, text = self._read(self._open(f"{form}?amount=10.5", login))
                self.assertIn("You pay $ 10.50", text)
                [node] = tree.xpath("//form[@id='o_payment_form']")
                self.assertEqual(node.get("data-transaction-route"), route)
                self.assertEqual(float(node.get("data-amount")), 10.5)
                transaction = self._start(route, login, 10.5)
                self.assertRecordValues(
                    transaction,
                    [
                        {
                            "amount": 10.5,
                            "currency_id": self.company.currency_id.id,
                            "fiado_partner_id": self.maria.id,
                            "landing_route": page,
                            "company_id": self.company.id,
                            "state": "draft",
                        }
                    ],
                )
                # The provider's word, and the browser that polls.
                transaction._set_done()
                self.env.flush_all()
                for _repeat in range(2):
                    answer = self.make_jsonrpc_request("/payment/status/poll", {})
                    self.assertEqual(answer["state"], "done")
                    self.assertEqual(answer["landing_route"], page)
                self.env.invalidate_all()
                self.assertEqual(self._wallet()[1], 14.5)
                self._start(route, login, 14.5)._set_done()
                self.env.flush_all()
                self.make_jsonrpc_request("/payment/status/poll", {})
                self.env.invalidate_all()
                self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
                _page, text = self._read(self._open(page, login))
                self.assertIn("you owe nothing", text)
        self.assertTiesOut()

    def test_what_may_be_paid_is_read_once(self):
        self._leave_debt(25.0)
        partners = self.env.registry["res.partner"]
        read = partners._get_fiado_payable
        for login, _page, _form, route in self._roads():
            with (
                self.subTest(login=login),
                patch.object(
                    partners, "_get_fiado_payable", autospec=True, side_effect=read
                ) as reading,
            ):
                self._start(route, login, 10.5)
                self.assertEqual(reading.call_count, 1)

    def test_nobody_elses(self):
        self._leave_debt(25.0, self.joana)
        self._leave_debt(7.0)
        other = self.setup_other_company()["company"]
        wallet = f"/my/wallet/{other.id}"
        self._open(f"{wallet}/pay", status=404)
        self.assertRefused(f"{wallet}/transaction", "portal_maria", 7.0)
        dead = f"/fiado/pay/{self._token()[:-3]}AAA"
        self._open(f"{dead}/online", None, 404)
        self.assertRefused(f"{dead}/transaction", None, 7.0)
        # Nothing is owed in the other company.
        link = f"/fiado/pay/{self._token(company=other)}"
        self.assertRefused(f"{link}/transaction", None, 7.0)

    def test_a_branchs_own_customer_pays_to_the_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        own = self.env["res.partner"].create({"name": "Bia", "company_id": branch.id})

        def get_providers(partner):
            return partner._get_fiado_providers(self.company, 10.0)

        self.assertEqual(get_providers(self.maria), self.provider)
        self.assertFalse(get_providers(own))
        of_branch = self.provider.sudo().copy(
            {"company_id": branch.id, "state": "test", "is_published": True}
        )
        of_branch.journal_id = self.bank_journal.copy({"company_id": branch.id})
        self.assertEqual(get_providers(own), of_branch)
        self.assertEqual(get_providers(self.maria), self.provider)


@tagged("post_install", "-at_install")
class TestOnlinePagesOfADebt(OnlinePagesCommon):
    """The pages of a customer who owes 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt(25.0)

    def test_what_is_typed(self):
        for login, _page, form, _route in self._roads():
            for typed in ("", "0", "-5", "25.01", "1e9", "nan", "inf", "hello"):
                with self.subTest(login=login, typed=typed):
                    _tree, text = self._read(
                        self._open(f"{form}?amount={typed}", login)
                    )
                    self.assertIn("You pay $ 25.00", text)

    def test_what_is_sent(self):
        for login, _page, _form, route in self._roads():
            for amount in (25.01, 0, -5, None, "25", True):
                with self.subTest(login=login, amount=amount):
                    self.assertRefused(route, login, amount)
            for values in (
                {"provider_id": 0},
                {"provider_id": None},
                {"provider_id": "1"},
                {"flow": "offline"},
                {"flow": None},
                {"partner_id": self.joana.id},
                {"fiado_partner_id": self.joana.id},
                {"currency_id": 1},
                {"custom_create_values": {"state": "done"}},
            ):
                with self.subTest(login=login, values=values):
                    self.assertRefused(route, login, 25.0, **values)
            self.provider.state = "disabled"
            self.assertRefused(route, login, 25.0)
            self.provider.state = "test"

    def test_on_its_way(self):
        self._new_transaction(20.0, "pending")
        for login, page, form, route in self._roads():
            with self.subTest(login=login):
                _tree, text = self._read(self._open(page, login))
                self.assertIn("$ 20.00 are on their way", text)
                self.assertRefused(route, login, 25.0)
                _tree, text = self._read(self._open(form, login))
                self.assertIn("You pay $ 5.00", text)
        self._new_transaction(5.0, "authorized")
        for login, page, form, route in self._roads():
            tree, text = self._read(self._open(page, login))
            self.assertFalse(tree.xpath("//form[@name='pay_amount']"))
            self.assertRefused(route, login, 5.0)
            tree, _text = self._read(self._open(form, login))
            self.assertFalse(tree.xpath("//form[@id='o_payment_form']"))

    def test_saved_cards_are_for_who_is_logged_in(self):
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.way.id,
                "payment_details": "4242",
                "partner_id": self.maria.id,
                "provider_ref": "x",
            }
        )
        self.way.support_tokenization = True
        (login, _page, form, _route), (_nobody, _link, link_form, link_route) = (
            self._roads()
        )
        self.assertIn("4242", self._open(form, login).text)
        response = self._open(link_form, None)
        self.assertNotIn("4242", response.text)
        node = html.fromstring(response.text).xpath("//form[@id='o_payment_form']")[0]
        self.assertNotEqual(node.get("data-partner-id"), str(self.maria.id))
        self.assertRefused(link_route, None, 5.0, flow="token", token_id=token.id)
        transaction = self._start(link_route, None, 5.0, tokenization_requested=True)
        self.assertFalse(transaction.tokenize)

    def test_a_provider_of_another_company(self):
        data = self.setup_other_company()
        form = self.provider.redirect_form_view_id
        other = self._new_provider(data["company"], form)
        for login, _page, _form, route in self._roads():
            self.assertRefused(route, login, 25.0, provider_id=other.id)

    def test_where_nobody_can_pay_online(self):
        self.provider.is_published = False
        self.company.invalidate_recordset()
        for login, page, form, _route in self._roads():
            tree, _text = self._read(self._open(page, login))
            self.assertFalse(tree.xpath("//form[@name='pay_amount']"))
            tree, _text = self._read(self._open(form, login))
            self.assertFalse(tree.xpath("//form[@id='o_payment_form']"))

    def test_on_a_replica(self):
        for login, page, form, _route in self._roads():
            for path in (page, form):
                self._open(path, login)
                with self.subTest(path=path), self.assertNoLogs("odoo.http", "WARNING"):
                    self._open(path, login)

    def test_the_link_is_said_where_it_can_be_paid(self):
        partner = self.maria.with_user(self.cashier).with_company(self.company)
        self.assertIn("/fiado/pay/", partner._get_fiado_pay_link())
        self.provider.state = "disabled"
        self.company.invalidate_recordset()
        self.assertFalse(partner._get_fiado_pay_link())

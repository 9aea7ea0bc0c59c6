from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from ..models.res_partner_pay_link import PAY_SCOPE
from .charges import TODAY, ChargesCommon
from .test_online import OnlineCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChargeShown(ChargesCommon, OnlineCommon):
    """Customers see what they pay today where they see what they owe, and pay it."""

    def tearDown(self):
        self.assertTiesOut()
        super().tearDown()

    def _clean(self, text):
        return text.replace("\ufeff", "").replace("\xa0", " ")

    # In the shop -----------------------------------------------------------------

    def test_on_the_customer(self):
        customer = self._customer(self.helper)
        self.assertEqual(
            (customer.fiado_charges, customer.fiado_debt_today), (8.82, 158.82)
        )
        self._receive(158.82, charges=True)
        self.assertEqual(customer.fiado_charges, 0.0)

    def test_in_the_list_of_debtors_at_once(self):
        wallets = self.env["fiado.wallet"].with_user(self.cashier)
        wallets = wallets.with_company(self.company)
        self._leave_debt(10.0, self.joana)
        rows = wallets.search([("company_id", "=", self.company.id)])
        self.assertEqual(
            {row.partner_id: row.charges for row in rows},
            {self.maria: 8.82, self.joana: 0.0},
        )

    def test_on_the_statement(self):
        report = self.env["report.bemp_fiado.fiado_statement"].with_user(self.cashier)
        report = report.with_company(self.company)
        [statement] = report._get_report_values(self.maria.ids)["statements"]
        self.assertEqual(
            (statement["charges"], statement["paid_today"]), (8.82, 158.82)
        )
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.cashier)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_qweb_html("bemp_fiado.fiado_statement", self.maria.ids)
        )
        text = " ".join(self._clean(html2plaintext(html.decode())).split())
        self.assertRegex(text, "If paid today: .*158.82")
        past = {"date_from": "2026-06-01", "date_to": "2026-07-31"}
        [statement] = report._get_report_values(self.maria.ids, past)["statements"]
        self.assertEqual(statement["charges"], 0.0)

    def test_in_reminders(self):
        reminder = self._customer()._get_fiado_reminder()
        self.assertEqual(
            self._clean(reminder["amount"]),
            "$ 150.00 (if paid today: $ 158.82 with late fee and interest)",
        )
        text = self._clean(self._customer()._get_fiado_whatsapp_text())
        self.assertIn("(if paid today: $ 158.82 with late fee and interest)", text)

    def test_where_nothing_is_charged_nothing_shows(self):
        self.company.write({"fiado_late_fee": 0.0, "fiado_interest": 0.0})
        reminder = self._customer()._get_fiado_reminder()
        self.assertEqual(self._clean(reminder["amount"]), "$ 150.00")
        self.assertEqual(self._payable(), (150.0, 0.0, 150.0))
        text = self._read(self._open("/my/wallet"))[1]
        self.assertNotIn("interest", text)

    # Papers -----------------------------------------------------------------------

    def test_one_receipt_for_what_was_received_and_charged(self):
        answer = self._receive(158.82, charges=True)
        entries = self.env["fiado.wallet.entry"].with_user(self.cashier)
        for domain in (
            [("move_id", "in", answer["move_ids"])],
            [("move_id", "=", answer["move_ids"][-1])],
        ):
            [receipt] = entries.search(domain)._get_receipts()
            self.assertEqual(
                receipt["entries"].mapped("origin"), ["interest", "credit_sale"]
            )
            self.assertEqual((receipt["before"], receipt["after"]), (-150.0, 0.0))
            self.assertEqual(receipt["payments"].mapped("amount"), [158.82])
        # From the balance before to the one after, what was charged comes first.
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.cashier)
            .with_context(lang="en_US")
            ._render_qweb_html("bemp_fiado.fiado_receipt_roll", receipt["entries"].ids)
        )
        text = self._clean(html.decode())
        parts = ("Balance before", "Late fee", "Received", "Debt paid", "Balance now")
        places = [text.index(part) for part in parts]
        self.assertEqual(places, sorted(places))

    def test_receipt_of_a_charge_alone(self):
        self._customer(self.manager).fiado_charge()
        [receipt] = self._entries()[-1]._get_receipts()
        self.assertEqual((receipt["before"], receipt["after"]), (-150.0, -158.82))

    def test_one_receipt_by_email(self):
        self.maria.email = "maria@example.com"
        self.company.fiado_receipt_emails = True
        answer = self._receive(158.82, charges=True)
        receipts = (
            self.env["fiado.receipt"]
            .sudo()
            .search([("partner_id", "=", self.maria.id)])
        )
        self.assertEqual(receipts.move_id.ids, answer["move_ids"][-1:])
        lines = receipts.with_context(lang="en_US")._get_receipt()["lines"]
        self.assertEqual(
            [line["what"] for line in lines],
            ["Debt: Late fee and interest", "Debt paid: Money credit"],
        )
        self._leave_debt(10.0)
        with freeze_time("2027-02-01"):
            charge = self._customer(self.manager).fiado_charge()
        self.assertIn(
            charge["move_ids"][0],
            self.env["fiado.receipt"].sudo().search([]).move_id.ids,
        )

    def test_slip(self):
        order = self._order()
        order.close_order([self._pay(213.82)], debt_paid=150.0, charges=True)
        slip = order._get_slip()
        self.assertEqual(
            {
                name: slip[name]
                for name in (
                    *("charged", "debt_paid", "debt_left", "paid_before", "due_date"),
                    *("before", "after"),
                )
            },
            {
                "charged": 8.82,
                "debt_paid": 158.82,
                "debt_left": 0.0,
                "paid_before": 0.0,
                "due_date": False,
                "before": -150.0,
                "after": 0.0,
            },
        )

    # On the customer's pages -------------------------------------------------------

    def test_portal(self):
        page, text = self._read(self._open("/my/wallet"))
        self.assertRegex(text, r"With \$ 8.82 of late fee .*\$ 158.82 today")
        self.assertEqual(page.xpath("//input[@name='amount']/@value"), ["158.82"])

    def test_link(self):
        self.assertEqual(self._payable(), (150.0, 0.0, 158.82))
        token = self.maria.with_company(self.company)._sign_fiado_link(PAY_SCOPE, 24)
        page, text = self._read(self.url_open(f"/fiado/pay/{token}"))
        self.assertRegex(text, r"With \$ 8.82 of late fee .*\$ 158.82 today")
        self.assertEqual(page.xpath("//input[@name='amount']/@value"), ["158.82"])

    # Paid online -------------------------------------------------------------------

    def _start(self, amount):
        holder = self.maria.with_company(self.company)
        payable = holder._get_fiado_payable(self.company)
        amount = holder._clean_fiado_payable(self.company, amount, payable["payable"])
        values = holder._prepare_fiado_transaction_vals(payable)
        return self._new_transaction(amount, **values)

    def _confirm(self, transaction):
        transaction._set_done()
        transaction._post_process()
        return transaction.payment_id

    def test_paid_online(self):
        payment = self._confirm(self._start(158.82))
        self.assertEqual(payment.amount, 158.82)
        self.assertOpen()
        self.assertEqual(
            self._entries().mapped("origin"), ["order", "order", "interest", "online"]
        )

    def test_more_than_today_is_not_taken(self):
        with self.assertRaises(ValidationError):
            self._start(158.83)

    def test_confirmed_days_later(self):
        """The customer paid what was asked: nothing is left."""
        transaction = self._start(158.82)
        transaction._set_pending()
        self.assertEqual(self._payable(), (150.0, 158.82, 0.0))
        with freeze_time("2026-12-05"):
            self.assertEqual(self._payable(), (150.0, 158.82, 0.0))
            self._confirm(transaction)
            self.assertOpen()

    def test_charged_at_the_till_meanwhile(self):
        transaction = self._start(158.82)
        with freeze_time("2026-12-05"):
            self._customer(self.manager).fiado_charge()
            self._confirm(transaction)
            # 100 × 157 days and 50 × 65 days, less what the payment brought
            self.assertOpen(0.49)

    def test_what_was_asked_before_there_were_any_stays(self):
        self.company.write({"fiado_late_fee": 0.0, "fiado_interest": 0.0})
        transaction = self._start(150.0)
        self.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})
        self._confirm(transaction)
        self.assertOpen()

    def test_given_back(self):
        transaction = self._start(158.82)
        payment = self._confirm(transaction)
        payment.with_user(self.manager).sudo().action_cancel()
        self.assertOpen(100.0, 50.0)
        self.assertEqual(self._read_charges()[0], 8.82)

    def test_money_is_received_without_an_account_too(self):
        transaction = self._start(158.82)
        self.company.fiado_interest_account_id = False
        self._confirm(transaction)
        self.assertEqual(self._wallet()[0], 8.82)

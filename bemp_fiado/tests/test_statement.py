from urllib.parse import parse_qs, urlsplit

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import FiadoCommon


class StatementCommon(FiadoCommon):
    """A customer whose statement goes out on paper and by e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria.write(
            {
                "email": "maria@example.com",
                "lang": "en_US",
                "phone": "+55 81 98811-2040",
            }
        )

    @classmethod
    def _as(cls, user, partner=None):
        return (
            (partner or cls.maria)
            .with_user(user)
            .with_company(cls.company)
            .with_context(lang="en_US", allowed_company_ids=cls.company.ids)
        )

    def _report(self, partner, **period):
        values = partner.env["report.bemp_fiado.fiado_statement"]._get_report_values(
            partner.ids, period
        )
        return values["statements"]

    def _render(self, partner, **data):
        html, _type = partner.env["ir.actions.report"]._render_qweb_html(
            "bemp_fiado.fiado_statement", None, {"partner_ids": partner.ids, **data}
        )
        return self._get_text(html)

    def _get_text(self, html):
        # Odoo keeps a minus sign and its number together.
        text = " ".join(etree.HTML(html).itertext())
        return " ".join(text.replace("\xa0", " ").replace("\ufeff", "").split())

    def _wizard(self, user, period="all", **context):
        action = self._as(user).action_fiado_print_statement()
        form = Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"], **context)
        )
        if period:
            form.period = period
        return form

    def _leave_family_debt(self):
        """What Maria's daughter had done, and herself; 30 of it is paid."""
        daughter = self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.maria.id, "type": "contact"}
        )
        order = self._order(self.haircut, self.beard, self.haircut, partner=daughter)
        self._close(order, 100.0, use_balance=True)
        self._close(self._order(), use_balance=True)
        self._as(self.helper).fiado_receive(30.0, self.cash.id)
        return order

    def _days(self, *days):
        return tuple(fields.Date.to_date(f"2026-{day}") for day in days)

    def _letter(self, customer, template="statement", **context):
        """What a call from outside can make of Odoo's composer."""
        return (
            self.env["mail.compose.message"]
            .with_user(self.helper)
            .with_company(self.company)
            .with_context(**context)
            .create(
                {
                    "model": "res.partner",
                    "res_ids": str(customer.ids),
                    "composition_mode": "comment",
                    "template_id": template
                    and self.env.ref(f"bemp_fiado.mail_template_{template}").id,
                    "subject": "Hello",
                    "body": "Hello",
                    "partner_ids": customer.ids,
                    "attachment_ids": [Command.clear()],
                }
            )
        )


@tagged("post_install", "-at_install")
class TestStatement(StatementCommon):
    """The statement on paper and by e-mail, from the till."""

    # Figures -----------------------------------------------------------------

    @freeze_time("2026-03-10 15:00:00")
    def test_what_was_bought_and_by_whom(self):
        """Also to who reads no order of others."""
        order = self._leave_family_debt()
        order.sudo().user_id = self.manager
        readers = [
            new_test_user(
                self.env,
                login=f"fiado_{name}",
                groups=f"base.group_user,{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            for name, group in (
                ("seller", "sales_team.group_sale_salesman"),
                ("auditor", "account.group_account_readonly"),
            )
        ]
        names = ("services", "taken_by", "due_date", "open_amount", "order_id")
        self.assertFalse(order.with_user(readers[0]).has_access("read"))
        for reader in readers:
            with self.subTest(reader=reader.login):
                entries = self._as(reader).fiado_statement()["entries"]
                self.assertEqual(
                    [tuple(entry[name] for name in names) for entry in entries],
                    [
                        (["Haircut", "Beard"], "Ana", "2026-04-09", -20.0, order.id),
                        (["Haircut"], False, "2026-04-09", -55.0, order.id + 1),
                        ([], False, False, 0.0, False),
                    ],
                )
                text = self._render(self._as(reader))
                self.assertIn(
                    f"{order.name} Debt: Haircut, Beard (Ana) 04/09/2026 "
                    "$ -20.00 $ -50.00 $ -50.00",
                    text,
                )
                self.assertIn("Debt: Haircut 04/09/2026 $ -55.00 $ -55.00", text)
                self.assertIn("Debt paid: Money credit $ 30.00 $ -75.00", text)

    @freeze_time("2026-03-10 15:00:00")
    def test_what_an_order_paid_besides(self):
        """An old debt isn't paid for what the order sold, nor is credit left for it; a
        reopened order's entries are reversals."""
        self._leave_debt(25.0)
        order = self._order(self.beard)
        self._close(order, 75.0, use_balance=True, debt_paid=25.0)
        self._close(self._order(), 45.0, credit_used=10.0)
        [statement] = self._report(self._as(self.helper))
        [page] = statement["pages"]
        self.assertEqual(
            [line["what"] for line in page],
            [
                "Debt: Haircut",
                "Debt paid: Order",
                "Credit: Order",
                "Credit used: Haircut",
            ],
        )
        order.with_user(self.manager).reopen_order("Wrong")
        [statement] = self._report(self._as(self.helper))
        # Each says what it takes back, as that was said.
        self.assertCountEqual(
            [
                line["what"]
                for line in statement["pages"][0]
                if line["origin"] == "reversal"
            ],
            ["Reversal: Debt paid", "Reversal: Credit"],
        )

    def test_the_receipt_of_an_undoing(self):
        self._leave_debt(25.0)
        answer = self._as(self.cashier).fiado_receive(40.0, self.cash.id)
        entry = self._entries(user=self.manager).filtered(
            lambda entry: entry.move_id.id in answer["move_ids"]
        )
        entry[0].undo("Typed twice")
        undone = self._entries(user=self.cashier).filtered(
            lambda entry: entry.origin == "reversal"
        )
        reports = self.env["ir.actions.report"].with_user(self.cashier)
        html, _type = reports.with_context(lang="en_US")._render_qweb_html(
            "bemp_fiado.fiado_receipt_roll", undone.ids
        )
        text = self._get_text(html)
        for words in (
            "Balance before has $ 15.00",
            "Reversal: Debt paid $ 25.00",
            "Reversal: Credit $ 15.00",
            "Balance now owes $ 25.00",
        ):
            self.assertIn(words, text)

    def test_as_many_queries_for_any_number_of_lines(self):
        counts = []
        for number in (2, 6):
            for _index in range(number):
                partner = self.env["res.partner"].create(
                    {"name": "Child", "parent_id": self.maria.id}
                )
                product = self.env["product.product"].create(
                    {
                        "name": "Wash",
                        "type": "service",
                        "invoice_policy": "order",
                        "list_price": 10.0,
                        "taxes_id": False,
                        "property_account_income_id": self.income.id,
                    }
                )
                self._close(
                    self._order(product, self.haircut, partner=partner),
                    use_balance=True,
                )
            self.env.flush_all()
            self.env.invalidate_all()
            partner = self._as(self.helper)
            self._report(partner)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            [statement] = self._report(partner)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(statement["entries"]), 8)
        self.assertEqual(*counts)

    def test_many_customers_cost_no_more_queries_than_one(self):
        """Whatever they owe and since when, by themselves or for others."""
        self.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "lang": "en_US"} for number in range(10)]
        )
        for number, customer in enumerate(customers):
            with freeze_time(f"2026-0{1 + number % 6}-10 15:00:00"):
                self._leave_debt(50.0 + number, customer)
                self._as(self.helper, customer).fiado_receive(10.0, self.cash.id)
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": customers[0].id}
        )

        def read(partners, **period):
            self.env.flush_all()
            partners = self._as(self.helper, partners)
            self._report(partners, **period)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            statements = self._report(partners, **period)
            return statements, self.env.cr.sql_log_count - before

        with freeze_time("2026-06-20 15:00:00"):
            for period in ({}, {"date_from": "2026-02-01", "date_to": "2026-05-31"}):
                with self.subTest(period=period):
                    together, count = read(customers | child, **period)
                    each, counts = zip(
                        *(read(customer, **period) for customer in customers),
                        strict=True,
                    )
                    self.assertEqual(count, max(counts))
                    alone = [statement for [statement] in each]
                    # The child's is the parent's.
                    self.assertEqual(together, [*alone, alone[0]])

    # Period ------------------------------------------------------------------

    def test_wrong_dates(self):
        for period in (
            {"date_from": "yesterday"},
            {"date_to": {"a": 1}},
            {"date_from": 5},
        ):
            with self.subTest(period=period), self.assertRaises(UserError):
                self._report(self._as(self.helper), **period)

    # Print and send ----------------------------------------------------------

    @freeze_time("2026-05-15")
    def test_periods_to_choose(self):
        form = self._wizard(self.helper, None)
        self.assertEqual(form.period, "recent")
        self.assertEqual((form.date_from, form.date_to), (*self._days("02-14"), False))
        self.assertEqual(
            form.save().action_print()["data"], {"partner_ids": self.maria.ids}
        )
        form.period = "this_month"
        self.assertEqual((form.date_from, form.date_to), self._days("05-01", "05-31"))
        form.period = "last_month"
        self.assertEqual((form.date_from, form.date_to), self._days("04-01", "04-30"))
        form.period = "all"
        self.assertFalse(form.date_from or form.date_to)
        form.period = "dates"
        form.date_from, form.date_to = self._days("03-01", "04-10")
        wizard = form.save()
        action = wizard.action_print()
        self.assertEqual(action["report_name"], "bemp_fiado.fiado_statement")
        self.assertEqual(
            action["data"],
            {
                "partner_ids": self.maria.ids,
                "date_from": "2026-03-01",
                "date_to": "2026-04-10",
            },
        )

    def test_no_statement_of_nothing(self):
        wizard = self._wizard(self.helper, "this_month").save()
        with self.assertRaises(UserError) as refusal:
            wizard.action_send()
        self.assertIn("Nothing has moved", str(refusal.exception))

    # Reminders ---------------------------------------------------------------

    def test_reminder_by_e_mail(self):
        with freeze_time("2026-03-10"):
            self._leave_debt(25.0)
        with freeze_time("2026-04-19"):
            action = self._as(self.helper).action_fiado_remind()
            composer = Form(
                self.env[action["res_model"]]
                .with_user(self.helper)
                .with_context(**action["context"], lang="en_US")
            ).save()
        text = " ".join(composer.body.replace("&nbsp;", " ").split())
        self.assertIn("$ 25.00", text)
        self.assertIn("for 40 days, since 03/10/2026.", text)
        self.assertIn("They were due on 04/09/2026.", text)
        self.assertFalse(composer.attachment_ids)
        composer.action_send_mail()
        self.assertEqual(self.maria.message_ids[0].partner_ids, self.maria)

    def test_reminder_by_whatsapp(self):
        with freeze_time("2026-03-10"):
            self._leave_debt(25.0)
        with freeze_time("2026-03-20"):
            action = self._as(self.helper).action_fiado_remind_whatsapp()
        url = urlsplit(action["url"])
        self.assertEqual(
            (action["type"], action["target"]), ("ir.actions.act_url", "new")
        )
        self.assertEqual(
            (url.scheme, url.netloc, url.path), ("https", "wa.me", "/5581988112040")
        )
        [text] = parse_qs(url.query)["text"]
        self.assertEqual(
            text.replace("\xa0", " "),
            f"Hello Maria, this is {self.company.name}.\n"
            "A reminder: $ 25.00 have been open on your tab since 03/10/2026.\n"
            "The first of it is due on 04/09/2026.\n"
            "When could you settle this? Thank you!",
        )

    def test_numbers_of_the_customers_country(self):
        self._leave_debt(25.0)
        self.maria.write(
            {"phone": "(81) 98811-2040", "country_id": self.env.ref("base.br").id}
        )
        action = self._as(self.helper).action_fiado_remind_whatsapp()
        self.assertTrue(action["url"].startswith("https://wa.me/5581988112040?"))

    def test_no_reminder(self):
        for call in (
            self._as(self.helper).action_fiado_remind,
            self._as(self.helper).action_fiado_remind_whatsapp,
        ):
            with self.assertRaisesRegex(UserError, "owes nothing"):
                call()
        self._leave_debt(25.0)
        for phone in (False, "12", "ask her"):
            self.maria.phone = phone
            with self.assertRaisesRegex(UserError, "no phone number"):
                self._as(self.helper).action_fiado_remind_whatsapp()


@tagged("post_install", "-at_install")
class TestStatementOfMoves(StatementCommon):
    """25 left in March; in April 20 of it paid, then 40 bought and 55 paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-10"):
            cls._leave_debt(25.0)
        with freeze_time("2026-04-02"):
            cls._as(cls.helper).fiado_receive(20.0, cls.cash.id)
        with freeze_time("2026-04-20"):
            cls._close(cls._order(cls.beard), 55.0, use_balance=True)

    # Figures -----------------------------------------------------------------

    def test_period(self):
        for period, opening, amounts, closing in (
            ({"date_from": False}, 0.0, [-25.0, 20.0, 5.0, 10.0], 10.0),
            (
                {"date_from": "2026-03-01", "date_to": "2026-03-31"},
                0.0,
                [-25.0],
                -25.0,
            ),
            (
                {"date_from": "2026-04-01", "date_to": "2026-04-30"},
                -25.0,
                [20.0, 5.0, 10.0],
                10.0,
            ),
            ({"date_from": "2026-05-01"}, 10.0, [], 10.0),
        ):
            with self.subTest(period=period):
                [statement] = self._report(self._as(self.helper), **period)
                self.assertEqual(statement["opening_balance"], opening)
                self.assertEqual(
                    [line["amount"] for line in statement["entries"]], amounts
                )
                self.assertEqual(statement["closing_balance"], closing)

    def test_totals_of_the_period(self):
        [statement] = self._report(self._as(self.helper), date_from="2026-04-01")
        self.assertEqual(statement["totals"], [("Debt paid", 25.0), ("Credit", 10.0)])

    def test_paper(self):
        text = self._render(self._as(self.helper), date_from="2026-04-01")
        for words in (
            "Wallet Statement",
            "Maria",
            self.company.name,
            "since 04/01/2026",
            "Opening balance",
            "-25.00",
            "Debt paid",
            "Money credit",
            "Credit left:",
            "10.00",
        ):
            self.assertIn(words, text)

    def test_paper_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env["ir.module.module"]._load_module_terms(["bemp_fiado"], ["pt_BR"])
        self.maria.lang = "pt_BR"
        text = self._render(self._as(self.helper), date_from="2026-04-01")
        self.assertIn("01/04/2026", text)
        self.assertIn("-25,00", text)

    def test_several_customers_and_a_contact(self):
        joana = self.env["res.partner"].create({"name": "Joana", "lang": "en_US"})
        son = self.env["res.partner"].create(
            {"name": "Son", "parent_id": self.maria.id}
        )
        statements = self._report(self._as(self.helper, joana | son))
        self.assertEqual(
            [(s["partner"], s["closing_balance"]) for s in statements],
            [(joana, 0.0), (self.maria, 10.0)],
        )
        text = self._render(self._as(self.helper, joana))
        self.assertIn("Nothing moved in this period.", text)
        self.assertIn("Nothing is owed.", text)

    def test_names_of_orders_of_others(self):
        """Who sees own orders only still reads the whole statement."""
        seller = new_test_user(
            self.env,
            login="fiado_seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order = self.env["sale.order"].search([("closing_state", "=", "closed")])[-1:]
        order.user_id = self.manager
        self.assertFalse(order.with_user(seller).has_access("read"))
        self.assertIn(order.name, self._render(self._as(seller), date_from=False))

    # Period ------------------------------------------------------------------

    def test_all_that_is_open_and_the_last_90_days(self):
        maria = self._as(self.helper)
        for today, opening, amounts, start in (
            ("2026-04-25", 0.0, [-25.0, 20.0, 5.0, 10.0], "01/25/2026"),
            ("2026-06-15", -25.0, [20.0, 5.0, 10.0], "03/17/2026"),
            # The credit is open since the 20th of April.
            ("2026-12-01", -5.0, [5.0, 10.0], "04/20/2026"),
        ):
            with self.subTest(today=today), freeze_time(today):
                [statement] = self._report(maria)
                self.assertEqual(statement["opening_balance"], opening)
                self.assertEqual(
                    [line["amount"] for line in statement["entries"]], amounts
                )
                self.assertEqual(statement["closing_balance"], 10.0)
                self.assertIn(
                    f"since {start} · everything open and the last 90 days",
                    self._render(maria),
                )
        with freeze_time("2026-12-01"):
            self.assertNotIn("90 days", self._render(maria, date_from="2026-04-20"))
            self.assertIn("All entries", self._render(maria, date_from=False))
            # RPC says all that it isn't told to leave out.
            self.assertEqual(len(maria.fiado_statement()["entries"]), 4)

    def test_open_as_of_today_on_the_statement_of_a_past_period(self):
        maria = self._as(self.helper)
        note = "What is still open is so as of today."
        self.assertIn(note, self._render(maria, date_to="2026-03-31"))
        self.assertNotIn(note, self._render(maria))

    # Rights ------------------------------------------------------------------

    def test_others_get_nothing(self):
        for login, group in (
            ("portal", "base.group_portal"),
            ("public", "base.group_public"),
            ("employee", "base.group_user"),
        ):
            user = new_test_user(self.env, login=f"fiado_{login}", groups=group)
            partner = self.maria.with_user(user)
            for call in (
                partner.fiado_statement,
                partner.action_fiado_remind,
                partner.action_fiado_remind_whatsapp,
                partner._get_fiado_reminder,
            ):
                with (
                    self.subTest(user=login, call=call),
                    self.assertRaises(AccessError),
                ):
                    call()
            with self.subTest(user=login), self.assertRaises(AccessError):
                self._report(partner)

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        partner = self.maria.with_user(stranger).with_company(other)
        [statement] = self._report(partner)
        self.assertEqual(statement["entries"], [])
        self.assertEqual(statement["closing_balance"], 0.0)

    # Print and send ----------------------------------------------------------

    def test_send(self):
        """From the till, without rights on accounting nor on changing contacts."""
        self.assertFalse(self.maria.with_user(self.helper).has_access("write"))
        with freeze_time("2026-04-25"):
            wizard = self._wizard(self.helper, "this_month").save()
            action = wizard.action_send()
            composer = Form(
                self.env[action["res_model"]]
                .with_user(self.helper)
                .with_context(**action["context"])
            ).save()
        self.assertEqual(composer.subject, f"{self.company.name}: your statement")
        # In tests Odoo leaves a report as HTML.
        self.assertEqual(
            composer.attachment_ids.name, "Statement Maria 2026-04-25.html"
        )
        statement = composer.attachment_ids.raw.decode()
        self.assertIn("04/01/2026", statement)
        self.assertIn("04/30/2026", statement)
        self.assertIn("10.00", composer.body)
        composer.action_send_mail()
        message = self.maria.message_ids[0]
        self.assertEqual(message.author_id, self.helper.partner_id)
        self.assertEqual(message.partner_ids, self.maria)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_send_what_is_open_and_of_late(self):
        with freeze_time("2026-06-15"):
            action = self._wizard(self.helper, None).save().action_send()
            composer = Form(
                self.env[action["res_model"]]
                .with_user(self.helper)
                .with_context(**action["context"])
            ).save()
        statement = composer.attachment_ids.raw.decode()
        self.assertIn("03/17/2026", statement)
        self.assertIn("everything open and the last 90 days", statement)

    def test_send_everything(self):
        action = self._wizard(self.helper, "all").save().action_send()
        composer = Form(
            self.env[action["res_model"]]
            .with_user(self.helper)
            .with_context(**action["context"])
        ).save()
        self.assertIn("All entries", composer.attachment_ids.raw.decode())

    def test_from_the_till_only_letters_go_to_customers_with_a_wallet(self):
        employee = new_test_user(
            self.env, login="fiado_employee", groups="base.group_user"
        )
        joana = self.env["res.partner"].create({"name": "Joana", "email": "j@e.com"})
        before = self.maria.message_ids | joana.message_ids
        maria = self.maria.with_user(self.helper)
        for post in (
            lambda: maria.message_post(body="Hello"),
            lambda: maria.with_context(fiado_letter=True).message_post(body="Hello"),
            self._letter(self.maria, None).action_send_mail,
            self._letter(self.maria, None, fiado_letter=True).action_send_mail,
            # In whose wallet nothing ever moved.
            self._letter(joana).action_send_mail,
            lambda: self.maria.with_user(employee).message_post(body="Hello"),
        ):
            with self.assertRaises(AccessError):
                post()
        self.assertEqual(self.maria.message_ids | joana.message_ids, before)
        for template in ("statement", "reminder"):
            self._letter(self.maria, template).action_send_mail()
        self.assertEqual(len((self.maria.message_ids | joana.message_ids) - before), 2)

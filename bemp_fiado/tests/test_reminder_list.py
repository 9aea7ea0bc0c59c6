from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .test_reminders import ReminderCommon

# Maria's debt is due in three days.
TODAY = "2026-04-06 13:00:00"


@tagged("post_install", "-at_install")
class TestReminderList(ReminderCommon):
    """Who is to be reminded today, and what the buttons of the list do."""

    @freeze_time(TODAY)
    def test_whatsapp(self):
        self._leave_debt_on("2026-03-10", 25.0, self.paulo)
        customer = self.paulo.with_user(self.cashier).with_company(self.company)
        text = customer._get_fiado_whatsapp_text()
        action = self._due().with_context(lang="en_US").action_whatsapp()
        self.assertEqual(action["url"], customer._get_fiado_whatsapp_url(text))
        self.assertIn("wa.me/5581988112040?text=Hello%20Paulo", action["url"])
        self.assertFalse(self._due())
        fact = self._facts(self.paulo)
        self.assertEqual((fact.channel, fact.user_id), ("whatsapp", self.cashier))
        self.assertIn("Reminded by WhatsApp", self.paulo.message_ids[0].body)
        self.assertEqual(fact.mail_message_id, self.paulo.message_ids[0])

    # Numbers -----------------------------------------------------------------

    @freeze_time(TODAY)
    def test_the_holders_number(self):
        """Who owes is the mother, not the child who was at the counter."""
        self.maria.phone = "+55 81 98811-2040"
        child = self.env["res.partner"].create(
            {
                "name": "Child",
                "parent_id": self.maria.id,
                "phone": "+55 81 99999-0000",
            }
        )
        self._leave_debt_on("2026-03-10", 25.0, child)
        customer = child.with_user(self.cashier).with_company(self.company)
        url = customer.action_fiado_remind_whatsapp()["url"]
        self.assertTrue(url.startswith("https://wa.me/5581988112040?"))
        self.assertIn("Maria", url)
        self.assertTrue(self._facts(self.maria))
        self.maria.phone = False
        with self.assertRaisesRegex(UserError, "no phone number"):
            customer.action_fiado_remind_whatsapp()

    # Rights ------------------------------------------------------------------

    def test_a_branchs_customers(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.cashier.write(
            {"company_ids": [Command.link(branch.id)], "company_id": branch.id}
        )
        self._leave_debt_on("2026-03-10", 25.0)
        with freeze_time(TODAY):
            rows = self.env["fiado.reminder.due"].with_user(self.cashier)
            row = rows.with_company(branch).search([])
            self.assertEqual(row.company_id, self.company)
            row.action_called()
        self.assertEqual(self._facts().company_id, self.company)

    # Costs -------------------------------------------------------------------

    def test_page_costs_the_same_for_more_customers(self):
        names = [
            "partner_id", "phone", "user_id", "stage_id", "channel", "due_date",
            "days", "last_reminder", "promised_on", "promise_user_id", "currency_id",
            "has_mailbox", "debt", "company_id",
        ]  # fmt: skip
        many2one = {"fields": {"display_name": {}}}
        specification = {
            name: many2one if name.endswith("_id") else {} for name in names
        }

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self.env["fiado.reminder.due"].with_user(self.cashier)
            rows = rows.with_company(self.company)
            start = self.env.cr.sql_log_count
            with freeze_time(TODAY):
                page = rows.web_search_read([], specification, limit=80)
            return page["length"], self.env.cr.sql_log_count - start

        self._add_debtors(10)
        count()  # what a worker reads once
        length, queries = count()
        self.assertEqual(length, 10)
        self._add_debtors(20)
        count()
        self.assertEqual(count(), (30, queries))

    def test_opening_a_row_reads_only(self):
        for model in ("fiado.reminder", "fiado.reminder.due"):
            method = self.env[model].action_open_wallet
            self.assertTrue(getattr(method, "_readonly", False))

    def test_reads_open_items_and_the_last_week_only(self):
        query = self.env["fiado.reminder.due"]._table_query.code
        self.assertIn("reconciled IS NOT TRUE", query)
        self.assertIn("sent_at >", query)


@tagged("post_install", "-at_install")
class TestReminderListOfADebt(ReminderCommon):
    """The row of 25 that were left on 10 March, and its buttons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt_on("2026-03-10", 25.0)

    @freeze_time("2026-04-20 13:00:00")
    def test_one_row_for_each_customer(self):
        """With the strictest stage, of the debt that reached it."""
        self._leave_debt_on("2026-03-21", 30.0)  # due on 20 April
        self._leave_debt_on("2026-03-21", 40.0, self.paulo)
        self._leave_debt_on("2026-04-19", 10.0, self.joana)  # due in a month
        self.assertRecordValues(
            self._due(),
            [
                {
                    "partner_id": self.maria.id,
                    "stage_id": self.stages[2].id,
                    "debt": 55.0,
                    "due_date": fields.Date.to_date("2026-04-09"),
                    "days": 11,
                    "has_mailbox": True,
                    "last_reminder": False,
                    "promised_on": False,
                },
                {
                    "partner_id": self.paulo.id,
                    "stage_id": self.stages[1].id,
                    "debt": 40.0,
                    "due_date": fields.Date.to_date("2026-04-20"),
                    "days": 0,
                    "has_mailbox": False,
                    "last_reminder": False,
                    "promised_on": False,
                },
            ],
        )

    @freeze_time(TODAY)
    def test_email(self):
        before = self._mails()
        row = self._due()
        row.action_email()
        [mail] = self._mails() - before
        self.assertEqual(mail.mail_message_id.author_id, self.cashier.partner_id)
        self.assertRecordValues(
            self._facts(),
            [
                {
                    "channel": "email",
                    "stage_id": self.stages[0].id,
                    "user_id": self.cashier.id,
                    "mail_message_id": mail.mail_message_id.id,
                }
            ],
        )
        self.assertFalse(self._due())
        # Somebody else's click on the same row, and the job.
        with self.assertRaisesRegex(UserError, "gets no e-mail"):
            row.action_email()
        self.assertFalse(self._run_job("2026-04-06 14:00:00"))

    @freeze_time(TODAY)
    def test_called(self):
        self._due().with_context(lang="en_US").action_called()
        self.assertEqual(self._facts().channel, "phone")
        self.assertIn("Reminded by phone", self.maria.message_ids[0].body)
        self.assertFalse(self._due())
        self.assertFalse(self._run_job("2026-04-06 14:00:00"))

    @freeze_time("2026-03-20 13:00:00")
    def test_before_any_stage(self):
        """Whoever reminds by hand is recorded too, as often as it is done."""
        customer = self.maria.with_user(self.cashier).with_company(self.company)
        customer.action_fiado_called()
        customer.action_fiado_called()
        self.assertEqual(self._facts().mapped("channel"), ["phone", "phone"])
        self.assertFalse(self._facts().stage_id)

    def test_last_reminder(self):
        self._run_job_on("2026-04-06")
        with freeze_time("2026-04-09 13:00:00"):
            row = self._due().with_context(lang="en_US", tz="America/Sao_Paulo")
            self.assertEqual(row.last_reminder, "04/06/2026 · E-mail")

    @freeze_time(TODAY)
    def test_written_by_hand(self):
        """A reminder that is sent with Odoo's composer is one as well."""
        action = self.maria.with_user(self.cashier).action_fiado_remind()
        composer = self.env["mail.compose.message"].with_user(self.cashier)
        composer = composer.with_company(self.company)
        composer.with_context(**action["context"]).create({}).action_send_mail()
        self.assertEqual(self._facts().channel, "email")
        self.assertFalse(self._due())

    @freeze_time(TODAY)
    def test_send_all(self):
        self._leave_debt_on("2026-03-10", 30.0, self.joana)
        self._leave_debt_on("2026-03-10", 40.0, self.paulo)
        before = self._mails()
        rows = self.env["fiado.reminder.due"].with_user(self.cashier)
        rows = rows.with_company(self.company)
        action = rows.action_send_all()
        batch = self.env[action["res_model"]].with_user(self.cashier)
        batch = batch.with_company(self.company).browse(action["res_id"])
        self.assertEqual(batch.left_count, 2)
        # One of them pays before the click.
        self.joana.with_user(self.cashier).with_company(self.company).fiado_receive(
            30.0, self.cash.id
        )
        action = batch.action_send()
        self.assertFalse(action["context"]["fiado_go_on"])
        self.assertEqual(
            (batch.left_count, batch.sent_count, batch.skipped_count), (0, 1, 1)
        )
        self.assertEqual((self._mails() - before).mapped("res_id"), self.maria.ids)
        self.assertEqual(self._due().partner_id, self.paulo)
        with self.assertRaisesRegex(UserError, "Nobody here"):
            rows.action_send_all()

    @freeze_time(TODAY)
    def test_send_the_chosen_ones(self):
        self._leave_debt_on("2026-03-10", 30.0, self.joana)
        chosen = self._due().filtered(lambda row: row.partner_id == self.maria)
        action = chosen.with_context(active_ids=chosen.ids).action_send_all()
        batch = self.env[action["res_model"]].sudo().browse(action["res_id"])
        self.assertEqual(batch.left_count, 1)

    # Numbers -----------------------------------------------------------------

    @freeze_time(TODAY)
    def test_numbers_in_any_way_of_writing(self):
        self.maria.country_id = self.env.ref("base.br")
        customer = self.maria.with_user(self.cashier).with_company(self.company)
        for phone in (
            "(81) 98811-2040",
            "81988112040",
            "81 9 8811 2040",
            "081 98811.2040",
            "+55 81 98811-2040",
            "55 (81) 98811-2040",
            "0055 81 98811 2040",
            "+5581988112040",
            "041 81 98811-2040",
            "WhatsApp: (81) 98811-2040",
            "(81) 98811-2040 / (81) 3421-1000",
            "3421 / 81 98811-2040",
        ):
            self.maria.phone = phone
            with self.subTest(phone=phone):
                url = customer.action_fiado_remind_whatsapp()["url"]
                self.assertTrue(url.startswith("https://wa.me/5581988112040?"), url)

    # Rights ------------------------------------------------------------------

    @freeze_time(TODAY)
    def test_rights(self):
        row_id = self._due().id
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(
                self.env,
                login=f"list_{groups}",
                groups=groups,
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            row = self.env["fiado.reminder.due"].with_user(user).browse(row_id)
            for call in (
                lambda row=row: row.search([]),
                row.action_email,
                row.action_whatsapp,
                row.action_called,
                row.action_promise_friday,
                row.action_send_all,
            ):
                with self.subTest(groups=groups), self.assertRaises(AccessError):
                    call()
        # Cashiers work the list, and leave the stages and the past as they are.
        stages = self.stages.with_user(self.cashier)
        with self.assertRaises(AccessError):
            stages[0].days = 5
        with self.assertRaises(AccessError):
            self.env["fiado.reminder"].with_user(self.cashier).create({})
        self.stages.with_user(self.manager)[0].days = -5
        self.assertFalse(self._facts())

    @freeze_time(TODAY)
    def test_other_company(self):
        row_id = self._due().id
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        stranger = self._new_user("stranger", "bemp_fiado.group_fiado_user")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        rows = self.env["fiado.reminder.due"].with_user(stranger).with_company(other)
        self.assertFalse(rows.search([]))
        for name in ("action_email", "action_whatsapp", "action_called"):
            with self.assertRaises(AccessError):
                getattr(rows.browse(row_id), name)()
        stages = self.env["fiado.reminder.stage"].with_user(stranger).search([])
        self.assertEqual(stages.company_id, other)
        self.assertFalse(self._facts())

from collections import Counter
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..models import fiado_reminder_job
from .common import FiadoCommon


class ReminderCommon(FiadoCommon):
    """A shop in São Paulo that reminds since 1 March; debts are due after 30 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/Sao_Paulo"
        with freeze_time("2026-03-01 15:00:00"):
            cls.company.fiado_reminders = True
        cls.stages = cls.company.sudo().fiado_reminder_stage_ids.sorted("days")
        cls.maria.write({"email": "maria@example.com", "lang": "en_US"})
        cls.joana, cls.paulo = cls.env["res.partner"].create(
            [
                {"name": "Joana", "email": "joana@example.com", "lang": "en_US"},
                {"name": "Paulo", "phone": "+55 81 98811-2040", "lang": "en_US"},
            ]
        )

    @classmethod
    def _leave_debt_on(cls, day, amount, partner=None):
        with freeze_time(f"{day} 15:00:00"):
            cls._leave_debt(amount, partner)
        cls.env.flush_all()

    def _add_debtors(self, count):
        """Customers with a debt and an e-mail address."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"Debtor {number}", "email": f"d{number}@example.com"}
                for number in range(count)
            ]
        )
        ledger = self.env["fiado.ledger"].with_company(self.company)
        loss = self.company.fiado_loss_account_id
        with freeze_time("2026-03-10 15:00:00"):
            ledger._operate_each(
                self.company,
                [(partner, -25.0, loss, {}) for partner in partners],
                "adjustment",
            )
        return partners

    def _run_job(self, moment):
        """Run the job at a time in UTC; returns the e-mails that it made."""
        before = self._mails()
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("bemp_fiado.ir_cron_send_reminders").method_direct_trigger()
        self.env.invalidate_all()
        return self._mails() - before

    def _run_job_on(self, day):
        """Run it at ten in the morning in the shop."""
        return self._run_job(f"{day} 13:00:00")

    def _mails(self):
        partners = self.env["res.partner"].search([]).ids
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("model", "=", "res.partner"), ("res_id", "in", partners)], order="id"
            )
        )

    def _facts(self, partner=None):
        return (
            self.env["fiado.reminder"]
            .sudo()
            .search([("partner_id", "=", (partner or self.maria).id)], order="id")
        )

    def _due(self, user=None):
        self.env.invalidate_all()
        return (
            self.env["fiado.reminder.due"]
            .with_user(user or self.cashier)
            .with_company(self.company)
            .search([])
        )


@tagged("post_install", "-at_install")
class TestReminders(ReminderCommon):
    """The job that reminds customers, from three days before a debt is due on."""

    def test_a_day_is_the_shops_day(self):
        """In Auckland the morning of the 6th is the evening of the 5th elsewhere."""
        self.company.partner_id.tz = "Pacific/Auckland"
        self._leave_debt_on("2026-03-10", 25.0)
        self.assertFalse(self._run_job("2026-04-05 20:00:00"))
        self.assertEqual(len(self._run_job("2026-04-05 22:00:00")), 1)

    def test_bought_every_day(self):
        """Each debt has a due date of its own; nobody is written to for each."""
        for day in range(10, 20):
            self._leave_debt_on(f"2026-03-{day}", 5.0)
        sent = {}
        for number in range(1, 31):
            day = f"2026-04-{number:02}"
            if self._run_job_on(day):
                last = self._facts().filtered(lambda f: f.channel == "email")[-1]
                sent[day] = last.days
        # Debts are due from 9 to 18 April.
        self.assertEqual(
            sent,
            {
                "2026-04-06": -3,
                "2026-04-09": 0,
                "2026-04-16": 7,
                "2026-04-23": 7,
                "2026-04-30": 7,
            },
        )

    # Who gets none -----------------------------------------------------------

    def test_first_switching_on(self):
        """Nobody is reminded of what had passed a stage before."""
        self.company.fiado_reminders = False
        self._leave_debt_on("2026-01-10", 25.0)  # due on 9 February
        self._leave_debt_on("2026-03-10", 40.0, self.joana)  # due on 9 April
        self.assertFalse(self._run_job_on("2026-04-12"))
        with freeze_time("2026-04-12 18:00:00"):
            self.company.fiado_reminders = True
            self.assertFalse(self._due())
        for day in ("2026-04-12", "2026-04-13", "2026-04-15"):
            self.assertFalse(self._run_job_on(day))
        # The next stage of each is sent when its day comes.
        self.assertEqual(self._run_job_on("2026-04-16").res_id, self.joana.id)
        self.assertEqual(self._run_job_on("2026-05-09").res_id, self.joana.id)
        self.assertFalse(self._facts())

    def test_no_address(self):
        self._leave_debt_on("2026-03-10", 25.0, self.paulo)
        self.assertFalse(self._run_job_on("2026-04-06"))
        with freeze_time("2026-04-06 13:00:00"):
            self.assertEqual(self._due().partner_id, self.paulo)

    def test_a_stage_that_is_only_in_the_list(self):
        self.stages[0].channel = "list"
        self._leave_debt_on("2026-03-10", 25.0)
        self.assertFalse(self._run_job_on("2026-04-06"))
        with freeze_time("2026-04-06 13:00:00"):
            self.assertEqual(self._due().stage_id, self.stages[0])

    # What is sent ------------------------------------------------------------

    def test_no_amount_in_a_subject(self):
        for template in ("reminder", "reminder_whatsapp"):
            subject = self.env.ref(f"bemp_fiado.mail_template_{template}").subject
            self.assertEqual(subject, "{{ object.env.company.name }}: a reminder")

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.joana.lang = "pt_BR"
        self._leave_debt_on("2026-03-10", 25.0)
        self._leave_debt_on("2026-03-10", 40.0, self.joana)
        mails = {mail.res_id: mail for mail in self._run_job_on("2026-04-06")}
        self.assertIn("Hello Maria", mails[self.maria.id].body_html)
        self.assertIn("Olá, Joana", mails[self.joana.id].body_html)
        self.assertIn("09/04/2026", mails[self.joana.id].body_html)
        self.assertIn("lembrete", mails[self.joana.id].subject)

    def test_to_the_invoice_contact_of_who_has_no_address(self):
        self.maria.email = False
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts",
                "type": "invoice",
                "parent_id": self.maria.id,
                "email": "accounts@example.com",
            }
        )
        self._leave_debt_on("2026-03-10", 25.0)
        [mail] = self._run_job_on("2026-04-06")
        self.assertEqual(mail.recipient_ids, contact)
        self.assertEqual(mail.res_id, self.maria.id)

    def test_each_stage_has_its_own_text(self):
        self.stages[1].template_id = self.stages[1].template_id.copy(
            {"name": "Ours", "subject": "See you soon"}
        )
        self._leave_debt_on("2026-03-10", 25.0)
        subjects = [
            self._run_job_on(day).subject for day in ("2026-04-06", "2026-04-09")
        ]
        self.assertEqual(subjects, [f"{self.company.name}: a reminder", "See you soon"])

    def test_a_text_that_was_deleted(self):
        own = self.stages[0].template_id.copy({"name": "Ours", "subject": "Hi"})
        self.stages[0].template_id = own
        own.sudo().unlink()
        self._leave_debt_on("2026-03-10", 25.0)
        [mail] = self._run_job_on("2026-04-06")
        self.assertEqual(mail.subject, f"{self.company.name}: a reminder")


@tagged("post_install", "-at_install")
class TestRemindersOfADebt(ReminderCommon):
    """The reminders of 25 that were left on 10 March, due on 9 April."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._leave_debt_on("2026-03-10", 25.0)

    def test_life(self):
        """A debt of 10 March, due on 9 April, from 4 April to 8 June."""
        self._leave_debt_on("2026-03-12", 40.0, self.joana)
        days, sent = ["2026-04-05", "2026-06-09"], []
        day = fields.Date.to_date(days[0])
        while day < fields.Date.to_date(days[1]):
            for mail in self._run_job_on(fields.Date.to_string(day)):
                sent.append((mail.res_id, fields.Date.to_string(day)))
            day = fields.Date.add(day, days=1)
        maria, joana = self.maria.id, self.joana.id
        self.assertEqual(
            sent,
            [
                (maria, "2026-04-06"),  # three days before
                (joana, "2026-04-08"),
                (maria, "2026-04-09"),  # the day
                (joana, "2026-04-11"),
                (maria, "2026-04-16"),  # seven days after
                (joana, "2026-04-18"),
                (maria, "2026-05-09"),  # thirty days after
                (joana, "2026-05-11"),
            ],
        )
        for partner in (self.maria, self.joana):
            self.assertEqual(
                Counter(self._facts(partner).mapped("stage_id.days")),
                Counter([-3, 0, 7, 30]),
            )
            self.assertEqual(set(self._facts(partner).mapped("channel")), {"email"})

    def test_once_a_day_in_the_shops_morning(self):
        self.company.fiado_reminded_on = "2026-04-05"
        # 6 April, two in the night and eight in the morning in São Paulo.
        self.assertFalse(self._run_job("2026-04-06 05:00:00"))
        self.assertFalse(self._run_job("2026-04-06 11:59:00"))
        self.assertEqual(len(self._run_job("2026-04-06 12:00:00")), 1)
        # What is left on fiado later that day waits for the next morning.
        self.company.fiado_days = 0
        self._leave_debt_on("2026-04-06", 10.0, self.joana)
        self.assertFalse(self._run_job("2026-04-06 19:00:00"))
        self.assertFalse(self._run_job("2026-04-07 02:00:00"))
        self.assertEqual(self._run_job_on("2026-04-07").res_id, self.joana.id)

    def test_a_server_that_was_off(self):
        """Only the strictest stage is sent, and covers the others."""
        self.assertEqual(len(self._run_job_on("2026-04-20")), 1)
        self.assertEqual(
            [(f.days, f.channel) for f in self._facts().sorted("days")],
            [(-3, "covered"), (0, "covered"), (7, "email")],
        )
        self.assertFalse(self._run_job_on("2026-04-21"))

    def test_paid_in_between(self):
        self._leave_debt_on("2026-03-10", 40.0, self.joana)
        Reminder = self.env.registry["fiado.reminder"]
        send, joana = Reminder._send_emails, self.joana

        def pay_then_send(reminders, partners, company):
            if partners == joana.with_env(partners.env):
                partners.with_company(company).fiado_receive(40.0, self.cash.id)
                self.env.flush_all()
            return send(reminders, partners, company)

        with (
            patch.object(fiado_reminder_job, "BATCH", 1),
            patch.object(Reminder, "_send_emails", pay_then_send),
        ):
            mails = self._run_job_on("2026-04-06")
        self.assertEqual(mails.mapped("res_id"), self.maria.ids)
        self.assertFalse(self._facts(self.joana))

    def test_paid_in_part(self):
        self.maria.with_user(self.cashier).with_company(self.company).fiado_receive(
            10.0, self.cash.id
        )
        [mail] = self._run_job_on("2026-04-06")
        self.assertIn("$ 15.00", mail.body_html.replace("\xa0", " "))

    def test_an_unmatched_payment_is_one(self):
        self._leave_debt_on("2026-03-20", 40.0)
        move = self.env["account.move"].create(
            {
                "date": "2026-03-25",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.debt_account.id,
                            "partner_id": self.maria.id,
                            "credit": 30.0,
                        }
                    ),
                    Command.create({"account_id": self.cash_account.id, "debit": 30.0}),
                ],
            }
        )
        move.action_post()
        # Only the later debt is open, 35 of it, and due on 19 April.
        self.assertFalse(self._run_job_on("2026-04-06"))
        self.assertEqual(len(self._run_job_on("2026-04-16")), 1)
        with freeze_time("2026-04-19 13:00:00"):
            row = self._due()
            self.assertEqual(row.debt, 35.0)
            self.assertEqual(row.days, 0)

    def test_crash_between(self):
        """Fact and e-mail are one transaction: a batch that fails leaves neither, and
        the next hour sends it."""
        self._leave_debt_on("2026-03-10", 40.0, self.joana)
        Reminder = self.env.registry["fiado.reminder"]
        send, joana = Reminder._send, self.joana

        def crash(reminders, *args):
            send(reminders, *args)
            if reminders.partner_id == joana.with_env(reminders.env):
                raise ValueError("The machine is gone")

        logger = "odoo.addons.bemp_fiado.models.fiado_reminder_job"
        with (
            patch.object(fiado_reminder_job, "BATCH", 1),
            patch.object(Reminder, "_send", crash),
            self.assertLogs(logger, "ERROR"),
        ):
            mails = self._run_job("2026-04-06 12:00:00")
        self.assertEqual(mails.mapped("res_id"), self.maria.ids)
        self.assertFalse(self._facts(self.joana))
        self.assertEqual(len(self._facts()), 1)
        self.assertEqual(
            self._run_job("2026-04-06 13:00:00").mapped("res_id"), self.joana.ids
        )

    def test_somebody_else_reminds_at_this_moment(self):
        """Whose turn it was not, is left to the next hour; the others are not held."""
        self._leave_debt_on("2026-03-10", 40.0, self.joana)
        Reminder = self.env.registry["fiado.reminder"]
        send, maria = Reminder._send_emails, self.maria

        def collide(reminders, partners, company):
            if partners == maria.with_env(partners.env):
                raise SerializationFailure
            return send(reminders, partners, company)

        with (
            patch.object(fiado_reminder_job, "BATCH", 1),
            patch.object(Reminder, "_send_emails", collide),
        ):
            mails = self._run_job("2026-04-06 12:00:00")
        self.assertEqual(mails.mapped("res_id"), self.joana.ids)
        self.assertEqual(
            self._run_job("2026-04-06 13:00:00").mapped("res_id"), self.maria.ids
        )

    # Who gets none -----------------------------------------------------------

    def test_a_new_stage_writes_to_nobody_at_once(self):
        self._run_job_on("2026-05-09")
        with freeze_time("2026-05-20 13:00:00"):
            stages = self.env["fiado.reminder.stage"].with_user(self.manager)
            stages = stages.with_company(self.company)
            stages.create({"days": 35})
            stages.create({"days": 45})
        self.assertFalse(self._run_job_on("2026-05-21"))
        self.assertEqual(len(self._run_job_on("2026-05-24")), 1)

    def test_a_moved_stage_starts_anew(self):
        self._run_job_on("2026-04-20")
        with freeze_time("2026-05-20 13:00:00"):
            self.stages[3].with_user(self.manager).days = 20
            self.assertEqual(self.stages[3].start_date, fields.Date.today())
        self.assertFalse(self._run_job_on("2026-05-21"))

    def test_off(self):
        for values in ({"fiado_reminders": False}, {"fiado_enabled": False}):
            self.company.write({"fiado_reminders": True, "fiado_enabled": True})
            self.company.fiado_reminded_on = False
            self.company.write(values)
            with self.subTest(values=values):
                self.assertFalse(self._run_job_on("2026-04-06"))
                with freeze_time("2026-04-06 13:00:00"):
                    self.assertFalse(self._due())

    def test_archived(self):
        self.maria.active = False
        self.assertFalse(self._run_job_on("2026-04-06"))

    # What is sent ------------------------------------------------------------

    def test_letter(self):
        [mail] = self._run_job_on("2026-04-06")
        self.assertEqual(mail.recipient_ids, self.maria)
        self.assertEqual(mail.subject, f"{self.company.name}: a reminder")
        self.assertFalse(mail.attachment_ids)
        text = " ".join(mail.body_html.replace("\xa0", " ").split())
        for part in (
            "$ 25.00",
            "for 27 days",
            "due on 04/09/2026",
            "/fiado/reminders/",
        ):
            self.assertIn(part, text)
        # It stays in the customer's history after it was sent.
        message = mail.mail_message_id
        self.assertIn(message, self.maria.message_ids)
        mail.unlink()
        self.assertTrue(message.exists())
        self.assertEqual(self._facts().mail_message_id, message)

    def test_part_of_it_overdue(self):
        self._leave_debt_on("2026-04-10", 40.0)
        [mail] = self._run_job_on("2026-04-16")
        text = " ".join(mail.body_html.replace("\xa0", " ").split())
        self.assertIn("$ 65.00", text)
        self.assertIn("$ 25.00 of it were due on 04/09/2026.", text)

    def test_statement_from_a_stage_on(self):
        found = [
            len(self._run_job_on(day).attachment_ids)
            for day in ("2026-04-06", "2026-04-09", "2026-04-16", "2026-05-09")
        ]
        self.assertEqual(found, [0, 0, 1, 1])


@tagged("post_install", "-at_install")
class TestReminderCost(ReminderCommon):
    """What the job costs a shop whose customers pay by Pix."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        real = cls.env.ref("base.BRL")
        real.active = True
        brazil = cls.env.ref("base.br").id
        cls.company.write(
            {"currency_id": real.id, "country_id": brazil, "city": "Recife"}
        )
        cls.env["product.pricelist"].search([]).currency_id = real
        cls.company.partner_id.bank_ids.unlink()
        cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": "12345-6",
                "proxy_type": "email",
                "proxy_value": "shop@example.com",
            }
        )

    def test_pay_code(self):
        """To be copied from the e-mail and from the text for WhatsApp."""
        self._leave_debt_on("2026-03-10", 25.0)
        self._leave_debt_on("2026-03-10", 40.0, self.paulo)
        paulo = self.paulo.with_user(self.cashier).with_company(self.company)
        code = paulo._get_fiado_pay_code()["text"]
        with freeze_time("2026-04-06 13:00:00"):
            self.assertIn(code, paulo._get_fiado_whatsapp_text().splitlines())
        report = self.env.registry["ir.actions.report"]
        with patch.object(report, "barcode") as draw:
            [mail] = self._run_job_on("2026-04-06")
        draw.assert_not_called()
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        self.assertIn(maria._get_fiado_pay_code()["text"], mail.body_html)

    def test_no_query_for_each_customer(self):
        def count(partners):
            reminders = self.env["fiado.reminder"].sudo()._in_company(self.company)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            with freeze_time("2026-04-06 13:00:00"):
                sent = reminders._send_emails(partners, self.company)
            self.env.flush_all()
            self.assertEqual(sent, partners)
            return self.env.cr.sql_log_count - start

        count(self._add_debtors(2))  # what a worker reads once
        few = count(self._add_debtors(10))
        self.assertLessEqual(count(self._add_debtors(30)), few + 3)


@tagged("post_install", "-at_install")
class TestReminderStages(ReminderCommon):
    def test_made_at_set_up(self):
        self.assertEqual(self.stages.mapped("days"), [-3, 0, 7, 30])
        self.assertEqual(self.stages.mapped("with_statement"), [0, 0, 1, 1])
        self.assertEqual(
            self.stages.with_context(lang="en_US").mapped("display_name"),
            ["3 days before", "On the day", "7 days after", "30 days after"],
        )

    def test_off_until_switched_on(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self.assertFalse(other.fiado_reminders)
        self.assertEqual(len(other.sudo().fiado_reminder_stage_ids), 4)

    def test_used_ones_are_archived(self):
        self._leave_debt_on("2026-03-10", 25.0)
        self._run_job_on("2026-04-06")
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.stages[0].unlink()
        self.stages[2].unlink()
        self.stages[0].active = False
        self.assertTrue(self._facts())

    def test_the_shops_timezone_is_the_owners(self):
        self.company.fiado_reminders = False
        self.company.partner_id.tz = False
        self.manager.tz = "America/Manaus"
        self.company.with_user(self.manager).sudo().fiado_reminders = True
        self.assertEqual(self.company.partner_id.tz, "America/Manaus")

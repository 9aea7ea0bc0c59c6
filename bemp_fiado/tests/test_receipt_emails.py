from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from .common import FiadoCommon

TODAY = "2026-03-10 15:00:00"


class ReceiptCommon(FiadoCommon):
    """A shop that sends receipts by e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.fiado_receipt_emails = True
        cls.maria.write({"email": "maria@example.com", "lang": "en_US"})

    def _as(self, user, partner=None):
        partner = (partner or self.maria).with_user(user).with_company(self.company)
        return partner.with_context(lang="en_US")

    def _send(self):
        """Run the job; returns the e-mails that it made."""
        self.env.flush_all()
        before = self._mails()
        with self.enter_registry_test_mode():
            self.env.ref("bemp_fiado.ir_cron_send_receipts").method_direct_trigger()
        self.env.invalidate_all()
        return self._mails() - before

    def _mails(self):
        mails = self.env["mail.mail"].sudo()
        return mails.search([("model", "=", "fiado.receipt")], order="id")

    def _receipts(self):
        return self.env["fiado.receipt"].sudo().search([], order="id")

    def _text(self, mail):
        found = " ".join(etree.HTML(mail.body_html).itertext())
        return " ".join(found.replace("\xa0", " ").split())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReceiptEmails(ReceiptCommon):
    """After each movement its customer gets one e-mail with the new balance."""

    def test_each_movement(self):
        self._close(self._order(), 30.0, use_balance=True)
        [mail] = self._send()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.maria)
        self.assertEqual(mail.author_id, self.company.partner_id)
        self.assertEqual(mail.subject, f"{self.company.name}: your receipt")
        text = self._text(mail)
        for words in (
            "On 03/10/2026 this was recorded",
            "Debt: Haircut $ 25.00",
            "You now owe $ 25.00 . This is due on 04/09/2026",
        ):
            self.assertIn(words, text)
        self._as(self.cashier).fiado_receive(40.0, self.cash.id)
        [mail] = self._send()
        text = self._text(mail)
        self.assertIn("Debt paid: Money credit $ 25.00", text)
        self.assertIn("Credit: Money credit $ 15.00", text)
        self.assertIn("You now have $ 15.00 of credit left", text)
        self._as(self.manager).fiado_pay_out(
            15.0, self.cash_journal.outbound_payment_method_line_ids[:1].id, "Moves"
        )
        [mail] = self._send()
        self.assertIn("You now owe nothing", self._text(mail))
        self.assertFalse(self._send())

    def test_no_amount_in_a_subject(self):
        self.company.name = "Salão Boa Vista"
        self._leave_debt(25.0)
        self.assertNotRegex(self._send().subject, r"\d")

    def test_not_in_the_transaction_of_the_movement(self):
        """What is closed waits for no e-mail, nor for the text of one."""
        template = self.env.registry["mail.template"]
        with patch.object(template, "send_mail_batch") as written:
            self._close(self._order(), 30.0, use_balance=True)
        written.assert_not_called()
        self.assertFalse(self._mails())
        self.assertFalse(self._receipts().sent_at)

    def test_once_for_each_reference(self):
        for _call in range(2):
            self._as(self.cashier).fiado_receive(40.0, self.cash.id, "till-1/7")
        self.assertEqual(len(self._send()), 1)
        self._as(self.cashier).fiado_receive(40.0, self.cash.id, "till-1/7")
        self.assertFalse(self._send())
        self.assertEqual(len(self._receipts()), 1)

    def test_an_undoing_says_so(self):
        answer = self._as(self.cashier).fiado_receive(40.0, self.cash.id)
        self._send()
        entry = self._entries(user=self.manager).filtered(
            lambda entry: entry.move_id.id in answer["move_ids"]
        )
        entry.undo("Typed twice")
        [mail] = self._send()
        text = self._text(mail)
        self.assertIn("this was taken back in your wallet", text)
        self.assertIn("Reversal: Credit $ 40.00", text)
        self.assertIn("You now owe nothing", text)
        self.assertNotIn("Typed twice", text)

    def test_a_reopened_order(self):
        order = self._order(user=self.manager)
        self._close(order, 30.0, use_balance=True)
        self._send()
        order.reopen_order("Wrong customer")
        [mail] = self._send()
        self.assertIn("this was taken back in your wallet", self._text(mail))

    def test_a_transfer_is_two(self):
        joana = self.env["res.partner"].create(
            {"name": "Joana", "email": "joana@example.com", "lang": "en_US"}
        )
        self._leave_debt(25.0)
        self._send()
        self._as(self.manager).fiado_transfer(joana.id, -25.0, "Her sister pays")
        mails = self._send()
        texts = {mail.recipient_ids: self._text(mail) for mail in mails}
        self.assertEqual(texts.keys(), {self.maria, joana})
        self.assertIn("You now owe nothing", texts[self.maria])
        self.assertIn("You now owe $ 25.00", texts[joana])

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        module = self.env.ref("base.module_bemp_fiado")
        module._update_translations(["pt_BR"])
        joao = self.env["res.partner"].create(
            {"name": "João", "email": "joao@example.com", "lang": "pt_BR"}
        )
        self._leave_debt(25.0)
        self._leave_debt(1025.5, joao)
        mails = self._send()
        texts = {mail.recipient_ids: self._text(mail) for mail in mails}
        self.assertIn("You now owe", texts[self.maria])
        self.assertIn("Agora você deve", texts[joao])
        self.assertIn("1.025,50", texts[joao])

    # Who gets none -----------------------------------------------------------

    def test_off(self):
        self.company.fiado_receipt_emails = False
        self._leave_debt(25.0)
        self.company.fiado_receipt_emails = True
        self.assertFalse(self._receipts())
        self.assertFalse(self._send())

    def test_paid_in_full_moves_no_wallet(self):
        self._close(self._order(), 55.0)
        self.assertFalse(self._receipts())

    def test_brought_over(self):
        """A notebook of old debts writes to nobody."""
        account = self.company._get_fiado_opening_account()
        self._as(self.manager).fiado_open_balance(-25.0, "2026-01-10", account.id)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertFalse(self._receipts())

    def test_nobody_to_write_to(self):
        self.maria.email = False
        self._leave_debt(25.0)
        self.assertFalse(self._receipts())
        # The invoice contact of one without an address.
        contact = self.env["res.partner"].create(
            {
                "name": "Ana",
                "type": "invoice",
                "parent_id": self.maria.id,
                "email": "ana@example.com",
            }
        )
        self._leave_debt(10.0)
        self.assertEqual(self._send().recipient_ids, contact)
        self.env["mail.blacklist"]._add("ana@example.com")
        self._leave_debt(10.0)
        self.assertFalse(self._send())

    # What goes wrong ---------------------------------------------------------

    def test_refused_movement(self):
        with self.assertRaises(UserError):
            self._close(self._order(), 30.0)
        self.assertFalse(self._receipts())

    def test_one_that_cannot_be_written(self):
        """It holds none of the others, leaves nothing half done, and goes later."""
        joana = self.env["res.partner"].create(
            {"name": "Joana", "email": "joana@example.com"}
        )
        self._leave_debt(25.0)
        self._leave_debt(40.0, joana)
        model = self.env.registry["fiado.receipt"]
        get_receipt = model._get_receipt

        def fail(receipt):
            if receipt.partner_id == joana.with_env(receipt.env):
                raise ValueError("A text that can't be written")
            return get_receipt(receipt)

        logger = "odoo.addons.bemp_fiado.models.fiado_receipt"
        with (
            patch.object(model, "_get_receipt", fail),
            self.assertLogs(logger, "ERROR"),
        ):
            mails = self._send()
        self.assertEqual(mails.recipient_ids, self.maria)
        self.assertEqual(self._send().recipient_ids, joana)
        self.assertFalse(self._send())

    def test_posted_by_others(self):
        """What an accountant sets back before it was sent is forgotten."""
        move = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.debt_account.id,
                            "partner_id": self.maria.id,
                            "debit": 25.0,
                        }
                    ),
                    Command.create(
                        {"account_id": self.cash_account.id, "credit": 25.0}
                    ),
                ],
            }
        )
        move.action_post()
        move.button_draft()
        self.assertFalse(self._send())
        self.assertFalse(self._receipts())
        move.action_post()
        self.assertIn("You now owe $ 25.00", self._text(self._send()))

    def test_merged_customers(self):
        joana = self.env["res.partner"].create(
            {"name": "Joana", "email": "joana@example.com"}
        )
        self._leave_debt(25.0)
        self._as(self.manager).fiado_transfer(joana.id, -25.0, "The same person")
        self._send()
        self.assertEqual(len(self._receipts()), 3)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.maria | joana).ids, joana
        )
        self.env.invalidate_all()
        self.assertEqual(self._receipts().partner_id, joana)
        self.assertEqual(len(self._receipts()), 2)
        self.assertFalse(self._send())

    # By hand -----------------------------------------------------------------

    def test_from_what_was_done(self):
        self.company.fiado_receipt_emails = False
        screens = self.env["fiado.wallet.receive"].with_user(self.cashier)
        screen = screens.with_company(self.company).create(
            {
                "partner_id": self.maria.id,
                "payment_ids": [Command.create(self._pay(40.0))],
            }
        )
        ids = screen.action_receive_without_receipt()["params"]["email"]
        self.assertEqual(ids, self._entries().ids)
        entries = self.env["fiado.wallet.entry"].with_user(self.cashier).browse(ids)
        for _click in range(2):
            action = entries.with_context(lang="en_US").action_email_receipt()
        self.assertIn("maria@example.com", action["params"]["message"])
        self.assertEqual(len(self._send()), 1)
        # Whoever asks for it later gets it once more.
        entries.action_email_receipt()
        self.assertEqual(len(self._send()), 1)
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        action = order._get_done_action(False, 0.0)
        self.assertEqual(action["params"]["email"], order.wallet_entry_ids.ids)

    def test_no_button_where_it_is_of_no_use(self):
        def offered():
            self._as(self.cashier).fiado_receive(5.0, self.cash.id)
            return self._entries()[-1]._get_ids_to_email()

        self.assertFalse(offered())  # it goes by itself
        self.company.fiado_receipt_emails = False
        self.assertTrue(offered())
        self.env["mail.blacklist"]._add("maria@example.com")
        self.assertFalse(offered())
        with self.assertRaises(UserError):
            self._entries().action_email_receipt()

    def test_who_may(self):
        self._leave_debt(25.0)
        employee = self._new_user("nobody")
        employee.group_ids = self.env.ref("base.group_user")
        for user in (employee, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._entries().with_user(user).action_email_receipt()

    def test_what_managers_do(self):
        """Pay-outs and the like offer their receipt, too."""
        self._leave_debt(25.0)
        self.company.fiado_receipt_emails = False
        self.maria.phone = "+55 81 98811-2040"
        screens = self.env["fiado.wallet.adjust"].with_user(self.manager)
        screen = screens.with_company(self.company).with_context(lang="en_US")
        screen = screen.create(
            {
                "partner_id": self.maria.id,
                "operation": "forgive",
                "amount": 10.0,
                "reason": "Her birthday",
            }
        )
        params = screen.action_apply()["params"]
        self.assertEqual(params["message"], "Done. Balance of Maria: $\xa0-\ufeff15.00")
        self.assertEqual(params["email"], self._entries()[-1:].ids)
        self.assertIn("wa.me/5581988112040", params["whatsapp"])
        self.assertFalse(params["print"])

    # Cost --------------------------------------------------------------------

    def test_cost(self):
        """A closing queues it in four queries; the job has none for each customer."""
        counts = {}
        for _round in range(2):  # the first one reads what a worker reads once
            for wanted in (False, True):
                self.company.fiado_receipt_emails = wanted
                order = self._order()
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                self._close(order, 30.0, use_balance=True)
                self.env.flush_all()
                counts[wanted] = self.env.cr.sql_log_count - start
        self.assertLessEqual(counts[True], counts[False] + 4)

    def test_cost_of_the_job(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"{i}", "email": f"c{i}@example.com", "lang": "en_US"}
                    for i in range(number)
                ]
            )
            movements = [
                (partner, -25.0, self.company.fiado_loss_account_id, {})
                for partner in partners
            ]
            ledger = self.env["fiado.ledger"].with_company(self.company)
            ledger._operate_each(self.company, movements, "adjustment")
            self.env.flush_all()
            self.env.invalidate_all()
            receipts = self._receipts().filtered(lambda receipt: not receipt.sent_at)
            self.assertEqual(len(receipts), number)
            start = self.env.cr.sql_log_count
            receipts._send()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(2)
        few, many = count(2), count(30)
        # Two are Odoo's own, which makes each e-mail.
        self.assertLessEqual(many - few, 28 * 2)


@tagged("post_install", "-at_install")
class TestReceiptTour(ReceiptCommon, HttpCase):
    """The button of what was done, in the browser."""

    def test_email_from_the_toast(self):
        self.company.fiado_receipt_emails = False
        self.cash.name = "Till"
        self._leave_debt(25.0)
        self.env.flush_all()
        self.start_tour(
            f"/odoo/action-bemp_fiado.res_partner_action_wallet/{self.maria.id}",
            "fiado_email_receipt",
            login=self.cashier.login,
        )
        self.env.invalidate_all()
        self.assertEqual(len(self._receipts()), 1)

import base64
import logging

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from .fiado_reminder import ONLY

_logger = logging.getLogger(__name__)
# How many customers are reminded in one transaction: a statement takes a second.
BATCH, STATEMENT_BATCH = 50, 5
STATEMENT = "bemp_fiado.fiado_statement"


class FiadoReminder(models.Model):
    """Sending reminders by e-mail: every morning by itself, and from the list."""

    _inherit = "fiado.reminder"

    # -------------------------------------------------------------------------
    # JOB
    # -------------------------------------------------------------------------

    @api.model
    def _cron_send_reminders(self):
        """Remind the customers of each company, in its own morning. Runs every hour:
        what an hour doesn't finish, the next one does."""
        companies = (
            self.env["res.company"]
            .sudo()
            .search(
                [
                    ("parent_id", "=", False),
                    ("fiado_enabled", "=", True),
                    ("fiado_reminders", "=", True),
                ]
            )
        )
        for company in companies:
            if company._is_fiado_time_to_remind():
                self._in_company(company)._send_all_of(company)

    def _in_company(self, company):
        return self.with_company(company).with_context(
            allowed_company_ids=company.ids, tz=company.partner_id.tz or "UTC"
        )

    def _send_all_of(self, company):
        """Send the e-mails of one company. One whose text can't be written, or that
        runs into somebody else's, leaves the others of its batch to the next hour."""
        today = company._get_fiado_local_today()
        batches = list(self._get_batches(company))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(map(len, batches)))
        is_complete = True
        for partner_ids in batches:
            try:
                self._send_emails(self.env["res.partner"].browse(partner_ids), company)
                self.env.flush_all()
            except SerializationFailure:
                self.env.cr.rollback()
                is_complete = False
                _logger.info("reminders: company=%s somebody else reminds", company.id)
            except Exception:
                self.env.cr.rollback()
                is_complete = False
                _logger.exception("reminders: company=%s batch failed", company.id)
            if not cron._commit_progress(len(partner_ids)):
                return
        if is_complete:
            company.fiado_reminded_on = today
            cron._commit_progress()

    def _get_batches(self, company):
        """The ids of the customers who are to get an e-mail, in batches."""
        rows = self.env["fiado.reminder.due"].search(
            [
                *self.env["fiado.reminder.due"]._get_sendable_domain(),
                ("company_id", "=", company.id),
                ("channel", "=", "email"),
            ]
        )
        slow = rows.filtered(lambda row: row.stage_id.with_statement)
        for batch, size in ((rows - slow, BATCH), (slow, STATEMENT_BATCH)):
            yield from split_every(size, batch.partner_id.ids, list)

    # -------------------------------------------------------------------------
    # SEND
    # -------------------------------------------------------------------------

    @api.model
    def _send_emails(self, partners, company):
        """Remind those of these customers who still are to be reminded, and record it
        in the same transaction: both happen, or neither.

        :param partners: commercial partners
        :param company: a root company
        :return: the customers who are reminded
        """
        due = self.env["fiado.reminder.due"].with_context(**{ONLY: partners.ids})
        # Whoever paid since the list was read isn't in it any more.
        due.invalidate_model(flush=False)
        rows = due.search(
            [*due._get_sendable_domain(), ("company_id", "=", company.id)]
        )
        reminders = self._record(rows.partner_id, company, "email")
        # The job writes in the shop's name.
        author = (company.sudo() if self.env.su else self.env.user).partner_id
        for (template, with_statement), group in reminders.grouped(
            lambda reminder: (
                reminder.sudo().stage_id._get_template(),
                reminder.sudo().stage_id.with_statement,
            )
        ).items():
            template = self.env["mail.template"].browse(template.id)
            group.sudo()._send(template, author, with_statement)
        if reminders:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return reminders.sudo().partner_id.with_env(self.env)

    def _send(self, template, author, with_statement):
        """Put an e-mail for each of these reminders into Odoo's queue."""
        partners = self.partner_id.with_env(template.env)
        values = {
            # It stays in the customer's history when it was sent.
            "is_notification": True,
            "author_id": author.id,
        }
        if with_statement:
            mails = self.env["mail.mail"]
            for partner in partners:
                attachments = partner._get_fiado_statement_file()
                mails += template.send_mail_batch(
                    partner.ids, email_values={**values, "attachments": attachments}
                )
        else:
            mails = template.send_mail_batch(partners.ids, email_values=values)
        by_customer = dict(zip(partners.ids, mails, strict=True))
        for reminder in self:
            reminder.mail_message_id = by_customer[
                reminder.partner_id.id
            ].mail_message_id


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_fiado_statement_file(self):
        """The customer's statement, as ``send_mail_batch`` takes attachments. Where it
        can't be printed the letter goes without it."""
        self.ensure_one()
        records = self.with_context(lang=self.lang or self.env.lang)
        try:
            content, extension = records.env["ir.actions.report"]._render_qweb_pdf(
                STATEMENT, self.ids
            )
        except UserError as error:
            _logger.warning("reminders: no statement for %s: %s", self.id, error)
            return []
        name = records.env[f"report.{STATEMENT}"]._get_file_name(self.ids, {})
        return [(f"{name}.{extension}", base64.b64encode(content))]

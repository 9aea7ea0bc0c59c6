import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL, format_date, split_every

_logger = logging.getLogger(__name__)
# How many are written in one transaction.
BATCH = 50
# Nothing happened between shop and customer when a notebook's balance was brought over.
SILENT_ORIGINS = ("opening",)
TEMPLATE = "bemp_fiado.mail_template_receipt"


class FiadoReceipt(models.Model):
    """That a customer gets the receipt of a movement by e-mail: one for each movement
    of a wallet, of which a transfer makes two.

    It is queued in the transaction that posts the movement, so both are there or
    neither, and written by a job a moment later: nobody at the till waits for it.
    """

    _name = "fiado.receipt"
    _description = "Receipt by E-mail"
    _order = "id desc"
    _rec_name = "partner_id"

    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    sent_at = fields.Datetime(
        string="When", readonly=True, help="Empty: it waits for the job."
    )
    entry_ids = fields.Many2many("fiado.wallet.entry", compute="_compute_entry_ids")

    _once = models.UniqueIndex("(move_id, partner_id)")
    _waiting = models.Index("(id) WHERE sent_at IS NULL")

    @api.depends("move_id", "partner_id")
    def _compute_entry_ids(self):
        entries = self.env["fiado.wallet.entry"].search(
            [
                ("move_id", "in", self.move_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ],
            order="id",
        )
        found = entries.grouped(lambda entry: (entry.move_id.id, entry.partner_id.id))
        for receipt in self:
            own = found.get((receipt.move_id.id, receipt.partner_id.id), entries)
            receipt.entry_ids = own and own._get_with_charges()[0].sorted("id")

    # -------------------------------------------------------------------------
    # QUEUE
    # -------------------------------------------------------------------------

    @api.model
    def _queue_posted(self, lines):
        """Queue the receipts of what was posted, in companies that want it.

        :param lines: journal items on wallet accounts, elevated
        """
        lines = lines.filtered(
            lambda line: (
                line.company_id.root_id.fiado_receipt_emails
                and line.move_id.fiado_origin not in SILENT_ORIGINS
                # What is charged with a payment is on the payment's.
                and not (
                    line.move_id.fiado_origin == "interest"
                    and line.move_id.fiado_move_ids
                )
            )
        )
        movements = lines.grouped(
            lambda line: (line.move_id, line.partner_id, line.company_id.root_id)
        )
        return self._queue(
            [
                tuple(record.id for record in movement)
                for movement, items in movements.items()
                # What is put in order between the two accounts moves nothing.
                if not movement[2].currency_id.is_zero(sum(items.mapped("balance")))
                or self._is_renegotiation(movement[0])
            ]
        )

    def _is_renegotiation(self, move):
        """Whether a movement put a debt into instalments, or took that back: it leaves
        the balance, and is the customer's to know."""
        return "renegotiation" in (
            move.fiado_origin,
            move.reversed_entry_id.fiado_origin,
        )

    @api.model
    def _queue(self, movements, again=False):
        """Queue receipts for those of these movements' customers who can get them.

        :param list movements: ``(move_id, partner_id, company_id)`` of each
        :param bool again: whether those that were sent are sent once more
        :return: how many are queued now
        """
        if not movements:
            return 0
        self.env["res.partner"].flush_model(
            ["active", "email_normalized", "parent_id", "type"]
        )
        self.env["mail.blacklist"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO fiado_receipt (move_id, partner_id, company_id,
                                           create_uid, create_date)
                     SELECT movement.*, %(user)s, %(now)s
                       FROM (VALUES %(movements)s)
                            AS movement (move_id, partner_id, company_id)
                       JOIN res_partner partner ON partner.id = movement.partner_id
                      WHERE %(has_mailbox)s
                ON CONFLICT (move_id, partner_id) DO %(conflict)s
                  RETURNING id
                """,
                user=self.env.uid,
                now=fields.Datetime.now(),
                movements=SQL(", ").join(SQL("%s", row) for row in movements),
                has_mailbox=self.env["fiado.reminder.due"]._get_has_mailbox(),
                conflict=SQL("UPDATE SET sent_at = NULL") if again else SQL("NOTHING"),
            )
        )
        if rows:
            self.env.ref("bemp_fiado.ir_cron_send_receipts").sudo()._trigger()
        return len(rows)

    @api.model
    def _forget_doubles(self, partners):
        """Keep one receipt of what moved between these customers, who become one."""
        receipts = self.sudo().search([("partner_id", "in", partners.ids)])
        for group in receipts.grouped("move_id").values():
            group[1:].unlink()

    # -------------------------------------------------------------------------
    # JOB
    # -------------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Write the e-mails of what waits, and leave them to Odoo's queue."""
        cron = self.env["ir.cron"]
        waiting = self.search([("sent_at", "=", False)], order="id")
        cron._commit_progress(remaining=len(waiting))
        batches = list(split_every(BATCH, waiting.ids, list))
        while batches:
            ids = batches.pop(0)
            if not self._try_to_send(ids) and len(ids) > 1:
                # One that can't be written holds none of the others.
                batches = [[receipt_id] for receipt_id in ids] + batches
            elif not cron._commit_progress(len(ids)):
                return

    def _try_to_send(self, ids):
        try:
            self.browse(ids)._send()
            self.env.flush_all()
        except SerializationFailure:
            self.env.cr.rollback()
            _logger.info("receipts: somebody else sends some of %s", ids)
            return False
        except Exception:
            self.env.cr.rollback()
            _logger.exception("receipts: can't write some of %s", ids)
            return False
        return True

    def _send(self):
        """Put the e-mails of those of these that wait into Odoo's queue; what was not
        posted after all is forgotten."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE fiado_receipt SET sent_at = %s
                 WHERE id IN %s AND sent_at IS NULL
             RETURNING id
                """,
                fields.Datetime.now(),
                tuple(self.ids) or (0,),
            )
        )
        receipts = self.browse(row[0] for row in rows)
        receipts.invalidate_recordset(["sent_at"], flush=False)
        for company, group in receipts.grouped("company_id").items():
            group = group.with_company(company).with_context(
                allowed_company_ids=company.ids, tz=company.partner_id.tz or "UTC"
            )
            there = group.filtered("entry_ids")
            (group - there).unlink()
            if there:
                there.env.ref(TEMPLATE).send_mail_batch(
                    there.ids, email_values={"author_id": company.partner_id.id}
                )
        if receipts:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # -------------------------------------------------------------------------
    # TEXT
    # -------------------------------------------------------------------------

    def _get_receipt(self):
        """What the e-mail says of a movement, in the language of the environment. Of
        many it is read at once.

        :return: dict of ``customer``, ``company``, ``date``, ``is_undone`` (whether it
            takes another movement back), ``lines`` (of ``what`` happened and its
            ``amount``), ``owes`` and ``has`` (of which one or none is there: the
            balance afterwards), ``due_date`` (of new debt), formatted; ``pay_code``,
            as ``res.partner._get_fiado_pay_code`` has it, where it can be copied
        """
        self.ensure_one()
        entries = self.entry_ids
        partner = self.partner_id
        money = self.company_id.currency_id
        balance = money.round(entries[-1].balance_after)
        due_dates = [entry.due_date for entry in entries if entry.due_date]
        statement = self.env["report.bemp_fiado.fiado_statement"]
        labels = statement._get_labels(self.env)
        pay_code = partner._get_fiado_pay_code(
            min(-balance, partner.fiado_debt), with_picture=False
        )
        return {
            "customer": partner.name,
            "company": self.company_id.name,
            "date": format_date(self.env, entries[-1].date),
            "is_undone": entries[-1].origin == "reversal",
            "lines": [
                {
                    "what": statement._get_what(line, labels, entries.env),
                    "amount": money.format(
                        abs(line["amount"])
                        or sum(part["amount"] for part in line["instalments"])
                    ),
                }
                for line in entries._get_statement_lines()
            ],
            "owes": balance < 0 and money.format(-balance),
            "has": balance > 0 and money.format(balance),
            "due_date": due_dates and format_date(self.env, max(due_dates)),
            "pay_code": pay_code if pay_code.get("text") else {},
        }

from odoo import api, fields, models
from odoo.tools import SQL, format_date

# In the context of the list of what is due: the only customers that are read, by their
# ids.
ONLY = "fiado_partner_ids"


class FiadoReminder(models.Model):
    """That a customer was reminded: facts that happened, and no balances.

    There is one for each stage that a debt reached, told by the debt's due date: what
    was said once is not said again. A reminder speaks of all that the customer owes,
    so it covers whatever else had reached a stage by then.
    """

    _name = "fiado.reminder"
    _description = "Reminder"
    _order = "sent_at desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    # Neither is there where somebody reminds who had reached no stage.
    stage_id = fields.Many2one(
        "fiado.reminder.stage", readonly=True, ondelete="restrict"
    )
    due_date = fields.Date(readonly=True)
    days = fields.Integer(
        readonly=True, help="The days of the stage when the reminder was sent."
    )
    sent_at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    channel = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("whatsapp", "WhatsApp"),
            ("phone", "Phone call"),
            ("covered", "Covered by another one"),
        ],
        string="How",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    mail_message_id = fields.Many2one(
        "mail.message", string="Message", readonly=True, ondelete="set null"
    )

    _once = models.UniqueIndex("(partner_id, company_id, stage_id, due_date)")

    @api.readonly
    def action_open_wallet(self):
        """Open the wallet of the customer who was reminded."""
        self.ensure_one()
        return self.partner_id.action_open_wallet()

    # -------------------------------------------------------------------------
    # RECORD
    # -------------------------------------------------------------------------

    @api.model
    def _record(self, partners, company, channel):
        """Record that customers are reminded now, before it is done: who is reminded
        by somebody else at this moment is left out, or fails to serialise.

        :param partners: commercial partners
        :param company: a root company
        :return: the reminders, one for each customer who had reached a stage: the
            strictest one
        """
        due = self.env["fiado.reminder.due"].sudo()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO fiado_reminder (
                       partner_id, company_id, stage_id, due_date, days, channel,
                       sent_at, user_id, create_uid, create_date, write_uid, write_date)
                SELECT partner_id, company_id, stage_id, due_date, days,
                       CASE WHEN place = 1 THEN %(channel)s ELSE 'covered' END,
                       %(now)s, %(user)s, %(user)s, %(now)s, %(user)s, %(now)s
                  FROM (SELECT reached.*,
                               ROW_NUMBER() OVER (
                                   PARTITION BY partner_id
                                   ORDER BY days DESC, due_date, stage_id
                               ) AS place
                          FROM (%(reached)s) reached
                         WHERE company_id = %(company)s
                       ) reached
              ORDER BY partner_id, stage_id, due_date
           ON CONFLICT DO NOTHING
             RETURNING id, channel
                """,
                channel=channel,
                company=company.id,
                now=fields.Datetime.now(),
                reached=due._get_reached_query(partners.ids),
                user=self.env.uid,
            )
        )
        due.invalidate_model(flush=False)
        return self.browse(id_ for id_, found in rows if found == channel)

    @api.model
    def _record_one(self, partner, company, channel):
        """As :meth:`_record`, for a customer who may have reached no stage."""
        reminder = self._record(partner, company, channel)
        return reminder or self.create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "channel": channel,
                "sent_at": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )

    @api.model
    def _read_last(self, partners, companies):
        """The last reminder of each customer in each company, in one query.

        :return: dict of ``(sent_at, channel)`` by the ids of partner and company
        """
        if not (partners and companies):
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id, company_id)
                       partner_id, company_id, sent_at, channel
                  FROM fiado_reminder
                 WHERE partner_id IN %s
                   AND company_id IN %s
                   AND channel != 'covered'
              ORDER BY partner_id, company_id, sent_at DESC, id DESC
                """,
                tuple(partners.ids),
                tuple(companies.ids),
            )
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    @api.model
    def _get_label(self, sent_at, channel):
        """What lists say of a reminder: the day and how."""
        day = fields.Datetime.context_timestamp(self, sent_at).date()
        labels = dict(self._fields["channel"]._description_selection(self.env))
        return f"{format_date(self.env, day)} · {labels[channel]}"

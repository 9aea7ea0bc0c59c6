from odoo import api, fields, models
from odoo.tools import SQL

from ..models.fiado_reminder import ONLY

# Who buys on fiado every day isn't written to every day: a stage that is no stricter
# than that of the last reminder waits so many days.
REST_DAYS = 7


class FiadoReminderDue(models.Model):
    """Who is to be reminded today: one row per customer and company, with the strictest
    stage that an open debt reached and that nobody was reminded of; and who promised to
    pay, until that day.

    Nothing is stored: a row is gone when the debt is paid or the customer reminded.
    """

    _name = "fiado.reminder.due"
    _inherit = "fiado.wallet.row"
    _description = "Reminder Due Today"
    _auto = False
    _order = "days desc, debt desc, partner_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "company_id",
            "date",
            "date_maturity",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "fiado.promise": ["active", "company_id", "date", "last_item_id", "partner_id"],
        "fiado.reminder": [
            "channel", "company_id", "days", "due_date", "partner_id", "sent_at",
            "stage_id",
        ],
        "fiado.reminder.stage": [
            "active", "channel", "company_id", "days", "start_date",
        ],
        "mail.blacklist": ["active", "email"],
        "res.company": [
            "fiado_credit_account_id", "fiado_debt_account_id", "fiado_enabled",
            "fiado_reminders",
        ],
        "res.partner": [
            "active", "email_normalized", "no_fiado_reminder", "phone", "type",
            "user_id",
        ],
    }  # fmt: skip

    phone = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    debt = fields.Monetary(help="All that the customer owes.")
    due_date = fields.Date(readonly=True)
    days = fields.Integer(
        string="Days Overdue",
        readonly=True,
        aggregator="max",
        help="Negative: the debt is due in so many days.",
    )
    stage_id = fields.Many2one("fiado.reminder.stage", readonly=True)
    channel = fields.Selection(
        selection=[("email", "By itself, every morning"), ("list", "By you")],
        string="Who Reminds",
        readonly=True,
    )
    has_mailbox = fields.Boolean(
        string="Has E-mail",
        readonly=True,
        help="The customer has an e-mail address that isn't on Odoo's blacklist.",
    )
    promised_on = fields.Date(string="Promised For", readonly=True)
    promise_user_id = fields.Many2one("res.users", string="Noted By", readonly=True)
    # Read for the customers on the page only.
    last_reminder = fields.Char(compute="_compute_last_reminder")

    @property
    def _table_query(self):
        partner_ids = self.env.context.get(ONLY)
        return SQL(
            """
            WITH debt AS (%(debts)s),
            due AS (
                SELECT DISTINCT ON (partner_id, company_id)
                       partner_id, company_id, due_date, stage_id, days, channel
                  FROM (%(reached)s) reached
              ORDER BY partner_id, company_id, days DESC, due_date, stage_id
            ),
            customer AS (
                SELECT partner_id, company_id, currency_id, debt,
                       MIN(due_date) AS due_date,
                       MIN(first_item_id) AS first_item_id
                  FROM debt
              GROUP BY partner_id, company_id, currency_id, debt
            ),
            recent AS (
                SELECT partner_id, company_id, MAX(days) AS days
                  FROM fiado_reminder
                 WHERE sent_at > %(now)s - %(rest)s * INTERVAL '1 day'
                   AND channel != 'covered'
                   AND stage_id IS NOT NULL
              GROUP BY partner_id, company_id
            )
            SELECT %(row_id)s AS id,
                   partner_id, company_id, currency_id,
                   phone, user_id, debt, due_date,
                   %(today)s - due_date AS days,
                   stage_id, channel, has_mailbox, promised_on, promise_user_id
              FROM (
                SELECT customer.partner_id,
                       customer.company_id,
                       customer.currency_id,
                       partner.phone,
                       partner.user_id,
                       customer.debt,
                       COALESCE(due.due_date, customer.due_date) AS due_date,
                       due.stage_id,
                       due.channel,
                       %(has_mailbox)s AS has_mailbox,
                       promise.date AS promised_on,
                       promise.user_id AS promise_user_id
                  FROM customer
                  JOIN res_partner partner ON partner.id = customer.partner_id
             LEFT JOIN due
                    ON due.partner_id = customer.partner_id
                   AND due.company_id = customer.company_id
             LEFT JOIN fiado_promise promise
                    ON promise.partner_id = customer.partner_id
                   AND promise.company_id = customer.company_id
                   AND promise.active
                   AND promise.date >= %(today)s
                   AND promise.last_item_id >= customer.first_item_id
             LEFT JOIN recent
                    ON recent.partner_id = customer.partner_id
                   AND recent.company_id = customer.company_id
                 WHERE partner.active
                   AND customer.debt > 0
                   AND (promise.id IS NOT NULL
                        OR (due.stage_id IS NOT NULL
                            AND partner.no_fiado_reminder IS NOT TRUE
                            AND (recent.days IS NULL OR due.days > recent.days)))
              ) reminder
            """,
            row_id=self._get_row_id(),
            debts=self._get_debts_query(partner_ids),
            reached=self._get_reached(SQL("debt")),
            has_mailbox=self._get_has_mailbox(),
            now=fields.Datetime.now(),
            rest=REST_DAYS,
            today=fields.Date.context_today(self),
        )

    def _get_debts_query(self, partner_ids=None):
        """What is open of each customer's debts, by due date. Payments that nobody
        matched yet pay the oldest of them."""
        return SQL(
            """
            SELECT partner_id, company_id, currency_id, due_date, first_item_id, debt
              FROM (
                SELECT partner_id, company_id, currency_id, due_date,
                       MIN(id) FILTER (WHERE owed > 0) AS first_item_id,
                       SUM(SUM(owed)) OVER customer AS debt,
                       SUM(SUM(GREATEST(owed, 0))) OVER (customer ORDER BY due_date)
                           AS owed_until,
                       SUM(-SUM(LEAST(owed, 0))) OVER customer AS unmatched
                  FROM (SELECT item.id,
                               item.partner_id,
                               company.id AS company_id,
                               company.currency_id,
                               COALESCE(item.date_maturity, item.date) AS due_date,
                               item.amount_residual AS owed
                          FROM account_move_line item
                          %(join)s
                         WHERE item.reconciled IS NOT TRUE
                           AND item.parent_state = 'posted'
                           AND %(on_wallet_accounts)s
                           AND %(only)s
                           AND company.fiado_enabled
                       ) item
              GROUP BY partner_id, company_id, currency_id, due_date
                WINDOW customer AS (PARTITION BY partner_id, company_id, currency_id)
              ) debt
             WHERE first_item_id IS NOT NULL
               AND owed_until > unmatched
            """,
            join=self.env["fiado.ledger"]._join_company(),
            on_wallet_accounts=self.env["fiado.ledger"]._get_on_wallet_accounts(),
            only=SQL("TRUE")
            if partner_ids is None
            else SQL("item.partner_id IN %s", tuple(partner_ids) or (0,)),
        )

    def _get_reached(self, debts):
        """Which stages these debts reached that nobody was reminded of, where the
        company reminds.

        :param SQL debts: the table or query of the debts
        """
        return SQL(
            """
            SELECT debt.partner_id, debt.company_id, debt.due_date,
                   stage.id AS stage_id, stage.days, stage.channel
              FROM %(debts)s debt
              JOIN res_company company
                ON company.id = debt.company_id AND company.fiado_reminders
              JOIN fiado_reminder_stage stage
                ON stage.company_id = debt.company_id
               AND stage.active
               AND debt.due_date + stage.days BETWEEN stage.start_date AND %(today)s
             WHERE NOT EXISTS (
                   SELECT FROM fiado_reminder recorded
                    WHERE recorded.partner_id = debt.partner_id
                      AND recorded.company_id = debt.company_id
                      AND recorded.stage_id = stage.id
                      AND recorded.due_date = debt.due_date)
            """,
            debts=debts,
            today=fields.Date.context_today(self),
        )

    @api.model
    def _get_reached_query(self, partner_ids):
        """As :meth:`_get_reached`, of some customers, by the query's own name."""
        self.env["fiado.ledger"]._flush_items()
        self.env["fiado.reminder.stage"].flush_model()
        return self._get_reached(SQL("(%s)", self._get_debts_query(partner_ids)))

    def _get_has_mailbox(self):
        """Whether an e-mail reaches ``partner``, directly or through an invoice contact
        (``fiado_mailbox_id`` of ``res.partner`` says which)."""
        return SQL(
            """
            EXISTS (
                SELECT FROM res_partner mailbox
                 WHERE mailbox.email_normalized IS NOT NULL
                   AND (mailbox.id = partner.id
                        OR (partner.email_normalized IS NULL
                            AND mailbox.parent_id = partner.id
                            AND mailbox.type = 'invoice'
                            AND mailbox.active))
                   AND NOT EXISTS (
                       SELECT FROM mail_blacklist blocked
                        WHERE blocked.email = mailbox.email_normalized
                          AND blocked.active))
            """
        )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    def _compute_last_reminder(self):
        reminders = self.env["fiado.reminder"].sudo()
        last = reminders._read_last(self.partner_id, self.company_id)
        for row in self:
            found = last.get((row.partner_id.id, row.company_id.id))
            row.last_reminder = found and reminders._get_label(*found)

import pytz

from odoo import fields, models
from odoo.fields import Command

# When reminders are sent, on the company's own clock.
MORNING, EVENING = 9, 20
# The stages of a company that hasn't made its own: days from the due date, and whether
# the statement goes along.
STAGES = ((-3, False), (0, False), (7, True), (30, True))


class ResCompany(models.Model):
    """How a company reminds its customers."""

    _inherit = "res.company"

    fiado_reminders = fields.Boolean(
        string="Reminders",
        help="Remind customers of their debts every morning, and list who is to be "
        "reminded.",
    )
    fiado_receipt_emails = fields.Boolean(
        string="Receipts by E-mail",
        help="Send each customer a receipt with the new balance after each movement of "
        "the wallet.",
    )
    fiado_reminder_stage_ids = fields.One2many(
        "fiado.reminder.stage",
        "company_id",
        string="Reminder Stages",
        groups="bemp_fiado.group_fiado_user",
    )
    fiado_reminded_on = fields.Date(
        string="Reminded On",
        readonly=True,
        help="The last day, on the company's own clock, of which all reminders were "
        "sent.",
    )

    def write(self, vals):
        switched_on = self.browse()
        if vals.get("fiado_reminders"):
            switched_on = self.filtered(
                lambda company: not company.parent_id and not company.fiado_reminders
            )
        result = super().write(vals)
        switched_on._fiado_start_reminders()
        return result

    def _get_company_root_delegated_field_names(self):
        return super()._get_company_root_delegated_field_names() + [
            "fiado_receipt_emails",
            "fiado_reminders",
            "fiado_reminded_on",
        ]

    def _fiado_set_up(self, vals=()):
        result = super()._fiado_set_up(vals)
        self._fiado_create_stages()
        return result

    def _fiado_create_stages(self):
        """Create the stages of companies that have none yet."""
        for company in self.sudo().with_context(active_test=False):
            if company.fiado_reminder_stage_ids:
                continue
            company.fiado_reminder_stage_ids = [
                Command.create(
                    {
                        "days": days,
                        "with_statement": with_statement,
                        "start_date": company._get_fiado_local_today(),
                    }
                )
                for days, with_statement in STAGES
            ]

    def _fiado_start_reminders(self):
        """Begin to remind, from the next morning on, of what is due from today on:
        nobody is reminded of what had passed a stage before."""
        for company in self.sudo():
            contact = company.partner_id
            if not contact.tz:
                # Whoever switches it on stands in the shop.
                contact.tz = self.env.context.get("tz") or self.env.user.tz
            company._fiado_create_stages()
            company.fiado_reminder_stage_ids._start(company)
            company.fiado_reminded_on = company._get_fiado_local_today()

    def _get_fiado_local_now(self):
        """The time on the company's own clock."""
        zone = pytz.timezone(self.root_id.partner_id.tz or "UTC")
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone)

    def _get_fiado_local_today(self):
        return self._get_fiado_local_now().date()

    def _is_fiado_time_to_remind(self):
        """Whether it is day in the shop, and today's reminders were not sent yet."""
        now = self._get_fiado_local_now()
        return MORNING <= now.hour < EVENING and self.fiado_reminded_on != now.date()

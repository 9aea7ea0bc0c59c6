from odoo import api, fields, models
from odoo.exceptions import UserError


class FiadoReminderStage(models.Model):
    """When customers are reminded of a debt, and how: so many days before or after it
    is due.

    A stage counts from the day on which it starts: what had passed it by then is never
    made up for, so neither switching reminders on nor a new stage writes to everybody.
    """

    _name = "fiado.reminder.stage"
    _description = "Reminder Stage"
    _order = "company_id, days, id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company.sudo().root_id,
        ondelete="cascade",
    )
    days = fields.Integer(
        string="Days After the Due Date",
        required=True,
        help="So many days after the debt is due; before it is due if negative.",
    )
    channel = fields.Selection(
        selection=[
            ("email", "E-mail, by itself"),
            ("list", "Only in the list"),
        ],
        string="How",
        default="email",
        required=True,
        help="By itself: every morning, to who has an e-mail address. Whoever has none "
        "is in the list of the reminders due today, as is everybody of a stage that is "
        "only in the list.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Text",
        domain="[('model', '=', 'res.partner')]",
        default=lambda self: self.env.ref(
            "bemp_fiado.mail_template_reminder", raise_if_not_found=False
        ),
        # Where the template is deleted, as uninstalling does, the addon's own is sent.
        ondelete="set null",
    )
    with_statement = fields.Boolean(
        string="Attach the Statement",
        help="The customer's statement goes with the e-mail, as PDF.",
    )
    attachment = fields.Char(string="Goes Along", compute="_compute_attachment")
    start_date = fields.Date(
        string="Starts On",
        required=True,
        readonly=True,
        default=lambda self: self.env.company.sudo()._get_fiado_local_today(),
        help="Who had passed this stage before isn't reminded by it.",
    )
    active = fields.Boolean(default=True)

    _unique_days = models.UniqueIndex(
        "(company_id, days) WHERE active",
        "There is such a stage already: change that one.",
    )
    _check_days = models.Constraint(
        "CHECK (days BETWEEN -366 AND 3660)",
        "A stage is at most a year before the due date, and ten years after it.",
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = self._get_name(stage.days)

    @api.depends("with_statement")
    @api.depends_context("lang")
    def _compute_attachment(self):
        for stage in self:
            stage.attachment = stage.with_statement and self.env._("The statement")

    def _get_template(self):
        return self.template_id or self.env.ref("bemp_fiado.mail_template_reminder")

    @api.model
    def _get_name(self, days):
        if days == -1:
            return self.env._("The day before")
        if days == 1:
            return self.env._("The day after")
        if days < 0:
            return self.env._("%(days)s days before", days=-days)
        if days > 0:
            return self.env._("%(days)s days after", days=days)
        return self.env._("On the day")

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    def write(self, vals):
        moved = self.filtered(
            lambda stage: (
                ("days" in vals and vals["days"] != stage.days)
                or (vals.get("active") and not stage.active)
            )
        )
        result = super().write(vals)
        for company, stages in moved.grouped("company_id").items():
            stages._start(company)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        reminders = self.env["fiado.reminder"].sudo()
        if reminders.search_count([("stage_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Customers were reminded by this stage: archive it instead, so "
                    "that their history stays."
                )
            )

    def _start(self, company):
        """Have these stages count from today on."""
        self.start_date = company.sudo()._get_fiado_local_today()

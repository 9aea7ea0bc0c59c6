from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    fiado_enabled = fields.Boolean(related="company_id.fiado_enabled", readonly=False)
    fiado_debt_account_id = fields.Many2one(
        related="company_id.fiado_debt_account_id", readonly=False
    )
    fiado_credit_account_id = fields.Many2one(
        related="company_id.fiado_credit_account_id", readonly=False
    )
    fiado_loss_account_id = fields.Many2one(
        related="company_id.fiado_loss_account_id", readonly=False
    )
    fiado_rounding_account_id = fields.Many2one(
        related="company_id.fiado_rounding_account_id", readonly=False
    )
    fiado_journal_id = fields.Many2one(
        related="company_id.fiado_journal_id", readonly=False
    )
    fiado_days = fields.Integer(related="company_id.fiado_days", readonly=False)
    fiado_overdue_block_days = fields.Integer(
        related="company_id.fiado_overdue_block_days", readonly=False
    )
    fiado_late_fee = fields.Float(related="company_id.fiado_late_fee", readonly=False)
    fiado_interest = fields.Float(related="company_id.fiado_interest", readonly=False)
    fiado_grace_days = fields.Integer(
        related="company_id.fiado_grace_days", readonly=False
    )
    fiado_interest_account_id = fields.Many2one(
        related="company_id.fiado_interest_account_id", readonly=False
    )
    fiado_cashier_waives_charges = fields.Boolean(
        related="company_id.fiado_cashier_waives_charges", readonly=False
    )
    fiado_receipt_emails = fields.Boolean(
        related="company_id.fiado_receipt_emails", readonly=False
    )
    fiado_reminders = fields.Boolean(
        related="company_id.fiado_reminders", readonly=False
    )
    fiado_reminder_tz = fields.Selection(
        related="company_id.partner_id.tz",
        string="Timezone of the Shop",
        help="In whose morning the reminders are sent.",
        readonly=False,
    )
    fiado_walk_in_partner_id = fields.Many2one(
        related="company_id.fiado_walk_in_partner_id", readonly=False
    )
    fiado_pay_hint = fields.Char(compute="_compute_fiado_pay_hint")

    @api.depends("company_id")
    def _compute_fiado_pay_hint(self):
        for settings in self:
            settings.fiado_pay_hint = settings.company_id._get_fiado_pay_hint()

    def action_fiado_edit_receipt(self):
        """Open the text of receipts by e-mail."""
        return self._get_template_action("bemp_fiado.mail_template_receipt")

    def action_fiado_edit_whatsapp(self):
        """Open the text of reminders by WhatsApp."""
        return self._get_template_action("bemp_fiado.mail_template_reminder_whatsapp")

    def _get_template_action(self, template):
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.template",
            "res_id": self.env.ref(template).id,
            "view_mode": "form",
        }

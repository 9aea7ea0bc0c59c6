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
    fiado_walk_in_partner_id = fields.Many2one(
        related="company_id.fiado_walk_in_partner_id", readonly=False
    )
    fiado_pay_hint = fields.Char(compute="_compute_fiado_pay_hint")

    @api.depends("company_id")
    def _compute_fiado_pay_hint(self):
        for settings in self:
            settings.fiado_pay_hint = settings.company_id._get_fiado_pay_hint()

from odoo import api, fields, models
from odoo.tools import date_utils


class FiadoCommissionPeriod(models.TransientModel):
    """Of which days, and of whom, the commissions are shown or printed."""

    _name = "fiado.commission.period"
    _inherit = ["fiado.screen"]
    _description = "Commissions of a Period"

    period = fields.Selection(
        selection=[
            ("this_month", "This month"),
            ("last_month", "Last month"),
            ("dates", "Other dates"),
        ],
        default="this_month",
        required=True,
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_dates",
        store=True,
        readonly=False,
    )
    date_to = fields.Date(
        string="Until",
        compute="_compute_dates",
        store=True,
        readonly=False,
    )
    professional_id = fields.Many2one(
        "res.partner",
        domain="[('agent', '=', True)]",
        help="All of them where nobody is chosen.",
    )

    @api.depends("period")
    def _compute_dates(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            day = today
            if wizard.period == "last_month":
                day = date_utils.subtract(today, months=1)
            if wizard.period != "dates":
                wizard.date_from = date_utils.start_of(day, "month")
                wizard.date_to = date_utils.end_of(day, "month")

    def action_show(self):
        """Show the commissions of these days, by professional."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado_commission.fiado_commission_action"
        )
        domain = [("date", ">=", self.date_from), ("date", "<=", self.date_to)]
        if self.professional_id:
            domain.append(("professional_id", "=", self.professional_id.id))
        return {
            **action,
            "domain": domain,
            "context": {"search_default_group_professional": 1},
        }

    def action_print(self):
        """Print the commissions of these days, a paper for each professional."""
        self.ensure_one()
        report = self.env.ref("bemp_fiado_commission.fiado_commission_action_report")
        action = report.report_action(
            [],
            data={
                "date_from": fields.Date.to_string(self.date_from) or False,
                "date_to": fields.Date.to_string(self.date_to) or False,
                "professional_id": self.professional_id.id,
            },
        )
        return {**action, "close_on_report_download": True}

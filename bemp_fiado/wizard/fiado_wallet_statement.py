from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils


class FiadoWalletStatement(models.TransientModel):
    """Which part of a customer's statement is printed or sent."""

    _name = "fiado.wallet.statement"
    _inherit = ["fiado.screen"]
    _description = "Print or Send a Wallet Statement"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    period = fields.Selection(
        selection=[
            ("recent", "Everything open and the last 90 days"),
            ("this_month", "This month"),
            ("last_month", "Last month"),
            ("all", "Everything"),
            ("dates", "Other dates"),
        ],
        default="recent",
        required=True,
    )
    date_from = fields.Date(
        string="From", compute="_compute_dates", store=True, readonly=False
    )
    date_to = fields.Date(
        string="Until", compute="_compute_dates", store=True, readonly=False
    )

    @api.depends("partner_id", "period")
    def _compute_dates(self):
        today = fields.Date.context_today(self)
        last_month = date_utils.subtract(today, months=1)
        for wizard in self:
            if wizard.period == "recent":
                partner = wizard.partner_id
                wizard.date_from = partner and partner._get_fiado_statement_start()
                wizard.date_to = False
            elif wizard.period == "this_month":
                wizard.date_from = date_utils.start_of(today, "month")
                wizard.date_to = date_utils.end_of(today, "month")
            elif wizard.period == "last_month":
                wizard.date_from = date_utils.start_of(last_month, "month")
                wizard.date_to = date_utils.end_of(last_month, "month")
            elif wizard.period == "all":
                wizard.date_from = wizard.date_to = False

    def action_print(self):
        """Print the statement."""
        self.ensure_one()
        report = self.env.ref("bemp_fiado.res_partner_action_report_statement")
        action = report.report_action(
            [], data={"partner_ids": self.partner_id.ids, **self._get_period()}
        )
        return {**action, "close_on_report_download": True}

    def action_send(self):
        """Open an e-mail with the statement as PDF.

        :raises UserError: nothing ever moved in this wallet
        """
        self.ensure_one()
        if not self.partner_id._get_fiado_holders():
            raise UserError(
                self.env._(
                    "Nothing has moved in the wallet of %(customer)s yet: there is no "
                    "statement to send.",
                    customer=self.partner_id.name,
                )
            )
        period = {f"fiado_{name}": date for name, date in self._get_period().items()}
        return self.partner_id._get_fiado_composer(
            "bemp_fiado.mail_template_statement", **period
        )

    def _get_period(self):
        """The dates as the statement takes them: none where it finds them itself."""
        if self.period == "recent":
            return {}
        return {
            name: fields.Date.to_string(self[name]) or False
            for name in ("date_from", "date_to")
        }

from odoo import api, fields, models
from odoo.tools import date_utils, format_date


class FiadoWalletBalanceDate(models.TransientModel):
    """The day of which the wallets' balances are shown."""

    _name = "fiado.wallet.balance.date"
    _inherit = ["fiado.screen"]
    _description = "Wallet Balances at a Date"

    # The days that an accountant closes.
    day = fields.Selection(
        selection=[
            ("month", "End of last month"),
            ("year", "End of last year"),
            ("date", "Another day"),
        ],
        default="month",
        required=True,
    )
    date = fields.Date(
        compute="_compute_date",
        store=True,
        readonly=False,
        required=True,
        help="What was posted until the end of this day counts.",
    )

    @api.depends("day")
    def _compute_date(self):
        today = fields.Date.context_today(self)
        for wizard in self.filtered(lambda wizard: wizard.day != "date"):
            first_day = date_utils.start_of(today, wizard.day)
            wizard.date = date_utils.subtract(first_day, days=1)

    def action_show(self):
        """Show the balances of all customers at the chosen day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.fiado_wallet_balance_action"
        )
        return {
            **action,
            "display_name": self.env._(
                "Wallet balances at %(date)s", date=format_date(self.env, self.date)
            ),
            "context": {"fiado_date": fields.Date.to_string(self.date)},
        }

from odoo import fields, models
from odoo.tools import format_date


class FiadoWalletBalanceDate(models.TransientModel):
    """The day of which the wallets' balances are shown."""

    _name = "fiado.wallet.balance.date"
    _inherit = ["fiado.screen"]
    _description = "Wallet Balances at a Date"

    date = fields.Date(
        required=True,
        # The day that an accountant closes.
        default=lambda self: fields.Date.subtract(
            fields.Date.start_of(fields.Date.context_today(self), "month"), days=1
        ),
        help="What was posted until the end of this day counts.",
    )

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

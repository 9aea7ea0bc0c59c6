from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class PosConfig(models.Model):
    """Each point of sale has the wallets' payment method."""

    _inherit = "pos.config"

    fiado_waiting = fields.Boolean(
        help="Fiado was switched on while a session was open: the payment method comes "
        "when that is closed.",
        readonly=True,
        copy=False,
    )

    @api.constrains("journal_id", "payment_method_ids")
    def _check_fiado_currency(self):
        for config in self:
            if (
                config.payment_method_ids.filtered("fiado")
                and config.currency_id != config.company_id.currency_id
            ):
                raise ValidationError(
                    self.env._(
                        "The customers' wallets are in %(currency)s: %(config)s, which "
                        "sells in another currency, can't use them.",
                        currency=config.company_id.currency_id.name,
                        config=config.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        configs = super().create(vals_list)
        configs._fiado_add_method()
        return configs

    def _fiado_add_method(self):
        """Add the wallets' payment method where fiado is on and it is missing. Where a
        session is open it comes when that is closed."""
        for config in self.sudo():
            company = config.company_id
            if (
                not company.root_id.fiado_enabled
                or config.currency_id != company.currency_id
            ):
                continue
            method = company._get_fiado_pos_method()
            if method in config.payment_method_ids:
                config.fiado_waiting = False
            elif config.has_active_session:
                config.fiado_waiting = True
            else:
                config.write(
                    {
                        "fiado_waiting": False,
                        "payment_method_ids": [Command.link(method.id)],
                    }
                )

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class PosPaymentMethod(models.Model):
    """The payment method that takes from the customer's wallet and gives to it."""

    _inherit = "pos.payment.method"

    fiado = fields.Boolean(
        help="What is paid by this comes from the customer's wallet: credit first, the "
        "rest is debt. What is negative pays debt, the rest is credit.",
    )

    @api.constrains("fiado", "journal_id", "split_transactions")
    def _check_fiado(self):
        for method in self.filtered("fiado"):
            if method.journal_id or method.split_transactions:
                raise ValidationError(
                    self.env._(
                        "%(method)s moves the customers' wallets: leave its journal "
                        "empty and don't identify customers. It always asks for them.",
                        method=method.name,
                    )
                )

    def write(self, vals):
        if "fiado" in vals:
            changed = self.filtered(lambda method: method.fiado != vals["fiado"])
            payments = self.env["pos.payment"].sudo()
            if changed and payments.search_count(
                [("payment_method_id", "in", changed.ids)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "%(method)s was used already: make another payment method.",
                        method=changed[0].name,
                    )
                )
        return super().write(vals)

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "fiado"]

from odoo import api, fields, models


class SaleOrderClose(models.TransientModel):
    """Late fee and interest are charged where the customer pays debt at a closing."""

    _inherit = "sale.order.close"

    charges = fields.Monetary(currency_field="wallet_currency_id")
    debt_today = fields.Monetary(currency_field="wallet_currency_id")
    show_charges = fields.Boolean(compute="_compute_show_charges")

    @api.depends("charges", "debt_paid", "currency_id", "wallet_currency_id")
    def _compute_show_charges(self):
        for close in self:
            close.show_charges = close._takes_charges()

    def _takes_charges(self):
        return (
            super()._takes_charges()
            and self.debt_paid > 0
            and self.currency_id == self.wallet_currency_id
        )

    def _get_shown(self):
        shown = super()._get_shown()
        if not self._takes_charges():
            # Nobody decided on them.
            shown.pop("charges", None)
        return shown

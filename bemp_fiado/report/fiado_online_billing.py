from odoo import models


class FiadoBilling(models.Model):
    """Debts that are paid online count as those that are paid at the till."""

    _inherit = "fiado.billing"

    def _get_origin_figures(self):
        return super()._get_origin_figures() | {"online": "money_credit"}

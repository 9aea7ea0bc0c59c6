from odoo import models

# What the points of sale move: by selling, and by receiving without selling.
POS_ORIGINS = ("pos", "pos_credit")


class FiadoLedger(models.AbstractModel):
    """How movements of the points of sale differ: their other side is nobody's, it
    waits for the session's entry."""

    _inherit = "fiado.ledger"

    def _get_sale_origins(self):
        return (*super()._get_sale_origins(), "pos")

    def _get_credit_sale_origins(self):
        return (*super()._get_credit_sale_origins(), "pos_credit")

    def _get_counterpart_holder(self, wallet, counterpart, origin):
        if origin in POS_ORIGINS:
            return None
        return super()._get_counterpart_holder(wallet, counterpart, origin)

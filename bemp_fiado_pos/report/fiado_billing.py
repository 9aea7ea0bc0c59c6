from odoo import fields, models
from odoo.tools import SQL


class FiadoBilling(models.Model):
    """What the points of sale sold without an invoice: the entries of their sessions,
    and what was taken out of these again when an order was invoiced later."""

    _inherit = "fiado.billing"
    _depends = {
        "account.move": ["reversed_pos_order_id"],
        "pos.session": ["move_id"],
    }

    figure = fields.Selection(selection_add=[("point_of_sale", "Point of sale")])

    def _get_entry_section(self):
        return SQL(
            "CASE WHEN %s THEN 'billed' ELSE %s END",
            self._is_of_point_of_sale(),
            super()._get_entry_section(),
        )

    def _get_entry_figure(self):
        return SQL(
            "CASE WHEN %s THEN 'point_of_sale' ELSE %s END",
            self._is_of_point_of_sale(),
            super()._get_entry_figure(),
        )

    def _is_of_point_of_sale(self):
        return SQL(
            """
            (move.reversed_pos_order_id IS NOT NULL
             OR EXISTS (SELECT FROM pos_session WHERE pos_session.move_id = move.id))
            """
        )

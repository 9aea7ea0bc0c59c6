from odoo import fields, models
from odoo.tools import SQL


class FiadoBilling(models.Model):
    """What was billed by whoever did each line. What came in, and the proof, stay the
    order's salesperson's: customers pay orders, not lines."""

    _inherit = "fiado.billing"
    _depends = {"sale.order.line": ["professional_id"]}

    professional_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who did what was billed, or else the order's salesperson.",
    )

    def _get_professional(self):
        return SQL(
            """COALESCE(order_line.professional_id, closed_order.user_id,
                        move.invoice_user_id)"""
        )

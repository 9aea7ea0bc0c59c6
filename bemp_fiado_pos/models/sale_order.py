from odoo import models
from odoo.exceptions import UserError

from odoo.addons.bemp_fiado.models.elevation import elevate


class SaleOrder(models.Model):
    """An order of the back office that is paid at a point of sale is finished there, be
    it from the customer's wallet or not; refunded there it is open again."""

    _inherit = "sale.order"

    def _fiado_finish_at_till(self):
        for order in elevate(self):
            is_paid = order._is_paid_at_till()
            if is_paid and order.closing_state == "open":
                order.write({"closing_state": "closed", "locked": True})
            elif not is_paid and order._is_closed_at_till():
                order.write(
                    {"closing_state": "open", "locked": order._should_be_locked()}
                )

    def _is_paid_at_till(self):
        """Whether points of sale sold all that was still to invoice, and nothing is
        open of what was invoiced before."""
        sold = self.order_line.pos_order_line_ids.order_id
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        return (
            self.invoice_status == "invoiced"
            and bool(sold._get_fiado_finished())
            and not any(
                move.state == "draft" or move.amount_residual for move in invoices
            )
        )

    def _is_closed_at_till(self):
        """Whether it is closed, and not by a closing of the back office."""
        return self.closing_state == "closed" and not self._get_closing_documents()

    def _reopen(self, reason):
        order = elevate(self)
        sold = order.order_line.pos_order_line_ids.order_id
        if sold and order._is_closed_at_till():
            raise UserError(
                self.env._(
                    "Order %(order)s was paid at the point of sale with %(sold)s: "
                    "refund it there.",
                    order=order.name,
                    sold=", ".join(sold.mapped("name")),
                )
            )
        return super()._reopen(reason)

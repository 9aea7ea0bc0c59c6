from odoo import api, models
from odoo.exceptions import UserError

from .guards import filter_changing

# What was sold and for how much, once the order is closed.
FROZEN_FIELDS = {
    "discount",
    "order_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_not_closed()
        return lines

    def write(self, vals):
        if not FROZEN_FIELDS.isdisjoint(vals):
            filter_changing(self, vals, FROZEN_FIELDS)._check_not_closed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_not_closed()

    def _check_not_closed(self):
        closed = self.order_id.filtered(lambda order: order.closing_state == "closed")
        for order in closed:
            raise UserError(order._get_closed_message())

    def _get_sold_name(self):
        """What customers know it by, in one line."""
        self.ensure_one()
        return (self.product_id.name or self.name or "").strip().partition("\n")[0]

    def _is_delivered_at_closing(self):
        """Whether closing the order delivers it: nobody else does it for services that
        are delivered by hand."""
        self.ensure_one()
        return (
            self.product_id.type == "service" and self.qty_delivered_method == "manual"
        )

    def _is_less_delivered(self):
        """Whether less was delivered, or taken back, than ordered."""
        return self._compare_delivered() < 0

    def _is_more_delivered(self):
        """Whether more will be invoiced than was ordered: what was delivered."""
        return (
            self.product_id.invoice_policy == "delivery"
            and self.product_id.type != "combo"
            and self._compare_delivered() > 0
        )

    def _compare_delivered(self):
        self.ensure_one()
        sign = -1 if self.product_uom_qty < 0 else 1
        return self._get_unit().compare(
            sign * self.qty_delivered, sign * self.product_uom_qty
        )

    def _is_to_invoice(self):
        """Whether the order's next invoice has this line, be it to take it off."""
        return not self.display_type and not self._get_unit().is_zero(
            self.qty_to_invoice
        )

    def _get_unit(self):
        # The lines of down payments have no product and no unit.
        return self.product_uom_id or self.env.ref("uom.product_uom_unit")

    def _get_closing_quantity(self):
        """How much of the line is invoiced once the order is closed."""
        return self.qty_delivered if self._is_more_delivered() else self.product_uom_qty

    def _prepare_base_lines_to_invoice(self):
        """The lines of the invoice that closing will still make, for ``account.tax``:
        down payments come off as Odoo takes them off."""
        base_lines = []
        for line in self:
            quantity = line._get_closing_quantity() - line.qty_invoiced
            if line._get_unit().is_zero(quantity):
                continue
            values = {"quantity": quantity}
            if line.is_downpayment:
                values["extra_tax_data"] = self.env[
                    "account.tax"
                ]._reverse_quantity_base_line_extra_tax_data(line.extra_tax_data)
            base_lines.append(line._prepare_base_line_for_taxes_computation(**values))
        return base_lines

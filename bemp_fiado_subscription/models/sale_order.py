from odoo import api, models

from odoo.addons.bemp_fiado.models.elevation import elevate


class SaleOrder(models.Model):
    """An order of a subscription is a subscription order: the one that begins it, and
    those that it makes.

    The mark is what is seen; what is refused follows from the subscription itself, in
    whichever way the order came to it.
    """

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered("order_subscription_id")._fiado_mark_subscriptions()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("order_subscription_id"):
            self._fiado_mark_subscriptions()
        return result

    def _fiado_mark_subscriptions(self):
        """Mark these orders of subscriptions. A closed order keeps what it was closed
        as, and an internal sale stays one."""
        # Who may make subscriptions may not change an order's type.
        unmarked = elevate(self).filtered(
            lambda order: (
                order.order_type == "service" and order.closing_state == "open"
            )
        )
        if unmarked:
            unmarked.write({"order_type": "subscription"})

    def _is_subscription_order(self):
        return super()._is_subscription_order() or self._has_subscription()

    def _has_subscription(self):
        """Whether this order was made by a subscription, or began one, or will when it
        is confirmed."""
        self.ensure_one()
        order = self.sudo()
        return bool(
            order.order_subscription_id
            or order.subscription_ids
            or order.order_line.product_id.filtered(
                lambda product: (
                    product.subscribable and product.subscription_template_id
                )
            )
        )

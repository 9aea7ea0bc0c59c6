import contextlib

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError

from ..till import TOGETHER


class PosOrder(models.Model):
    """What an order of a point of sale has to do with the customer's wallet.

    Its payment lines of a fiado method say what it takes from the wallet (positive) and
    gives to it (negative). They are the truth of what is wanted, the posted movements
    that of what was done; only the difference of the two is ever posted. So whatever is
    sent twice, retried or edited moves the wallet once.
    """

    _inherit = "pos.order"

    fiado_offline = fields.Boolean(
        string="Sold Offline",
        help="The till had no connection: it let the customer leave a debt by what it "
        "knew last.",
        readonly=True,
        copy=False,
    )
    fiado_reason = fields.Char(
        string="Reason",
        help="Why the customer may go over a limit.",
        copy=False,
    )
    fiado_before = fields.Monetary(
        string="Balance Before",
        help="What the receipt says: what the customer had left (positive) or owed "
        "(negative) before this order.",
        readonly=True,
        copy=False,
    )
    fiado_due_date = fields.Date(
        string="Due on",
        help="What the receipt says: when the debt that this order left is due.",
        readonly=True,
        copy=False,
    )
    fiado_pay_code = fields.Char(
        string="Pay Code",
        help="What the receipt says: the code by which all that was owed then is paid "
        "from a phone.",
        readonly=True,
        copy=False,
    )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Its payments come before its lines: it moves the wallet when it is whole.
        together = self.with_context(fiado_together=TOGETHER)
        orders = super(PosOrder, together).create(vals_list)
        return orders.with_env(self.env)

    def write(self, vals):
        if "partner_id" in vals:
            self._fiado_check_customer(vals["partner_id"])
        if "payment_ids" not in vals:
            return super().write(vals)
        together = self.with_context(fiado_together=TOGETHER)
        result = super(PosOrder, together).write(vals)
        self._get_fiado_finished()._fiado_move_wallet()
        return result

    def _fiado_check_customer(self, partner_id):
        for order in self:
            if order.partner_id.id != partner_id and order._get_fiado_moves():
                raise UserError(
                    self.env._(
                        "%(order)s moved the wallet of %(customer)s: refund it, then "
                        "sell it to whom it should have been.",
                        order=order.name,
                        customer=order.partner_id.name,
                    )
                )

    # -------------------------------------------------------------------------
    # PAY
    # -------------------------------------------------------------------------

    @api.model
    def sync_from_ui(self, orders):
        self._fiado_take_turn(orders)
        answer = super().sync_from_ui(orders)
        synced = self.browse(order["id"] for order in answer["pos.order"])
        synced._get_fiado_sale_orders()._fiado_finish_at_till()
        return answer

    def _get_fiado_sale_orders(self):
        """The orders of the back office that are sold here, or refunded."""
        lines = self._get_fiado_finished().sudo().lines
        return (lines | lines.refunded_orderline_id).sale_order_origin_id

    def _fiado_take_turn(self, orders):
        """Serve those at one wallet one after another."""
        paid = {
            command[-1].get("payment_method_id"): order["partner_id"]
            for order in orders
            if order.get("partner_id")
            for command in order.get("payment_ids") or ()
            if isinstance(command[-1], dict)
        }
        methods = self.env["pos.payment.method"].sudo().browse(filter(None, paid))
        partner_ids = [paid[method.id] for method in methods if method.fiado]
        customers = self.env["res.partner"].sudo().browse(partner_ids)
        # Odoo sells without the customer who was deleted meanwhile. One turn at a time:
        # who needs several wallets takes what is free.
        with contextlib.suppress(MissingError):
            holders = customers.browse().union(
                *(
                    customer._get_fiado_usual_holder(self.env.company)
                    for customer in customers
                )
            )
            if len(holders) == 1:
                self.env["fiado.ledger"]._take_turn(holders)

    @api.model
    def _process_order(self, order, existing_order):
        together = self.with_context(fiado_together=TOGETHER)
        return super(PosOrder, together)._process_order(order, existing_order)

    def action_pos_order_paid(self):
        result = super().action_pos_order_paid()
        # Others cost no query more than without the addon.
        if self._get_fiado_payments():
            self._fiado_move_wallet()
        return result

    def read_pos_data(self, data, config):
        result = super().read_pos_data(data, config)
        moved = self.filtered(lambda order: order._get_fiado_payments())
        if config and moved:
            # The till learns how the wallets are now.
            result["res.partner"] = self.env["res.partner"]._load_pos_data_read(
                moved.partner_id, config
            )
        return result

    def _create_misc_reversal_move(self, payment_moves):
        result = super()._create_misc_reversal_move(payment_moves)
        movements = self._get_fiado_moves()
        if movements:
            self.sudo().reversed_move_ids.fiado_move_ids = movements
        return result

    def _get_fiado_finished(self):
        """Those that are paid: only these move wallets."""
        return self.filtered(lambda order: order.state in ("paid", "done"))

    def _get_fiado_moves(self):
        """What these orders moved in wallets. No field: the till reads all fields of
        its orders, and writes them."""
        return (
            self.env["account.move"]
            .sudo()
            .search([("fiado_pos_order_id", "in", self.ids)], order="id")
        )

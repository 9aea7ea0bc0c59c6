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
    fiado_payer = fields.Char(
        string="On the Wallet of",
        help="What the receipt says: whose wallet this order moved, where it isn't the "
        "customer's own.",
        readonly=True,
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
        sold = synced._get_fiado_finished()._get_fiado_sale_orders()
        sold._fiado_finish_at_till()
        return answer

    def _get_fiado_sale_orders(self):
        """The orders of the back office that are sold here, or refunded."""
        lines = self.sudo().lines
        return (lines | lines.refunded_orderline_id).sale_order_origin_id

    def _fiado_take_turn(self, orders):
        """Serve those at one wallet one after another."""
        paid = [
            (values.get("payment_method_id"), order)
            for order in orders
            if order.get("partner_id")
            for values in self._get_fiado_sent(order, "payment_ids")
        ]
        method_ids = {method_id for method_id, _order in paid if method_id}
        methods = self.env["pos.payment.method"].sudo().browse(method_ids)
        fiado_ids = methods.filtered("fiado").ids
        # Odoo sells without the customer who was deleted meanwhile. One turn at a time:
        # who needs several wallets takes what is free.
        with contextlib.suppress(MissingError):
            holders = self.env["res.partner"].union(
                *(
                    self._get_fiado_sent_holders(order)
                    for method_id, order in paid
                    if method_id in fiado_ids
                )
            )
            if len(holders) == 1:
                self.env["fiado.ledger"]._take_turn(holders)

    @api.model
    def _get_fiado_sent(self, order, name):
        """What a till sends of an order's lines or payments, one after another."""
        for command in order.get(name) or ():
            if isinstance(command[-1], dict):
                yield command[-1]

    @api.model
    def _get_fiado_sent_holders(self, order):
        """Whose wallets an order moves that a till sends."""
        lines = [*self._get_fiado_sent(order, "lines")]
        refunded = self.env["pos.order.line"].sudo()
        refunded = refunded.browse(
            filter(None, (line.get("refunded_orderline_id") for line in lines))
        )
        sold = self.env["sale.order"].sudo()
        sold = sold.browse(
            filter(None, (line.get("sale_order_origin_id") for line in lines))
        )
        customer = self.env["res.partner"].browse(order["partner_id"])
        return customer._get_fiado_till_holders(
            self.env.company, sold | refunded.sale_order_origin_id
        )

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

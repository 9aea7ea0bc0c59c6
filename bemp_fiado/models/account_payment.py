from odoo import api, fields, models
from odoo.exceptions import AccessError

FIADO_FIELDS = {"fiado_move_id", "fiado_order_id", "fiado_origin"}


class AccountPayment(models.Model):
    _inherit = "account.payment"

    fiado_origin = fields.Selection(
        selection=[
            ("order", "Order"),
            ("credit_sale", "Money credit"),
            ("payout", "Paid out"),
        ],
        string="Wallet Origin",
        help="The operation on a customer's wallet by which this payment was made.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    fiado_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Closed Order",
        help="The order at whose closing this payment was taken.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    fiado_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Wallet Movement",
        help="The movement of a customer's wallet that was paid by this.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._fiado_check_fields(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._fiado_check_fields(vals)
        return super().write(vals)

    @api.model
    def _fiado_check_fields(self, *vals_list):
        # The ledger writes them elevated; RPC never runs elevated.
        if not self.env.su and any(not FIADO_FIELDS.isdisjoint(v) for v in vals_list):
            raise AccessError(
                self.env._(
                    "Origin and order of a payment can't be set by hand: only the "
                    "operation itself sets them."
                )
            )

    def _generate_move_vals(
        self, write_off_line_vals=None, force_balance=None, line_ids=None
    ):
        vals = super()._generate_move_vals(write_off_line_vals, force_balance, line_ids)
        if self.fiado_origin:
            vals["fiado_origin"] = self.fiado_origin
            vals["fiado_order_id"] = self.fiado_order_id.id
        return vals

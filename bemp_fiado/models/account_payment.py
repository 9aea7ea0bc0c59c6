from odoo import fields, models
from odoo.exceptions import AccessError


class AccountPayment(models.Model):
    _inherit = "account.payment"

    fiado_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Closed Order",
        help="The order at whose closing this payment was taken.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    def create(self, vals_list):
        if not self.env.su and any("fiado_order_id" in vals for vals in vals_list):
            raise AccessError(self.env._("Only the closing of an order sets this."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and "fiado_order_id" in vals:
            raise AccessError(self.env._("Only the closing of an order sets this."))
        return super().write(vals)

    def _generate_move_vals(
        self, write_off_line_vals=None, force_balance=None, line_ids=None
    ):
        vals = super()._generate_move_vals(write_off_line_vals, force_balance, line_ids)
        if self.fiado_order_id:
            vals["fiado_order_id"] = self.fiado_order_id.id
        return vals

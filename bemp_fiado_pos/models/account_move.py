from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


def forget_origin(moves):
    """Without the addon what it posted has the origin of any entry. Past the wall
    around posted movements, of which only the name of their origin goes."""
    if not moves:
        return
    moves.flush_recordset(["fiado_origin"])
    moves.env.execute_query(
        SQL(
            "UPDATE account_move SET fiado_origin = NULL WHERE id IN %s RETURNING id",
            tuple(moves.ids),
        )
    )
    moves.invalidate_recordset(["fiado_origin"])


class AccountMove(models.Model):
    _inherit = "account.move"

    fiado_origin = fields.Selection(
        selection_add=[
            ("pos", "Point of sale"),
            ("pos_credit", "Money credit (point of sale)"),
        ],
        ondelete={"pos": forget_origin, "pos_credit": forget_origin},
    )
    fiado_pos_order_id = fields.Many2one(
        comodel_name="pos.order",
        string="Point of Sale Order",
        help="The order of a point of sale whose payment moved the wallet.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def _get_fiado_own_fields(self):
        return super()._get_fiado_own_fields() | {"fiado_pos_order_id"}

    def _fiado_check_undoable(self):
        result = super()._fiado_check_undoable()
        if self.fiado_pos_order_id:
            raise UserError(self._get_fiado_pos_message())
        return result

    def _fiado_only_reversed_message(self):
        movement = self.filtered("fiado_pos_order_id")[:1]
        if movement:
            return movement._get_fiado_pos_message()
        return super()._fiado_only_reversed_message()

    def _get_fiado_standing_message(self, movement):
        if movement.fiado_pos_order_id:
            return movement._get_fiado_pos_message()
        return super()._get_fiado_standing_message(movement)

    def _get_fiado_pos_message(self):
        """How what a point of sale moved is put right."""
        # Accountants have no rights at the point of sale.
        order = self.sudo().fiado_pos_order_id
        if order.lines:
            return self.env._(
                "%(document)s belongs to %(order)s of the point of sale: refund that "
                "order there.",
                document=self.name,
                order=order.name,
            )
        return self.env._(
            "%(document)s was received at the point of sale with %(order)s. Press "
            "“Manage” on the customer's wallet: transfer it to another customer, or "
            "pay it out.",
            document=self.name,
            order=order.name,
        )

from odoo import api, models
from odoo.fields import Command

from odoo.addons.bemp_fiado.models.elevation import QUIET, elevate

from ..till import TOGETHER


class PosPayment(models.Model):
    """Payments from wallets and to them."""

    _inherit = "pos.payment"

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    # The screens change payments through their order; whoever changes them otherwise
    # moves the wallet too.

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._fiado_tell_orders(payments.pos_order_id)
        return payments

    def write(self, vals):
        orders = self.pos_order_id
        result = super().write(vals)
        if {"amount", "payment_method_id", "pos_order_id"} & vals.keys():
            self._fiado_tell_orders(orders | self.pos_order_id)
        return result

    def unlink(self):
        orders = self.pos_order_id
        result = super().unlink()
        self._fiado_tell_orders(orders)
        return result

    def _fiado_tell_orders(self, orders):
        if self.env.context.get("fiado_together") is not TOGETHER:
            orders.exists()._get_fiado_finished()._fiado_move_wallet()

    # -------------------------------------------------------------------------
    # INVOICE
    # -------------------------------------------------------------------------

    def _create_payment_moves(self, is_reverse=False):
        moves = super()._create_payment_moves(is_reverse)
        for payment in self.filtered("payment_method_id.fiado"):
            if not payment.currency_id.is_zero(payment.amount):
                moves |= payment._fiado_create_invoice_payment(is_reverse)
        return moves

    def _fiado_create_invoice_payment(self, is_reverse):
        """Pay the order's invoice by what it moved in the wallet.

        :param bool is_reverse: the session is closed: its entry matched the wallet's
            movement already, and Odoo's reversal of that waits for this payment
        """
        order = self.pos_order_id
        partner = self.env["res.partner"]._find_accounting_partner(
            order.account_move.partner_id
        )
        partner = partner.with_company(order.company_id)
        clearing = order._get_fiado_clearing_account()
        entry = elevate(self.env["account.move"], **QUIET).create(
            {
                "move_type": "entry",
                "journal_id": order.config_id.journal_id.id,
                "date": order._get_fiado_day(),
                "ref": self.env._(
                    "%(order)s (%(invoice)s) from the customer's wallet",
                    order=order.name,
                    invoice=order.account_move.name,
                ),
                "pos_payment_ids": self.ids,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": partner.property_account_receivable_id.id,
                            "partner_id": partner.id,
                            "balance": -self.amount,
                        }
                    ),
                    Command.create({"account_id": clearing.id, "balance": self.amount}),
                ],
            }
        )
        self.account_move_id = entry
        entry._post(soft=False)
        movements = order._get_fiado_moves()
        entry.fiado_move_ids = movements
        order.sudo().account_move.fiado_move_ids = movements
        if not is_reverse:
            order._fiado_match_clearing(
                entry.line_ids.filtered(lambda line: not line.partner_id)
            )
        return entry

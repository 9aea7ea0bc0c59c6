from odoo import models
from odoo.fields import Command


class PosSession(models.Model):
    """The end of a session: its entry takes up what its orders moved in wallets."""

    _inherit = "pos.session"

    def _create_pay_later_receivable_lines(self, data):
        # What came on other ways than the till's.
        self._get_closed_orders()._fiado_move_wallet()
        # Odoo adds the lines of all methods up into one set; ours are to be known.
        combined = data["combine_receivables_pay_later"]
        ours = {
            method: combined.pop(method) for method in list(combined) if method.fiado
        }
        data = super()._create_pay_later_receivable_lines(data)
        data["fiado_lines"] = data["MoveLine"].create(
            [
                self._get_combine_receivable_vals(
                    method, amounts["amount"], amounts["amount_converted"]
                )
                for method, amounts in ours.items()
            ]
        )
        return data

    def _reconcile_account_move_lines(self, data):
        data = super()._reconcile_account_move_lines(data)
        orders = self._get_closed_orders().filtered(lambda order: not order.is_invoiced)
        movements = orders._get_fiado_moves()
        if movements:
            self.move_id.fiado_move_ids = [Command.link(move.id) for move in movements]
            orders._fiado_match_clearing(data["fiado_lines"])
        return data

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "closed":
            self.config_id.filtered("fiado_waiting")._fiado_add_method()
        return result

from odoo import models

from odoo.addons.bemp_fiado.report.opening import open_first_readable


class FiadoWalletEntry(models.Model):
    """What statements and receipts say of what a point of sale moved."""

    _inherit = "fiado.wallet.entry"

    def _get_statement_lines(self):
        lines = super()._get_statement_lines()
        orders = {entry.id: entry._get_pos_order() for entry in self}
        for line in lines:
            order = orders[line["id"]]
            if order:
                line["document"] = order.name
                line["services"] = [
                    sold.full_product_name or sold.product_id.name
                    for sold in order.lines
                ]
        return lines

    def _get_taker(self):
        return self._get_pos_order().partner_id or super()._get_taker()

    def action_open_document(self):
        order = self._get_pos_order().with_env(self.env)
        return open_first_readable(order) or super().action_open_document()

    def _get_pos_order(self):
        # Who reads wallets reads what was sold, be the order a colleague's or not.
        return self.sudo().move_id.fiado_pos_order_id

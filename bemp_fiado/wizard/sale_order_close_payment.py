from odoo import fields, models


class SaleOrderClosePayment(models.TransientModel):
    _name = "sale.order.close.payment"
    _inherit = "fiado.payment.screen.line"
    _description = "Payment on the Payment Screen"

    close_id = fields.Many2one("sale.order.close", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="close_id.currency_id")

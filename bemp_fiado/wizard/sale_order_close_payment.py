from odoo import fields, models


class SaleOrderClosePayment(models.TransientModel):
    _name = "sale.order.close.payment"
    _inherit = "fiado.screen"
    _description = "Payment on the Payment Screen"

    close_id = fields.Many2one("sale.order.close", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="close_id.currency_id")
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Payment Form", required=True
    )
    payment_form_name = fields.Char(
        related="payment_method_line_id.payment_form_name", string="Form"
    )
    amount = fields.Monetary(required=True)

from odoo import fields, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    is_commission_deduction = fields.Boolean(
        string="Deducted from the Commission",
        help="What professionals buy is not paid, but taken off the bill that settles "
        "their commissions. Only internal sales to professionals offer this form.",
    )

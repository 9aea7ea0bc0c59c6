from odoo import fields, models
from odoo.tools import SQL


class FiadoPayment(models.Model):
    """The payments taken at the closing of orders, as cashiers may read them."""

    _name = "fiado.payment"
    _description = "Payment of a Closing"
    _auto = False
    _order = "id"
    _depends = {
        "account.payment": [
            "amount",
            "company_id",
            "currency_id",
            "date",
            "fiado_order_id",
            "name",
            "partner_id",
            "payment_method_line_id",
            "state",
        ],
    }

    name = fields.Char(readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Payment Form", readonly=True
    )
    payment_form_name = fields.Char(
        related="payment_method_line_id.payment_form_name", string="Form"
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        selection=lambda self: (
            self.env["account.payment"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, name, fiado_order_id AS order_id, partner_id, company_id, date,
                   payment_method_line_id, amount, currency_id, state
              FROM account_payment
             WHERE fiado_order_id IS NOT NULL
            """
        )

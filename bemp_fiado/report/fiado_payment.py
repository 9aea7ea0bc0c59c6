from odoo import api, fields, models
from odoo.tools import SQL


class FiadoPayment(models.Model):
    """The payments that wallet operations and closings made, as cashiers read them."""

    _name = "fiado.payment"
    _description = "Fiado Payment"
    _auto = False
    _order = "id"
    _depends = {
        "account.payment": [
            "amount",
            "amount_company_currency_signed",
            "company_id",
            "currency_id",
            "date",
            "fiado_move_id",
            "fiado_order_id",
            "fiado_origin",
            "name",
            "partner_id",
            "payment_method_line_id",
            "payment_type",
            "state",
        ],
    }

    name = fields.Char(readonly=True)
    wallet_move_id = fields.Many2one("account.move", readonly=True)
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
    origin = fields.Selection(
        selection=lambda self: (
            self.env["account.payment"]
            ._fields["fiado_origin"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    amount = fields.Monetary(
        readonly=True, help="Positive: received; negative: paid out."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
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
            SELECT id, name, fiado_order_id AS order_id, fiado_origin AS origin,
                   fiado_move_id AS wallet_move_id, partner_id, company_id, date,
                   payment_method_line_id, currency_id,
                   CASE WHEN payment_type = 'inbound' THEN amount ELSE -amount END
                       AS amount,
                   amount_company_currency_signed AS company_amount,
                   state
              FROM account_payment
             WHERE fiado_origin IS NOT NULL
            """
        )

    @api.readonly
    def action_open_document(self):
        """Open the order that this payment paid, or else the customer's wallet."""
        self.ensure_one()
        if not self.order_id:
            return self.partner_id.action_open_wallet()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "view_mode": "form",
            "res_id": self.order_id.id,
        }

    def action_cancel_payment(self):
        """Cancel the payment: its amount is taken from the customer's wallet again."""
        self.ensure_one()
        self.check_access("read")
        self.env["fiado.policy"]._check_manager()
        self.env["account.payment"].browse(self.id).sudo()._fiado_cancel()
        self.invalidate_recordset(["state"])

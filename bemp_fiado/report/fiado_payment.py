from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class FiadoPayment(models.Model):
    """The payments that wallet operations and closings made, as cashiers read them."""

    _name = "fiado.payment"
    _description = "Fiado Payment"
    _auto = False
    _order = "id"
    _depends = {
        "account.move": ["date", "fiado_origin", "name", "reversed_entry_id", "state"],
        "account.payment": [
            "amount",
            "amount_company_currency_signed",
            "company_id",
            "create_uid",
            "currency_id",
            "date",
            "fiado_move_id",
            "fiado_order_id",
            "fiado_origin",
            "move_id",
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
    user_id = fields.Many2one("res.users", string="Recorded By", readonly=True)
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

    is_booked = fields.Boolean(
        string="In the Books",
        readonly=True,
        help="Whether the amount counts on its day. What was cancelled later counts on "
        "its day, and its opposite on the day when it was cancelled.",
    )

    @property
    def _table_query(self):
        # What takes a payment back is a row of its own day, so that a past day's
        # payments stay what they were. Its id is beyond those of payments.
        return SQL(
            """
            SELECT payment.id::bigint AS id, %(columns)s,
                   payment.name, payment.date,
                   CASE WHEN payment.payment_type = 'inbound' THEN payment.amount
                        ELSE -payment.amount
                   END AS amount,
                   payment.amount_company_currency_signed AS company_amount,
                   move.state = 'posted' AS is_booked
              FROM account_payment payment
              JOIN account_move move ON move.id = payment.move_id
             WHERE payment.fiado_origin IS NOT NULL
             UNION ALL
            SELECT %(beyond)s + opposite.id AS id, %(columns)s,
                   opposite.name, opposite.date,
                   CASE WHEN payment.payment_type = 'inbound' THEN -payment.amount
                        ELSE payment.amount
                   END AS amount,
                   -payment.amount_company_currency_signed AS company_amount,
                   TRUE AS is_booked
              FROM account_move opposite
              JOIN account_payment payment
                ON payment.move_id = opposite.reversed_entry_id
             WHERE opposite.fiado_origin = 'reversal'
               AND opposite.state = 'posted'
               AND payment.fiado_origin IS NOT NULL
            """,
            beyond=2**32,
            columns=SQL(
                """payment.fiado_order_id AS order_id,
                   payment.fiado_origin AS origin,
                   payment.fiado_move_id AS wallet_move_id,
                   payment.partner_id,
                   payment.company_id,
                   payment.create_uid AS user_id,
                   payment.payment_method_line_id,
                   payment.currency_id,
                   payment.state"""
            ),
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
        payment = self.env["account.payment"].browse(self.id).exists()
        if not payment:
            raise UserError(
                self.env._(
                    "%(payment)s took a payment back: it stays.", payment=self.name
                )
            )
        payment.sudo()._fiado_cancel()
        self.invalidate_recordset(["state"])

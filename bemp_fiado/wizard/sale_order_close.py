from odoo import api, fields, models
from odoo.fields import Command


class SaleOrderClose(models.TransientModel):
    """The payment screen: shows what closing the order will do, and does it.

    It decides nothing: the amounts typed here go to ``sale.order.close_order``, which
    makes the checks.
    """

    _name = "sale.order.close"
    _description = "Close Order"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(related="order_id.wallet_partner_id")
    wallet_debt = fields.Monetary(related="order_id.wallet_debt")
    wallet_debt_since = fields.Date(related="order_id.wallet_debt_since")
    wallet_credit = fields.Monetary(related="order_id.wallet_credit")
    amount_due = fields.Monetary(
        string="Order Total",
        compute="_compute_amount_due",
        help="The order's total without what was already paid of it.",
    )
    debt_paid = fields.Monetary(string="Debt to Pay Now")
    credit_used = fields.Monetary(string="Credit to Use")
    amount_receivable = fields.Monetary(string="To Receive", compute="_compute_balance")
    payment_form_ids = fields.Many2many(
        "account.payment.method.line", compute="_compute_payment_form_ids"
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Chosen Payment Form",
        help="Choosing a payment form adds what is still to receive.",
    )
    payment_ids = fields.One2many(
        "sale.order.close.payment", "close_id", string="Payments"
    )
    balance = fields.Monetary(
        compute="_compute_balance",
        help="Paid + credit used − order total − debt paid now.",
    )
    use_balance = fields.Boolean(string="Use balance as credit/debit for the customer")
    balance_refusal = fields.Char(compute="_compute_balance_messages")
    balance_forecast = fields.Char(compute="_compute_balance_messages")

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("order_id")
    def _compute_amount_due(self):
        for close in self:
            close.amount_due = close.order_id._get_amount_due()

    @api.depends("order_id")
    def _compute_payment_form_ids(self):
        for close in self:
            close.payment_form_ids = self.env["fiado.request"]._get_payment_forms(
                close.company_id
            )

    @api.depends("amount_due", "debt_paid", "credit_used", "payment_ids.amount")
    def _compute_balance(self):
        for close in self:
            close.amount_receivable = (
                close.amount_due + close.debt_paid - close.credit_used
            )
            paid = sum(close.payment_ids.mapped("amount"))
            close.balance = close.currency_id.round(paid - close.amount_receivable)

    @api.depends("balance")
    def _compute_balance_messages(self):
        ledger = self.env["fiado.ledger"]
        for close in self:
            close.balance_refusal = close.balance_forecast = False
            if close.currency_id.is_zero(close.balance):
                continue
            order = close.order_id
            close.balance_refusal = order._get_balance_refusal(close.balance)
            if not close.balance_refusal:
                wallet = ledger._read_wallets(close.partner_id, close.company_id)[
                    close.partner_id
                ]
                paid = sum(close.payment_ids.mapped("amount"))
                close.balance_forecast = order._get_balance_forecast(
                    wallet, paid, close.amount_due
                )

    @api.onchange("payment_method_line_id")
    def _onchange_payment_method_line_id(self):
        form, self.payment_method_line_id = self.payment_method_line_id, False
        missing = -self.balance
        if not form or self.currency_id.compare_amounts(missing, 0.0) <= 0:
            return
        same_form = self.payment_ids.filtered(
            lambda payment: payment.payment_method_line_id == form
        )[:1]
        if same_form:
            same_form.amount += missing
        else:
            self.payment_ids = [
                Command.create({"payment_method_line_id": form.id, "amount": missing})
            ]

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_pay_all_debt(self):
        """Pay the whole debt with this order, and stay on the screen."""
        self.debt_paid = self.wallet_debt
        return self._reopen()

    def action_use_all_credit(self):
        """Use as much credit as the order takes, and stay on the screen."""
        self.credit_used = min(self.wallet_credit, self.amount_due)
        return self._reopen()

    def action_close_order(self):
        """Close the order with what was typed."""
        self.ensure_one()
        self.order_id.close_order(
            payments=[
                {
                    "payment_method_line_id": payment.payment_method_line_id.id,
                    "amount": payment.amount,
                }
                for payment in self.payment_ids
            ],
            use_balance=self.use_balance,
            debt_paid=self.debt_paid,
            credit_used=self.credit_used,
        )
        return {"type": "ir.actions.act_window_close"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close order %(order)s", order=self.order_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

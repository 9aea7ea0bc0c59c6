from odoo import api, fields, models


class SaleOrderClose(models.TransientModel):
    """The payment screen: shows what closing the order will do, and does it.

    It decides nothing: the amounts typed here go to ``sale.order.close_order``, which
    makes the checks.
    """

    _name = "sale.order.close"
    _inherit = "fiado.payment.screen"
    _description = "Close Order"
    _shown_by = ("order_id",)

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    wallet_currency_id = fields.Many2one(related="order_id.company_currency_id")
    partner_id = fields.Many2one(related="order_id.wallet_partner_id")
    wallet_debt = fields.Monetary(
        related="order_id.wallet_debt", currency_field="wallet_currency_id"
    )
    wallet_debt_since = fields.Date(related="order_id.wallet_debt_since")
    wallet_credit = fields.Monetary(
        related="order_id.wallet_credit", currency_field="wallet_currency_id"
    )
    amount_total = fields.Monetary(
        related="order_id.amount_total", string="Order total"
    )
    amount_paid_before = fields.Monetary(
        string="Paid before",
        compute="_compute_amount_due",
        help="What was already paid of this order.",
    )
    amount_due = fields.Monetary(compute="_compute_amount_due")
    debt_paid = fields.Monetary(
        string="Debt to pay now", currency_field="wallet_currency_id"
    )
    pay_all_debt = fields.Boolean(
        string="Pay the whole debt",
        compute="_compute_pay_all_debt",
        readonly=False,
    )
    credit_used = fields.Monetary(
        string="Credit to use", currency_field="wallet_currency_id"
    )
    use_all_credit = fields.Boolean(
        string="Use all the credit",
        help="As much of it as this order takes.",
        compute="_compute_use_all_credit",
        readonly=False,
    )
    advance_available = fields.Monetary(
        string="Paid in advance",
        currency_field="wallet_currency_id",
        compute="_compute_amount_due",
        help="What the customer paid that pays nothing yet.",
    )
    advance_used = fields.Monetary(
        string="Advance to use", currency_field="wallet_currency_id"
    )
    use_all_advance = fields.Boolean(
        string="Use all that was paid in advance",
        help="As much of it as this order takes.",
        compute="_compute_use_all_advance",
        readonly=False,
    )
    amount_receivable = fields.Monetary(string="To receive", compute="_compute_balance")
    payment_ids = fields.One2many(
        "sale.order.close.payment", "close_id", string="Payments"
    )
    balance = fields.Monetary(compute="_compute_balance")
    use_balance = fields.Boolean(string="Use balance as credit/debit for the customer")
    change_amount = fields.Monetary(
        string="Change",
        compute="_compute_change_amount",
        # A second click sees an order that is paid, and means the same.
        store=True,
        help="What of the cash is given back: it isn't left in the wallet.",
    )
    balance_refusal = fields.Char(compute="_compute_balance_messages")
    balance_forecast = fields.Char(compute="_compute_balance_messages")
    limit_refusal = fields.Char(compute="_compute_balance_messages")
    limit_forecast = fields.Char(compute="_compute_balance_messages")
    override_reason = fields.Char(
        string="Reason", help="Why this customer may go over the limit."
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("order_id")
    def _compute_amount_due(self):
        for close in self:
            close.amount_due = close.order_id._get_amount_due()
            close.amount_paid_before = close.amount_total - close.amount_due
            close.advance_available = close.order_id._get_advance_available()

    def _get_to_show(self):
        if not self.order_id:
            return None
        return {
            "partner_id": self.partner_id.id,
            "balance": self.wallet_currency_id.round(
                self.wallet_credit - self.wallet_debt
            ),
            "amount_due": self.amount_due,
            **self._get_charges_to_show(),
        }

    @api.depends("debt_paid", "wallet_debt")
    def _compute_pay_all_debt(self):
        for close in self:
            close.pay_all_debt = close._is_all(close.debt_paid, close.wallet_debt)

    @api.depends("advance_used", "advance_available", "amount_due")
    def _compute_use_all_advance(self):
        for close in self:
            close.use_all_advance = close._is_all(
                close.advance_used, close._get_usable_advance()
            )

    @api.depends("credit_used", "wallet_credit", "amount_due", "advance_used")
    def _compute_use_all_credit(self):
        for close in self:
            close.use_all_credit = close._is_all(
                close.credit_used, close._get_usable_credit()
            )

    @api.depends(
        *("amount_due", "debt_paid", "credit_used", "advance_used", "charge"),
        "payment_ids.amount",
    )
    def _compute_balance(self):
        for close in self:
            close.amount_receivable = (
                close.amount_due
                + close.debt_paid
                + close._get_charged()
                - close.credit_used
                - close.advance_used
            )
            paid = sum(close.payment_ids.mapped("amount"))
            close.balance = close.currency_id.round(paid - close.amount_receivable)

    @api.depends("balance", "use_balance", "payment_ids.payment_method_line_id")
    def _compute_change_amount(self):
        for close in self:
            in_cash = sum(close._get_cash_payments().mapped("amount"))
            is_change = (
                not close.use_balance
                and close.balance > 0
                and close.currency_id.compare_amounts(close.balance, in_cash) <= 0
            )
            close.change_amount = close.balance if is_change else 0.0

    @api.depends("balance", "use_balance", "change_amount", "payment_term_id")
    def _compute_balance_messages(self):
        for close in self:
            close.balance_refusal = close.balance_forecast = False
            close.limit_refusal = close.limit_forecast = False
            if close.currency_id.is_zero(close.balance):
                continue
            close.balance_refusal = close.order_id._get_balance_refusal(close.balance)
            if not close.balance_refusal:
                close._set_forecast()
            elif close.change_amount:
                close.balance_refusal = False

    def _set_forecast(self):
        order = self.order_id
        policy = self.env["fiado.policy"]
        wallets = self.env["fiado.ledger"]._read_wallets(
            self.partner_id, self.company_id
        )
        wallet = wallets[self.partner_id].get_moved(-self._get_charged())
        movement = self._get_movement()
        new_debt = wallet.get_new_debt(movement)
        invoiced = order._get_amount_invoiced_due() - self.advance_used
        refusal = policy._get_limit_refusal(wallet, new_debt, invoiced)
        if refusal and not policy._is_manager():
            self.balance_refusal = refusal
            return
        self.limit_refusal = refusal
        forecast = policy._get_forecast(
            wallet, movement, instalments=self._get_instalments(wallet, new_debt)
        )
        self.balance_forecast = (
            forecast
            if self.use_balance
            else self.env._("If you tick this: %(forecast)s", forecast=forecast)
        )
        headroom = policy._get_headroom(wallet)
        if new_debt and headroom is not None and not refusal:
            self.limit_forecast = self.env._(
                "Limit %(limit)s · free afterwards %(free)s",
                limit=self.wallet_currency_id.format(policy._get_limit(wallet)),
                free=self.wallet_currency_id.format(headroom + invoiced - new_debt),
            )

    # Typing an amount ticks and unticks these too: the amount that was typed stays.

    @api.onchange("pay_all_debt")
    def _onchange_pay_all_debt(self):
        if self.pay_all_debt:
            self.debt_paid = self.wallet_debt
        elif self._is_all(self.debt_paid, self.wallet_debt):
            self.debt_paid = 0.0

    @api.onchange("use_all_credit")
    def _onchange_use_all_credit(self):
        if self.use_all_credit:
            self.credit_used = self._get_usable_credit()
        elif self._is_all(self.credit_used, self._get_usable_credit()):
            self.credit_used = 0.0

    @api.onchange("use_all_advance")
    def _onchange_use_all_advance(self):
        if self.use_all_advance:
            self.advance_used = self._get_usable_advance()
        elif self._is_all(self.advance_used, self._get_usable_advance()):
            self.advance_used = 0.0

    def _get_missing_amount(self):
        return -self.balance

    def _get_payments(self):
        # What is given back wasn't received.
        payments, change = [], self.change_amount
        cash = self._get_cash_payments()
        for payment, line in zip(
            super()._get_payments(), self.payment_ids, strict=True
        ):
            given = min(change, payment["amount"]) if change and line in cash else 0.0
            change -= given
            rest = self.currency_id.round(payment["amount"] - given)
            if rest or not given:
                payments.append({**payment, "amount": rest} if given else payment)
        return payments

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_close_order(self):
        """Close the order with what was typed, and offer its slip."""
        self._close_order()
        return self.order_id._get_done_action(False, self.change_amount)

    def action_close_and_print(self):
        """Close the order with what was typed, and print its slip."""
        self._close_order()
        return self.order_id._get_done_action(True, self.change_amount)

    def _close_order(self):
        self.ensure_one()
        self.order_id.close_order(
            payments=self._get_payments(),
            use_balance=self.use_balance,
            debt_paid=self.debt_paid,
            credit_used=self.credit_used,
            reference=self.reference,
            override_reason=self.override_reason if self.limit_refusal else None,
            advance_used=self.advance_used,
            shown=self._get_shown(),
            payment_term_id=self._get_chosen_term().id or None,
            charges=self._get_wanted_charges(),
        )

    def action_open_statement(self):
        """Open the customer's wallet beside the payment screen, which stays."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": "/odoo/action-bemp_fiado.res_partner_action_wallet/"
            f"{self.partner_id.id}",
            "target": "new",
        }

    # -------------------------------------------------------------------------
    # AMOUNTS
    # -------------------------------------------------------------------------

    def _get_usable_credit(self):
        return min(self.wallet_credit, max(self.amount_due - self.advance_used, 0.0))

    def _get_usable_advance(self):
        return min(self.advance_available, max(self.amount_due, 0.0))

    def _is_all(self, amount, whole):
        currency = self.wallet_currency_id
        return whole > 0 and currency.compare_amounts(amount, whole) == 0

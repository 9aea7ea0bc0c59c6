from odoo import api, fields, models


class FiadoWalletAdjust(models.TransientModel):
    """What only managers do to a wallet, each by its public method."""

    _name = "fiado.wallet.adjust"
    _inherit = "fiado.wallet.screen"
    _description = "Manage Wallet"

    _payment_type = "outbound"

    company_id = fields.Many2one(
        default=lambda self: self.env.company, required=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(required=True)
    operation = fields.Selection(
        selection=[
            ("pay_out", "Pay credit out"),
            ("forgive", "Forgive debt"),
            ("transfer", "Transfer to another customer"),
            ("adjust", "Adjust the balance"),
            ("opening", "Bring a balance over"),
        ],
        string="What to do",
        compute="_compute_operation",
        store=True,
        readonly=False,
        required=True,
    )
    direction = fields.Selection(
        selection=[("debt", "As debt"), ("credit", "As credit")],
        default="debt",
        help="Whether the customer owes it or has it left.",
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    date = fields.Date(default=fields.Date.context_today)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Payment form"
    )
    target_id = fields.Many2one("res.partner", string="To customer")
    account_id = fields.Many2one(
        "account.account",
        string="Account on the other side",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', "
        "'liability_payable', 'asset_cash', 'liability_credit_card', "
        "'off_balance'))]",
    )
    reason = fields.Char()
    limit_refusal = fields.Char(compute="_compute_limit_refusal")
    override_reason = fields.Char(
        string="Why Over the Limit",
        help="Why the other customer may go over the limit.",
    )

    @api.depends("wallet_credit")
    def _compute_operation(self):
        for adjust in self:
            adjust.operation = "pay_out" if adjust.wallet_credit > 0 else "forgive"

    @api.depends("wallet_debt", "wallet_credit", "operation")
    def _compute_amount(self):
        for adjust in self:
            whole = {
                "pay_out": adjust.wallet_credit,
                "forgive": adjust.wallet_debt,
                "transfer": adjust.wallet_credit or adjust.wallet_debt,
            }
            adjust.amount = whole.get(adjust.operation, 0.0)

    @api.depends("operation", "amount", "target_id", "wallet_credit", "company_id")
    def _compute_limit_refusal(self):
        ledger = self.env["fiado.ledger"]
        for adjust in self:
            adjust.limit_refusal = False
            holder = adjust.target_id.commercial_partner_id._origin
            if adjust.operation != "transfer" or adjust.wallet_credit > 0 or not holder:
                continue
            wallet = ledger._read_wallets(holder, adjust.company_id)[holder]
            adjust.limit_refusal = self.env["fiado.policy"]._get_limit_refusal(
                wallet, wallet.get_new_debt(-adjust.amount)
            )

    def action_apply(self):
        """Do what was chosen; the public methods make the checks."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        getattr(self, f"_apply_{self.operation}")(
            partner, reference=self.reference, shown=self._get_shown()
        )
        return {"type": "ir.actions.act_window_close"}

    def _apply_pay_out(self, partner, **sent):
        form = self.payment_method_line_id or self.payment_form_ids[:1]
        partner.fiado_pay_out(self.amount, form.id, self.reason, **sent)

    def _apply_forgive(self, partner, **sent):
        partner.fiado_forgive(self.amount, self.reason, **sent)

    def _apply_transfer(self, partner, **sent):
        moved = self.amount if self.wallet_credit > 0 else -self.amount
        partner.fiado_transfer(
            self.target_id.id,
            moved,
            self.reason,
            override_reason=self.override_reason if self.limit_refusal else None,
            **sent,
        )

    def _apply_adjust(self, partner, **sent):
        partner.fiado_adjust(
            self._get_signed_amount(), self.account_id.id, self.reason, **sent
        )

    def _apply_opening(self, partner, **sent):
        partner.fiado_open_balance(
            self._get_signed_amount(), self.date, self.account_id.id, **sent
        )

    def _get_signed_amount(self):
        return self.amount if self.direction == "credit" else -self.amount

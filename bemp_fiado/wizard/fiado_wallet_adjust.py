from odoo import api, fields, models
from odoo.exceptions import UserError

from ..report.printing import get_done_action


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
            ("renegotiate", "Split into instalments"),
            ("charge", "Charge late fee and interest"),
            ("transfer", "Transfer to another customer"),
            ("adjust", "Adjust the balance"),
            ("opening", "Bring a balance over"),
        ],
        string="What to do",
        compute="_compute_operation",
        store=True,
        readonly=False,
    )
    possible_operations = fields.Char(compute="_compute_possible_operations")
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
        compute="_compute_account_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', "
        "'liability_payable', 'asset_cash', 'liability_credit_card', "
        "'off_balance'))]",
    )
    reason = fields.Char()
    forecast = fields.Char(compute="_compute_forecast")
    limit_refusal = fields.Char(compute="_compute_limit_refusal")
    override_reason = fields.Char(
        string="Why Over the Limit",
        help="Why the other customer may go over the limit.",
    )

    @api.depends("wallet_debt", "wallet_credit", "payment_term_ids", "charges")
    def _compute_possible_operations(self):
        for adjust in self:
            has_debt, has_credit = adjust.wallet_debt > 0, adjust.wallet_credit > 0
            possible = {
                "pay_out": has_credit,
                "forgive": has_debt,
                "renegotiate": has_debt and adjust.payment_term_ids,
                "charge": adjust.charges > 0,
                "transfer": has_debt or has_credit,
                "adjust": True,
                "opening": True,
            }
            adjust.possible_operations = ",".join(filter(possible.get, possible))

    @api.depends("possible_operations")
    def _compute_operation(self):
        # Nothing is chosen that nobody chose.
        for adjust in self:
            possible = adjust.possible_operations.split(",")
            if adjust.operation not in possible:
                adjust.operation = False

    @api.depends("wallet_debt", "wallet_credit", "charges", "operation")
    def _compute_amount(self):
        for adjust in self:
            whole = {
                "pay_out": adjust.wallet_credit,
                "forgive": adjust.wallet_debt,
                "renegotiate": adjust.wallet_debt,
                "charge": adjust.charges,
                "transfer": adjust.wallet_credit or adjust.wallet_debt,
            }
            adjust.amount = whole.get(adjust.operation, 0.0)

    @api.depends("operation", "company_id")
    def _compute_account_id(self):
        for adjust in self:
            company = adjust.company_id.sudo().root_id
            if adjust.operation == "opening":
                adjust.account_id = company._get_fiado_opening_account().id
            elif adjust.operation == "adjust":
                adjust.account_id = company.fiado_loss_account_id.id
            else:
                adjust.account_id = False

    @api.depends(
        "operation",
        "direction",
        "amount",
        "target_id",
        "partner_id",
        "company_id",
        "payment_term_id",
    )
    def _compute_forecast(self):
        for adjust in self:
            try:
                adjust.forecast = adjust._get_forecast()
            except UserError as refusal:
                adjust.forecast = str(refusal)

    def _get_forecast(self):
        """What is in the wallets afterwards, in sentences.

        :raises UserError: there is not as much in the wallet as was typed
        """
        wallet, moved = self._get_wallet(), self._get_movement()
        if not wallet or self.currency_id.is_zero(moved):
            return None
        if self.operation not in ("adjust", "charge", "opening"):
            holder = wallet.partner
            check = (
                holder._check_fiado_debt if moved > 0 else holder._check_fiado_credit
            )
            check(wallet, self.amount)
        policy = self.env["fiado.policy"]
        sentences = [policy._get_outcome(wallet, moved)]
        target = self.target_id.commercial_partner_id._origin
        if self.operation == "transfer" and target:
            wallets = self.env["fiado.ledger"]._read_wallets(target, self.company_id)
            sentences.append(policy._get_outcome(wallets[target], -moved))
        return " ".join(sentences)

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
        if not self.operation:
            raise UserError(self.env._("Choose what to do with this wallet."))
        partner = self.partner_id.with_company(self.company_id)
        answer = getattr(self, f"_apply_{self.operation}")(
            partner, reference=self.reference, shown=self._get_shown()
        )
        return self._get_done_action(answer)

    def _get_done_action(self, answer):
        holder = self.partner_id.commercial_partner_id
        entries = self.env["fiado.wallet.entry"].search(
            [("move_id", "in", answer["move_ids"]), ("partner_id", "=", holder.id)]
        )
        balance = self.currency_id.format(answer["balance"])
        text = self.env._("Balance of your wallet: %(amount)s.", amount=balance)
        return get_done_action(
            self.env._(
                "Done. Balance of %(customer)s: %(balance)s",
                customer=holder.name,
                balance=balance,
            ),
            entries._get_receipt_page(),
            False,
            self.partner_id._get_fiado_whatsapp_url(text),
            entries._get_ids_to_email(),
        )

    def _apply_pay_out(self, partner, **sent):
        form = self.payment_method_line_id
        if not form:
            raise UserError(self.env._("Choose how it is paid out."))
        return partner.fiado_pay_out(self.amount, form.id, self.reason, **sent)

    def _apply_forgive(self, partner, **sent):
        return partner.fiado_forgive(self.amount, self.reason, **sent)

    def _apply_charge(self, partner, **sent):
        return partner.fiado_charge(**sent)

    def _apply_transfer(self, partner, **sent):
        return partner.fiado_transfer(
            self.target_id.id,
            -self._get_movement(),
            self.reason,
            override_reason=self.override_reason if self.limit_refusal else None,
            **sent,
        )

    def _apply_adjust(self, partner, **sent):
        if not self.account_id:
            # Nobody may have chosen one for the shop.
            partner._get_fiado_loss_account(self.company_id.sudo().root_id)
        return partner.fiado_adjust(
            self._get_movement(), self.account_id.id, self.reason, **sent
        )

    def _apply_opening(self, partner, **sent):
        return partner.fiado_open_balance(
            self._get_movement(), self.date, self.account_id.id, **sent
        )

    def _get_movement(self):
        """What is done to the wallet, positive in the customer's favour."""
        in_favour = {
            "pay_out": False,
            "forgive": True,
            "charge": False,
            "transfer": self.wallet_credit <= 0,
            "adjust": self.direction == "credit",
            "opening": self.direction == "credit",
        }
        if self.operation not in in_favour:
            return 0.0
        return self.amount if in_favour[self.operation] else -self.amount

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.elevation import elevate


class AccountPaymentRegister(models.TransientModel):
    """Odoo's own Pay wizard: the difference of a payment may go to the wallet."""

    _inherit = "account.payment.register"

    fiado_use_balance = fields.Boolean(
        string="Use balance as credit/debit for the customer",
        help="What is missing becomes the customer's debt, what is too much becomes "
        "credit.",
    )
    fiado_balance_forecast = fields.Char(compute="_compute_fiado_messages")
    fiado_limit_refusal = fields.Char(compute="_compute_fiado_messages")
    fiado_override_reason = fields.Char(
        string="Reason", help="Why this customer may go over the limit."
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends(
        "amount",
        "currency_id",
        "early_payment_discount_mode",
        "group_payment",
        "payment_difference",
    )
    def _compute_fiado_messages(self):
        policy = self.env["fiado.policy"]
        for wizard in self:
            wizard.fiado_balance_forecast = wizard.fiado_limit_refusal = False
            if not wizard._has_fiado_balance() or wizard._get_fiado_refusal():
                continue
            holder, company = wizard._get_fiado_holder(), wizard.company_id
            wallet = self.env["fiado.ledger"]._read_wallets(holder, company)[holder]
            refusal = policy._get_limit_refusal(wallet, *wizard._get_new_debt(wallet))
            if refusal and not policy._is_manager():
                continue
            wizard.fiado_limit_refusal = refusal
            wizard.fiado_balance_forecast = self.env["fiado.policy"]._get_forecast(
                wallet, -wizard.payment_difference, wizard.payment_date
            )

    @api.depends("fiado_use_balance")
    def _compute_payment_difference_handling(self):
        result = super()._compute_payment_difference_handling()
        # The difference can't be written off and left in the wallet.
        for wizard in self.filtered("fiado_use_balance"):
            if wizard.payment_difference_handling and wizard._has_fiado_balance():
                wizard.payment_difference_handling = "open"
        return result

    # -------------------------------------------------------------------------
    # BUSINESS METHODS
    # -------------------------------------------------------------------------

    def _create_payments(self):
        self.ensure_one()
        if not self._leaves_fiado_balance():
            return super()._create_payments()
        wizard = self
        refusal = self._get_fiado_refusal()
        if refusal:
            raise UserError(refusal)
        wallet = self.env["fiado.ledger"]._open_wallet(
            self._get_fiado_holder(), self.company_id
        )
        self.env["fiado.policy"]._check_limits(
            wallet,
            *self._get_new_debt(wallet),
            reason=self.env["fiado.request"]._clean_reason(
                self.fiado_override_reason, required=False
            ),
        )
        self.payment_difference_handling = "open"
        if not self.payment_method_line_id.payment_account_id:
            # Such a form may make a payment without a journal entry; then nothing
            # would settle the invoices.
            wizard = self.with_context(force_payment_move=True)
        return super(AccountPaymentRegister, wizard)._create_payments()

    def _reconcile_payments(self, to_process, edit_mode=False):
        if not self._leaves_fiado_balance():
            return super()._reconcile_payments(to_process, edit_mode=edit_mode)
        # All of it at once: what the payment leaves open is the wallet's.
        payment = to_process[0]["payment"]
        invoices = self.line_ids.move_id
        holder, ledger = self._get_fiado_holder(), self.env["fiado.ledger"]
        wallet = ledger._read_wallets(holder, self.company_id)[holder]
        move = ledger._create_move(
            wallet,
            -self.payment_difference,
            self.line_ids.account_id,
            "invoice",
            company_id=self.company_id.id,
            date=self.payment_date,
            fiado_document_ids=(invoices | payment.move_id).ids,
            ref=", ".join(invoices.mapped("name")),
        )
        ledger._settle(
            self.line_ids.account_id,
            elevate(invoices | payment.move_id) | move,
            self.env["account.payment"],
            ledger._get_matching_plan(wallet, move),
        )
        invoices.matched_payment_ids += payment
        # Whoever takes the payment back takes the movement back with it.
        elevate(payment).fiado_origin = "invoice"
        elevate(payment.move_id).fiado_origin = "invoice"

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

    def _get_fiado_holder(self):
        return self.line_ids.move_id.commercial_partner_id._origin

    def _has_fiado_balance(self):
        return bool(
            self.currency_id and not self.currency_id.is_zero(self.payment_difference)
        )

    def _leaves_fiado_balance(self):
        return self.fiado_use_balance and self._has_fiado_balance()

    def _get_new_debt(self, wallet):
        """What the difference adds to the customer's debt, and what of the invoices
        is paid together with it: as ``fiado.policy`` takes them."""
        due = self.amount + self.payment_difference
        return wallet.get_new_debt(-self.payment_difference), due

    def _get_fiado_refusal(self):
        """Why the difference may not be left in the wallet, or nothing.

        :return: a sentence, or ``None``
        """
        if not self._is_fiado_payment():
            return self.env._(
                "Only the difference of one payment for whole invoices of one "
                "customer, in %(currency)s, can be left in the wallet. Pay these "
                "without “Use balance as credit/debit for the customer”.",
                currency=self.company_currency_id.name,
            )
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            return self.env._("A payment of zero is none: type what the customer pays.")
        invoices = self.line_ids.move_id._origin
        balance = -self.payment_difference
        refusal = self.env["fiado.policy"]._get_balance_refusal(
            invoices.partner_id | self._get_fiado_holder(), self.company_id, balance
        )
        # What an order may not leave, its invoice may not leave either.
        for order in invoices.sudo().line_ids.sale_line_ids.order_id:
            refusal = refusal or order._get_balance_refusal(balance)
        return refusal

    def _is_fiado_payment(self):
        """Whether this is one payment of whole customer invoices of one customer, in
        the currency of the wallets."""
        lines = self.line_ids._origin
        invoices = lines.move_id
        return (
            self.can_edit_wizard
            and (self.group_payment or not self.can_group_payments)
            and not self.early_payment_discount_mode
            and self.payment_type == "inbound"
            and all(
                move.move_type in ("out_invoice", "out_receipt") for move in invoices
            )
            and all(move.state == "posted" for move in invoices)
            and self.currency_id | lines.currency_id == self.company_currency_id
            and lines
            == invoices.line_ids.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and not line.reconciled
                )
            )
        )

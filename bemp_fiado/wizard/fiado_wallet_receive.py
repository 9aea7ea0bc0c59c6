from odoo import api, fields, models

from ..report.printing import get_done_action


class FiadoWalletReceive(models.TransientModel):
    """Receive money outside any order: it pays the debt, the rest is sold as credit."""

    _name = "fiado.wallet.receive"
    _inherit = "fiado.payment.screen"
    _description = "Receive Payment or Sell Credit"

    company_id = fields.Many2one(
        default=lambda self: self.env.company, required=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(required=True)
    amount = fields.Monetary(
        string="Amount to receive",
        compute="_compute_amount",
        store=True,
        readonly=False,
    )
    payment_ids = fields.One2many(
        "fiado.wallet.receive.payment", "receive_id", string="Payments"
    )
    forecast = fields.Char(compute="_compute_forecast")

    @api.depends("wallet_debt", "charges")
    def _compute_amount(self):
        for receive in self:
            receive.amount = receive.wallet_debt + receive.charges

    @api.depends("partner_id", "payment_ids.amount", "charge")
    def _compute_forecast(self):
        for receive in self:
            receive.forecast = False
            paid = sum(receive.payment_ids.mapped("amount"))
            wallet = receive._get_wallet()
            if wallet and receive.currency_id.compare_amounts(paid, 0.0) > 0:
                charged = receive._get_charged()
                forecast = self.env["fiado.policy"]._get_forecast(
                    wallet.get_moved(-charged) if charged else wallet, paid
                )
                receive.forecast = forecast

    @api.depends("amount")
    def _compute_pay_code(self):
        return super()._compute_pay_code()

    def _get_amount_by_code(self):
        if self._get_payments_by_code():
            return super()._get_amount_by_code()
        # Shown by hand: all that isn't paid in cash.
        return self.amount - sum(self._get_cash_payments().mapped("amount"))

    @api.onchange("charge")
    def _onchange_charge(self):
        # All of it stays all of it; any other amount is what the customer gives.
        whole = {True: self.wallet_debt + self.charges, False: self.wallet_debt}
        if self.currency_id.compare_amounts(self.amount, whole[not self.charge]) == 0:
            self.amount = whole[self.charge]
            self._onchange_amount()

    @api.onchange("amount")
    def _onchange_amount(self):
        # One payment is all of it: typing the amount afterwards changes it, too.
        if len(self.payment_ids) == 1:
            self.payment_ids.amount = self.amount

    def _get_missing_amount(self):
        return self.amount - sum(self.payment_ids.mapped("amount"))

    def action_receive(self):
        """Receive what was typed, and print the receipt."""
        return self._get_done_action(self._receive(), has_to_print=True)

    def action_receive_without_receipt(self):
        """Receive what was typed, and offer the receipt."""
        return self._get_done_action(self._receive(), has_to_print=False)

    def _get_done_action(self, answer, has_to_print):
        entries = self.env["fiado.wallet.entry"].search(
            [("move_id", "in", answer["move_ids"])]
        )
        values = {
            "customer": self.partner_id.name,
            "amount": self.currency_id.format(sum(self.payment_ids.mapped("amount"))),
            "balance": self.currency_id.format(answer["balance"]),
        }
        text = self.env._(
            "%(amount)s received. Balance of your wallet: %(balance)s.", **values
        )
        return get_done_action(
            self.env._("%(amount)s received from %(customer)s", **values),
            entries._get_receipt_page(),
            has_to_print,
            self.partner_id._get_fiado_whatsapp_url(text),
            entries._get_ids_to_email(),
        )

    def _receive(self):
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return partner._fiado_receive(
            self._get_payments(),
            self.reference,
            self._get_shown(),
            self._get_wanted_charges(),
        )


class FiadoWalletReceivePayment(models.TransientModel):
    _name = "fiado.wallet.receive.payment"
    _inherit = "fiado.payment.screen.line"
    _description = "Received Payment"

    receive_id = fields.Many2one(
        "fiado.wallet.receive", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="receive_id.currency_id")

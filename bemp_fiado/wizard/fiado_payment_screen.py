from odoo import api, fields, models
from odoo.fields import Command


class FiadoWalletScreen(models.AbstractModel):
    """What the screens about one wallet share: whose it is, what is in it, and the
    payment forms to choose from."""

    _name = "fiado.wallet.screen"
    _inherit = "fiado.acting.screen"
    _description = "Screen About a Wallet"
    _payment_type = "inbound"
    # Whenever another wallet is chosen, and never for what is typed.
    _shown_by = ("partner_id", "company_id")

    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency")
    partner_id = fields.Many2one("res.partner", string="Customer")
    wallet_debt = fields.Monetary(compute="_compute_wallet")
    wallet_debt_since = fields.Date(compute="_compute_wallet")
    wallet_credit = fields.Monetary(compute="_compute_wallet")
    wallet_promise = fields.Char(compute="_compute_wallet_promise")
    books_notice = fields.Char(compute="_compute_books_notice")
    payment_form_ids = fields.Many2many(
        "account.payment.method.line",
        string="Payment forms",
        compute="_compute_payment_form_ids",
    )

    @api.depends("partner_id", "company_id")
    def _compute_wallet(self):
        for screen in self:
            wallet = screen._get_wallet()
            screen.wallet_debt = wallet.debt if wallet else 0.0
            screen.wallet_debt_since = wallet.debt_since if wallet else False
            screen.wallet_credit = wallet.credit if wallet else 0.0

    @api.depends("partner_id", "company_id")
    def _compute_wallet_promise(self):
        for screen in self:
            customer = screen.partner_id.with_company(screen.company_id)
            screen.wallet_promise = customer.fiado_promise

    @api.depends("company_id")
    def _compute_books_notice(self):
        for screen in self:
            company = screen.company_id
            screen.books_notice = company and self.env[
                "fiado.policy"
            ]._get_books_notice(company)

    @api.depends("company_id")
    def _compute_payment_form_ids(self):
        request = self.env["fiado.request"]
        for screen in self:
            screen.payment_form_ids = request._get_payment_forms(
                screen.company_id, self._payment_type
            )

    def _get_to_show(self):
        wallet = self._get_wallet()
        if not wallet:
            return None
        return {"partner_id": wallet.partner._origin.id, "balance": wallet.balance}

    def _get_wallet(self):
        """The wallet that the screen is about, or nothing before one is chosen."""
        holder = self.partner_id.commercial_partner_id
        if not holder:
            return None
        return self.env["fiado.ledger"]._read_wallets(holder, self.company_id)[holder]


class FiadoPaymentScreen(models.AbstractModel):
    """What the screens that take payments share: a click on a payment form adds what
    is still to receive to the payments in ``payment_ids``."""

    _name = "fiado.payment.screen"
    _inherit = "fiado.wallet.screen"
    _description = "Screen That Takes Payments"

    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Chosen payment form",
        help="Choosing a payment form adds what is still to receive.",
    )

    @api.onchange("payment_method_line_id")
    def _onchange_payment_method_line_id(self):
        form, self.payment_method_line_id = self.payment_method_line_id, False
        missing = self._get_missing_amount()
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

    def _get_missing_amount(self):
        """What is still to receive."""
        raise NotImplementedError

    def _get_cash_payments(self):
        return self.payment_ids.filtered(
            lambda payment: payment.payment_method_line_id.journal_id.type == "cash"
        )

    def _get_payments(self):
        """The payments as the public methods take them."""
        return [
            {
                "payment_method_line_id": payment.payment_method_line_id.id,
                "amount": payment.amount,
            }
            for payment in self.payment_ids
        ]


class FiadoPaymentScreenLine(models.AbstractModel):
    """One payment on such a screen."""

    _name = "fiado.payment.screen.line"
    _inherit = "fiado.screen"
    _description = "Payment on a Screen"

    currency_id = fields.Many2one("res.currency")
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", required=True
    )
    payment_form_name = fields.Char(
        related="payment_method_line_id.payment_form_name", string="Payment form"
    )
    amount = fields.Monetary(required=True)

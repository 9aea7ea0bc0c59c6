from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .guards import filter_changing
from .res_partner import WALLET_READERS

# In the context of what a closing invoices. RPC can't send it.
CLOSING = object()
# What a closed order keeps: its wallet entries stand on it.
FROZEN_FIELDS = {
    "company_id",
    "currency_id",
    "locked",
    "order_type",
    "partner_id",
    "partner_invoice_id",
    "pricelist_id",
    "state",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    order_type = fields.Selection(
        selection=[
            ("service", "Service order"),
            ("internal", "Internal sale"),
            ("subscription", "Subscription order"),
        ],
        default="service",
        required=True,
    )
    closing_state = fields.Selection(
        selection=[("open", "Open"), ("closed", "Closed")],
        string="Closing",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    wallet_entry_ids = fields.One2many(
        comodel_name="fiado.wallet.entry",
        inverse_name="sale_order_id",
        string="Wallet Entries",
        readonly=True,
        groups=WALLET_READERS,
    )
    closing_payment_ids = fields.One2many(
        comodel_name="fiado.payment",
        inverse_name="order_id",
        string="Payments",
        readonly=True,
        groups=WALLET_READERS,
    )
    fiado_enabled = fields.Boolean(related="company_id.fiado_enabled")
    wallet_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Wallet Holder",
        help="Whose wallet this order moves: the customer who is invoiced.",
        compute="_compute_wallet_partner_id",
        groups=WALLET_READERS,
    )
    wallet_debt = fields.Monetary(
        string="Customer's Debt",
        compute="_compute_wallet",
        currency_field="company_currency_id",
        groups=WALLET_READERS,
    )
    wallet_credit = fields.Monetary(
        string="Customer's Credit",
        compute="_compute_wallet",
        currency_field="company_currency_id",
        groups=WALLET_READERS,
    )
    wallet_debt_since = fields.Date(compute="_compute_wallet", groups=WALLET_READERS)
    wallet_days_overdue = fields.Integer(
        compute="_compute_wallet", groups=WALLET_READERS
    )
    wallet_promise = fields.Char(
        compute="_compute_wallet_promise", groups=WALLET_READERS
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("partner_invoice_id.commercial_partner_id")
    def _compute_wallet_partner_id(self):
        for order in self:
            order.wallet_partner_id = order.partner_invoice_id.commercial_partner_id

    @api.depends("wallet_partner_id", "company_id")
    def _compute_wallet(self):
        ledger = self.env["fiado.ledger"]
        today = fields.Date.context_today(self)
        for company, orders in self.grouped("company_id").items():
            wallets = ledger._read_wallets(orders.wallet_partner_id._origin, company)
            for order in orders:
                wallet = wallets.get(order.wallet_partner_id._origin)
                order.wallet_debt = wallet.debt if wallet else 0.0
                order.wallet_credit = wallet.credit if wallet else 0.0
                order.wallet_debt_since = wallet.debt_since if wallet else False
                order.wallet_days_overdue = (
                    wallet.get_days_overdue(today) if wallet else 0
                )

    @api.depends("wallet_partner_id", "company_id")
    def _compute_wallet_promise(self):
        for company, orders in self.grouped("company_id").items():
            for order in orders:
                holder = order.wallet_partner_id.with_company(company)
                order.wallet_promise = holder.fiado_promise

    def _get_sold_names(self):
        """What these orders sell, as customers know it, each once; of a combo the
        combo."""
        lines = self.order_line.filtered(
            lambda line: (
                not (line.display_type or line.is_downpayment or line.combo_item_id)
            )
        )
        return list(
            dict.fromkeys(filter(None, (line._get_sold_name() for line in lines)))
        )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # No context and no user's own default closes an order.
        if "closing_state" in defaults:
            defaults["closing_state"] = "open"
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get("closing_state", "open") != "open" for vals in vals_list
        ):
            raise AccessError(self.env._("Only closing an order marks it as closed."))
        return super().create(vals_list)

    def write(self, vals):
        if "closing_state" in vals:
            if not self.env.su:
                raise AccessError(
                    self.env._("Only closing an order marks it as closed.")
                )
        elif not FROZEN_FIELDS.isdisjoint(vals):
            self._check_stays_closed(vals)
        if "order_type" in vals:
            self._check_order_type(vals["order_type"])
        return super().write(vals)

    def _check_order_type(self, order_type):
        """What an order may leave depends on its type: who is held to that doesn't
        change it.

        :raises AccessError: another type, and the user doesn't manage wallets
        """
        if self.env.su or self.env["fiado.policy"]._is_manager():
            return
        for order in self:
            if order.order_type != order_type:
                raise AccessError(
                    self.env._(
                        "The type of order %(order)s was chosen when it was made. "
                        "Cancel the order and make another, or ask who manages the "
                        "wallets.",
                        order=order.name,
                    )
                )

    def _check_stays_closed(self, vals):
        closed = self.filtered(lambda order: order.closing_state == "closed")
        for order in filter_changing(closed, vals, FROZEN_FIELDS):
            raise UserError(order._get_closed_message())

    def _get_closed_message(self):
        return self.env._(
            "Order %(order)s is closed: its payments and its wallet entries stand on "
            "it as it is. Reopen it to change it.",
            order=self.name,
        )

    def _prepare_invoice(self):
        vals = super()._prepare_invoice()
        if self.env.context.get("fiado_closing") is CLOSING:
            vals["fiado_order_id"] = self.id
        return vals

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_close_order(self):
        """Open the payment screen.

        :raises UserError: there is nothing on the order yet
        """
        self.ensure_one()
        if all(line.display_type for line in self.order_line):
            raise UserError(
                self.env._(
                    "Nothing is on this order yet: add a service or product first."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close order %(order)s", order=self.name),
            "res_model": "sale.order.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id, "dialog_size": "medium"},
        }

    def action_close_orders(self):
        """Open the screen that closes these orders at once."""
        return self.env["sale.order.close.batch"]._open_for(self)

    def action_reopen_order(self):
        """Open the dialog that shows what reopening does."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen order %(order)s", order=self.name),
            "res_model": "sale.order.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_open_wallet(self):
        self.ensure_one()
        return self.wallet_partner_id.with_company(self.company_id).action_open_wallet()

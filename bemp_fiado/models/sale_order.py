from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .fiado_ledger import QUIET


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
    )
    closing_payment_ids = fields.One2many(
        comodel_name="fiado.payment",
        inverse_name="order_id",
        string="Payments",
        readonly=True,
    )
    fiado_enabled = fields.Boolean(related="company_id.fiado_enabled")
    wallet_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Wallet Holder",
        help="Whose wallet this order moves: the customer who is invoiced.",
        compute="_compute_wallet_partner_id",
    )
    wallet_debt = fields.Monetary(
        string="Customer's Debt",
        compute="_compute_wallet",
        currency_field="company_currency_id",
    )
    wallet_credit = fields.Monetary(
        string="Customer's Credit",
        compute="_compute_wallet",
        currency_field="company_currency_id",
    )
    wallet_debt_since = fields.Date(compute="_compute_wallet")
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
        for company, orders in self.grouped("company_id").items():
            wallets = ledger._read_wallets(orders.wallet_partner_id._origin, company)
            for order in orders:
                wallet = wallets.get(order.wallet_partner_id._origin)
                order.wallet_debt = wallet.debt if wallet else 0.0
                order.wallet_credit = wallet.credit if wallet else 0.0
                order.wallet_debt_since = wallet.debt_since if wallet else False

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

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
        elif "locked" in vals or vals.get("state", "sale") != "sale":
            self._check_stays_closed(vals)
        return super().write(vals)

    def _check_stays_closed(self, vals):
        for order in self:
            if order.closing_state == "closed" and any(
                name in vals and vals[name] != order[name]
                for name in ("locked", "state")
            ):
                raise UserError(
                    self.env._(
                        "Order %(order)s is closed: its payments and its wallet "
                        "entries stand on it as it is.",
                        order=order.name,
                    )
                )

    def _prepare_invoice(self):
        vals = super()._prepare_invoice()
        if self.env.context.get("fiado_closing"):
            vals["fiado_order_id"] = self.id
        return vals

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_close_order(self):
        """Open the payment screen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close order %(order)s", order=self.name),
            "res_model": "sale.order.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id, "dialog_size": "medium"},
        }

    def action_open_wallet(self):
        self.ensure_one()
        return self.wallet_partner_id.with_company(self.company_id).action_open_wallet()

    # -------------------------------------------------------------------------
    # CLOSING
    # -------------------------------------------------------------------------

    def close_order(
        self,
        payments,
        use_balance=False,
        debt_paid=0.0,
        credit_used=0.0,
        reference=None,
        override_reason=None,
    ):
        """Close the order: confirm, deliver services, invoice, take the payments and
        move what is left to the customer's wallet. All of it happens, or nothing.

        Amounts are in company currency; those of the payments in the order's.

        :param list payments: ``[{"payment_method_line_id": id, "amount": 30.0}, …]``,
            may be empty
        :param bool use_balance: leave the balance (paid + credit used − what is due −
            debt paid) in the wallet, where it becomes debt or credit
        :param float debt_paid: what is paid of the customer's debt with it
        :param float credit_used: what is paid with the customer's credit
        :param str reference: idempotency key: the same call with the same reference
            is done once and answered with the same answer
        :param str override_reason: why a manager goes over the customer's limit
        :return: ``{"order_id", "invoice_ids", "payment_ids", "move_ids", "balance"}``:
            the order's invoices, the payments and the wallet moves that were made,
            and the balance of the customer's wallet afterwards
        :raises UserError: the order can't be closed like this; says what to do
        :raises AccessError: the user may not close this order
        """
        self._check_closing_rights()
        request = self.env["fiado.request"]
        company = self.company_id
        reference = request._clean_reference(reference)
        values = {
            "order_id": self.id,
            "payments": request._clean_payments(payments, company, self.currency_id),
            "use_balance": bool(use_balance),
            "debt_paid": request._clean_amount(debt_paid, company.currency_id),
            "credit_used": request._clean_amount(credit_used, company.currency_id),
            "override_reason": request._clean_reason(override_reason, required=False),
        }
        return request._once(
            company,
            reference,
            "sale.order.close_order",
            values,
            lambda: self._close(values, reference),
        )

    def _check_closing_rights(self):
        if len(self) != 1:
            raise UserError(self.env._("Close one order at a time."))
        self.check_access("write")
        self.env["fiado.policy"]._check_sales_user()

    def _close(self, values, reference):
        # The caller's rights were checked, and from here on only values that this
        # method made reach the accounts.
        order = self.sudo().with_company(self.company_id)
        ledger = order.env["fiado.ledger"]
        wallet = ledger._open_wallet(order.wallet_partner_id, order.company_id)
        order._check_closable()
        order._confirm_and_deliver()
        order = order.with_context(**QUIET)
        invoices = order._invoice_rest()
        movement = order._get_closing_movement(wallet, invoices, values)
        receivable = order._get_closing_receivable(invoices)

        payments = ledger._create_payments(
            values["payments"],
            wallet.partner,
            receivable,
            company_id=order.company_id.id,
            currency_id=order.currency_id.id,
            memo=order.name,
            fiado_origin="order",
            fiado_order_id=order.id,
        )
        wallet_move = order.env["account.move"]
        if movement:
            wallet_move = ledger._create_move(
                wallet,
                movement,
                receivable,
                "order",
                company_id=order.company_id.id,
                fiado_order_id=order.id,
                fiado_reference=reference,
                ref=order.name,
            )
        ledger._settle(
            receivable,
            invoices | payments.move_id | wallet_move,
            payments,
            ledger._get_matching_plan(wallet, wallet_move),
        )
        self.sudo().write({"closing_state": "closed", "locked": True})
        currency = wallet.company.currency_id
        return {
            "order_id": order.id,
            "invoice_ids": invoices.ids,
            "payment_ids": payments.ids,
            "move_ids": wallet_move.ids,
            "balance": currency.round(wallet.balance + movement),
        }

    # Checks ------------------------------------------------------------------

    def _check_closable(self):
        if self.closing_state == "closed":
            raise UserError(
                self.env._("Order %(order)s is already closed.", order=self.name)
            )
        if self.state == "cancel":
            raise UserError(
                self.env._(
                    "Order %(order)s is cancelled. Set it back to a quotation first.",
                    order=self.name,
                )
            )
        if not self.order_line.filtered(lambda line: not line.display_type):
            raise UserError(
                self.env._(
                    "Order %(order)s is empty. Add what the customer bought first.",
                    order=self.name,
                )
            )
        if self.currency_id.compare_amounts(self.amount_total, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "The total of order %(order)s is not above zero, so there is "
                    "nothing to close. Check its prices and quantities.",
                    order=self.name,
                )
            )

    def _get_closing_movement(self, wallet, invoices, values):
        """What this closing adds to the wallet (negative: takes from it), in company
        currency.

        :raises UserError: it may not, with the reason and what to do instead
        """
        currency = self.currency_id
        due = sum(
            -invoice.direction_sign * invoice.amount_residual for invoice in invoices
        )
        paid = sum(payment["amount"] for payment in values["payments"])
        self._check_wallet_use(wallet, due, values)
        balance = currency.round(
            paid + values["credit_used"] - due - values["debt_paid"]
        )
        movement = currency.round(paid - due)
        if not currency.is_zero(balance):
            refusal = self._get_balance_refusal(balance)
            if not refusal and not values["use_balance"]:
                refusal = self._get_unticked_message(balance)
            if refusal:
                raise UserError(refusal)
        if currency != wallet.company.currency_id:
            # Paid in full: nothing moves, in whichever currency.
            return 0.0
        self.env["fiado.policy"]._check_limits(
            wallet,
            wallet.get_new_debt(movement),
            paid_receivable=sum(
                -invoice.direction_sign * invoice.amount_residual
                for invoice in invoices
                if invoice.state == "posted"
            ),
            reason=values["override_reason"],
        )
        return movement

    def _check_wallet_use(self, wallet, due, values):
        currency = wallet.company.currency_id
        uses_wallet = values["debt_paid"] or values["credit_used"]
        if uses_wallet and self.currency_id != currency:
            raise UserError(self._get_currency_refusal())
        if currency.compare_amounts(values["debt_paid"], wallet.debt) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes %(debt)s. No more than that can be paid of the "
                    "debt.",
                    customer=wallet.partner.display_name,
                    debt=currency.format(wallet.debt),
                )
            )
        if currency.compare_amounts(values["credit_used"], wallet.credit) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s has %(credit)s of credit. No more than that can be "
                    "used.",
                    customer=wallet.partner.display_name,
                    credit=currency.format(wallet.credit),
                )
            )
        if currency.compare_amounts(values["credit_used"], due) > 0:
            raise UserError(
                self.env._(
                    "This order only takes %(due)s: use no more credit than that.",
                    due=currency.format(due),
                )
            )

    def _get_balance_refusal(self, balance):
        """Why this user may not leave this balance in the wallet, or nothing.

        :param float balance: in the order's currency; negative: debt, positive: credit
        :return: a sentence for the cashier, or ``None``
        """
        self.ensure_one()
        partners = self.partner_id | self.wallet_partner_id
        refusal = self.env["fiado.policy"]._get_balance_refusal(
            partners, self.company_id, balance
        )
        if refusal:
            return refusal
        if self.currency_id != self.company_id.currency_id:
            return self._get_currency_refusal()
        if balance < 0 and self.order_type == "internal":
            return self.env._("An internal sale leaves no debt: receive the total.")
        if balance > 0 and self.order_type == "subscription":
            return self.env._(
                "A subscription order leaves no credit: receive the total only."
            )
        return None

    def _get_currency_refusal(self):
        return self.env._(
            "This order is in %(currency)s, but the wallets are in "
            "%(wallet_currency)s: receive exactly the total, and no debt or credit "
            "with it.",
            currency=self.currency_id.name,
            wallet_currency=self.company_id.currency_id.name,
        )

    def _get_unticked_message(self, balance):
        if balance < 0:
            return self.env._(
                "%(amount)s are missing. Receive them too, or tick “Use balance as "
                "credit/debit for the customer” to leave them as debt.",
                amount=self.currency_id.format(-balance),
            )
        return self.env._(
            "%(amount)s are too much. Give them back, or tick “Use balance as "
            "credit/debit for the customer” to leave them as credit.",
            amount=self.currency_id.format(balance),
        )

    # Steps -------------------------------------------------------------------

    def _confirm_and_deliver(self):
        if self.state in ("draft", "sent"):
            self.action_confirm()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        for line in lines:
            if (
                line.product_id.type == "service"
                and line.qty_delivered_method == "manual"
                and line.qty_delivered < line.product_uom_qty
            ):
                line.qty_delivered = line.product_uom_qty
        undelivered = lines.filtered(
            lambda line: (
                line.product_uom_id.compare(
                    line.qty_invoiced + line.qty_to_invoice, line.product_uom_qty
                )
                < 0
            )
        )
        if undelivered:
            raise UserError(
                self.env._(
                    "Deliver these first, since they are invoiced on delivery: "
                    "%(products)s.",
                    products=", ".join(undelivered.product_id.mapped("display_name")),
                )
            )

    def _invoice_rest(self):
        """Invoice what is not invoiced yet.

        :return: the order's posted invoices and the drafts that are still to post
        """
        if any(
            not line.product_uom_id.is_zero(line.qty_to_invoice)
            for line in self.order_line
            if not line.display_type
        ):
            self.with_context(fiado_closing=True)._create_invoices(final=True)
        return self.invoice_ids.filtered(lambda move: move.state != "cancel")

    def _get_amount_due(self):
        """What is still to be paid of the order, in its currency: its total without
        what was paid on its invoices before."""
        self.ensure_one()
        posted = self.sudo().invoice_ids.filtered(lambda move: move.state == "posted")
        paid = sum(
            -move.direction_sign * (move.amount_total - move.amount_residual)
            for move in posted
        )
        return self.currency_id.round(self.amount_total - paid)

    def _get_closing_receivable(self, invoices):
        lines = invoices.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        if len(lines.account_id) != 1:
            raise UserError(
                self.env._(
                    "The invoices of order %(order)s use several receivable accounts: "
                    "ask your accountant to register their payments.",
                    order=self.name,
                )
            )
        return lines.account_id

    def _get_balance_forecast(self, wallet, paid, due):
        """What leaving the balance will do to the wallet, in sentences for the cashier.

        :param Wallet wallet: as it is now
        :param float paid: in company currency, as ``due``
        """
        currency = wallet.company.currency_id
        sentences = {
            ("debt", True): self.env._("%(amount)s pay %(customer)s's debt."),
            ("debt", False): self.env._(
                "%(amount)s stay as %(customer)s's debt, due on %(date)s."
            ),
            ("credit", True): self.env._("%(amount)s stay as %(customer)s's credit."),
            ("credit", False): self.env._(
                "%(amount)s are taken from %(customer)s's credit."
            ),
        }
        due_date = self.env["fiado.ledger"]._get_due_date(wallet.company)
        result = []
        for account, part in wallet.split(paid - due):
            side = (
                "debt" if account == wallet.company.fiado_debt_account_id else "credit"
            )
            result.append(
                sentences[side, part > 0]
                % {
                    "amount": currency.format(abs(part)),
                    "customer": wallet.partner.name,
                    "date": format_date(self.env, due_date),
                }
            )
        return " ".join(result)

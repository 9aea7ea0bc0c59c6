from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .fiado_ledger import QUIET, elevate

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
        return super().write(vals)

    def _check_stays_closed(self, vals):
        for order in self:
            if order.closing_state == "closed" and any(
                self.env["account.move"]._field_will_change(order, vals, name)
                for name in FROZEN_FIELDS & set(vals)
            ):
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
            "use_balance": request._clean_flag(
                use_balance,
                self.env._("Use balance as credit/debit for the customer"),
            ),
            "debt_paid": request._clean_amount(debt_paid, company.currency_id),
            "credit_used": request._clean_amount(credit_used, company.currency_id),
            "override_reason": request._clean_reason(override_reason, required=False),
        }
        self.env["fiado.ledger"]._take_turn(self.wallet_partner_id)
        return request._once(
            company,
            reference,
            "sale.order.close_order",
            values,
            lambda: self._close(values, reference),
        )

    def _check_closing_rights(self):
        if len(self.ids) != 1:
            raise UserError(self.env._("Close one order at a time."))
        self.check_access("write")
        self.env["fiado.policy"]._check_sales_user()

    def _close(self, values, reference):
        # The caller's rights were checked, and from here on only values that this
        # method made reach the accounts.
        order = elevate(self).with_company(self.company_id)
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
                fiado_document_ids=(invoices | payments.move_id).ids,
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
        elevate(self).write({"closing_state": "closed", "locked": True})
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
        if currency.compare_amounts(values["credit_used"], max(due, 0.0)) > 0:
            raise UserError(
                self.env._(
                    "This order only takes %(due)s: use no more credit than that.",
                    due=currency.format(max(due, 0.0)),
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
            if line._is_delivered_at_closing() and line._is_less_delivered():
                line.qty_delivered = line.product_uom_qty
        undelivered = lines.filtered(
            lambda line: (
                line.product_id.type != "combo"
                and line.product_id.invoice_policy == "delivery"
                and line._is_less_delivered()
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
        self._check_invoices_own()
        if any(line._is_to_invoice() for line in self.order_line):
            self.with_context(fiado_closing=CLOSING)._create_invoices(final=True)
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        # Drafts that were there before become invoices of this closing, too.
        invoices.filtered(
            lambda move: move.state == "draft" and not move.fiado_order_id
        ).fiado_order_id = self
        return invoices

    def _check_invoices_own(self):
        """Closing pays whole invoices, so they must be of this order alone."""
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        others = invoices.line_ids.sale_line_ids.order_id - self
        if others:
            raise UserError(
                self.env._(
                    "An invoice of order %(order)s is also that of %(others)s: "
                    "register its payment in accounting.",
                    order=self.name,
                    others=", ".join(others.mapped("name")),
                )
            )

    def _get_amount_due(self):
        """What is still to be paid of the order, in its currency: what is open on its
        invoices and what is still to invoice, to the cent that Odoo will invoice."""
        self.ensure_one()
        order = self.sudo()
        invoices = order.invoice_ids.filtered(lambda move: move.state != "cancel")
        due = sum(-move.direction_sign * move.amount_residual for move in invoices)
        lines = order._get_priced_lines()
        if not invoices and not any(line._is_more_delivered() for line in lines):
            return self.amount_total
        taxes = self.env["account.tax"]
        base_lines = lines._prepare_base_lines_to_invoice()
        taxes._add_tax_details_in_base_lines(base_lines, order.company_id)
        taxes._round_base_lines_tax_details(base_lines, order.company_id)
        totals = taxes._get_tax_totals_summary(
            base_lines, order.currency_id, order.company_id
        )
        return self.currency_id.round(due + totals["total_amount_currency"])

    def _get_amount_invoiced_due(self):
        """What of the amount due is on posted invoices already."""
        self.ensure_one()
        posted = self.sudo().invoice_ids.filtered(lambda move: move.state == "posted")
        return sum(-move.direction_sign * move.amount_residual for move in posted)

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

    # -------------------------------------------------------------------------
    # REOPENING
    # -------------------------------------------------------------------------

    def reopen_order(self, reason):
        """Undo the closing by reversal: a credit note for its invoice, its payments
        cancelled, the opposite wallet move. Then the order can be closed again.

        :param str reason: why
        :return: ``{"order_id", "invoice_ids", "payment_ids", "move_ids", "balance"}``:
            the credit notes and the wallet moves that were made, the payments that
            were cancelled, and the balance of the customer's wallet afterwards
        :raises UserError: it can't be undone; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        if len(self.ids) != 1:
            raise UserError(self.env._("Reopen one order at a time."))
        self.check_access("write")
        self.env["fiado.policy"]._check_manager()
        reason = self.env["fiado.request"]._clean_reason(reason)
        self.env["fiado.ledger"]._take_turn(self.wallet_partner_id)
        return self._reopen(reason)

    def _reopen(self, reason):
        order = elevate(self).with_company(self.company_id)
        ledger = order.env["fiado.ledger"]
        ledger._lock(order._get_standing_moves()._get_fiado_lines().partner_id)
        order.invalidate_recordset(["closing_state"])
        if order.closing_state != "closed":
            raise UserError(
                self.env._("Order %(order)s is not closed.", order=order.name)
            )
        documents = order._get_closing_documents()
        order._check_not_paid_out(documents)
        payments = order._get_standing_payments()
        moves = order._get_standing_moves()
        holder = moves.partner_id[:1] or order.wallet_partner_id
        opposites = ledger._take_back(moves | payments.move_id | documents, reason)
        reopened = elevate(self)
        reopened.write({"closing_state": "open", "locked": self._should_be_locked()})
        reopened.message_post(
            body=self.env._("Reopened: %(reason)s", reason=reason),
            author_id=self.env.user.partner_id.id,
        )
        wallet = ledger._read_wallets(holder, order.company_id)[holder]
        return {
            "order_id": order.id,
            "invoice_ids": opposites.filtered(lambda move: move.is_invoice()).ids,
            "payment_ids": payments.ids,
            "move_ids": opposites.filtered(lambda move: move._is_fiado_posted()).ids,
            "balance": wallet.balance,
        }

    def _get_closing_documents(self):
        """The invoices that the current closing made and the credit notes that returned
        them, not those of an earlier one that was undone."""
        standing = self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.fiado_origin != "reversal"
                and not move._get_fiado_opposite()
            )
        )
        own = standing.filtered("fiado_order_id")
        return own | standing.filtered(lambda move: move.reversed_entry_id in own)

    def _get_standing_payments(self):
        """The payments of these orders' closings that were not taken back."""
        return self.env["account.payment"].search(
            [
                ("fiado_order_id", "in", self.ids),
                ("state", "in", ("in_process", "paid")),
            ]
        )

    def _get_standing_moves(self):
        """The wallets' movements of these orders' closings, and of the credit notes
        left in a wallet, that were not taken back."""
        moves = self.env["account.move"].search(
            [
                ("fiado_order_id", "in", self.ids),
                ("journal_id", "in", self.company_id.fiado_journal_id.ids),
                ("state", "=", "posted"),
            ]
        )
        moves |= self._get_closing_documents().fiado_move_ids
        return moves.filtered(lambda move: move._is_fiado_standing())

    def _check_not_paid_out(self, documents):
        """What accounting gave back of a return already, reopening would give back
        once more."""
        items = documents.filtered(
            lambda move: move.move_type == "out_refund"
        ).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        payment = items.matched_debit_ids.debit_move_id.move_id.origin_payment_id[:1]
        if payment and not payment.fiado_origin:
            raise UserError(
                self.env._(
                    "What was returned of order %(order)s was paid out by %(payment)s: "
                    "cancel that payment first, or leave the order closed.",
                    order=self.name,
                    payment=payment.name,
                )
            )

    def _get_reopening_forecast(self):
        """What reopening will do, in sentences for the manager."""
        order = self.sudo().with_company(self.company_id)
        sentences = order._get_standing_payments()._get_fiado_give_back_sentences()
        lines = order._get_standing_moves()._get_fiado_lines().grouped("partner_id")
        for holder, items in lines.items():
            sentences += self.env["fiado.policy"]._get_undo_forecast(
                holder, order.company_id, items
            )
        return sentences

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .elevation import QUIET, elevate
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


@dataclass(frozen=True)
class Advances:
    """What was paid before an order is closed and pays it: of that for the order
    itself and in all, and the open journal items, to be used in turn."""

    paid_before: float
    amount: float
    items: list


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
        advance_used=0.0,
        shown=None,
    ):
        """Close the order: confirm, deliver services, invoice, take the payments and
        move what is left to the customer's wallet. All of it happens, or nothing.

        Amounts are in company currency; those of the payments in the order's. What was
        paid online for the order, or registered for its invoices and waits for the
        bank, counts as paid before.

        :param list payments: ``[{"payment_method_line_id": id, "amount": 30.0}, …]``,
            may be empty
        :param bool use_balance: leave the balance (paid + credit and advance used −
            what is due − debt paid) in the wallet, where it becomes debt or credit
        :param float debt_paid: what is paid of the customer's debt with it
        :param float credit_used: what is paid with the customer's credit
        :param str reference: idempotency key: the same call with the same reference
            is done once and answered with the same answer
        :param str override_reason: why a manager goes over the customer's limit
        :param float advance_used: what is paid with other open payments of the
            customer, the oldest first
        :param dict shown: what the caller decided on, any of ``{"partner_id",
            "balance", "amount_due"}`` (the wallet's holder and balance, what is still
            to be paid of the order): refused where it is something else by now
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
        advance_used = request._clean_amount(advance_used, company.currency_id)
        if advance_used:
            # Not where there is none: calls of before that argument are kept without.
            values["advance_used"] = advance_used
        shown = request._clean_shown(shown)
        self.env["fiado.ledger"]._take_turn(self.wallet_partner_id)
        return request._once(
            company,
            reference,
            "sale.order.close_order",
            values,
            lambda: self._close(
                {"advance_used": 0.0, **values, "shown": shown},
                request._get_kept_reference(reference),
            ),
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
        order._check_wallet_shown(wallet, values["shown"])
        order._confirm_and_deliver()
        order = order.with_context(**QUIET)
        invoices = order._invoice_rest()
        receivable = order._get_closing_receivable(invoices)
        advances = order._get_advances(wallet, invoices, receivable, values)
        movement = order._get_closing_movement(wallet, invoices, values, advances)

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
                fiado_document_ids=(
                    invoices
                    | payments.move_id.union(*(i.move_id for i in advances.items))
                ).ids,
                fiado_order_id=order.id,
                fiado_reference=reference,
                ref=order.name,
            )
        ledger._settle(
            receivable,
            invoices | payments.move_id | wallet_move,
            payments,
            ledger._get_matching_plan(wallet, wallet_move),
            advances.items,
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
        if self.currency_id.compare_amounts(self.amount_total, 0.0) < 0:
            raise UserError(
                self.env._(
                    "The total of order %(order)s is below zero, so there is nothing "
                    "to receive. Check its prices and quantities.",
                    order=self.name,
                )
            )

    def _get_closing_movement(self, wallet, invoices, values, advances):
        """What this closing adds to the wallet (negative: takes from it), in company
        currency.

        :param Advances advances: as :meth:`_get_advances` returned them
        :raises UserError: it may not, with the reason and what to do instead
        """
        currency = self.currency_id
        due = currency.round(invoices._get_fiado_due() - advances.paid_before)
        paid = sum(payment["amount"] for payment in values["payments"])
        self.env["fiado.policy"]._check_unchanged(
            values["shown"], {"amount_due": due}, currency
        )
        self._check_wallet_use(wallet, due, values)
        paid = currency.round(paid + values["advance_used"])
        balance = currency.round(
            paid + values["credit_used"] - due - values["debt_paid"]
        )
        movement = currency.round(paid - due)
        if not currency.is_zero(balance):
            refusal = self._get_balance_refusal(balance)
            if not refusal and not values["use_balance"]:
                refusal = self._get_unticked_message(
                    balance, currency.round(wallet.debt - values["debt_paid"])
                )
            if refusal:
                raise UserError(refusal)
        if currency != wallet.company.currency_id:
            # Paid in full: nothing moves, in whichever currency.
            return 0.0
        self.env["fiado.policy"]._check_limits(
            wallet,
            wallet.get_new_debt(movement),
            paid_receivable=invoices.filtered(
                lambda invoice: invoice.state == "posted"
            )._get_fiado_due()
            - advances.amount,
            reason=values["override_reason"],
        )
        return movement

    def _check_wallet_use(self, wallet, due, values):
        currency = wallet.company.currency_id
        uses_wallet = any(
            values[name] for name in ("debt_paid", "credit_used", "advance_used")
        )
        if uses_wallet and self.currency_id != currency:
            raise UserError(self._get_currency_refusal())
        if values["credit_used"] or values["advance_used"]:
            self._check_own_wallet(wallet)
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
        due = currency.round(max(due - values["advance_used"], 0.0))
        if currency.compare_amounts(values["credit_used"], due) > 0:
            raise UserError(
                self.env._(
                    "This order only takes %(due)s: use no more credit than that.",
                    due=currency.format(due),
                )
            )

    def _check_own_wallet(self, wallet):
        """Whoever may write an order may make it out to anybody: what that customer has
        left is spent only by those who are trusted with wallets.

        :raises UserError: it isn't the wallet of who ordered, and the user isn't
        """
        if wallet.partner == self.partner_id.commercial_partner_id:
            return
        if not self.env.user.has_group("bemp_fiado.group_fiado_user"):
            raise UserError(
                self.env._(
                    "%(customer)s pays this order and didn't order it: receive the "
                    "total, or ask who may leave balances to use what %(customer)s has "
                    "left.",
                    customer=wallet.partner.display_name,
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

    def _get_unticked_message(self, balance, debt_left):
        """What to do with a balance that wasn't to be left: what the payment screen
        says will become of it.

        :param float debt_left: what the customer still owes without it
        """
        if balance < 0:
            return self.env._(
                "%(amount)s are missing. Receive them too, or tick “Use balance as "
                "credit/debit for the customer” to leave them as debt.",
                amount=self.currency_id.format(-balance),
            )
        if self.currency_id.compare_amounts(debt_left, balance) >= 0:
            return self.env._(
                "%(amount)s are too much. Give them back, or tick “Use balance as "
                "credit/debit for the customer” to pay the debt with them.",
                amount=self.currency_id.format(balance),
            )
        if debt_left > 0:
            return self.env._(
                "%(amount)s are too much. Give them back, or tick “Use balance as "
                "credit/debit for the customer” to pay the debt with them and leave "
                "the rest as credit.",
                amount=self.currency_id.format(balance),
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
        self._check_invoices_customer()
        if any(line._is_to_invoice() for line in self.order_line):
            self.with_context(fiado_closing=CLOSING)._create_invoices(final=True)
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        # Drafts that were there before become invoices of this closing, too.
        invoices.filtered(
            lambda move: move.state == "draft" and not move.fiado_order_id
        ).fiado_order_id = self
        self._round_off(invoices)
        self._date_drafts(invoices)
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

    def _check_invoices_customer(self):
        """The wallet that pays the invoices must be that of whom they are made out
        to: what is open of theirs would be paid by somebody else."""
        for invoice in self.invoice_ids:
            if (
                invoice.commercial_partner_id != self.wallet_partner_id
                and invoice.state != "cancel"
                and not invoice.currency_id.is_zero(invoice.amount_residual)
            ):
                raise UserError(
                    self.env._(
                        "An invoice of order %(order)s is made out to %(customer)s, "
                        "and is not paid. Make the order out to %(customer)s, too "
                        "(invoice address), or have that invoice paid in accounting "
                        "first.",
                        order=self.name,
                        customer=invoice.commercial_partner_id.display_name,
                    )
                )

    def _date_drafts(self, invoices):
        """Where the books are closed for today, have the invoices on the day on which
        the payments and the wallet move will be: Odoo refuses them today."""
        open_day = self.env["fiado.policy"]._get_open_day(self.company_id)
        drafts = invoices.filtered(lambda move: move.state == "draft")
        if open_day:
            for draft in drafts:
                draft.write(
                    {
                        "invoice_date": draft.invoice_date
                        or fields.Date.context_today(self),
                        "date": open_day,
                    }
                )

    def _round_off(self, invoices):
        """Take the odd cent that down payments are too much, each of them rounded,
        off the invoice that is still to post."""
        draft = invoices.filtered(lambda move: move.state == "draft")[:1]
        cents = draft and self._get_odd_cents(invoices._get_fiado_due())
        if not cents:
            return
        account = self.company_id.sudo()._get_fiado_rounding_account()
        draft.invoice_line_ids = [
            Command.create(
                {
                    "name": self.env._("Rounding"),
                    "quantity": 1.0,
                    "price_unit": -draft.direction_sign * cents,
                    # In a shop without one it stays with what was sold.
                    "account_id": account.id
                    or draft.invoice_line_ids.account_id[:1].id,
                    "tax_ids": [Command.clear()],
                }
            )
        ]

    def _get_odd_cents(self, due):
        """How much too much was paid, where rounding is all that it can be: at most a
        cent for each down payment that was invoiced.

        :param float due: what is to be paid of the order, in its currency
        :return: a positive amount, or zero
        """
        currency = self.currency_id
        if currency.compare_amounts(due, 0.0) >= 0:
            return 0.0
        down_payments = self.order_line.filtered("is_downpayment").invoice_lines.move_id
        number = len(
            down_payments.filtered(
                lambda move: move.state == "posted" and move.move_type == "out_invoice"
            )
        )
        cents = currency.round(-due)
        most = currency.round(number * currency.rounding)
        return cents if currency.compare_amounts(cents, most) <= 0 else 0.0

    def _get_amount_due(self):
        """What is still to be paid of the order, in its currency: what is open on its
        invoices and what is still to invoice, to the cent that Odoo will invoice, less
        what was paid before."""
        self.ensure_one()
        order = self.sudo()
        due = order._get_amount_open()
        return self.currency_id.round(due - order._get_amount_paid_before(due))

    def _get_amount_open(self):
        order = self
        invoices = order.invoice_ids.filtered(lambda move: move.state != "cancel")
        due = invoices._get_fiado_due()
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
        due = self.currency_id.round(due + totals["total_amount_currency"])
        if base_lines or "draft" in invoices.mapped("state"):
            due += self._get_odd_cents(due)
        return due

    def _get_amount_invoiced_due(self):
        """What of the amount due is on posted invoices already."""
        self.ensure_one()
        posted = self.sudo().invoice_ids.filtered(lambda move: move.state == "posted")
        return posted._get_fiado_due()

    def _get_closing_receivable(self, invoices):
        lines = invoices.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        if len(lines.account_id) > 1:
            raise UserError(
                self.env._(
                    "The invoices of order %(order)s use several receivable accounts: "
                    "ask your accountant to register their payments.",
                    order=self.name,
                )
            )
        return lines.account_id or self._get_customer_receivable()

    def _get_customer_receivable(self):
        customer = self.sudo().with_company(self.company_id).partner_invoice_id
        return customer.property_account_receivable_id

    # Advances ----------------------------------------------------------------

    def _get_advances(self, wallet, invoices, receivable, values):
        """What was paid in advance and pays this closing now.

        :raises UserError: it isn't in the books yet, or there is less than is used
        """
        self._check_online_payments_booked()
        due = invoices._get_fiado_due()
        paid_before = self._get_amount_paid_before(due)
        items = []
        if paid_before:
            items.append(self._get_paid_before_items(receivable))
        used = values["advance_used"]
        if used:
            items.append(
                self._get_used_items(wallet, receivable, used, due - paid_before)
            )
        return Advances(paid_before, paid_before + used, items)

    def _get_used_items(self, wallet, receivable, used, due):
        currency = wallet.company.currency_id
        open_items = self._get_open_payment_items(receivable)
        available = -sum(open_items.mapped("amount_residual"))
        most = currency.round(max(min(available, due), 0.0))
        if currency.compare_amounts(used, most) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s of what %(customer)s paid in advance can be used "
                    "here: use no more than that.",
                    amount=currency.format(most),
                    customer=wallet.partner.display_name,
                )
            )
        items, missing = open_items.browse(), used
        for item in open_items:
            if currency.compare_amounts(missing, 0.0) > 0:
                items |= item
                missing += item.amount_residual
        return items

    def _get_advance_available(self):
        """What the customer paid that pays nothing yet, in company currency: it can
        pay this order."""
        self.ensure_one()
        if self.currency_id != self.company_id.currency_id:
            return 0.0
        items = self._get_open_payment_items(self._get_customer_receivable())
        return self.currency_id.round(-sum(items.mapped("amount_residual")))

    def _get_open_payment_items(self, receivable):
        """What is open of the customer's other payments, elevated, the oldest first:
        those that are for nothing that is known."""
        company = self.company_id.sudo()
        holder = self.wallet_partner_id
        items = self.env["account.move.line"].sudo()
        if holder == company.root_id.fiado_walk_in_partner_id:
            # They are those of anybody.
            return items
        items = items.search(
            [
                ("account_id", "=", receivable.id),
                ("partner_id.commercial_partner_id", "=", holder.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", company.currency_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0.0),
                ("move_id.origin_payment_id", "!=", False),
            ],
            order="date, id",
        )
        return items.filtered(
            lambda item: (
                not item.move_id.origin_payment_id.payment_transaction_id.sale_order_ids
                and not item.move_id.origin_payment_id.invoice_ids
            )
        )

    def _get_amount_paid_before(self, due):
        """What of this amount was paid for the order in advance, in its currency."""
        if self.currency_id.compare_amounts(due, 0.0) <= 0:
            return 0.0
        paid = sum(
            payment._get_fiado_open_amount() for payment in self._get_advance_payments()
        )
        return self.currency_id.round(max(min(paid, due), 0.0))

    def _get_advance_payments(self):
        """The payments for this order alone: those of its online transactions, and
        those that were registered for its invoices and wait for the bank."""
        order = self.sudo()
        transactions = order.transaction_ids
        transactions |= transactions.child_transaction_ids
        payments = transactions.filtered(lambda tx: tx.state == "done").payment_id
        posted = order.invoice_ids.filtered(lambda move: move.state == "posted")
        payments |= posted.matched_payment_ids.filtered(
            lambda payment: payment.invoice_ids <= posted
        )
        return payments.filtered(
            lambda payment: (
                payment.state in ("in_process", "paid")
                and payment.currency_id == order.currency_id
            )
        )

    def _get_paid_before_items(self, receivable):
        """What is open of the payments for this order."""
        payments = self._get_advance_payments()
        # As those that a closing takes: without an entry nothing would settle anything.
        without_entry = payments.filtered(
            lambda payment: not payment.move_id and payment.state == "in_process"
        )
        self.env["fiado.ledger"]._give_entries(without_entry)
        self.env["fiado.ledger"]._post(without_entry.move_id)
        items = payments._get_fiado_open_items()
        if items.account_id - receivable:
            raise UserError(
                self.env._(
                    "What was paid before for order %(order)s is booked on another "
                    "account than its invoices: ask your accountant to match them.",
                    order=self.name,
                )
            )
        return items

    def _check_online_payments_booked(self):
        waiting = self.transaction_ids.filtered(
            lambda tx: (
                tx.state == "done"
                and tx.operation != "validation"
                and not (
                    tx.is_post_processed or tx.payment_id or tx.child_transaction_ids
                )
            )
        )
        for transaction in waiting:
            raise UserError(
                self.env._(
                    "%(amount)s were paid online for order %(order)s and are being "
                    "booked right now. Try again in a few minutes.",
                    amount=transaction.currency_id.format(transaction.amount),
                    order=self.name,
                )
            )

    def _check_shown(self, shown):
        """Lock the wallet of the order, and check that it is as it was shown.

        :param dict shown: as :meth:`close_order` takes it
        :raises UserError: it is not, or the order can't be read
        """
        self.ensure_one()
        self.check_access("write")
        ledger = self.env["fiado.ledger"]
        ledger._take_turn(self.wallet_partner_id)
        wallet = ledger._open_wallet(self.wallet_partner_id, self.company_id)
        self._check_wallet_shown(wallet, shown)

    def _check_wallet_shown(self, wallet, shown):
        self.env["fiado.policy"]._check_unchanged(
            shown,
            {"partner_id": wallet.partner.id, "balance": wallet.balance},
            wallet.company.currency_id,
        )

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
        return order._get_standing_moves()._get_fiado_undo_forecast(
            order._get_standing_payments()
        )

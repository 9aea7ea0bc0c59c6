import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .fiado_ledger import QUIET

MAX_TEXT_LENGTH = 256


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
        company = self.company_id.sudo().root_id
        reference = self._clean_text(reference, self.env._("The reference"))
        values = {
            "order_id": self.id,
            "payments": self._clean_payments(payments),
            "use_balance": bool(use_balance),
            "debt_paid": self._clean_amount(debt_paid, company.currency_id),
            "credit_used": self._clean_amount(credit_used, company.currency_id),
            "override_reason": self._clean_text(
                override_reason, self.env._("The reason")
            ),
        }
        return self.env["fiado.request"]._once(
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
        if not (
            self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")
        ):
            raise AccessError(self.env._("Only sales users close orders."))

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

        payments = order._create_closing_payments(
            values["payments"], wallet.partner, receivable
        )
        wallet_move = order.env["account.move"]
        matching = []
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
            matching = ledger._get_matching_plan(wallet, wallet_move)
        moves = invoices | payments.move_id | wallet_move
        order._post_closing(moves, payments)
        order._reconcile_closing(moves, receivable, matching)
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
        company = self.company_id.sudo()
        user = self.env.user
        if not company.fiado_enabled:
            return self.env._(
                "Fiado is switched off in this shop: receive exactly the total. "
                "The owner switches it on in the settings."
            )
        walk_in = company.fiado_walk_in_partner_id
        if walk_in and walk_in in (self.partner_id | self.wallet_partner_id):
            return self.env._("Unidentified customer: receive exactly the total.")
        if not user.has_group("bemp_fiado.group_fiado_user"):
            return self.env._(
                "You may not leave a balance in a customer's wallet: receive exactly "
                "the total, or ask who may."
            )
        if self.currency_id != company.currency_id:
            return self._get_currency_refusal()
        if balance < 0 and self.order_type == "internal":
            return self.env._("An internal sale leaves no debt: receive the total.")
        if balance < 0 and self.wallet_partner_id.no_fiado:
            return self.env._(
                "%(customer)s leaves no debt: receive the total.",
                customer=self.wallet_partner_id.display_name,
            )
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

    # Values from outside -----------------------------------------------------

    def _clean_amount(self, amount, currency):
        """An amount that a caller sent, as a float rounded to the currency.

        :raises UserError: not a number, negative, or with fractions of a cent
        """
        if isinstance(amount, bool) or not isinstance(amount, (int, float)):
            raise UserError(self.env._("An amount must be a number."))
        if not math.isfinite(amount) or abs(amount) >= 1e12:
            raise UserError(self.env._("An amount is not a number or far too large."))
        rounded = currency.round(amount)
        if abs(rounded - amount) > currency.rounding / 1000:
            raise UserError(
                self.env._(
                    "%(amount)s has fractions of the smallest coin of %(currency)s.",
                    amount=amount,
                    currency=currency.name,
                )
            )
        if rounded < 0:
            raise UserError(self.env._("An amount can't be negative."))
        return rounded

    def _clean_text(self, text, label):
        if not text:
            return None
        if not isinstance(text, str) or len(text) > MAX_TEXT_LENGTH or "\0" in text:
            raise UserError(
                self.env._(
                    "%(label)s must be a text of at most %(length)s characters.",
                    label=label,
                    length=MAX_TEXT_LENGTH,
                )
            )
        return text

    def _clean_payments(self, payments):
        """The payments that a caller sent, each with its form checked.

        :raises UserError: what isn't one, or a form that the shop doesn't have
        """
        if not isinstance(payments, (list, tuple)) or not all(
            isinstance(payment, dict)
            and payment.keys() == {"payment_method_line_id", "amount"}
            for payment in payments
        ):
            raise UserError(
                self.env._("Payments must be a list of payment forms with amounts.")
            )
        forms = self._get_payment_forms()
        cleaned = []
        for payment in payments:
            form_id = payment["payment_method_line_id"]
            if isinstance(form_id, bool) or form_id not in forms.ids:
                raise UserError(
                    self.env._(
                        "%(company)s doesn't take payments through this form. "
                        "Choose one of: %(forms)s.",
                        company=self.company_id.name,
                        forms=", ".join(forms.mapped("payment_form_name")),
                    )
                )
            amount = self._clean_amount(payment["amount"], self.currency_id)
            if self.currency_id.is_zero(amount):
                raise UserError(
                    self.env._(
                        "A payment of zero is none: remove it or type its amount."
                    )
                )
            cleaned.append({"payment_method_line_id": form_id, "amount": amount})
        return cleaned

    def _get_payment_forms(self):
        """The payment forms through which the order's company receives money."""
        return (
            self.env["account.payment.method.line"]
            .sudo()
            .search(
                [
                    ("payment_type", "=", "inbound"),
                    ("journal_id.active", "=", True),
                    ("journal_id.type", "in", ("cash", "bank", "credit")),
                    ("journal_id.company_id", "parent_of", self.company_id.id),
                    (
                        "journal_id.currency_id",
                        "in",
                        (False, self.company_id.currency_id.id),
                    ),
                ]
            )
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

    def _create_closing_payments(self, payments, partner, receivable):
        forms = self.env["account.payment.method.line"].browse(
            payment["payment_method_line_id"] for payment in payments
        )
        payments = (
            self.env["fiado.ledger"]
            ._elevated("account.payment")
            .create(
                [
                    self._prepare_closing_payment_vals(
                        form, payment["amount"], partner, receivable
                    )
                    for form, payment in zip(forms, payments, strict=True)
                ]
            )
        )
        # A form without an outstanding account may make a payment without a journal
        # entry; then nothing would settle the receivable.
        for payment in payments.filtered(lambda payment: not payment.move_id):
            payment.outstanding_account_id = payment._get_outstanding_account(
                payment.payment_type
            )
            payment._generate_journal_entry()
        return payments

    def _prepare_closing_payment_vals(self, form, amount, partner, receivable):
        return {
            "date": fields.Date.context_today(self),
            "amount": amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "memo": self.name,
            "journal_id": form.journal_id.id,
            "payment_method_line_id": form.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "destination_account_id": receivable.id,
            "fiado_order_id": self.id,
            # An empty list has the journal entry made right now, to be posted with
            # the others.
            "write_off_line_vals": [],
        }

    def _post_closing(self, moves, payments):
        moves.filtered(lambda move: move.state == "draft")._post(soft=False)
        payments.action_post()

    def _reconcile_closing(self, moves, receivable, matching):
        items = moves.line_ids.filtered(
            lambda line: line.account_id == receivable and not line.reconciled
        )
        items._reconcile_plan([items, *matching])
        if not all(items.mapped("reconciled")):
            raise UserError(
                self.env._(
                    "The payments of order %(order)s don't settle its invoice. Ask "
                    "your accountant to look at its invoices.",
                    order=self.name,
                )
            )

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

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .account_move import ORIGINS
from .elevation import RELEASE, elevate
from .guards import filter_changing

# What moves wallets by a payment.
WITH_PAYMENTS = ("order", "invoice", "credit_sale", "online", "payout")
FIADO_FIELDS = {"fiado_move_id", "fiado_order_id", "fiado_origin"}
# Odoo lets them be changed, and leaves the payment's entry as it was.
SETTLED_FIELDS = {
    "amount",
    "company_id",
    "currency_id",
    "date",
    "journal_id",
    "move_id",
    "partner_id",
    "payment_method_line_id",
    "payment_type",
}

# The states of a payment that was made and not taken back.
STANDING = ("in_process", "paid")


class AccountPayment(models.Model):
    _inherit = "account.payment"

    fiado_origin = fields.Selection(
        selection=[origin for origin in ORIGINS if origin[0] in WITH_PAYMENTS],
        string="Wallet Origin",
        help="The operation on a customer's wallet by which this payment was made.",
        readonly=True,
        copy=False,
    )
    fiado_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Closed Order",
        help="The order at whose closing this payment was taken.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    fiado_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Wallet Movement",
        help="The movement of a customer's wallet that was paid by this.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    is_fiado_settled = fields.Boolean(
        string="Settled in a Wallet", compute="_compute_is_fiado_settled"
    )

    # A day's payments are found without reading all that there ever were.
    _fiado_date_idx = models.Index("(date) WHERE fiado_origin IS NOT NULL")

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("fiado_origin", "state")
    def _compute_is_fiado_settled(self):
        for payment in self:
            payment.is_fiado_settled = (
                payment.state != "draft" and payment._is_fiado_settled()
            )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        # A context, or a user's own default, would get around the check.
        return super().default_get([f for f in fields if f not in FIADO_FIELDS])

    @api.model_create_multi
    def create(self, vals_list):
        self._fiado_check_fields(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._fiado_check_fields(vals)
        if "state" in vals:
            # The bank says that the money is there, or not yet: nothing changes.
            self.filtered(
                lambda payment: not {payment.state, vals["state"]} <= {*STANDING}
            )._fiado_check_kept()
        if not SETTLED_FIELDS.isdisjoint(vals):
            filter_changing(self, vals, SETTLED_FIELDS)._fiado_check_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiado(self):
        self._fiado_check_kept()

    def _fiado_check_kept(self):
        if self.env.context.get("fiado_release") is RELEASE:
            return
        for payment in self:
            if payment.state != "draft" and payment._is_fiado_settled():
                raise UserError(payment._get_fiado_moved_message())

    def _is_fiado_settled(self):
        """Whether a wallet or a closing stands on this payment: it was made by an
        operation on one, or was paid in advance and used by one."""
        self.ensure_one()
        move = self.sudo().move_id
        return bool(
            self.fiado_origin
            or move._get_fiado_standing_moves()
            or self._get_fiado_closed_order()
        )

    def _get_fiado_closed_order(self):
        """The closed order that this payment pays, in advance or at its closing."""
        move = self.sudo().move_id
        partials = move.line_ids.matched_debit_ids | move.line_ids.matched_credit_ids
        items = partials.debit_move_id | partials.credit_move_id
        orders = self.sudo().fiado_order_id | move.fiado_move_ids.fiado_order_id
        orders |= items.move_id.line_ids.sale_line_ids.order_id
        return orders.filtered(lambda order: order.closing_state == "closed")[:1]

    def _get_fiado_moved_message(self):
        if self.state == "canceled":
            return self.env._(
                "%(payment)s was taken back already: both entries stay. Receive the "
                "payment anew.",
                payment=self.name,
            )
        return self.env._(
            "%(payment)s moved a customer's wallet. Press “Cancel Payment” on the "
            "payment itself: its amount is taken from the wallet again.",
            payment=self.name,
        )

    @api.model
    def _fiado_check_fields(self, *vals_list):
        # The ledger writes them elevated; RPC never runs elevated.
        if not self.env.su and any(not FIADO_FIELDS.isdisjoint(v) for v in vals_list):
            raise AccessError(
                self.env._(
                    "Origin and order of a payment can't be set by hand: only the "
                    "operation itself sets them."
                )
            )

    def _search_reconciled_invoice_ids(self, operator, value):
        # Odoo looks for the payments of each move that is made or changed, many times
        # in one closing. Only invoices have any, and only once something is matched.
        if operator == "in":
            moves = self.env["account.move"].browse(value)
            value = moves.filtered(lambda move: not move._fiado_is_unpaid()).ids
        return super()._search_reconciled_invoice_ids(operator, value)

    def _generate_move_vals(
        self, write_off_line_vals=None, force_balance=None, line_ids=None
    ):
        vals = super()._generate_move_vals(write_off_line_vals, force_balance, line_ids)
        if self.fiado_origin:
            vals["fiado_origin"] = self.fiado_origin
            vals["fiado_order_id"] = self.fiado_order_id.id
        return vals

    # -------------------------------------------------------------------------
    # TAKE BACK
    # -------------------------------------------------------------------------

    def action_cancel(self):
        return super(AccountPayment, self - self._fiado_cancel_moved()).action_cancel()

    def action_reject(self):
        # The bank's word for the same: the money is not there after all.
        return super(AccountPayment, self - self._fiado_cancel_moved()).action_reject()

    def _fiado_cancel_moved(self):
        moved = self.filtered(
            lambda payment: payment.state in STANDING and payment._is_fiado_settled()
        )
        for payment in moved:
            payment._fiado_cancel()
        return moved

    def _fiado_cancel(self):
        """Take back a payment that paid a closed order or a wallet movement: an entry
        of today reverses it, and what it had settled is open in the wallet again."""
        self.ensure_one()
        self.env["fiado.policy"]._check_manager()
        payment = elevate(self).with_company(self.company_id)
        payment._fiado_check_cancellable()
        ledger = payment.env["fiado.ledger"]
        movement = payment.move_id._get_fiado_standing_moves()
        ledger._lock(payment._get_fiado_holder(movement))
        order = payment._get_fiado_closed_order()
        documents = movement.fiado_document_ids
        if not movement:
            # An order's closing that left nothing in the wallet, other than what was
            # charged with it.
            documents = order._get_closing_documents() | payment.move_id
            documents |= order._get_standing_payments().move_id
            documents |= order._get_standing_moves()._filter_fiado_standing_charges()
        charges = documents._filter_fiado_standing_charges()
        reason = self.env._("%(payment)s cancelled", payment=payment.name)
        # Those that were cancelled before are still among the movement's documents.
        others = documents.origin_payment_id - payment
        if others.filtered(lambda other: other.state in STANDING):
            ledger._take_back_payment(payment, movement, documents, order, reason)
        elif order:
            # What was charged with the payment goes with it.
            ledger._take_back_payment(
                payment, movement, documents - charges, order, reason, charges
            )
        else:
            ledger._take_back(movement | charges | payment.move_id, reason)

    def _get_fiado_holder(self, movement):
        """Whose wallet moves where this payment is taken back: whoever has its items by
        now. The customer who paid may have joined a firm, or left one, since.

        :param movement: the wallet's movements with which it settled something, if any
        """
        items = movement._get_fiado_lines() or self.move_id.line_ids
        return items.partner_id.commercial_partner_id

    def _get_fiado_open_items(self):
        """What of these payments settles nothing yet."""
        return self.move_id.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
            )
        )

    def _get_fiado_open_amount(self):
        """How much of a payment settles nothing yet, in its currency; negative where
        it was paid back."""
        self.ensure_one()
        if self.move_id:
            items = self._get_fiado_open_items()
            return -sum(items.mapped("amount_residual_currency"))
        if self.state != "in_process":
            return 0.0
        return self.amount if self.payment_type == "inbound" else -self.amount

    def _fiado_check_cancellable(self):
        if self.state not in STANDING:
            raise UserError(self._get_fiado_moved_message())
        if self.currency_id != self.company_id.currency_id:
            raise UserError(
                self.env._(
                    "%(payment)s is in another currency than the wallets. Reopen its "
                    "order instead.",
                    payment=self.name,
                )
            )

    def _get_fiado_give_back_sentences(self):
        """What becomes of the money of these payments once they are taken back."""
        sentences = []
        for payment in self:
            amount = payment.currency_id.format(payment.amount)
            form = payment.payment_method_line_id.payment_form_name
            if payment.payment_type == "inbound":
                sentence = self.env._(
                    "%(amount)s received through %(form)s are cancelled: give them "
                    "back.",
                    amount=amount,
                    form=form,
                )
            else:
                sentence = self.env._(
                    "%(amount)s paid out through %(form)s are cancelled: take them "
                    "back.",
                    amount=amount,
                    form=form,
                )
            sentences.append(sentence)
        return sentences

    def action_draft(self):
        self._fiado_check_kept()
        return super().action_draft()

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .elevation import RELEASE, elevate
from .guards import filter_changing

FIADO_FIELDS = {
    "fiado_document_ids",
    "fiado_order_id",
    "fiado_origin",
    "fiado_reference",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    fiado_origin = fields.Selection(
        selection=[
            ("order", "Order"),
            ("invoice", "Invoice"),
            ("credit_sale", "Money credit"),
            ("refund", "Credit note"),
            ("payout", "Paid out"),
            ("forgiveness", "Forgiven"),
            ("adjustment", "Adjustment"),
            ("opening", "Opening balance"),
            ("transfer", "Transfer"),
            ("reversal", "Reversal"),
            ("accounting", "Accounting"),
        ],
        string="Wallet Origin",
        help="What caused this movement of a customer's wallet.",
        readonly=True,
        copy=False,
    )
    fiado_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Closed Order",
        help="The order at whose closing this entry was made.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    fiado_reference = fields.Char(
        string="Wallet Reference",
        help="The reference that the caller gave to this movement of the wallet.",
        readonly=True,
        copy=False,
    )

    # What took payments back on a day is found without reading all entries.
    _fiado_opposite_idx = models.Index("(date) WHERE fiado_origin = 'reversal'")

    fiado_document_ids = fields.Many2many(
        comodel_name="account.move",
        relation="fiado_move_document_rel",
        column1="move_id",
        column2="document_id",
        string="Settled Documents",
        help="The invoices, credit notes and payments that this movement of a "
        "customer's wallet settles.",
        readonly=True,
        copy=False,
    )
    fiado_move_ids = fields.Many2many(
        comodel_name="account.move",
        relation="fiado_move_document_rel",
        column1="document_id",
        column2="move_id",
        string="Wallet Movements",
        help="The movements of customers' wallets that settle this document.",
        readonly=True,
        copy=False,
    )

    show_leave_in_wallet = fields.Boolean(compute="_compute_show_leave_in_wallet")
    show_fiado_undo = fields.Boolean(compute="_compute_show_fiado_undo")
    is_fiado_kept = fields.Boolean(
        string="Kept by a Wallet",
        compute="_compute_is_fiado_kept",
        help="Whether a customer's wallet or a closed order stands on this, so that it "
        "can't be reset or reversed on its own.",
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("amount_residual", "currency_id", "move_type", "partner_id", "state")
    def _compute_show_leave_in_wallet(self):
        for move in self:
            move.show_leave_in_wallet = not move._get_leave_in_wallet_refusal()

    @api.depends("fiado_move_ids", "fiado_order_id.closing_state", "state")
    def _compute_show_fiado_undo(self):
        self.show_fiado_undo = False
        for move in self.sudo()._get_fiado_posted():
            if move._is_fiado_settleable():
                move.show_fiado_undo = bool(
                    move._get_fiado_closed_order()
                    or (move | move.fiado_move_ids).filtered(
                        lambda movement: movement._is_fiado_standing()
                    )
                )

    @api.depends("fiado_move_ids", "fiado_order_id.closing_state", "state")
    def _compute_is_fiado_kept(self):
        for move in self:
            move.is_fiado_kept = bool(move.sudo()._get_fiado_torn_refusal())

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
        if not self._get_fiado_protected_fields().isdisjoint(vals):
            self._fiado_check_unchanged(vals)
        if vals.get("state") in ("draft", "cancel"):
            self._fiado_check_not_torn()
            # Odoo leaves drafts matched: what they settled would stay settled.
            lines = self._get_fiado_posted()._get_fiado_lines()
            if lines:
                lines.sudo().remove_move_reconcile()
                self.env["fiado.ledger"]._log_movements(lines, "undone")
        return super().write(vals)

    def _search_reconciled_payment_ids(self, operator, value):
        # As in account.payment.
        if operator == "in":
            payments = self.env["account.payment"].browse(value)
            value = payments.filtered(
                lambda payment: (
                    not payment.fiado_origin or payment.move_id._fiado_is_matched()
                )
            ).ids
        return super()._search_reconciled_payment_ids(operator, value)

    def _fiado_is_unpaid(self):
        """Whether no payment can have paid this as an invoice."""
        if self.fiado_origin and self.move_type == "entry":
            return True
        return bool(self.fiado_order_id) and not (
            self.matched_payment_ids or self._fiado_is_matched()
        )

    def _fiado_is_matched(self):
        lines = self.sudo().line_ids
        return bool(lines.matched_debit_ids or lines.matched_credit_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiado(self):
        self._fiado_check_not_torn()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # An invoice is returned by a credit note that leaves its payment alone; the
        # opposite of anything else is the ledger's.
        torn = self if cancel else self.filtered(lambda move: not move.is_invoice())
        torn._fiado_check_not_torn()
        return super()._reverse_moves(default_values_list, cancel)

    def _post(self, soft=True):
        lines = self._get_fiado_lines()
        if not lines:
            return super()._post(soft)
        lines._fiado_set_holders()
        posted = super()._post(soft)
        ledger = self.env["fiado.ledger"]
        ledger._forget_read(lines.partner_id)
        ledger._log_movements((lines & posted.line_ids).sudo(), "posted")
        return posted

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_leave_in_wallet(self):
        """Leave what is open of a customer's credit note in the wallet: it pays debt
        first, the rest becomes credit.

        :raises UserError: it can't be left there; says what to do
        :raises AccessError: the user may not change invoices
        """
        self.ensure_one()
        self.check_access("write")
        refusal = self._get_leave_in_wallet_refusal()
        if refusal:
            raise UserError(refusal)
        ledger = self.env["fiado.ledger"]
        wallet = ledger._open_wallet(self.commercial_partner_id, self.company_id)
        receivable = self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).account_id
        wallet_move = ledger._create_move(
            wallet,
            self.amount_residual,
            receivable,
            "refund",
            company_id=self.company_id.id,
            fiado_document_ids=self.ids,
            ref=self.name,
        )
        ledger._settle(
            receivable,
            elevate(self) | wallet_move,
            self.env["account.payment"],
            ledger._get_matching_plan(wallet, wallet_move),
        )

    # -------------------------------------------------------------------------
    # UNDO
    # -------------------------------------------------------------------------

    def action_fiado_undo(self):
        """Open the dialog that shows what taking this back does: a movement of a
        wallet, or a document that one settles.

        :raises UserError: nothing to take back; says why
        """
        self.ensure_one()
        self.env["fiado.policy"]._check_manager()
        move = self.sudo()
        order = move._get_fiado_closed_order()
        if order:
            return order.with_env(self.env).action_reopen_order()
        movement = move if move._is_fiado_posted() else move._get_fiado_standing_moves()
        movement[:1]._fiado_check_undoable()
        entries = self.env["fiado.wallet.entry"]
        entry = entries.search([("move_id", "=", movement[:1].id)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo %(document)s", document=movement[:1].name),
            "res_model": "fiado.wallet.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_entry_id": entry.id},
        }

    def _fiado_undo(self, reason):
        """Take back a movement of a wallet with its payments. An order's is taken back
        by reopening the order.

        :param str reason: why
        :return: the public methods' answer: the opposite wallet moves, the payments
            that were taken back, and the wallet's balance afterwards
        :raises UserError: it can't be taken back; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        reason = self.env["fiado.request"]._clean_reason(reason)
        move = elevate(self).with_company(self.sudo().company_id)
        ledger = move.env["fiado.ledger"]
        holder = move.partner_id.commercial_partner_id
        ledger._take_turn(holder)
        ledger._lock(holder)
        move.invalidate_recordset()
        move._fiado_check_undoable()
        payments = move.fiado_document_ids.origin_payment_id
        opposites = ledger._take_back(move | payments.move_id, reason)
        wallet = ledger._read_wallets(holder, move.company_id)[holder]
        return {
            "move_ids": opposites.filtered(lambda o: o._is_fiado_posted()).ids,
            "payment_ids": payments.ids,
            "balance": wallet.balance,
        }

    def _fiado_check_undoable(self):
        if not self or not self._is_fiado_posted():
            raise UserError(
                self.env._(
                    "This is no movement of a customer's wallet: nothing to undo."
                )
            )
        if self.reversed_entry_id or self._get_fiado_opposite():
            raise UserError(
                self.env._(
                    "%(document)s was taken back already, or took something back "
                    "itself. Make the right movement anew.",
                    document=self.name,
                )
            )
        order = self._get_fiado_closed_order()
        if order:
            raise UserError(
                self.env._(
                    "%(document)s belongs to the closed order %(order)s: reopen the "
                    "order.",
                    document=self.name,
                    order=order.name,
                )
            )

    def _get_fiado_undo_forecast(self, payments):
        """What taking these movements and payments back will do, in sentences for the
        manager."""
        sentences = payments._get_fiado_give_back_sentences()
        for holder, items in self._get_fiado_lines().grouped("partner_id").items():
            sentences += self.env["fiado.policy"]._get_undo_forecast(
                holder, items.company_id[:1], items
            )
        return sentences

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

    def _get_fiado_due(self):
        """What customers have to pay of these invoices, less what their credit notes
        have left, in their currency."""
        return sum(-move.direction_sign * move.amount_residual for move in self)

    def _is_fiado_posted(self):
        """Whether this is a posted move of its company's wallet journal."""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.journal_id == self.company_id.sudo().fiado_journal_id
        )

    @api.model
    def _get_fiado_protected_fields(self):
        """The fields of a wallet move that nobody changes once it is posted."""
        return FIADO_FIELDS | {
            "company_id",
            "currency_id",
            "date",
            "journal_id",
            "line_ids",
            "name",
            "partner_id",
            "ref",
            "reversed_entry_id",
            "state",
        }

    @api.model
    def _fiado_check_fields(self, *vals_list):
        # The ledger writes them elevated; RPC never runs elevated.
        if not self.env.su and any(not FIADO_FIELDS.isdisjoint(v) for v in vals_list):
            raise AccessError(
                self.env._(
                    "Origin, order and reference of a wallet movement can't be set by "
                    "hand: only the movement itself sets them."
                )
            )

    def _fiado_check_unchanged(self, vals):
        of_wallets = self._get_fiado_posted().filtered(
            lambda move: move._is_fiado_posted()
        )
        if filter_changing(of_wallets, vals, self._get_fiado_protected_fields()):
            raise UserError(self._fiado_only_reversed_message())

    def _fiado_check_not_extended(self):
        """Check that no items come to these, or go from them."""
        of_wallets = self._get_fiado_posted().filtered(
            lambda move: move._is_fiado_posted()
        )
        if of_wallets:
            raise UserError(of_wallets._fiado_only_reversed_message())

    def _fiado_check_not_torn(self):
        """The one wall around what wallets stand on.

        :raises UserError: one of these documents is only taken back together with the
            rest; names the button that does it
        """
        if self.env.context.get("fiado_release") is RELEASE:
            return
        for move in self.sudo()._get_fiado_posted():
            refusal = move._get_fiado_torn_refusal()
            if refusal:
                raise UserError(refusal)

    def _is_fiado_settleable(self):
        """Whether a wallet can stand on this: it has to do with a receivable. Of all
        others nothing needs to be read."""
        accounts = self.line_ids.account_id
        return self._is_fiado_posted() or "asset_receivable" in accounts.mapped(
            "account_type"
        )

    def _get_fiado_torn_refusal(self):
        """Why this can't be reset, cancelled, unmatched or reversed on its own, or
        nothing.

        :return: a sentence, or ``None``
        """
        self.ensure_one()
        if self.state != "posted" or not self._is_fiado_settleable():
            return None
        if self._is_fiado_posted():
            return self._fiado_only_reversed_message()
        if self.fiado_origin == "reversal":
            return self.env._(
                "%(document)s took back what moved a customer's wallet: both stay as "
                "they are.",
                document=self.name,
            )
        order = self._get_fiado_closed_order()
        payment = self.origin_payment_id
        if payment.fiado_origin or (payment and self._get_fiado_standing_moves()):
            return payment._get_fiado_moved_message()
        if order:
            return self.env._(
                "%(document)s belongs to the closed order %(order)s. Reopen the order: "
                "that adds a credit note and undoes the rest too.",
                document=self.name,
                order=order.name,
            )
        movement = self._get_fiado_standing_moves()[:1]
        if movement:
            return self.env._(
                "%(document)s was settled through a customer's wallet by %(movement)s. "
                "Take that movement back first, with its button “Undo”.",
                document=self.name,
                movement=movement.name,
            )
        return None

    def _get_fiado_closed_order(self):
        """The closed order that stands on this invoice or on its reversal, if any."""
        orders = self.fiado_order_id
        if self.move_type in ("out_invoice", "out_receipt"):
            orders |= self.line_ids.sale_line_ids.order_id
        return orders.filtered(lambda order: order.closing_state == "closed")[:1]

    def _get_fiado_standing_moves(self):
        """The movements that settle these documents and were not taken back."""
        return self.fiado_move_ids.filtered(lambda move: move._is_fiado_standing())

    def _is_fiado_standing(self):
        """Whether this is a posted movement of a wallet that was not taken back and
        takes none back itself."""
        return (
            self._is_fiado_posted()
            and not self.reversed_entry_id
            and not self._get_fiado_opposite()
        )

    def _get_fiado_opposite(self):
        """What took this back."""
        return self.reversal_move_ids.filtered(
            lambda move: move.state == "posted" and move.fiado_origin == "reversal"
        )

    def _fiado_only_reversed_message(self):
        return self.env._(
            "Movements of the customers' wallets can't be changed, reset, reversed or "
            "deleted by hand. Press “Undo” on the wallet's entry instead: it adds the "
            "opposite to the statement."
        )

    def _get_fiado_posted(self):
        """Those that are posted, in companies with wallets."""
        companies = self.company_id.sudo().filtered("fiado_journal_id")
        if not companies:
            return self.browse()
        return self.filtered(
            lambda move: move.state == "posted" and move.company_id in companies
        )

    def _get_fiado_lines(self):
        """The items on the wallet accounts of their companies."""
        lines = self.env["account.move.line"]
        companies = self.company_id.sudo()
        accounts = companies.fiado_debt_account_id | companies.fiado_credit_account_id
        # An ordinary entry has none, so its items are not looked at one by one.
        if not accounts or not accounts & self.line_ids.account_id:
            return lines
        for move in self:
            company = move.company_id.sudo()
            accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
            lines |= move.line_ids.filtered(
                lambda line, accounts=accounts: line.account_id in accounts
            )
        return lines

    def _get_fiado_movement(self):
        """What these moved in wallets, positive in the customers' favour."""
        return -sum(self._get_fiado_lines().mapped("balance"))

    def _get_leave_in_wallet_refusal(self):
        """Why this user may not leave this credit note in the wallet, or nothing.

        :return: a sentence, or ``None``
        """
        self.ensure_one()
        currency = self.company_id.currency_id
        if self.move_type != "out_refund":
            return self.env._("Only credit notes of customers are left in wallets.")
        if self.state != "posted":
            return self.env._("Confirm the credit note first, then leave it there.")
        if self.currency_id != currency:
            return self.env._(
                "This credit note is in %(currency)s, but the wallets are in "
                "%(wallet_currency)s: pay it out, or match it with an invoice.",
                currency=self.currency_id.name,
                wallet_currency=currency.name,
            )
        if currency.compare_amounts(self.amount_residual, 0.0) <= 0:
            return self.env._(
                "Nothing of %(document)s is open: it was paid out or matched already.",
                document=self.name,
            )
        return self.env["fiado.policy"]._get_refund_refusal(
            self.partner_id | self.commercial_partner_id, self.company_id
        )

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .fiado_ledger import RELEASE, elevate

FIADO_FIELDS = {"fiado_origin", "fiado_order_id", "fiado_reference"}


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

    show_leave_in_wallet = fields.Boolean(compute="_compute_show_leave_in_wallet")

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("amount_residual", "currency_id", "move_type", "partner_id", "state")
    def _compute_show_leave_in_wallet(self):
        for move in self:
            move.show_leave_in_wallet = not move._get_leave_in_wallet_refusal()

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
            self._fiado_check_kept()
            # Odoo leaves drafts matched: what they settled would stay settled.
            posted = self.filtered(lambda move: move.state == "posted")
            lines = posted._get_fiado_lines()
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
        if any(move._is_fiado_posted() for move in self):
            raise UserError(self._fiado_only_reversed_message())

    def _post(self, soft=True):
        lines = self._get_fiado_lines()
        lines._fiado_set_holders()
        posted = super()._post(soft)
        if lines:
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
            ref=self.name,
        )
        ledger._settle(
            receivable,
            elevate(self) | wallet_move,
            self.env["account.payment"],
            ledger._get_matching_plan(wallet, wallet_move),
        )

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
        for move in self:
            if move._is_fiado_posted() and any(
                move._field_will_change(move, vals, field_name)
                for field_name in self._get_fiado_protected_fields() & set(vals)
            ):
                raise UserError(self._fiado_only_reversed_message())

    def _fiado_check_kept(self):
        """What a closed order or a wallet stands on is only undone together with it."""
        if self.env.context.get("fiado_release") is RELEASE:
            return
        for move in self.filtered(lambda move: move.state == "posted"):
            if move.sudo().origin_payment_id.fiado_origin:
                raise UserError(
                    self.env._(
                        "%(document)s is a payment that moved a customer's wallet. "
                        "Cancel the payment itself: its amount is taken from the "
                        "wallet again.",
                        document=move.name,
                    )
                )
            order = move.sudo().fiado_order_id
            if order.closing_state == "closed":
                raise UserError(
                    self.env._(
                        "%(document)s belongs to the closed order %(order)s. Reopen "
                        "the order: that adds a credit note and undoes the rest too.",
                        document=move.name,
                        order=order.name,
                    )
                )

    def _fiado_only_reversed_message(self):
        return self.env._(
            "Movements of the customers' wallets can't be changed, reset or deleted. "
            "Reverse the entry instead: the reversal is added to the statement."
        )

    def _get_fiado_lines(self):
        """The items on the wallet accounts of their companies."""
        lines = self.env["account.move.line"]
        for move in self:
            company = move.company_id.sudo()
            accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
            lines |= move.line_ids.filtered(
                lambda line, accounts=accounts: line.account_id in accounts
            )
        return lines

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

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .fiado_ledger import QUIET, RELEASE, elevate

FIADO_FIELDS = {"fiado_move_id", "fiado_order_id", "fiado_origin"}


class AccountPayment(models.Model):
    _inherit = "account.payment"

    fiado_origin = fields.Selection(
        selection=[
            ("order", "Order"),
            ("credit_sale", "Money credit"),
            ("payout", "Paid out"),
        ],
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

    # A day's payments are found without reading all that there ever were.
    _fiado_date_idx = models.Index("(date) WHERE fiado_origin IS NOT NULL")

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
        return super().write(vals)

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
    # CANCEL
    # -------------------------------------------------------------------------

    def action_cancel(self):
        moved_wallets = self.browse()
        if self.env.context.get("fiado_release") is not RELEASE:
            moved_wallets = self.filtered(
                lambda payment: (
                    payment.fiado_origin and payment.state in ("in_process", "paid")
                )
            )
        for payment in moved_wallets:
            payment._fiado_cancel()
        return super(AccountPayment, self - moved_wallets).action_cancel()

    def _fiado_cancel(self):
        """Cancel a payment that paid a closed order or a wallet movement: what it had
        settled is taken from the wallet (or, paid out, given back to it)."""
        self.ensure_one()
        self.env["fiado.policy"]._check_manager()
        payment = elevate(self, **QUIET, fiado_release=RELEASE)
        payment._fiado_check_cancellable()
        ledger = payment.env["fiado.ledger"]
        wallet = ledger._open_wallet(
            payment.partner_id.commercial_partner_id, payment.company_id
        )
        account = payment.destination_account_id
        items = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == account
        )
        settled = (
            items.matched_debit_ids.debit_move_id
            | items.matched_credit_ids.credit_move_id
        )
        movement = sum(items.mapped("balance"))
        items.remove_move_reconcile()
        payment.action_cancel()
        move = ledger._create_move(
            wallet,
            movement,
            account,
            "reversal",
            company_id=payment.company_id.id,
            fiado_order_id=payment.fiado_order_id.id,
            ref=payment.name,
        )
        ledger._settle(
            account,
            settled.move_id | move,
            payment.browse(),
            ledger._get_matching_plan(wallet, move, payment._get_fiado_moves()),
        )

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
        if self.reconciled_statement_line_ids:
            raise UserError(
                self.env._(
                    "%(payment)s is matched with a bank statement. Undo that first.",
                    payment=self.name,
                )
            )
        if self.currency_id != self.company_id.currency_id:
            raise UserError(
                self.env._(
                    "%(payment)s is in another currency than the wallets. Reopen its "
                    "order instead.",
                    payment=self.name,
                )
            )

    def _get_fiado_moves(self):
        """The wallet moves that this payment took part in."""
        return self.fiado_move_id | self.fiado_order_id._get_wallet_moves()

    def action_draft(self):
        for payment in self.filtered("fiado_origin"):
            raise UserError(
                self.env._(
                    "%(payment)s moved a customer's wallet. Cancel it instead: its "
                    "amount is taken from the wallet again.",
                    payment=payment.name,
                )
            )
        return super().action_draft()

from odoo import api, fields, models

FIADO_FIELDS = {
    "fiado_document_ids",
    "fiado_order_id",
    "fiado_origin",
    "fiado_reference",
}
# What moves wallets.
ORIGINS = [
    ("order", "Order"),
    ("invoice", "Invoice"),
    ("credit_sale", "Money credit"),
    ("online", "Online"),
    ("refund", "Credit note"),
    ("payout", "Paid out"),
    ("forgiveness", "Forgiven"),
    ("adjustment", "Adjustment"),
    ("interest", "Late fee and interest"),
    ("opening", "Opening balance"),
    ("transfer", "Transfer"),
    ("renegotiation", "Renegotiated"),
    ("reversal", "Reversal"),
    ("accounting", "Accounting"),
]


class AccountMove(models.Model):
    _inherit = "account.move"

    fiado_origin = fields.Selection(
        selection=ORIGINS,
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
        own = self._get_fiado_own_fields()
        return super().default_get([f for f in fields if f not in own])

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
        lines = (lines & posted.line_ids).sudo()
        ledger._log_movements(lines, "posted")
        self.env["fiado.receipt"]._queue_posted(lines)
        return posted

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

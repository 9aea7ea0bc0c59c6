from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

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

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._fiado_check_fields(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._fiado_check_fields(vals)
        if not self._get_fiado_protected_fields().isdisjoint(vals):
            self._fiado_check_unchanged(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiado(self):
        if any(move._is_fiado_posted() for move in self):
            raise UserError(self._fiado_only_reversed_message())

    def _post(self, soft=True):
        lines = self._get_fiado_lines()
        lines._fiado_set_holders()
        posted = super()._post(soft)
        if lines:
            self.env["fiado.ledger"]._forget_read(lines.partner_id)
        return posted

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

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

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.account.models.account_move import BYPASS_LOCK_CHECK

from ..charges import FEE, INTEREST
from .guards import filter_changing

# What only items of wallet moves have.
OWN_FIELDS = {
    "fiado_carried_item_id",
    "fiado_charge",
    "fiado_charged_item_id",
    "fiado_part",
    "fiado_since",
}
PROTECTED_FIELDS = OWN_FIELDS | {
    "account_id",
    "amount_currency",
    "balance",
    "company_id",
    "credit",
    "currency_id",
    "date",
    "date_maturity",
    "debit",
    "move_id",
    "name",
    "parent_state",
    "partner_id",
    "amount_residual",
    "reconciled",
}
# What nobody changes either of the documents that a wallet move settles.
SETTLED_FIELDS = PROTECTED_FIELDS - OWN_FIELDS - {"date_maturity", "name"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    fiado_since = fields.Date(
        string="Open Since",
        help="Since when a debt is open that came from another wallet, that was put "
        "into instalments later, or that a payment left which was taken back later.",
        readonly=True,
        copy=False,
    )
    fiado_part = fields.Integer(
        string="Part of a Movement",
        help="Which of the items this is of one movement on a customer's debts, where "
        "there are several: instalments. All of them are one entry of the wallet.",
        readonly=True,
        # What takes the movement back is one entry too.
        copy=True,
    )

    fiado_carried_item_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Carried Over From",
        help="The debt of another wallet, or the late fee and interest, that goes on "
        "in this one.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    fiado_charge = fields.Selection(
        selection=[(FEE, "Late fee"), (INTEREST, "Interest")],
        string="Late Charge",
        help="Whether this is a late fee or interest on a debt.",
        readonly=True,
        copy=False,
    )
    fiado_charged_item_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Charged On",
        help="The overdue debt on which this late fee or interest was charged.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    # The newest entries of a wallet are found without reading all that it ever had.
    _fiado_newest_idx = models.Index(
        "(partner_id, date DESC, id DESC) "
        "WHERE partner_id IS NOT NULL AND parent_state = 'posted'"
    )
    # The parts of an entry, of which most have none.
    _fiado_part_idx = models.Index("(move_id) WHERE fiado_part > 0")

    @api.model_create_multi
    def create(self, vals_list):
        move_ids = {vals["move_id"] for vals in vals_list if vals.get("move_id")}
        self.env["account.move"].browse(move_ids)._fiado_check_not_extended()
        lines = super().create(vals_list)
        lines._fiado_check_posted()
        return lines

    def write(self, vals):
        changed = PROTECTED_FIELDS & set(vals)
        if self.env.context.get("bypass_lock_check") is BYPASS_LOCK_CHECK:
            # Odoo itself moves the items of a contact that gets a new parent.
            changed.discard("partner_id")
        if changed:
            self._fiado_check_unchanged(vals, changed)
        result = super().write(vals)
        if not {"account_id", "currency_id", "partner_id"}.isdisjoint(vals):
            self._fiado_check_posted()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiado(self):
        self.move_id._fiado_check_not_extended()

    def _fiado_check_unchanged(self, vals, field_names):
        posted = self.move_id._get_fiado_posted()
        if not posted:
            return
        lines = self.filtered(lambda line: line.move_id in posted)
        of_wallets = lines.filtered(lambda line: line.move_id._is_fiado_posted())
        torn = filter_changing(of_wallets, vals, field_names)
        torn |= filter_changing(lines - of_wallets, vals, field_names & SETTLED_FIELDS)
        torn.move_id._fiado_check_not_torn()

    def _fiado_check_posted(self):
        # Matching a bank statement line puts items onto the accounts of an entry that
        # is posted already.
        lines = self.move_id._get_fiado_posted()._get_fiado_lines()
        if lines:
            (self & lines)._fiado_set_holders()

    def _fiado_set_holders(self):
        """Put items on wallet accounts into the wallets that they belong to: those of
        commercial partners.

        :raises UserError: an item has no customer, or is in another currency
        """
        for line in self:
            if not line.partner_id:
                raise UserError(
                    self.env._(
                        "%(account)s holds the customers' wallets: choose a "
                        "customer on each of its lines.",
                        account=line.account_id.display_name,
                    )
                )
            if line.currency_id != line.company_currency_id:
                raise UserError(
                    self.env._(
                        "%(account)s holds the customers' wallets, which are in "
                        "%(currency)s: enter this amount in %(currency)s too.",
                        account=line.account_id.display_name,
                        currency=line.company_currency_id.name,
                    )
                )
            holder = line.partner_id.commercial_partner_id
            if line.partner_id != holder:
                line.partner_id = holder

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .account_move import FIADO_FIELDS
from .elevation import RELEASE, elevate
from .guards import filter_changing


class AccountMove(models.Model):
    """How a movement of a wallet is taken back, and what it stands on is not."""

    _inherit = "account.move"

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
        if order and move.fiado_origin != "interest":
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
        """Take back a movement of a wallet with its payments, and with what was charged
        with it. An order's is taken back by reopening the order. What was charged is
        also taken back alone, whatever paid it.

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
        opposites = ledger._take_back(
            move | move._get_fiado_charges() | payments.move_id, reason
        )
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
        self._fiado_check_known()
        self._fiado_check_uncharged()
        order = self._get_fiado_closed_order()
        if order and self.fiado_origin != "interest":
            raise UserError(
                self.env._(
                    "%(document)s belongs to the closed order %(order)s: reopen the "
                    "order.",
                    document=self.name,
                    order=order.name,
                )
            )

    def _fiado_check_known(self):
        """What the movement of an addon that is gone settled would be left open."""
        if self.fiado_document_ids and not self.fiado_origin:
            raise UserError(
                self.env._(
                    "%(document)s was posted by an addon that is not installed any "
                    "more: install it again to take this back. Or press “Manage” on "
                    "the customer's wallet, to put right what it moved.",
                    document=self.name,
                )
            )

    def _get_fiado_undo_forecast(self, payments):
        """What taking these movements and payments back will do, in sentences for the
        manager."""
        sentences = payments._get_fiado_give_back_sentences()
        if "renegotiation" in self.mapped("fiado_origin"):
            sentences.append(
                self.env._(
                    "The instalments are gone, and what was owed before is open again, "
                    "with its old due dates. What was paid of the instalments pays the "
                    "oldest of it."
                )
            )
        for holder, items in self._get_fiado_lines().grouped("partner_id").items():
            sentences += self.env["fiado.policy"]._get_undo_forecast(
                holder, items.company_id[:1], items
            )
        return sentences

    def _get_fiado_charges(self):
        """The late fee and interest that were charged together with these movements,
        and were not taken back."""
        return self.fiado_document_ids._filter_fiado_standing_charges()

    def _get_fiado_charges_on(self):
        """The late fee and interest that were charged on the debts which these
        movements left, and were not taken back."""
        charged = self.env["account.move.line"].search(
            [("fiado_charged_item_id", "in", self._get_fiado_lines().ids)]
        )
        return charged.move_id._filter_fiado_standing_charges()

    def _filter_fiado_standing_charges(self):
        return self.filtered(
            lambda move: move.fiado_origin == "interest" and move._is_fiado_standing()
        )

    def _fiado_check_uncharged(self):
        """What was charged on a debt in the wallet that took it over would be charged
        once more in the one to which it goes back."""
        went_on = self.fiado_origin in ("transfer", "renegotiation")
        charge = went_on and self._get_fiado_charges_on()[:1]
        if charge:
            raise UserError(
                self.env._(
                    "Late fee and interest were charged on this since: undo "
                    "%(document)s first.",
                    document=charge.name,
                )
            )

    # -------------------------------------------------------------------------
    # WALL
    # -------------------------------------------------------------------------

    @api.model
    def _get_fiado_own_fields(self):
        """The fields that only movements themselves set."""
        return FIADO_FIELDS

    @api.model
    def _get_fiado_protected_fields(self):
        """The fields of a wallet move that nobody changes once it is posted."""
        return self._get_fiado_own_fields() | {
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
        own = self._get_fiado_own_fields()
        if not self.env.su and any(not own.isdisjoint(vals) for vals in vals_list):
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
            return self._get_fiado_standing_message(movement)
        return None

    def _get_fiado_standing_message(self, movement):
        """What to do instead, where a movement of a wallet stands on this."""
        return self.env._(
            "%(document)s was settled through a customer's wallet by %(movement)s. "
            "Take that movement back first, with its button “Undo”.",
            document=self.name,
            movement=movement.name,
        )

    def _fiado_only_reversed_message(self):
        return self.env._(
            "Movements of the customers' wallets can't be changed, reset, reversed or "
            "deleted by hand. Press “Undo” on the wallet's entry instead: it adds the "
            "opposite to the statement."
        )

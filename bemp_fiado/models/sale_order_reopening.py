from odoo import models
from odoo.exceptions import UserError

from .account_payment import STANDING
from .elevation import elevate


class SaleOrder(models.Model):
    """How a closed order is opened again."""

    _inherit = "sale.order"

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
        # Who left the debt may have joined a firm since: it is the firm's.
        holders = moves._get_fiado_lines().partner_id.commercial_partner_id
        holder = holders[:1] or order.wallet_partner_id
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
                ("state", "in", STANDING),
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

    def _check_may_be_owed(self, payment, new_debt):
        """Check that what a payment had paid of a closed order may become debt, where
        it alone is taken back.

        :param new_debt: how much of it would
        :raises UserError: nobody may owe it
        """
        for order in self.filtered(lambda order: new_debt > 0):
            walk_in = order.company_id.root_id.fiado_walk_in_partner_id
            if order.order_type == "internal" or order.wallet_partner_id == walk_in:
                raise UserError(
                    self.env._(
                        "Nobody may owe order %(order)s: it is an internal sale, or "
                        "who bought isn't identified. Reopen it instead of cancelling "
                        "%(payment)s.",
                        order=order.name,
                        payment=payment.name,
                    )
                )

    def _get_reopening_forecast(self):
        """What reopening will do, in sentences for the manager."""
        order = self.sudo().with_company(self.company_id)
        return order._get_standing_moves()._get_fiado_undo_forecast(
            order._get_standing_payments()
        )

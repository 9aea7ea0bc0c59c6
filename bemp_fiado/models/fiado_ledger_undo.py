from odoo import api, fields, models

from ..wallet import DEBT
from .elevation import QUIET, RELEASE, elevate


class FiadoLedger(models.AbstractModel):
    """How movements, and what belongs to them, are taken back."""

    _inherit = "fiado.ledger"

    @api.model
    def _take_back(self, moves, reason):
        """Take back what was posted, exactly: each move's opposite is dated today and
        matched with the move itself. What the move had settled is open again as it was,
        with its old dates; nothing of a past day changes.

        :param moves: wallet moves, and the entries of payments, the invoices and the
            credit notes that are taken back with them
        :param str reason: why; the opposite moves say it
        :return: the opposite moves, in the order of the moves
        """
        moves = elevate(moves, **QUIET, fiado_release=RELEASE)
        self._lock(moves._get_fiado_lines().partner_id)
        # What payments brought stays matched with the bank's statement.
        moves.line_ids.filtered(self._is_settlement).remove_move_reconcile()
        opposites = moves._reverse_moves(
            [self._prepare_opposite_vals(move, reason) for move in moves]
        )
        self._post(opposites)
        self._reconcile(
            [
                items
                for move, opposite in zip(moves, opposites, strict=True)
                for items in self._get_mutual_items(move, opposite)
            ]
        )
        payments = moves.origin_payment_id
        payments.invoice_ids = False
        payments.state = "canceled"
        # What settled the movement since settles what is oldest now.
        self._tidy(moves._get_fiado_lines().partner_id)
        return opposites

    @api.model
    def _take_back_payment(
        self, payment, movement, documents, order, reason, charges=()
    ):
        """Take one payment back; what else settled the same documents stays. What it
        had paid of them is debt, as old as they are.

        :param movement: the wallet's movements with which it settled them, if any:
            what it paid of a debt, or left as credit, is taken back with it
        :param documents: what they settled, the payment's entry included
        :param order: the closed order that they paid, if it was one
        :param str reason: why
        :param charges: late fee and interest that are taken back with it
        """
        own = payment.move_id
        # What was paid in advance, and not used, is none of this.
        documents = documents.filtered(
            lambda document: (
                not document.origin_payment_id
                or document.origin_payment_id.fiado_origin
            )
        )
        given = movement.filtered(lambda move: move._get_fiado_movement() > 0)
        holder = payment._get_fiado_holder(movement)
        opposites = self._take_back(given.union(own, *charges), reason)
        return opposites | self._owe_again(
            payment,
            holder,
            documents - own,
            min((documents | movement).mapped("date"), default=own.date),
            order,
            ref=reason,
        )

    def _owe_again(self, payment, holder, documents, since, order, **values):
        """Settle what documents lack since a payment was taken back, if anything, by
        debt of that age. It is due as any debt of its day is: what was to be paid at
        once is in none of the instalments that were agreed upon for the rest, and these
        stay as they are.

        :param order: the closed order that they paid, if it was one
        :return: the move
        :raises UserError: nobody may owe the order
        """
        account = payment.destination_account_id
        rest = documents.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        wallet = self._read_wallets(holder, payment.company_id)[holder]
        amount = wallet.round(-sum(rest.mapped("amount_residual")))
        if not amount:
            self._reconcile([rest])
            return documents.browse()
        order._check_may_be_owed(payment, wallet.get_new_debt(amount))
        parts = self._get_parts_since(wallet, amount, since)
        move = self._create_prepared(
            [
                self._prepare_move_vals(
                    wallet,
                    [*parts, (wallet, account, -amount)],
                    "reversal",
                    company_id=payment.company_id.id,
                    fiado_document_ids=documents.ids,
                    fiado_order_id=order.id,
                    **values,
                )
            ]
        )
        self._settle(
            account,
            documents | move,
            self.env["account.payment"],
            self._get_matching_plan(wallet, move),
        )
        return move

    def _get_parts_since(self, wallet, amount, since):
        """The parts of a movement of which the new debt is open since a day."""
        due_date = self._get_due_date(wallet.company, since)
        return [
            (wallet, wallet.get_account(side), part, due_date, since)
            if side == DEBT and part < 0
            else (wallet, wallet.get_account(side), part)
            for side, part in wallet.split(amount)
        ]

    def _is_settlement(self, line):
        return (
            line.account_type == "asset_receivable"
            or line in line.move_id._get_fiado_lines()
        )

    def _prepare_opposite_vals(self, move, reason):
        today = fields.Date.context_today(self)
        vals = {
            "date": today,
            "partner_id": move.partner_id.id,
            "ref": reason,
            "fiado_order_id": move.fiado_order_id.id,
        }
        if move.is_invoice(include_receipts=True):
            vals["invoice_date"] = today
        return {**vals, "fiado_origin": "reversal"}

    def _get_mutual_items(self, move, opposite):
        """The open items of a move and its opposite that settle each other: in wallets
        each with its own opposite, since a move may have both a debt and what settles
        one there."""
        in_wallets = (move | opposite)._get_fiado_lines()
        items = (move | opposite).line_ids.filtered(
            lambda line: line.account_id.reconcile and not line.reconciled
        )

        def get_moved(item):
            if item not in in_wallets:
                return None
            return item.balance if item.move_id == move else -item.balance

        return items.grouped(lambda item: (item.account_id, get_moved(item))).values()

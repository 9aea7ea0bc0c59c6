from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from .account_payment import STANDING


@dataclass(frozen=True)
class Advances:
    """What was paid before an order is closed and pays it: of that for the order
    itself and in all, and the open journal items, to be used in turn."""

    paid_before: float
    amount: float
    items: list


class SaleOrder(models.Model):
    """What was paid before an order is closed."""

    _inherit = "sale.order"

    def _get_advances(self, wallet, invoices, receivable, values):
        """What was paid in advance and pays this closing now.

        :raises UserError: it isn't in the books yet, or there is less than is used
        """
        self._check_online_payments_booked()
        due = invoices._get_fiado_due()
        paid_before = self._get_amount_paid_before(due)
        items = []
        if paid_before:
            items.append(self._get_paid_before_items(receivable))
        used = values["advance_used"]
        if used:
            items.append(
                self._get_used_items(wallet, receivable, used, due - paid_before)
            )
        return Advances(paid_before, paid_before + used, items)

    def _get_used_items(self, wallet, receivable, used, due):
        currency = wallet.company.currency_id
        open_items = self._get_open_payment_items(receivable)
        available = -sum(open_items.mapped("amount_residual"))
        most = currency.round(max(min(available, due), 0.0))
        if currency.compare_amounts(used, most) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s of what %(customer)s paid in advance can be used "
                    "here: use no more than that.",
                    amount=currency.format(most),
                    customer=wallet.partner.display_name,
                )
            )
        items, missing = open_items.browse(), used
        for item in open_items:
            if currency.compare_amounts(missing, 0.0) > 0:
                items |= item
                missing += item.amount_residual
        return items

    def _get_advance_available(self):
        """What the customer paid that pays nothing yet, in company currency: it can
        pay this order."""
        self.ensure_one()
        if self.currency_id != self.company_id.currency_id:
            return 0.0
        items = self._get_open_payment_items(self._get_customer_receivable())
        return self.currency_id.round(-sum(items.mapped("amount_residual")))

    def _get_open_payment_items(self, receivable):
        """What is open of the customer's other payments, elevated, the oldest first:
        those that are for nothing that is known."""
        company = self.company_id.sudo()
        holder = self.wallet_partner_id
        items = self.env["account.move.line"].sudo()
        if holder == company.root_id.fiado_walk_in_partner_id:
            # They are those of anybody.
            return items
        items = items.search(
            [
                ("account_id", "=", receivable.id),
                ("partner_id.commercial_partner_id", "=", holder.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", company.currency_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0.0),
                ("move_id.origin_payment_id", "!=", False),
            ],
            order="date, id",
        )
        return items.filtered(
            lambda item: (
                not item.move_id.origin_payment_id.payment_transaction_id.sale_order_ids
                and not item.move_id.origin_payment_id.invoice_ids
            )
        )

    def _get_amount_paid_before(self, due):
        """What of this amount was paid for the order in advance, in its currency."""
        if self.currency_id.compare_amounts(due, 0.0) <= 0:
            return 0.0
        paid = sum(
            payment._get_fiado_open_amount() for payment in self._get_advance_payments()
        )
        return self.currency_id.round(max(min(paid, due), 0.0))

    def _get_advance_payments(self):
        """The payments for this order alone: those of its online transactions, and
        those that were registered for its invoices and wait for the bank."""
        order = self.sudo()
        transactions = order.transaction_ids
        transactions |= transactions.child_transaction_ids
        payments = transactions.filtered(lambda tx: tx.state == "done").payment_id
        posted = order.invoice_ids.filtered(lambda move: move.state == "posted")
        payments |= posted.matched_payment_ids.filtered(
            lambda payment: payment.invoice_ids <= posted
        )
        return payments.filtered(
            lambda payment: (
                payment.state in STANDING and payment.currency_id == order.currency_id
            )
        )

    def _get_paid_before_items(self, receivable):
        """What is open of the payments for this order."""
        payments = self._get_advance_payments()
        # As those that a closing takes: without an entry nothing would settle anything.
        without_entry = payments.filtered(
            lambda payment: not payment.move_id and payment.state == "in_process"
        )
        self.env["fiado.ledger"]._give_entries(without_entry)
        self.env["fiado.ledger"]._post(without_entry.move_id)
        items = payments._get_fiado_open_items()
        if items.account_id - receivable:
            raise UserError(
                self.env._(
                    "What was paid before for order %(order)s is booked on another "
                    "account than its invoices: ask your accountant to match them.",
                    order=self.name,
                )
            )
        return items

    def _check_online_payments_booked(self):
        waiting = self.transaction_ids.filtered(
            lambda tx: (
                tx.state == "done"
                and tx.operation != "validation"
                and not (
                    tx.is_post_processed or tx.payment_id or tx.child_transaction_ids
                )
            )
        )
        for transaction in waiting:
            raise UserError(
                self.env._(
                    "%(amount)s were paid online for order %(order)s and are being "
                    "booked right now. Try again in a few minutes.",
                    amount=transaction.currency_id.format(transaction.amount),
                    order=self.name,
                )
            )

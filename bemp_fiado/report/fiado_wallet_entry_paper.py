from odoo import fields, models

from .printing import get_page


class FiadoWalletEntry(models.Model):
    """What statements and receipts say of entries."""

    _inherit = "fiado.wallet.entry"

    def _get_statement_lines(self):
        """The entries as plain values, in their order."""
        # Who reads wallets reads what was sold, be the order a colleague's or not.
        orders = self.sale_order_id.sudo()
        orders.order_line.product_id.mapped("name")
        services = {order.id: order._get_sold_names() for order in orders}
        return [
            {
                "id": entry.id,
                "date": fields.Date.to_string(entry.date),
                "due_date": fields.Date.to_string(entry.due_date) or False,
                "document": entry.document,
                "order_id": entry.sale_order_id.id,
                "kind": entry.kind,
                "origin": entry.origin,
                "label": entry.label,
                "amount": entry.amount,
                "balance_after": entry.balance_after,
                "user_id": entry.user_id.id,
                "reference": entry.reference,
                "services": services.get(entry.sale_order_id.id, []),
                "taken_by": entry._get_taken_by(),
                "open_amount": entry.residual,
            }
            for entry in self
        ]

    def _get_taken_by(self):
        """Who of the holder's family or firm took it, by name; ``False`` where it was
        the holder, or nobody knows."""
        customer = self.sale_order_id.sudo().partner_id
        return customer != self.partner_id and customer.name

    def _get_receipt_page(self):
        """The address of the receipts' page, which the browser prints."""
        return get_page("bemp_fiado.fiado_receipt_roll", self)

    def _get_receipt_name(self):
        """How the file of the receipt is called."""
        return self.env._(
            "Receipt %(document)s %(date)s",
            document=(self.document or "").replace("/", "-"),
            date=self.date,
        )

    def _get_receipts(self):
        """What the receipts of these entries say: one for each movement of a wallet,
        of which a transfer between customers makes two.

        :return: list of dicts: the entries of the movement, its payments, the balance
            before and after, and the code that pays what is still owed of it
        """
        receipts = []
        movements = self.sorted("id").grouped(
            lambda entry: (entry.move_id, entry.partner_id, entry.company_id)
        )
        for (move, partner, company), entries in movements.items():
            # What was taken back later was received then. Whoever reads the entry gets
            # its receipt whole, whichever colleague received it.
            paid = move.sudo().fiado_document_ids.origin_payment_id
            payments = self.env["fiado.payment"].sudo().search([("id", "in", paid.ids)])
            after = entries[-1].balance_after
            receipts.append(
                {
                    "company": company,
                    "partner": partner,
                    "entries": entries,
                    "payments": payments,
                    "before": entries[0].balance_after - entries[0].amount,
                    "after": after,
                    "pay_code": partner.with_company(company)._get_fiado_paper_pay_code(
                        after
                    ),
                }
            )
        return receipts

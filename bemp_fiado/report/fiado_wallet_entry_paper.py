from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.elevation import elevate
from .printing import get_page


class FiadoWalletEntry(models.Model):
    """What statements and receipts say of entries."""

    _inherit = "fiado.wallet.entry"

    taken_by = fields.Char(
        compute="_compute_taken_by",
        help="Who took it on the holder's wallet, if it was somebody else.",
    )

    def _get_statement_lines(self):
        """The entries as plain values, in their order."""
        # Who reads wallets reads what was sold, be the order a colleague's or not.
        orders = self.sale_order_id.sudo()
        orders.order_line.product_id.mapped("name")
        services = {order.id: order._get_sold_names() for order in orders}
        instalments = self._read_instalments()
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
                "taken_by": entry.taken_by,
                "open_amount": entry.residual,
                "instalments": [
                    {**part, "due_date": fields.Date.to_string(part["due_date"])}
                    for part in instalments.get(entry.id, ())
                ],
            }
            for entry in self
        ]

    @api.depends("sale_order_id", "partner_id")
    def _compute_taken_by(self):
        for entry in self:
            customer = entry._get_taker()
            entry.taken_by = customer != entry.partner_id and customer.name

    def _get_taker(self):
        """The customer who took what this entry is for, where anybody knows."""
        # Who reads wallets reads what was sold, be the order a colleague's or not.
        return self.sudo().sale_order_id.partner_id

    def action_email_receipt(self):
        """Send the receipts of these entries' movements to their customers by e-mail,
        once more where that was done.

        :raises UserError: no e-mail reaches any of the customers
        :raises AccessError: the user may not read the entries, or takes no payments
        """
        self.env["fiado.policy"]._check_sales_user()
        self.check_access("read")
        movements = {
            (entry.move_id.id, entry.partner_id.id, entry.company_id.id)
            for entry in self
        }
        receipts = elevate(self.env["fiado.receipt"])
        if not receipts._queue(list(movements), again=True):
            raise UserError(
                self.env._(
                    "%(customer)s has no e-mail address to which anything is sent: add "
                    "one, or print the receipt.",
                    customer=", ".join(self.partner_id.mapped("name")),
                )
            )
        message = self.env._(
            "The receipt goes to %(addresses)s.",
            addresses=", ".join(
                filter(None, self.partner_id.fiado_mailbox_id.mapped("email"))
            ),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }

    def _get_ids_to_email(self):
        """The ids of these entries of one customer, where their receipt can be sent by
        e-mail and isn't by itself; else ``False``."""
        company = self.company_id.sudo()
        mailbox = self.partner_id.fiado_mailbox_id
        if (
            company.fiado_receipt_emails
            or not mailbox.email_normalized
            or mailbox.is_blacklisted
        ):
            return False
        return self.ids

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

    def _get_name_on_receipt(self):
        """What happened, in a word or two."""
        statement = self.env["report.bemp_fiado.fiado_statement"]
        labels = statement._get_labels(self.env)
        if self.origin == "interest":
            return labels["origin"][self.origin]
        return statement._get_happened(self.kind, self.origin, labels)

    def _get_with_charges(self):
        """These entries with those of the late fee and interest that were charged
        together with them.

        :return: the entries, and a dict of their movements by what was charged
        """
        together = {
            charge: move.with_env(self.env)
            for move in self.move_id.sudo()
            for charge in move.fiado_document_ids.with_env(self.env)
            if charge.sudo().fiado_origin == "interest"
        }
        charges = self.browse()
        if together:
            moves = self.env["account.move"].union(*together)
            charges = self.search(
                [
                    ("move_id", "in", moves.ids),
                    ("partner_id", "in", self.partner_id.ids),
                ]
            )
        return self | charges, together

    def _get_receipts(self):
        """What the receipts of these entries say: one for each movement of a wallet,
        of which a transfer between customers makes two. What was charged with a
        payment is on the payment's.

        :return: list of dicts: the entries of the movement, which of them are charges,
            its payments, the balance before and after, and the code that pays what is
            still owed of it
        """
        receipts = []
        entries, together = self._get_with_charges()
        movements = entries.sorted("id").grouped(
            lambda entry: (
                together.get(entry.move_id, entry.move_id),
                entry.partner_id,
                entry.company_id,
            )
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
                    "charges": entries.filtered(lambda e: e.origin == "interest"),
                    "payments": payments,
                    "before": entries[0].balance_after - entries[0].amount,
                    "after": after,
                    "pay_code": partner.with_company(company)._get_fiado_paper_pay_code(
                        after
                    ),
                }
            )
        return receipts

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .sale_order import CLOSING


class SaleOrder(models.Model):
    """What a closing does to the order: it is confirmed, delivered and invoiced."""

    _inherit = "sale.order"

    def _confirm_and_deliver(self):
        if self.state in ("draft", "sent"):
            self.action_confirm()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        for line in lines:
            if line._is_delivered_at_closing() and line._is_less_delivered():
                line.qty_delivered = line.product_uom_qty
        undelivered = lines.filtered(
            lambda line: (
                line.product_id.type != "combo"
                and line.product_id.invoice_policy == "delivery"
                and line._is_less_delivered()
            )
        )
        if undelivered:
            raise UserError(
                self.env._(
                    "Deliver these first, since they are invoiced on delivery: "
                    "%(products)s.",
                    products=", ".join(undelivered.product_id.mapped("display_name")),
                )
            )

    def _invoice_rest(self):
        """Invoice what is not invoiced yet.

        :return: the order's posted invoices and the drafts that are still to post
        """
        self._check_invoices_own()
        self._check_invoices_customer()
        if any(line._is_to_invoice() for line in self.order_line):
            self.with_context(fiado_closing=CLOSING)._create_invoices(final=True)
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        # Drafts that were there before become invoices of this closing, too.
        invoices.filtered(
            lambda move: move.state == "draft" and not move.fiado_order_id
        ).fiado_order_id = self
        self._round_off(invoices)
        self._date_drafts(invoices)
        return invoices

    def _check_invoices_own(self):
        """Closing pays whole invoices, so they must be of this order alone."""
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        others = invoices.line_ids.sale_line_ids.order_id - self
        if others:
            raise UserError(
                self.env._(
                    "An invoice of order %(order)s is also that of %(others)s: "
                    "register its payment in accounting.",
                    order=self.name,
                    others=", ".join(others.mapped("name")),
                )
            )

    def _check_invoices_customer(self):
        """The wallet that pays the invoices must be that of whom they are made out
        to: what is open of theirs would be paid by somebody else."""
        for invoice in self.invoice_ids:
            if (
                invoice.commercial_partner_id != self.wallet_partner_id
                and invoice.state != "cancel"
                and not invoice.currency_id.is_zero(invoice.amount_residual)
            ):
                raise UserError(
                    self.env._(
                        "An invoice of order %(order)s is made out to %(customer)s, "
                        "and is not paid. Make the order out to %(customer)s, too "
                        "(invoice address), or have that invoice paid in accounting "
                        "first.",
                        order=self.name,
                        customer=invoice.commercial_partner_id.display_name,
                    )
                )

    def _date_drafts(self, invoices):
        """Where the books are closed for today, have the invoices on the day on which
        the payments and the wallet move will be: Odoo refuses them today."""
        open_day = self.env["fiado.policy"]._get_open_day(self.company_id)
        drafts = invoices.filtered(lambda move: move.state == "draft")
        if open_day:
            for draft in drafts:
                draft.write(
                    {
                        "invoice_date": draft.invoice_date
                        or fields.Date.context_today(self),
                        "date": open_day,
                    }
                )

    def _round_off(self, invoices):
        """Take the odd cent that down payments are too much, each of them rounded,
        off the invoice that is still to post."""
        draft = invoices.filtered(lambda move: move.state == "draft")[:1]
        cents = draft and self._get_odd_cents(invoices._get_fiado_due())
        if not cents:
            return
        account = self.company_id.sudo()._get_fiado_rounding_account()
        draft.invoice_line_ids = [
            Command.create(
                {
                    "name": self.env._("Rounding"),
                    "quantity": 1.0,
                    "price_unit": -draft.direction_sign * cents,
                    # In a shop without one it stays with what was sold.
                    "account_id": account.id
                    or draft.invoice_line_ids.account_id[:1].id,
                    "tax_ids": [Command.clear()],
                }
            )
        ]

    def _get_odd_cents(self, due):
        """How much too much was paid, where rounding is all that it can be: at most a
        cent for each down payment that was invoiced.

        :param float due: what is to be paid of the order, in its currency
        :return: a positive amount, or zero
        """
        currency = self.currency_id
        if currency.compare_amounts(due, 0.0) >= 0:
            return 0.0
        down_payments = self.order_line.filtered("is_downpayment").invoice_lines.move_id
        number = len(
            down_payments.filtered(
                lambda move: move.state == "posted" and move.move_type == "out_invoice"
            )
        )
        cents = currency.round(-due)
        most = currency.round(number * currency.rounding)
        return cents if currency.compare_amounts(cents, most) <= 0 else 0.0

    # -------------------------------------------------------------------------
    # AMOUNTS
    # -------------------------------------------------------------------------

    def _get_amount_due(self):
        """What is still to be paid of the order, in its currency: what is open on its
        invoices and what is still to invoice, to the cent that Odoo will invoice, less
        what was paid before."""
        self.ensure_one()
        order = self.sudo()
        due = order._get_amount_open()
        return self.currency_id.round(due - order._get_amount_paid_before(due))

    def _get_amount_open(self):
        order = self
        invoices = order.invoice_ids.filtered(lambda move: move.state != "cancel")
        due = invoices._get_fiado_due()
        lines = order._get_priced_lines()
        if not invoices and not any(line._is_more_delivered() for line in lines):
            return self.amount_total
        taxes = self.env["account.tax"]
        base_lines = lines._prepare_base_lines_to_invoice()
        taxes._add_tax_details_in_base_lines(base_lines, order.company_id)
        taxes._round_base_lines_tax_details(base_lines, order.company_id)
        totals = taxes._get_tax_totals_summary(
            base_lines, order.currency_id, order.company_id
        )
        due = self.currency_id.round(due + totals["total_amount_currency"])
        if base_lines or "draft" in invoices.mapped("state"):
            due += self._get_odd_cents(due)
        return due

    def _get_amount_invoiced_due(self):
        """What of the amount due is on posted invoices already."""
        self.ensure_one()
        posted = self.sudo().invoice_ids.filtered(lambda move: move.state == "posted")
        return posted._get_fiado_due()

    def _get_closing_receivable(self, invoices):
        lines = invoices.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        if len(lines.account_id) > 1:
            raise UserError(
                self.env._(
                    "The invoices of order %(order)s use several receivable accounts: "
                    "ask your accountant to register their payments.",
                    order=self.name,
                )
            )
        return lines.account_id or self._get_customer_receivable()

    def _get_customer_receivable(self):
        customer = self.sudo().with_company(self.company_id).partner_invoice_id
        return customer.property_account_receivable_id

from odoo import fields, models

from ..models.account_payment import STANDING
from .fiado_pages import get_height, split_into_pages
from .printing import get_done_action, get_page

# How many characters of a name fit in a line of A4, and how high the place is on which
# the customer signs.
NAME_WIDTH = 80
ACKNOWLEDGEMENT = 6
PAY_CODE = 8
# How much lower the titles of a slip are than those for which pages have room.
LOW_TITLES = 4


class SaleOrder(models.Model):
    """The paper that a customer takes along, and signs where debt was left."""

    _inherit = "sale.order"

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_print_slip(self):
        """Print the slips of these closed orders from the browser."""
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "bemp_fiado.done",
            "params": {"print": self._get_slip_page()},
        }

    def _get_slip_page(self):
        return get_page("bemp_fiado.closing_slip", self)

    def _get_done_action(self, has_to_print, change):
        """Say what a closing did, and print its slip or offer to.

        :param bool has_to_print: whether it is printed at once
        :param float change: what is given back, in the order's currency
        """
        self.ensure_one()
        slip = self._get_slip()
        message = self._get_done_message(slip)
        if change:
            message = self.env._(
                "Change %(change)s · %(message)s",
                change=self.currency_id.format(change),
                message=message,
            )
        return get_done_action(
            message,
            self._get_slip_page(),
            has_to_print,
            self.partner_id._get_fiado_whatsapp_url(self._get_slip_text(slip)),
            slip["entries"]._get_ids_to_email(),
        )

    def _get_done_message(self, slip):
        """What happened at the closing, in one sentence."""
        values = {
            "customer": slip["holder"].name,
            "count": len(slip["instalments"]),
            "order": self.name,
            "amount": slip["currency"].format(slip["debt_left"] or slip["credit_left"]),
            "date": self._format_day(slip["due_date"]),
        }
        if slip["instalments"]:
            return self.env._(
                "%(amount)s on the tab of %(customer)s in %(count)s instalments, the "
                "first due on %(date)s",
                **values,
            )
        if slip["debt_left"]:
            return self.env._(
                "%(amount)s on the tab of %(customer)s, due on %(date)s", **values
            )
        if slip["credit_left"]:
            return self.env._("%(amount)s of credit for %(customer)s", **values)
        return self.env._("%(order)s is paid in full", **values)

    def _get_slip_text(self, slip):
        """The slip as a message to the customer."""
        format_amount = slip["currency"].format
        env = self.with_context(lang=slip["holder"].lang or self.env.lang).env
        lines = [
            env._(
                "%(company)s, order %(order)s: total %(total)s.",
                company=slip["company"].name,
                order=self.name,
                total=self.currency_id.format(self.amount_total),
            )
        ]
        if slip["debt_left"]:
            lines.append(self._get_slip_debt_text(slip, env))
        lines.append(
            env._(
                "Balance of your wallet: %(amount)s.",
                amount=format_amount(slip["after"]),
            )
        )
        link = slip["debt_left"] and slip["holder"]._get_fiado_pay_link()
        if link:
            lines.append(env._("Pay online: %(link)s", link=link))
        return "\n".join(lines)

    def _get_slip_debt_text(self, slip, env):
        """What was left as debt, and when it is due, in the customer's language."""
        amount = slip["currency"].format(slip["debt_left"])
        if not slip["instalments"]:
            return env._(
                "%(amount)s stayed on your tab, due on %(date)s.",
                amount=amount,
                date=self._format_day(slip["due_date"]),
            )
        return env._(
            "%(amount)s stayed on your tab in %(instalments)s.",
            amount=amount,
            instalments=env["fiado.policy"]._get_instalments_text(
                [(part["due_date"], part["amount"]) for part in slip["instalments"]],
                slip["currency"],
                is_short=False,
            ),
        )

    def _format_day(self, day):
        return bool(day) and self.env["ir.qweb.field.date"].value_to_html(day, {})

    # -------------------------------------------------------------------------
    # FIGURES
    # -------------------------------------------------------------------------

    def _get_slips(self):
        """What the slips of these orders say, in their order, with the code that pays
        what is still owed of it where debt was left."""
        return [
            {**slip, "pay_code": slip["order"]._get_slip_pay_code(slip)}
            for slip in (order._get_slip() for order in self)
        ]

    def _get_slip_pay_code(self, slip):
        if not slip["debt_left"]:
            return {}
        holder = slip["holder"].with_company(slip["company"])
        return holder._get_fiado_paper_pay_code(slip["after"])

    def _get_slip(self):
        """What the slip of an order says: of its closing as it stands.

        :return: dict: the wallet's holder, what was paid by which form, paid before,
            and what of it was debt paid, credit used, debt left and credit left, with
            what was charged of late fee and interest, and the balance before and
            after; the instalments in which the debt is to be paid, if it has any;
            amounts in company currency
        """
        self.ensure_one()
        self.invalidate_recordset(["closing_payment_ids", "wallet_entry_ids"])
        company = self.company_id.root_id
        entries = self.wallet_entry_ids.filtered("is_standing").sorted("id")
        payments = self.closing_payment_ids.filtered(
            lambda payment: payment.state in STANDING
        )
        currency = company.currency_id
        charges = entries.filtered(lambda entry: entry.origin == "interest")
        movements = entries - charges
        after = self._get_balance_after(entries)
        charged = currency.round(-sum(charges.mapped("amount")))
        moved = sum(movements.mapped("amount"))
        paid = sum(payments.mapped("amount"))
        return {
            "order": self,
            "entries": entries,
            "company": company,
            "currency": currency,
            "holder": entries.partner_id or self.wallet_partner_id,
            "closed_at": self._get_closed_at(),
            "lines": self.order_line.filtered(lambda line: not line.display_type),
            "payments": payments,
            "paid_before": self.currency_id.round(self.amount_total + moved - paid),
            "charged": charged,
            **self._get_slip_totals(movements, currency),
            "instalments": sum(entries._read_instalments().values(), []),
            "before": currency.round(after - moved + charged),
            "after": after,
        }

    def _get_slip_totals(self, movements, currency):
        """What of a closing's movements was what, and when the debt is due."""

        def total(kind):
            kinds = movements.filtered(lambda entry: entry.kind == kind)
            return currency.round(abs(sum(kinds.mapped("amount"))))

        return {
            "debt_paid": total("debt_paid"),
            "credit_used": total("credit_used"),
            "debt_left": total("debt"),
            "credit_left": total("credit"),
            "due_date": max(filter(None, movements.mapped("due_date")), default=False),
        }

    def _get_slip_pages(self, slip):
        """The lines of a slip on each page of paper."""
        figures = ("paid_before", "charged", "debt_paid", "credit_used", "debt_left")
        return split_into_pages(
            slip["lines"],
            lambda line: get_height((line._get_sold_name(),), (NAME_WIDTH,)),
            above=-LOW_TITLES,
            below=sum(bool(slip[name]) for name in (*figures, "credit_left"))
            + len(slip["payments"])
            + len(slip["instalments"])
            + (ACKNOWLEDGEMENT if slip["debt_left"] else 0)
            + (PAY_CODE if slip["pay_code"] else 0)
            + 5,  # total, balances, that it is no tax document
        )

    def _get_slip_name(self):
        """How the file of the slip is called."""
        return self.env._(
            "Slip %(order)s %(date)s",
            order=self.name,
            date=fields.Datetime.context_timestamp(self, self._get_closed_at()).date(),
        )

    def _get_balance_after(self, entries):
        """The wallet's balance once the order was closed."""
        if entries:
            return entries[-1].balance_after
        # What moved later has a later id, on whatever day it was booked.
        items = self.sudo()._get_closing_documents().line_ids
        last = self.env["fiado.wallet.entry"].search(
            [
                ("partner_id", "=", self.wallet_partner_id.id),
                ("company_id", "=", self.company_id.root_id.id),
                ("id", "<", max(items.ids, default=0)),
            ],
            order="id desc",
            limit=1,
        )
        return last.balance_after

    def _get_closed_at(self):
        """When the order was closed: when what it invoiced last was made."""
        invoices = self.sudo()._get_closing_documents()
        return max(invoices.mapped("create_date"), default=self.date_order)

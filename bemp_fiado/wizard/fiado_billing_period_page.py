from odoo import models

from ..report.fiado_billing_figures import NOTHING

# These figures show even when they are zero: their absence would be a question.
ALWAYS = {
    **dict.fromkeys(("customer_debt", "customer_credit"), "wallet"),
    **dict.fromkeys(("money_credit", "credit_used"), "wallet"),
    "forgiven": "apart",
}


class FiadoBillingPeriod(models.TransientModel):
    """What stands on the page."""

    _inherit = "fiado.billing.period"

    def _prepare_lines(self, figures):
        """The page from top to bottom: what was billed, what became of it in wallets,
        what should have come in, what did, the difference, and what stands apart."""
        rows = self._get_shown_rows(figures["rows"])
        return [
            self._prepare_total(self.env._("Billed"), "billed", figures["billed"]),
            *self._prepare_details(rows, "billed", "wallet", "open", "other"),
            self._prepare_total(
                self.env._("So much should have come in"),
                "expected",
                figures["expected"],
            ),
            self._prepare_total(
                self.env._("Received, less what was paid out"),
                "received",
                figures["received"],
            ),
            *self._prepare_details(rows, "received"),
            self._prepare_total(
                self.env._("Difference"), "difference", figures["difference"]
            ),
            self._prepare_heading(
                self.env._("Apart: counts in none of the above"), "apart", rows
            ),
            *self._prepare_details(rows, "apart"),
        ]

    def _get_shown_rows(self, rows):
        is_zero = self.company_id.currency_id.is_zero
        missing = ALWAYS.keys() - {row["figure"] for row in rows}
        return [
            row
            for row in rows
            if row["section"] in ("billed", "received", "apart")
            or row["figure"] in ALWAYS
            or not is_zero(row["effect"])
        ] + [
            {
                "section": ALWAYS[figure],
                "figure": figure,
                "payment_method_line_id": False,
                "journal_id": False,
                **NOTHING,
            }
            for figure in missing
        ]

    def _prepare_total(self, label, section, amount):
        return {"label": label, "section": section, "style": "total", "amount": amount}

    def _prepare_heading(self, label, section, rows):
        """A line without an amount that shows: the sum of such different things says
        nothing."""
        amount = sum(row["amount"] for row in rows if row["section"] == section)
        return {**self._prepare_total(label, section, amount), "style": "heading"}

    def _prepare_details(self, rows, *sections):
        return [
            line
            for section in sections
            for line in self._prepare_section(
                [row for row in rows if row["section"] == section], section
            )
        ]

    def _prepare_section(self, rows, section):
        """The lines of a section. What is part of what should have come in is shown as
        it counts there."""
        order = list(self.env["fiado.billing"]._fields["figure"].get_values(self.env))
        amount = "effect" if section in ("wallet", "open", "other") else "amount"
        largest = max((abs(row[amount]) for row in rows), default=0.0)
        return [
            {
                "label": self._get_label(row),
                "section": section,
                "figure": row["figure"],
                "payment_method_line_id": row["payment_method_line_id"],
                "journal_id": row["journal_id"],
                "style": "apart" if section == "apart" else "detail",
                "count": row["count"],
                "amount": row[amount],
                "share": 100 * abs(row[amount]) / largest if largest else 0.0,
            }
            for row in sorted(
                rows, key=lambda row: (order.index(row["figure"]), -row["amount"])
            )
        ]

    def _get_label(self, row):
        field = self.env["fiado.billing"]._fields["figure"]
        label = dict(field._description_selection(self.env))[row["figure"]]
        if row["section"] != "received":
            return label
        # Cashiers have no rights on payment forms and journals, but know their names.
        form = (
            self.env["account.payment.method.line"]
            .sudo()
            .browse(row["payment_method_line_id"] or [])
        )
        journal = self.env["account.journal"].sudo().browse(row["journal_id"] or [])
        name = form.payment_form_name or journal.name or label
        if row["figure"] == "paid_out":
            return self.env._("Paid out: %(form)s", form=name)
        return name

from odoo import fields, models

from ..report.fiado_billing import MEASURES


class FiadoBillingPeriodLine(models.TransientModel):
    _name = "fiado.billing.period.line"
    _description = "Figure of a Period"
    _order = "sequence, id"
    _rec_name = "label"

    period_id = fields.Many2one(
        "fiado.billing.period", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="period_id.currency_id")
    sequence = fields.Integer()
    label = fields.Char(required=True, readonly=True)
    section = fields.Char(readonly=True)
    figure = fields.Char(readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", readonly=True
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    style = fields.Selection(
        selection=[
            ("total", "Total"),
            ("detail", "Detail"),
            ("heading", "Heading"),
            ("apart", "Apart"),
        ],
        readonly=True,
    )
    count = fields.Integer(
        string="Documents", readonly=True, help="How many documents are behind it."
    )
    amount = fields.Monetary(readonly=True)
    share = fields.Float(
        readonly=True, help="In percent of the largest figure of its kind."
    )

    def action_open(self):
        """Open the rows behind the figure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.fiado_billing_action"
        )
        return {
            **action,
            "name": self.label,
            "display_name": self.label,
            "domain": [*self.period_id._get_domain(), *self._get_domain()],
            "context": {"fiado_measure": self._get_measure()},
            "view_mode": "list,kanban,pivot,graph",
            "views": [(False, view) for view in ("list", "kanban", "pivot", "graph")],
        }

    def _get_measure(self):
        """The column of the rows that adds up to this figure."""
        for measure, (section, _amount) in MEASURES.items():
            if section == self.section:
                return measure
        return "effect"

    def _get_domain(self):
        if self.section == "expected":
            return [("section", "not in", ("received", "apart"))]
        if self.section == "difference":
            return [("section", "!=", "apart")]
        domain = [("section", "=", self.section)]
        if self.figure:
            domain.append(("figure", "=", self.figure))
        if self.figure and self.section == "received":
            domain += [
                ("payment_method_line_id", "=", self.payment_method_line_id.id),
                ("journal_id", "=", self.journal_id.id),
            ]
        return domain

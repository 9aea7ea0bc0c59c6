from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..report.fiado_pages import get_height, split_into_pages

# How many characters of a figure's name fit in a line of paper.
LABEL_WIDTH = 40
CHOICE = ("company_id", "date_from", "date_to", "user_id")


class FiadoBillingPeriod(models.TransientModel):
    """The billing of a period on one page: large on screen, as PDF, each figure a click
    from what is behind it. Its figures are those of ``fiado.billing``."""

    _name = "fiado.billing.period"
    _description = "Billing of a Period"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.end_of(
            fields.Date.context_today(self), "month"
        ),
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain="[('share', '=', False)]"
    )
    # Filled when the choice is made, with the rights of who makes it: a computed field
    # may be recomputed by someone else's.
    billed = fields.Monetary(readonly=True)
    received = fields.Monetary(readonly=True, help="Less what was paid out.")
    debt_left = fields.Monetary(string="Customer Debts", readonly=True)
    difference = fields.Monetary(readonly=True)
    line_ids = fields.One2many(
        "fiado.billing.period.line", "period_id", string="Figures", readonly=True
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        self.display_name = self.env._("Billing")

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for period in self:
            if not period._is_period():
                raise ValidationError(
                    self.env._(
                        "Choose a first day and a last day that is not before it."
                    )
                )

    @api.onchange(*CHOICE)
    def _onchange_choice(self):
        self._fill()

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._fill()
        return periods

    def write(self, vals):
        result = super().write(vals)
        if not set(CHOICE).isdisjoint(vals):
            self._fill()
        return result

    # -------------------------------------------------------------------------
    # FIGURES
    # -------------------------------------------------------------------------

    def _fill(self):
        """Read the figures as they are now."""
        for period in self:
            period.update(period._prepare_figures())

    def _prepare_figures(self):
        if not self._is_period():
            nothing = dict.fromkeys(
                ("billed", "received", "debt_left", "difference"), 0
            )
            return {**nothing, "line_ids": [Command.clear()]}
        figures = self.env["fiado.billing"].get_figures(*self._get_choice())
        return {
            "billed": figures["billed"],
            "received": figures["received"],
            "difference": figures["difference"],
            "debt_left": sum(
                row["amount"]
                for row in figures["rows"]
                if row["figure"] == "customer_debt"
            ),
            "line_ids": [
                Command.clear(),
                *(
                    Command.create({"sequence": sequence, **vals})
                    for sequence, vals in enumerate(self._prepare_lines(figures))
                ),
            ],
        }

    def _is_period(self):
        return bool(
            self.company_id
            and self.date_from
            and self.date_to
            and self.date_from <= self.date_to
        )

    def _get_choice(self):
        """The arguments of ``fiado.billing.get_figures``."""
        return self.date_from, self.date_to, self.company_id.id, self.user_id.id

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.model
    def action_open_billing(self):
        """Open the billing of this month."""
        self.env["fiado.billing"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_show(self):
        """Show what was chosen, which the web client saved before, as it is now."""
        self.ensure_one()
        self._fill()

    def action_show_today(self):
        today = fields.Date.context_today(self)
        self._show(today, today)

    def action_show_this_month(self):
        self._show_month(fields.Date.context_today(self))

    def action_show_last_month(self):
        self._show_month(
            fields.Date.subtract(fields.Date.context_today(self), months=1)
        )

    def _show_month(self, day):
        self._show(fields.Date.start_of(day, "month"), fields.Date.end_of(day, "month"))

    def _show(self, date_from, date_to):
        self.ensure_one()
        # Writing them reads the figures.
        self.write({"date_from": date_from, "date_to": date_to})

    def action_analyse(self):
        """Open the period's rows in a pivot table."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.fiado_billing_action"
        )
        return {**action, "domain": self._get_domain(), "context": {}}

    def action_print(self):
        self.ensure_one()
        self._fill()
        return self.env.ref(
            "bemp_fiado.fiado_billing_period_action_report"
        ).report_action(self)

    def _get_file_name(self):
        """How the file of the printed figures is called."""
        return self.env._(
            "Billing %(date_from)s to %(date_to)s",
            date_from=self.date_from,
            date_to=self.date_to,
        )

    def _get_pages(self):
        """The figures that prove each other, on which page of paper each."""
        apart = self.line_ids.filtered(lambda line: line.style in ("heading", "apart"))
        return split_into_pages(
            self.line_ids - apart,
            lambda line: get_height((line.label,), (LABEL_WIDTH,)),
            above=1,
            below=6 + len(apart),
        )

    def _get_apart_lines(self):
        return self.line_ids.filtered(lambda line: line.style == "apart")

    def _get_domain(self):
        return list(self.env["fiado.billing"]._get_period_domain(*self._get_choice()))

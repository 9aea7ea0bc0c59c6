from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.bemp_fiado.report.fiado_pages import get_height, split_into_pages

# How many characters fit in a line of the columns of customers and of what was done.
WIDTHS = (22, 26)
# The height of the totals and of the line to sign on.
BELOW = 9


class ReportFiadoCommission(models.AbstractModel):
    """The printed commissions of a period: a paper for each professional, to sign."""

    _name = "report.bemp_fiado_commission.fiado_commission_paper"
    _description = "Printed Commissions"

    @api.model
    def _get_report_values(self, docids, data=None):
        period = self._clean_period(data or {})
        rows = self.env["fiado.commission"].search(
            self._get_domain(period), order="date, id"
        )
        papers = [
            self._get_paper(professional, own, period)
            for professional, own in sorted(
                rows.grouped("professional_id").items(),
                key=lambda group: (group[0].sudo().name or "", group[0].id),
            )
        ]
        if not papers:
            raise UserError(
                self.env._(
                    "Nobody has commissions in these days: choose other days, or "
                    "another professional."
                )
            )
        return {
            "doc_ids": rows.ids,
            "doc_model": rows._name,
            "docs": rows,
            "company": self.env.company,
            "period": period,
            "papers": papers,
        }

    def _clean_period(self, data):
        """What comes with the report, from outside."""
        request = self.env["fiado.request"]
        professional = data.get("professional_id") or False
        if professional:
            professional = request._clean_id(
                professional, self.env._("The professional")
            )
        return {
            "date_from": request._clean_date(data.get("date_from")),
            "date_to": request._clean_date(data.get("date_to")),
            "professional_id": professional,
        }

    def _get_domain(self, period):
        domain = Domain("company_id", "=", self.env.company.id)
        if period["date_from"]:
            domain &= Domain("date", ">=", period["date_from"])
        if period["date_to"]:
            domain &= Domain("date", "<=", period["date_to"])
        if period["professional_id"]:
            domain &= Domain("professional_id", "=", period["professional_id"])
        return domain

    def _get_paper(self, professional, rows, period):
        # Who may read the row may read the name on it.
        professional = professional.sudo()
        totals = defaultdict(float)
        for name in ("quantity", "billed", "amount", "settled"):
            totals[name] = sum(rows.mapped(name))
        return {
            "professional": professional,
            "rows": rows,
            "totals": totals,
            "deduction": professional._get_deduction(self.env.company.sudo()),
            "pages": split_into_pages(
                rows,
                lambda row: get_height(
                    (row.partner_id.sudo().name, row.product_id.sudo().name), WIDTHS
                ),
                above=2,
                below=BELOW,
            ),
        }

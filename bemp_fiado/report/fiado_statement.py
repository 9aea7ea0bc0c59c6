from odoo import api, models

from .fiado_pages import get_height, split_into_pages

# How many characters fit in a line of the columns from document to recorded by.
WIDTHS = (16, 9, 14, 14, 14)


class ReportFiadoStatement(models.AbstractModel):
    """The printed statement: what ``res.partner.fiado_statement`` says, with names."""

    _name = "report.bemp_fiado.fiado_statement"
    _description = "Wallet Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        # The period comes with a printed statement in its data, with one that is sent
        # in the composer's context.
        data = data or {}
        partner_ids = docids or [
            partner_id
            for partner_id in data.get("partner_ids") or []
            if isinstance(partner_id, int)
        ]
        partners = self.env["res.partner"].browse(partner_ids)
        period = [
            data.get(name) or self.env.context.get(f"fiado_{name}")
            for name in ("date_from", "date_to")
        ]
        return {
            "doc_ids": partners.ids,
            "doc_model": partners._name,
            "docs": partners,
            "company": self.env.company,
            "statements": [
                self._get_statement(partner, *period) for partner in partners
            ],
        }

    def _get_statement(self, partner, date_from, date_to):
        """The customer's statement, in the customer's language."""
        partner = partner.with_context(lang=partner.lang or self.env.lang)
        statement = partner.fiado_statement(date_from, date_to)
        lines = statement["entries"]
        entries = partner.env["fiado.wallet.entry"]
        labels = {
            name: dict(entries._fields[name]._description_selection(partner.env))
            for name in ("kind", "origin")
        }
        # The readers of a statement may read what it names, not its records.
        orders = self._get_names("sale.order", lines, "order_id")
        users = self._get_names("res.users", lines, "user_id")
        rows = [
            {
                **line,
                "order": orders.get(line["order_id"]),
                "kind": labels["kind"][line["kind"]],
                "origin": labels["origin"][line["origin"]],
                "user": users.get(line["user_id"]),
            }
            for line in lines
        ]
        clean_date = partner.env["fiado.request"]._clean_date
        return {
            **statement,
            "partner": partner.commercial_partner_id,
            "currency": partner.env.company.currency_id,
            "date_from": clean_date(date_from),
            "date_to": clean_date(date_to),
            "pages": split_into_pages(rows, self._get_row_height),
            "totals": [
                (label, sum(line["amount"] for line in lines if line["kind"] == kind))
                for kind, label in labels["kind"].items()
                if any(line["kind"] == kind for line in lines)
            ],
        }

    def _get_row_height(self, row):
        names = ("document", "order", "kind", "origin", "user")
        return get_height([row[name] for name in names], WIDTHS)

    def _get_names(self, model, lines, key):
        records = self.env[model].sudo().browse({line[key] for line in lines} - {False})
        return {record.id: record.display_name for record in records}

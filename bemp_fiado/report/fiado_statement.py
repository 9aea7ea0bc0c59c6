from odoo import api, fields, models

from .fiado_pages import get_height, shorten, split_into_pages

# How many characters fit in a line of the columns of documents and what happened.
WIDTHS = (17, 35)
# How much is said of what an order sold: two lines with what else is said.
SERVICES = 45
# The height of the code to pay.
PAY_CODE = 8
# What an entry of each kind takes back: money that is given back leaves debt again.
TAKEN_BACK = {
    "debt": "debt_paid",
    "debt_paid": "debt",
    "credit": "credit_used",
    "credit_used": "credit",
}


class ReportFiadoStatement(models.AbstractModel):
    """The printed statement: what ``res.partner.fiado_statement`` says, with names."""

    _name = "report.bemp_fiado.fiado_statement"
    _description = "Wallet Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        # The period comes with a printed statement in its data, with one that is sent
        # in the composer's context.
        data = data or {}
        partners = self._get_partners(docids, data)
        period = {
            name: source[key]
            for name in ("date_from", "date_to")
            for source, key in ((self.env.context, f"fiado_{name}"), (data, name))
            if key in source
        }
        return {
            "doc_ids": partners.ids,
            "doc_model": partners._name,
            "docs": partners,
            "company": self.env.company,
            "statements": self._get_statements(partners, period),
        }

    @api.model
    def _get_file_name(self, docids, data):
        partners = self._get_partners(docids, data)
        if len(partners) == 1:
            return partners._get_fiado_statement_name()
        return self.env._("Statements %(date)s", date=fields.Date.context_today(self))

    def _get_partners(self, docids, data):
        return self.env["res.partner"].browse(
            docids
            or [
                partner_id
                for partner_id in data.get("partner_ids") or []
                if isinstance(partner_id, int)
            ]
        )

    def _get_owed(self, partners):
        """What each of these customers owes now, and what is charged with it if it is
        paid today, read at once."""
        partners.check_access("read")
        owed = partners.commercial_partner_id._get_fiado_owed_today(self.env.company)
        return {partner: owed[partner.commercial_partner_id] for partner in partners}

    def _get_statements(self, partners, period):
        """The statements of these customers, in their order, each in the customer's
        language: those of one language are read at once.

        :param dict period: ``date_from`` and ``date_to``; none: what is open and all
            of late
        """
        owed = self._get_owed(partners)
        by_lang = partners.grouped(lambda partner: partner.lang or self.env.lang)
        statements = {}
        for lang, of_lang in by_lang.items():
            of_lang = of_lang.with_context(lang=lang)
            read = self._read_statements(of_lang, period)
            for partner in of_lang:
                statements[partner] = self._get_statement(
                    partner, read[partner.commercial_partner_id], *owed[partner]
                )
        return [statements[partner] for partner in owed]

    def _read_statements(self, partners, period):
        """The statements of these customers' wallets, each with its first and its last
        day.

        :return: dict by commercial partner
        """
        self.env["fiado.wallet.entry"].check_access("read")
        holders = partners.browse().union(
            *(partner._get_fiado_holder() for partner in partners)
        )
        clean_date = self.env["fiado.request"]._clean_date
        date_to = clean_date(period.get("date_to"))
        if period:
            starts = dict.fromkeys(holders, clean_date(period.get("date_from")))
        else:
            starts = holders._get_fiado_statement_starts()
        return {
            holder: {
                **statement,
                "date_from": starts[holder],
                "date_to": date_to,
                "is_recent": not period,
            }
            for holder, statement in holders._read_fiado_statements(
                starts, date_to
            ).items()
        }

    def _get_statement(self, partner, statement, debt, charges):
        """A statement with what is printed of it.

        :param dict statement: as :meth:`_read_statements` returns it
        :param float debt: what the customer owes now
        :param float charges: late fee and interest until today
        """
        date_to = statement["date_to"]
        is_past = date_to and date_to < fields.Date.context_today(partner)
        # What is paid is what is owed now, which a past period doesn't say.
        charges = 0.0 if is_past else charges
        pay_code = {} if is_past else partner._get_fiado_pay_code(debt + charges)
        totals = self._get_totals(partner, statement["entries"])
        return {
            **statement,
            "partner": partner.commercial_partner_id,
            "currency": partner.env.company.currency_id,
            "is_past": is_past,
            "charges": charges,
            "paid_today": debt + charges,
            "pay_code": pay_code,
            "pages": split_into_pages(
                self._get_rows(partner.env, statement["entries"]),
                self._get_row_height,
                above=1,
                below=4
                + len(totals)
                + (PAY_CODE if pay_code else 0)
                + (2 if charges else 0),
            ),
            "totals": totals,
        }

    @api.model
    def _get_labels(self, env):
        """What the kinds and origins of entries are called in an environment."""
        entries = env["fiado.wallet.entry"]
        return {
            name: dict(entries._fields[name]._description_selection(env))
            for name in ("kind", "origin")
        }

    def _get_totals(self, partner, lines):
        return [
            (label, sum(line["amount"] for line in lines if line["kind"] == kind))
            for kind, label in self._get_labels(partner.env)["kind"].items()
            if any(line["kind"] == kind and line["amount"] for line in lines)
        ]

    def _get_rows(self, env, lines):
        """The lines of a statement with the names of what they tell of, in their
        order.

        :param env: whoever reads them, in the language in which they are read
        :param list lines: as ``fiado.wallet.entry._get_statement_lines`` returns them
        """
        labels = self._get_labels(env)
        # The readers of a statement may read what it names, not its records.
        order_ids = {line["order_id"] for line in lines} - {False}
        orders = env["sale.order"].sudo().browse(order_ids)
        names = {order.id: order.name for order in orders}
        return [
            {
                **line,
                "document": names.get(line["order_id"]) or line["document"],
                "what": self._get_what(line, labels, env),
                # Instalments have theirs in what happened.
                "due_date": not line["instalments"]
                and fields.Date.to_date(line["due_date"]),
            }
            for line in lines
        ]

    @api.model
    def _get_what(self, line, labels, env):
        """What happened, for what, who took it, and in which instalments it is paid.
        What paid an old debt or was left as credit was for none of what its order sold.

        :param dict line: as ``fiado.wallet.entry._get_statement_lines`` has it
        :param dict labels: as :meth:`_get_labels` returns them
        :param env: whoever reads it, in the language in which it is read
        """
        plan = self._get_plan(line, env)
        if line["kind"] == "renegotiated" and plan:
            return f"{labels['kind'][line['kind']]}: {plan}"
        what = self._get_happened(line["kind"], line["origin"], labels)
        if line["origin"] != "reversal":
            what_for = labels["origin"][line["origin"]]
            if line["kind"] in ("debt", "credit_used"):
                what_for = shorten(line["services"], SERVICES) or what_for
            what = f"{what}: {what_for}"
        if line["taken_by"]:
            what = f"{what} ({line['taken_by']})"
        return f"{what} · {plan}" if plan else what

    @api.model
    def _get_happened(self, kind, origin, labels):
        """What happened, in a word or two; of a reversal, what it took back."""
        if origin == "reversal":
            taken_back = labels["kind"][TAKEN_BACK.get(kind, kind)]
            return f"{labels['origin'][origin]}: {taken_back}"
        return labels["kind"][kind]

    def _get_plan(self, line, env):
        """The instalments of a line in words, if it has any."""
        plan = [
            (fields.Date.to_date(part["due_date"]), part["amount"])
            for part in line["instalments"]
        ]
        if not plan:
            return None
        return env["fiado.policy"]._get_instalments_text(
            plan, env.company.currency_id, is_short=False
        )

    def _get_row_height(self, row):
        return get_height((row["document"], row["what"]), WIDTHS)

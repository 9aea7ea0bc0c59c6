from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

# How far back a statement goes that nobody chose a period for.
STATEMENT_DAYS = 90


class ResPartner(models.Model):
    """The statements of customers."""

    _inherit = "res.partner"

    @api.readonly
    def fiado_statement(self, date_from=None, date_to=None):
        """The customer's statement in the current company.

        :param date_from: first day, or from the beginning
        :param date_to: last day, or up to now
        :return: ``{"opening_balance", "entries", "closing_balance"}``: amounts in
            company currency, positive in the customer's favour; entries as dicts, the
            oldest first: ``id``, ``date``, ``kind``, ``origin``, ``amount``,
            ``balance_after``, ``document``, ``label``, ``reference``, ``user_id``;
            ``due_date`` (of a debt, or of the first part of it) and ``open_amount``,
            what of it is not settled or used as of now; ``instalments``, where a debt
            has several parts: dicts of ``due_date``, ``amount`` (positive) and
            ``open_amount``, the first due first (what was put into instalments later
            has them too, and an ``amount`` of zero); ``order_id``, ``services``, the
            names of what that order sold, and ``taken_by``, the name of its customer
            where that isn't the wallet's holder
        :raises UserError: a date that isn't one
        :raises AccessError: the user may not read wallets
        """
        clean_date = self.env["fiado.request"]._clean_date
        self.env["fiado.wallet.entry"].check_access("read")
        holder = self._get_fiado_holder()
        start = clean_date(date_from)
        return holder._read_fiado_statements({holder: start}, clean_date(date_to))[
            holder
        ]

    def _read_fiado_statements(self, starts, date_to=None):
        """The statements of these holders in the current company, read at once.

        :param dict starts: the first day of each, or nothing: from the beginning
        :param date_to: last day of all, or up to now
        :return: dict by holder of what :meth:`fiado_statement` returns
        :raises AccessError: the user may not read wallets
        """
        entries = self.env["fiado.wallet.entry"]
        by_start = self.grouped(starts.get)
        period = Domain.OR(
            holders._get_fiado_entry_domain()
            & (Domain("date", ">=", start) if start else Domain.TRUE)
            for start, holders in by_start.items()
        )
        if date_to:
            period &= Domain("date", "<=", date_to)
        before = Domain.OR(
            holders._get_fiado_entry_domain() & Domain("date", "<", start)
            for start, holders in by_start.items()
            if start
        )
        openings = dict(entries._read_group(before, ["partner_id"], ["amount:sum"]))
        found = entries.search(period, order="date, id")
        lines = defaultdict(list)
        for entry, line in zip(found, found._get_statement_lines(), strict=True):
            lines[entry.partner_id].append(line)
        currency = self.env.company.currency_id
        statements = {}
        for holder in self:
            opening = currency.round(openings.get(holder, 0.0))
            moved = sum(line["amount"] for line in lines[holder])
            statements[holder] = {
                "opening_balance": opening,
                "entries": lines[holder],
                "closing_balance": currency.round(opening + moved),
            }
        return statements

    def _get_fiado_statement_page(self, page, step):
        """A part of the statement, counted from the end: what a page costs doesn't
        depend on how much there is before it.

        :param int page: which part, from 1
        :param int step: how many entries each has
        :return: the entries of :meth:`fiado_statement`, but the newest first; and
            whether there are older ones
        :raises AccessError: the user may not read wallets
        """
        entries = self.env["fiado.wallet.entry"].search(
            self._get_fiado_entry_domain(), limit=step + 1, offset=(page - 1) * step
        )
        return entries[:step]._get_statement_lines(), len(entries) > step

    def _get_fiado_statement_starts(self):
        """The first day of a statement that nobody chose a period for: 90 days ago, or
        when the oldest of what is open now moved. All since is on it, so that the
        lines lead from one balance to the other.

        :return: dict of a day by commercial partner
        :raises AccessError: the user may not read wallets
        """
        entries = self.env["fiado.wallet.entry"]
        domain = self._get_fiado_entry_domain() & Domain("residual", "!=", 0.0)
        oldest = dict(entries._read_group(domain, ["partner_id"], ["date:min"]))
        recent = fields.Date.subtract(
            fields.Date.context_today(self), days=STATEMENT_DAYS
        )
        return {
            holder: min(oldest.get(holder, recent), recent)
            for holder in self.commercial_partner_id
        }

    def _get_fiado_statement_start(self):
        """As :meth:`_get_fiado_statement_starts`, of one customer."""
        return self._get_fiado_statement_starts()[self.commercial_partner_id]

    def _get_fiado_statement_name(self):
        """How the file of the statement is called."""
        return self.env._(
            "Statement %(customer)s %(date)s",
            customer=self.commercial_partner_id.name,
            date=fields.Date.context_today(self),
        )

    def _get_fiado_entry_domain(self):
        return Domain("partner_id", "in", self.commercial_partner_id.ids) & Domain(
            "company_id", "=", self.env.company.sudo().root_id.id
        )

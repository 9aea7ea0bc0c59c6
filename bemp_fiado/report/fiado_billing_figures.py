from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# The sections of which the proof says what should have been received.
EXPECTED = ("billed", "wallet", "open", "other")
NOTHING = {"amount": 0.0, "effect": 0.0, "count": 0}


class FiadoBilling(models.Model):
    """The figures of a period, proven."""

    _inherit = "fiado.billing"

    @api.model
    @api.readonly
    def get_figures(self, date_from, date_to, company_id=None, user_id=None):
        """The billing of a period, proven.

        :param date_from: first day
        :param date_to: last day
        :param int company_id: a company, with its branches; the current one by default
        :param int user_id: a salesperson, all of them by default
        :return: ``{"rows", "billed", "received", "expected", "difference"}``: in
            company currency; received less what was paid out; what should have been
            received by the rest of the proof, and the difference of the two. Each row
            is ``{"section", "figure", "payment_method_line_id", "journal_id",
            "amount", "effect", "count"}``, counting journal entries
        :raises UserError: no such period; says what to do
        :raises AccessError: the user may not read billing
        """
        domain = self._get_period_domain(date_from, date_to, company_id, user_id)
        round_amount = self._get_period_company(company_id).currency_id.round
        rows = self._get_rows(domain, round_amount)

        def total(*sections):
            return round_amount(
                sum(row["effect"] for row in rows if row["section"] in sections)
            )

        return {
            "rows": rows,
            "billed": total("billed"),
            "received": -total("received"),
            "expected": total(*EXPECTED),
            "difference": total(*EXPECTED, "received"),
        }

    def _get_rows(self, domain, round_amount):
        """The figures, those of what came in and went out by form and journal."""
        groups = self._read_group(
            domain,
            ["section", "figure", "payment_method_line_id", "journal_id"],
            ["amount:sum", "effect:sum", "move_id:count_distinct"],
        )
        rows = {}
        for section, figure, form, journal, amount, effect, count in groups:
            is_money = section == "received"
            key = {
                "section": section,
                "figure": figure,
                "payment_method_line_id": is_money and form.id,
                "journal_id": is_money and journal.id,
            }
            row = rows.setdefault(tuple(key.values()), {**key, **NOTHING})
            row["amount"] = round_amount(row["amount"] + amount)
            row["effect"] = round_amount(row["effect"] + effect)
            # Each journal entry has one form and one journal.
            row["count"] += count
        return list(rows.values())

    @api.model
    def _get_period_domain(self, date_from, date_to, company_id=None, user_id=None):
        request = self.env["fiado.request"]
        date_from, date_to = (
            request._clean_date(date_from),
            request._clean_date(date_to),
        )
        if not (date_from and date_to and date_from <= date_to):
            raise UserError(
                self.env._("Choose a first day and a last day that is not before it.")
            )
        company = self._get_period_company(company_id)
        with_branches = self.env.companies.filtered(
            lambda branch: company in branch.sudo().parent_ids
        )
        domain = (
            Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
            & Domain("company_id", "in", with_branches.ids)
        )
        if user_id:
            user_id = request._clean_id(user_id, self.env._("The salesperson"))
            domain &= Domain("user_id", "=", user_id)
        return domain

    @api.model
    def _get_period_company(self, company_id=None):
        if not company_id:
            return self.env.company
        company_id = self.env["fiado.request"]._clean_id(
            company_id, self.env._("The company")
        )
        company = self.env.companies.filtered(lambda company: company.id == company_id)
        if not company:
            raise UserError(
                self.env._("Choose a company that you are working in right now.")
            )
        return company

import math
import operator as py_operator

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

OPERATORS = {
    "<": py_operator.lt,
    "<=": py_operator.le,
    ">": py_operator.gt,
    ">=": py_operator.ge,
}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class ResPartner(models.Model):
    """Customers are found by what they owe and have left."""

    _inherit = "res.partner"

    def _search_fiado_balance(self, operator, value):
        return self._search_fiado_amount(
            "fiado_balance", operator, value, SQL("-SUM(amount_residual)")
        )

    def _search_fiado_debt(self, operator, value):
        return self._search_fiado_amount(
            "fiado_debt", operator, value, SQL("GREATEST(SUM(amount_residual), 0)")
        )

    def _search_fiado_credit(self, operator, value):
        return self._search_fiado_amount(
            "fiado_credit", operator, value, SQL("GREATEST(-SUM(amount_residual), 0)")
        )

    def _clean_fiado_amount(self, field_name, value):
        """A value that is searched for as the amount that Odoo takes it for."""
        try:
            amount = float(value or 0.0)
        except (TypeError, ValueError, OverflowError):
            amount = math.nan
        if not math.isfinite(amount):
            raise UserError(
                self.env._(
                    "%(field)s is searched by an amount: type a number.",
                    field=self._fields[field_name]._description_string(self.env),
                )
            )
        return amount

    def _search_fiado_amount(self, field_name, operator, value, amount):
        """A domain of the partners whose wallet amount compares so to the value.

        Only open items are read: who has none has zero, so where zero compares too,
        the domain excludes those whose amount doesn't.

        :raises UserError: the value is no amount
        """
        # The ORM doesn't ask whether the user may read what it searches by.
        self._check_field_access(self._fields[field_name], "read")
        company = self.env.company.sudo().root_id
        comparison = self._get_fiado_comparison(field_name, operator, value, company)
        if not comparison:
            return NotImplemented
        condition, zero_matches = comparison
        accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
        if not accounts:
            return Domain.TRUE if zero_matches else Domain.FALSE
        ledger = self.env["fiado.ledger"]
        ledger._flush_items()
        query = SQL(
            """
            (SELECT partner_id
               FROM account_move_line
              WHERE account_id IN %s
                AND reconciled IS NOT TRUE
                AND parent_state = 'posted'
                AND partner_id IS NOT NULL
                AND %s
           GROUP BY partner_id
             HAVING %s %s)
            """,
            tuple(accounts.ids),
            ledger._get_of_company(company),
            amount,
            condition,
        )
        return Domain(
            "commercial_partner_id", "not in" if zero_matches else "in", query
        )

    def _get_fiado_comparison(self, field_name, operator, value, company):
        """What an amount is compared with, and whether zero compares: then the amounts
        that don't. Nothing, for an operator that doesn't compare amounts."""
        if operator == "in":
            values = [self._clean_fiado_amount(field_name, v) for v in value]
            # In a query, a list is never empty.
            found = tuple(values) or (None,)
            if any(company.currency_id.is_zero(v) for v in values):
                return SQL("NOT IN %s", found), True
            return SQL("IN %s", found), False
        if operator in OPERATORS:
            value = self._clean_fiado_amount(field_name, value)
            if OPERATORS[operator](0.0, value):
                return SQL(f"{NEGATED[operator]} %s", value), True
            return SQL(f"{operator} %s", value), False
        return None

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class FiadoRequest(models.Model):
    """One accepted call of a wallet method that came with a reference.

    A call is known by its company and reference. What was asked and what was answered
    are kept, so that the same call, sent again by a program that got no answer, is
    answered again instead of being done again.
    """

    _name = "fiado.request"
    _description = "Answered Wallet Call"
    _rec_name = "reference"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    reference = fields.Char(required=True)
    method = fields.Char(required=True)
    values = fields.Json(required=True)
    answer = fields.Json()

    _reference_uniq = models.UniqueIndex("(company_id, reference)")

    @api.model
    def _once(self, company, reference, method, values, operation):
        """Run ``operation`` unless the reference was answered before.

        :param company: the root company, in which the reference is unique
        :param str reference: the caller's key, or nothing: then it always runs
        :param str method: the public method that was called
        :param dict values: what it was called with, JSON-serialisable
        :param operation: called without arguments, returns the answer
        :return: the answer of this or of the first call
        :raises UserError: the reference came before with other values
        """
        if not reference:
            return operation()
        request = self._claim(company, reference, method, values)
        if request:
            request.answer = operation()
            return request.answer
        first = self.sudo().search(
            [("company_id", "=", company.id), ("reference", "=", reference)]
        )
        if (first.method, first.values) != (method, values):
            raise UserError(
                self.env._(
                    "The reference %(reference)s was already used for something else. "
                    "Use a new reference.",
                    reference=reference,
                )
            )
        return first.answer

    def _claim(self, company, reference, method, values):
        # A concurrent call with the same reference waits here for the first one to
        # commit, fails to serialise, and is retried by Odoo: then it finds the answer.
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO fiado_request (company_id, reference, method, values,
                                           create_uid, create_date)
                     VALUES (%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (company_id, reference) DO NOTHING
                  RETURNING id
                """,
                company.id,
                reference,
                method,
                json.dumps(values),
                self.env.uid,
            )
        )
        return self.sudo().browse(row[0] for row in rows)

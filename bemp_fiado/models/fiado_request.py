import json
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# How the references of screens begin.
SCREEN_REFERENCE = "screen/"


class FiadoRequest(models.Model):
    """The calls of the wallet's public methods: what they may hold, and which were
    answered.

    A record is one accepted call that came with a reference. It is known by its
    company and reference. What was asked and what was answered are kept, so that the
    same call, sent again by a program that got no answer, is answered again instead
    of being done again.
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

    # -------------------------------------------------------------------------
    # ANSWERS
    # -------------------------------------------------------------------------

    @api.model
    def _once(self, company, reference, method, values, operation):
        """Run ``operation`` unless the reference was answered before.

        :param company: the company, in whose root the reference is unique
        :param str reference: the caller's key, or nothing: then it always runs
        :param str method: the public method that was called
        :param dict values: what it was called with, JSON-serialisable
        :param operation: called without arguments, returns the answer
        :return: the answer of this or of the first call
        :raises UserError: the reference came before with other values
        """
        if not reference:
            return operation()
        answers = self._once_for_each(
            company,
            method,
            {reference: values},
            lambda _references: {reference: operation()},
        )
        return answers[reference]

    @api.model
    def _once_for_each(self, company, method, calls, operation):
        """As :meth:`_once`, for many calls of one method in one go.

        :param dict calls: what the method was called with, by reference
        :param operation: called with the references that weren't answered before, if
            there are any; returns their answers by reference
        :return: the answers of all the calls by reference
        :raises UserError: a reference came before with other values
        """
        company = company.sudo().root_id
        requests = self._claim(company, method, calls)
        if requests:
            answers = operation(requests.mapped("reference"))
            for request in requests:
                request.answer = answers[request.reference]
        else:
            answers = {}
        for first in self._get_answered(company, calls.keys() - answers.keys()):
            if first._is_about_other(method, calls[first.reference]):
                raise UserError(first._get_taken_message())
            answers[first.reference] = first.answer
        return answers

    def _claim(self, company, method, calls):
        # A concurrent call with the same reference waits here for the first one to
        # commit, fails to serialise, and is retried by Odoo: then it finds the answer.
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO fiado_request (company_id, reference, method, values,
                                           create_uid, create_date)
                     SELECT %s, call.key, %s, call.value, %s,
                            now() AT TIME ZONE 'UTC'
                       FROM jsonb_each(%s) call
                ON CONFLICT (company_id, reference) DO NOTHING
                  RETURNING id
                """,
                company.id,
                method,
                self.env.uid,
                json.dumps(calls),
            )
        )
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _get_answered(self, company, references):
        """The calls that came with these references before, elevated."""
        if not references:
            return self.sudo()
        return self.sudo().search(
            [
                ("company_id", "=", company.sudo().root_id.id),
                ("reference", "in", list(references)),
            ]
        )

    def _is_about_other(self, method, values):
        """Whether the answered call was not this one."""
        return (self.method, self.values) != (method, values)

    def _get_taken_message(self):
        if self.reference.startswith(SCREEN_REFERENCE):
            return self.env._(
                "This was done already, with other amounts. Close this screen and "
                "look at what is there before you open it again."
            )
        return self.env._(
            "The reference %(reference)s was already used for something else. "
            "Use a new reference.",
            reference=self.reference,
        )

    @api.model
    def _get_screen_reference(self):
        """A reference for what one screen does: once, however often it is sent."""
        return f"{SCREEN_REFERENCE}{uuid.uuid4()}"

    @api.model
    def _get_kept_reference(self, reference):
        """What of a reference is shown with the movement: that of a screen says
        nothing to anybody."""
        if reference and reference.startswith(SCREEN_REFERENCE):
            return None
        return reference

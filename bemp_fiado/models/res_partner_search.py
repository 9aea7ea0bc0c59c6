import re

from stdnum.br import cnpj, cpf

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.phone_validation.tools.phone_validation import phone_parse

# What somebody types who looks for a number, in any way of writing it.
NUMBER = re.compile(r"\+?[\d\s()./-]+")
# Fewer digits are part of a name or a reference.
FEWEST_DIGITS = 4


class ResPartner(models.Model):
    """At the counter customers are found by name, e-mail, phone and tax number, in any
    way of writing these."""

    _inherit = "res.partner"

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # Who isn't found by the phone is created with it.
        name = defaults.get("name")
        if name and "phone" in fields and self._get_digits(name):
            defaults.update(name=False, phone=name)
        return defaults

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator not in ("like", "ilike") or not isinstance(value, str):
            return domain
        digits = self._get_digits(value)
        return Domain(domain) | self._get_number_domain(digits) if digits else domain

    @api.model
    def _get_digits(self, value):
        """The digits of what is a number, in whatever way it is written."""
        digits = re.sub(r"\D", "", value)
        is_number = NUMBER.fullmatch(value.strip()) and len(digits) >= FEWEST_DIGITS
        return digits if is_number else ""

    @api.model
    def _get_number_domain(self, digits):
        numbers = [digits]
        if cpf.is_valid(digits):
            numbers.append(cpf.format(digits))
        elif cnpj.is_valid(digits):
            numbers.append(cnpj.format(digits))
        phone = self._get_national_number(digits)
        return Domain("vat", "in", numbers) | Domain(
            "phone_mobile_search", "ilike", phone
        )

    @api.model
    def _get_national_number(self, digits):
        """A phone number without what is dialled before it: it is stored with and
        without that."""
        try:
            number = phone_parse(digits, self.env.company.country_id.code)
        except UserError:
            # Part of a number.
            number = None
        return str(number.national_number) if number else digits.lstrip("0") or digits

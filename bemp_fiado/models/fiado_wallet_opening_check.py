from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from odoo import api, models
from odoo.exceptions import UserError

from .fiado_wallet_opening import METHOD


@dataclass
class Opening:
    """One balance to bring over, checked: who, and what ``fiado_open_balance`` takes.

    ``refusals`` are sentences that say why it can't be brought over.
    """

    partner: models.BaseModel
    amount: float
    date: object
    account: models.BaseModel
    reference: str
    refusals: list = field(default_factory=list)

    @property
    def values(self):
        """What the single method keeps of its call under the reference."""
        return {
            "partner_id": self.partner.id,
            "amount": self.amount,
            "account_id": self.account.id,
            "date": str(self.date),
        }

    @property
    def message(self):
        label = f"{self.reference}:" if self.reference else None
        return " ".join(filter(None, [label, *self.refusals]))


class FiadoWalletOpening(models.Model):
    """What is wrong with rows of balances that are brought over."""

    _inherit = "fiado.wallet.opening"

    @api.model
    def _check_allowed(self):
        self.check_access("create")
        self.env["fiado.policy"]._check_manager()
        if not self.env.company.sudo().root_id.fiado_enabled:
            raise UserError(
                self.env._(
                    "Fiado is switched off in this shop. The owner switches it on in "
                    "the settings."
                )
            )

    @api.model
    def _get_openings(self, vals_list):
        """Check balances to bring over, each with all that is wrong with it.

        :return: list of :class:`Opening`, one for each
        """
        defaults = self.default_get(["account_id", "date"])
        cleaners = self._get_cleaners([vals.get("partner_id") for vals in vals_list])
        openings = []
        for vals in vals_list:
            vals = {**defaults, **vals}
            vals["account_id"] = vals["account_id"] or defaults["account_id"]
            cleaned, refusals = {}, []
            for name, field_name, clean in cleaners:
                try:
                    cleaned[name] = clean(vals.get(field_name))
                except UserError as refusal:
                    cleaned[name] = None
                    refusals.append(str(refusal))
            openings.append(Opening(**cleaned, refusals=refusals))
        self._refuse_references(openings)
        return openings

    def _get_cleaners(self, partner_ids):
        """Which value of an opening is cleaned from which field by which function."""
        company, request = self.env.company, self.env["fiado.request"]
        partners = self.env["res.partner"].with_prefetch(
            [partner_id for partner_id in partner_ids if isinstance(partner_id, int)]
        )
        # A file has the same customers, accounts and days on many rows: each of them is
        # looked at once.
        find_holder = cache(lambda key: partners.browse(key)._get_fiado_holder())
        find_account = cache(lambda key: request._clean_account(key, company))
        check_open = cache(self.env["fiado.policy"]._check_books_open)

        def clean_partner(partner_id):
            if not partner_id:
                raise UserError(self.env._("Say whose balance it is."))
            return find_holder(request._clean_id(partner_id, self.env._("A customer")))

        def clean_amount(amount):
            return request._clean_movement(amount, company.currency_id, signed=True)

        def clean_account(account_id):
            label = self.env._("The account")
            return find_account(request._clean_id(account_id, label))

        def clean_date(date):
            date = request._clean_past_date(date)
            check_open(date)
            return date

        return [
            ("partner", "partner_id", clean_partner),
            ("amount", "amount", clean_amount),
            ("date", "date", clean_date),
            ("account", "account_id", clean_account),
            ("reference", "reference", self._clean_reference),
        ]

    def _clean_reference(self, reference):
        if isinstance(reference, str):
            reference = reference.strip()
        reference = self.env["fiado.request"]._clean_reference(reference)
        if not reference:
            raise UserError(
                self.env._(
                    "Give each balance a reference of its own, such as the page of the "
                    "notebook: by it, no balance is brought over twice."
                )
            )
        return reference

    def _refuse_references(self, openings):
        """Refuse references that stand for several balances."""
        counts = Counter(opening.reference for opening in openings)
        answered = self.env["fiado.request"]._get_answered(
            self.env.company, filter(None, counts)
        )
        by_reference = answered.grouped("reference")
        for opening in openings:
            if not opening.reference:
                continue
            if counts[opening.reference] > 1:
                opening.refusals.append(
                    self.env._("This reference is there more than once.")
                )
            first = by_reference.get(opening.reference)
            if (
                first
                and not opening.refusals
                and first._is_about_other(METHOD, opening.values)
            ):
                opening.refusals.append(first._get_taken_message())

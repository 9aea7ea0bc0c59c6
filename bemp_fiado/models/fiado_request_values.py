import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

UNFIT_ACCOUNT_TYPES = (
    *("asset_receivable", "liability_payable"),
    *("asset_cash", "liability_credit_card", "off_balance"),
)
MAX_AMOUNT = 1e12
MAX_PAYMENTS = 100
MAX_TEXT_LENGTH = 256
DATE_FORMAT = "%Y-%m-%d"
# What callers may say to have seen.
SHOWN = {"amount_due", "balance", "charges", "last_item_id", "partner_id"}


class FiadoRequest(models.Model):
    """Values from outside, checked and cleaned."""

    _inherit = "fiado.request"

    @api.model
    def _clean_amount(self, amount, currency, signed=False):
        """An amount that a caller sent, as a float rounded to the currency.

        :raises UserError: not a number, negative unless ``signed``, or with fractions
            of the smallest coin
        """
        self._clean_number(amount)
        rounded = currency.round(amount)
        if abs(rounded - amount) > currency.rounding / 1000:
            raise UserError(
                self.env._(
                    "%(amount)s has fractions of the smallest coin of %(currency)s.",
                    amount=amount,
                    currency=currency.name,
                )
            )
        if rounded < 0 and not signed:
            raise UserError(self.env._("An amount can't be negative."))
        return rounded

    @api.model
    def _clean_number(self, amount):
        if isinstance(amount, bool) or not isinstance(amount, (int, float)):
            raise UserError(self.env._("An amount must be a number."))
        # Nor is "not a number" less than anything.
        if not abs(amount) < MAX_AMOUNT:
            raise UserError(self.env._("An amount is not a number or far too large."))
        return amount

    @api.model
    def _clean_movement(self, amount, currency, signed=False):
        """As :meth:`_clean_amount`, for an amount that moves something."""
        amount = self._clean_amount(amount, currency, signed)
        if currency.is_zero(amount):
            raise UserError(self.env._("Type an amount."))
        return amount

    @api.model
    def _clean_account(self, account_id, company):
        """The account on the other side of a movement, elevated.

        :raises UserError: not an account of the company, or one on which a movement
            by hand would leave something open
        """
        account_id = self._clean_id(account_id, self.env._("The account"))
        root = company.sudo().root_id
        account = self.env["account.account"].sudo().browse(account_id).exists()
        if (
            not account.active
            or root not in account.company_ids
            or account.account_type in UNFIT_ACCOUNT_TYPES
            or account == root.fiado_credit_account_id
        ):
            raise UserError(
                self.env._(
                    "Choose an account of %(company)s that is neither receivable, "
                    "payable nor a bank or cash account.",
                    company=company.name,
                )
            )
        return account

    @api.model
    def _clean_date(self, date):
        """A date that a caller sent, or nothing.

        :raises UserError: not a date
        """
        if date is None or date is False or date == "":
            return None
        if isinstance(date, datetime.date):
            return fields.Date.to_date(date)
        try:
            return datetime.datetime.strptime(date, DATE_FORMAT).date()
        except (TypeError, ValueError):
            raise UserError(self.env._("A date must look like 2026-12-31.")) from None

    @api.model
    def _clean_shown(self, shown):
        """What a caller says to have seen: ids and amounts by name.

        :raises UserError: something else
        """
        if shown is None or shown is False:
            return {}
        if not isinstance(shown, dict) or shown.keys() - SHOWN:
            raise UserError(
                self.env._(
                    "What was shown must be given by these names: %(names)s.",
                    names=", ".join(sorted(SHOWN)),
                )
            )
        return {name: self._clean_number(value) for name, value in shown.items()}

    @api.model
    def _clean_past_date(self, date):
        date = self._clean_date(date)
        if not date or date > fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day that is not in the future."))
        return date

    @api.model
    def _clean_reference(self, reference):
        return self._clean_text(reference, self.env._("The reference"))

    @api.model
    def _clean_reason(self, reason, required=True):
        reason = self._clean_text(reason, self.env._("The reason"))
        if required and not (reason and reason.strip()):
            raise UserError(self.env._("Say why: a reason is needed."))
        return reason

    def _clean_text(self, text, label):
        if text is None or text is False or text == "":
            return None
        if not self._is_text(text):
            raise UserError(
                self.env._(
                    "%(label)s must be a text of at most %(length)s characters.",
                    label=label,
                    length=MAX_TEXT_LENGTH,
                )
            )
        return text

    def _is_text(self, text):
        """Whether PostgreSQL can keep it: no zero bytes, no halves of characters."""
        return (
            isinstance(text, str)
            and len(text) <= MAX_TEXT_LENGTH
            and not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
        )

    @api.model
    def _clean_flag(self, flag, label):
        """A yes or no that a caller sent: a text "false" must not count as yes.

        :raises UserError: neither
        """
        if flag is not None and not isinstance(flag, bool):
            raise UserError(self.env._("%(label)s must be true or false.", label=label))
        return bool(flag)

    @api.model
    def _clean_charges(self, charges):
        """Whether late fee and interest are charged, as a caller sent it; ``None``
        where the caller said nothing of them."""
        if charges is None:
            return None
        return self._clean_flag(charges, self.env._("Late fee and interest"))

    @api.model
    def _clean_id(self, record_id, label):
        """An id that a caller sent.

        :raises UserError: not an id
        """
        if (
            isinstance(record_id, bool)
            or not isinstance(record_id, int)
            or not 0 < record_id < 2**31
        ):
            raise UserError(self.env._("%(label)s is not an id.", label=label))
        return record_id

    @api.model
    def _clean_ids(self, record_ids, label):
        """Ids that a caller sent.

        :raises UserError: not a list of ids
        """
        if not isinstance(record_ids, (list, tuple)):
            raise UserError(self.env._("%(label)s is not a list of ids.", label=label))
        return [self._clean_id(record_id, label) for record_id in record_ids]

    @api.model
    def _clean_payments(self, payments, company, currency, payment_type="inbound"):
        """Payments that a caller sent, each with its form and amount checked.

        :raises UserError: what isn't one, or a form that the shop doesn't have
        """
        if not isinstance(payments, (list, tuple)) or not all(
            isinstance(payment, dict)
            and payment.keys() == {"payment_method_line_id", "amount"}
            for payment in payments
        ):
            raise UserError(
                self.env._("Payments must be a list of payment forms with amounts.")
            )
        if len(payments) > MAX_PAYMENTS:
            raise UserError(
                self.env._("No more than %(number)s payments.", number=MAX_PAYMENTS)
            )
        forms = self._get_payment_forms(company, payment_type)
        cleaned = []
        for payment in payments:
            form_id = payment["payment_method_line_id"]
            if type(form_id) is not int or form_id not in forms.ids:
                raise UserError(
                    self.env._(
                        "%(company)s doesn't take payments through this form. "
                        "Choose one of: %(forms)s.",
                        company=company.name,
                        forms=", ".join(forms.mapped("payment_form_name")),
                    )
                )
            amount = self._clean_amount(payment["amount"], currency)
            if currency.is_zero(amount):
                raise UserError(
                    self.env._(
                        "A payment of zero is none: remove it or type its amount."
                    )
                )
            cleaned.append({"payment_method_line_id": form_id, "amount": amount})
        return cleaned

    @api.model
    def _get_payment_forms(self, company, payment_type="inbound"):
        """The payment forms through which a company receives or pays out money by hand,
        in the order in which every screen offers them: through a provider's own, the
        customer is charged online."""
        forms = (
            self.env["account.payment.method.line"]
            .sudo()
            .search(
                [
                    ("payment_type", "=", payment_type),
                    ("payment_provider_id", "=", False),
                    ("journal_id.active", "=", True),
                    ("journal_id.type", "in", ("cash", "bank", "credit")),
                    ("journal_id.company_id", "parent_of", company.id),
                    (
                        "journal_id.currency_id",
                        "in",
                        (False, company.currency_id.id),
                    ),
                ]
            )
        )
        # The till comes first, then the shop's own order.
        return forms.sorted(
            lambda form: (
                form.journal_id.type != "cash",
                form.journal_id.sequence,
                form.sequence,
                form.id,
            )
        )

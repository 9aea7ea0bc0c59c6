from base64 import b64encode

from odoo import models
from odoo.tools.image import image_data_uri

# In dots: a printer of 80 mm slips has some 570 on a line.
CODE_SIZE = 300
# What a bank's app may carry back from a Pix code of this kind.
REFERENCE_LENGTH = 25
# How many characters an amount may have in such a code.
AMOUNT_LENGTH = 13
BRAZILIAN_CODE, EUROPEAN_CODE = "emv_qr", "sct_qr"
# What shops call the payment form of that code.
PIX = "pix"


class ResCompany(models.Model):
    """The codes by which customers pay from their phone: those of Odoo's own, of
    whatever country's addon is installed."""

    _inherit = "res.company"

    def _get_fiado_pay_accounts(self):
        """The company's own bank accounts, elevated, in its order."""
        # Who is at the till knows no bank accounts, and shows them to customers.
        company = self.sudo()
        return company.partner_id.bank_ids.filtered(
            lambda account: account.company_id in (company, company.browse())
        )

    def _get_fiado_pay_account(self, partner):
        """The first of the company's bank accounts that a code can be made for. Their
        order is the company's choice.

        :param partner: who pays
        :return: the account, elevated, and the kind of code, or the error of the first
            account with a kind of its own that isn't complete
        """
        self.ensure_one()
        error = False
        company = self.sudo()
        accounts = self._get_fiado_pay_accounts()
        methods = accounts.get_available_qr_methods_in_sequence()
        for account in accounts:
            for method, _name in methods:
                checked = (partner.sudo(), company.currency_id)
                if account._get_error_messages_for_qr(method, *checked):
                    continue
                incomplete = account._check_for_qr_code_errors(
                    method, 1.0, company.currency_id, partner.sudo(), "", ""
                )
                if not incomplete:
                    return account, method, False
                error = error or incomplete
        return accounts.browse(), False, error

    def _get_fiado_pay_forms(self, account, method, forms):
        """Which payment forms are for what customers pay by the code of an account.

        :param account: as :meth:`_get_fiado_pay_account` returns it, with the method
        :param forms: the forms to choose from, elevated
        :return: those that are called as the code is; where none is, those of the
            journal of this account. Without an account none
        """
        if not account:
            return forms.browse()
        named = forms.browse()
        if method == BRAZILIAN_CODE:
            named = forms.filtered(
                lambda form: PIX in (form.payment_form_name or "").casefold()
            )
        return named or forms.filtered(
            lambda form: form.journal_id.bank_account_id._origin == account
        )

    def _get_fiado_pay_hint(self):
        """What is missing for customers to pay by a code, in a sentence that says what
        to do; ``False`` where nothing is, or no code is known in this country."""
        self.ensure_one()
        company = self.sudo().root_id
        account, _method, error = company._get_fiado_pay_account(company.partner_id)
        if account or not company._knows_fiado_pay_codes():
            return False
        if company.country_code != "BR":
            return error or company._get_fiado_iban_hint()
        if company.currency_id.name != "BRL":
            return self.env._(
                "Pix is paid in reais only: in %(currency)s, papers have no Pix code.",
                currency=company.currency_id.name,
            )
        if not company.partner_id.city:
            return self.env._(
                "Add the city to the company's address: each Pix code says it."
            )
        if not company._get_fiado_pay_accounts():
            return self.env._("Add the company's bank account, with its Pix key.")
        return self.env._(
            "Add a Pix key to the company's bank account: kind of key and key."
        )

    def _get_fiado_iban_hint(self):
        has_code = EUROPEAN_CODE in self._get_fiado_pay_methods()
        if not has_code or self.currency_id.name != "EUR":
            return False
        return self.env._("Add the company's bank account, with its IBAN.")

    def _knows_fiado_pay_codes(self):
        """Whether an addon is installed that makes codes for this company's country or
        its bank accounts."""
        known = self._get_fiado_pay_methods()
        return bool(known) and (self.country_code != "BR" or BRAZILIAN_CODE in known)

    def _get_fiado_pay_methods(self):
        """The kinds of codes that the installed addons make."""
        methods = self._get_fiado_pay_accounts().get_available_qr_methods_in_sequence()
        return [method for method, _name in methods]

    def _get_fiado_pay_code(self, partner, amount, with_picture=True):
        """The code by which a customer pays an amount to this company.

        :param float amount: in company currency, more than zero
        :return: dict as of ``res.partner._get_fiado_pay_code``
        """
        company = self.root_id
        account, method, _error = company._get_fiado_pay_account(partner)
        if not account or len(f"{amount:.2f}") > AMOUNT_LENGTH:
            return {}
        reference = f"FIADO{partner.id}"[:REFERENCE_LENGTH]
        if "include_reference" in account._fields:
            # What is paid for the tab is known by it, whatever invoices do.
            account = account.new({"include_reference": True}, origin=account)
        currency = company.sudo().currency_id
        params = account._get_qr_code_generation_params(
            method, amount, currency, partner.sudo(), reference, ""
        )
        if not params:
            return {}
        is_pix = method == BRAZILIAN_CODE and account.country_code == "BR"
        return {
            "image": with_picture and self._draw_fiado_pay_code(params),
            # Only codes of this kind are also typed: others are for cameras.
            "text": params["value"] if method == BRAZILIAN_CODE else False,
            "label": partner.env._("Pix copy and paste")
            if is_pix
            else partner.env._("Pay by phone"),
            "amount": amount,
            "reference": reference,
        }

    def _draw_fiado_pay_code(self, params):
        size = {"width": CODE_SIZE, "height": CODE_SIZE, "quiet": 1}
        picture = self.env["ir.actions.report"].barcode(**{**params, **size})
        return image_data_uri(b64encode(picture))

"""How a debt is paid online: Odoo's own payment form, on pages of a wallet."""

from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.payment.controllers.portal import PaymentPortal

FLOWS = ("direct", "redirect", "token")


class FiadoOnlinePayment(PaymentPortal):
    """What the portal and the pages of signed links share.

    The page says whose wallet it is, and the server what may be paid; of what the
    browser sends, only the amount and the way of paying count, and both are checked.
    """

    def _get_fiado_amount(self, payable, amount):
        """The amount that was typed, or else all that may be paid."""
        amount = self._cast_as_float(amount) or 0.0
        return amount if 0 < amount <= payable else payable

    def _get_fiado_form(self, holder, company, payer, amount, routes):
        """What Odoo's payment form needs.

        :param payer: whose saved ways of paying are offered; nobody's: none are, and
            none is saved
        :param dict routes: ``transaction_route`` and ``landing_route``
        """
        providers = holder._get_fiado_providers(company, amount)
        env = providers.env
        tokens, may_save = env["payment.token"], dict.fromkeys(providers.ids, False)
        if payer:
            tokens = tokens._get_available_tokens(providers.ids, payer.id)
            may_save = self._compute_show_tokenize_input_mapping(providers)
        return {
            "amount": amount,
            "currency": company.currency_id,
            # Of whoever isn't logged in, forms would show name and address.
            "partner_id": request.env.user.partner_id.id,
            "providers_sudo": providers,
            "payment_methods_sudo": env[
                "payment.method"
            ]._get_compatible_payment_methods(
                providers.ids, holder.id, currency_id=company.currency_id.id
            ),
            "tokens_sudo": tokens,
            "show_tokenize_input_mapping": may_save,
            **routes,
        }

    def _start_fiado_payment(self, holder, company, payer, landing_route, amount, sent):
        """Begin a transaction.

        :param payer: as :meth:`_get_fiado_form` takes it
        :param dict sent: what else the browser sent
        :return: what the payment form needs to go on
        :raises ValidationError: not an amount or a way of paying that is offered
        """
        self._validate_transaction_kwargs(sent)
        payable = holder._get_fiado_payable(company)
        amount = holder._clean_fiado_payable(company, amount, payable["payable"])
        providers = holder._get_fiado_providers(company, amount)
        provider = providers.filtered(lambda p: p.id == sent.get("provider_id"))
        flow = sent.get("flow")
        if not provider or flow not in FLOWS or (flow == "token" and not payer):
            raise ValidationError(
                request.env._(
                    "This way of paying isn't offered any more: open the page again."
                )
            )
        transaction = self._create_transaction(
            provider_id=provider.id,
            payment_method_id=sent.get("payment_method_id"),
            token_id=sent.get("token_id"),
            amount=amount,
            currency_id=company.currency_id.id,
            partner_id=(payer or holder).id,
            flow=flow,
            tokenization_requested=bool(payer and sent.get("tokenization_requested")),
            landing_route=landing_route,
            custom_create_values=holder._prepare_fiado_transaction_vals(payable),
        )
        return transaction._get_processing_values()

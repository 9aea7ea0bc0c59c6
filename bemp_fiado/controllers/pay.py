from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.res_partner_pay_link import PAY_SCOPE
from .link import read_link, render_page
from .online import FiadoOnlinePayment


class FiadoPayController(FiadoOnlinePayment):
    """Where customers see what they owe and pay it, by the signed link in reminders and
    messages: no login, and no more than that, since links are passed on."""

    @http.route(
        "/fiado/pay/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def fiado_pay(self, token, **_kwargs):
        partner, company = read_link(PAY_SCOPE, token)
        return render_page(
            "bemp_fiado.pay_page",
            partner,
            company,
            page=partner and partner._get_fiado_pay_page(company),
            pay_route=f"/fiado/pay/{token}/online",
        )

    @http.route(
        "/fiado/pay/<string:token>/online",
        type="http",
        auth="public",
        methods=["GET"],
        # Odoo's payment form needs what its own public pages have.
        website=True,
        sitemap=False,
        readonly=True,
    )
    def fiado_pay_online(self, token, amount=None, **_kwargs):
        partner, company = read_link(PAY_SCOPE, token)
        page = partner and partner._get_fiado_pay_page(company)
        if not page or not page["is_offered"]:
            return self.fiado_pay(token)
        route = f"/fiado/pay/{token}"
        form = self._get_fiado_form(
            partner,
            company,
            partner.browse(),
            self._get_fiado_amount(page["payable"], amount),
            {"transaction_route": f"{route}/transaction", "landing_route": route},
        )
        return render_page(
            "bemp_fiado.pay_page_online", partner, company, page=page, **form
        )

    @http.route("/fiado/pay/<string:token>/transaction", type="jsonrpc", auth="public")
    def fiado_pay_transaction(self, token, amount=None, access_token=None, **sent):
        partner, company = read_link(PAY_SCOPE, token)
        if not partner:
            raise ValidationError(request.env._("This link doesn't work any more."))
        return self._start_fiado_payment(
            partner.with_env(request.env),
            company,
            partner.browse(),
            f"/fiado/pay/{token}",
            amount,
            sent,
        )

from odoo import http

from ..models.res_partner_pay_link import PAY_SCOPE
from .link import read_link, render_page


class FiadoPayController(http.Controller):
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
    def show(self, token, **_kwargs):
        partner, company = read_link(PAY_SCOPE, token)
        return render_page(
            "bemp_fiado.pay_page",
            partner,
            company,
            page=partner and partner._get_fiado_pay_page(company),
        )

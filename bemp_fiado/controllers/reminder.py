import binascii

from odoo import http
from odoo.http import request
from odoo.tools import verify_hash_signed

from ..models.res_partner_reminder import STOP_SCOPE


class FiadoReminderController(http.Controller):
    """Where customers stop reminders, by the signed link in each e-mail.

    Opening the link changes nothing, since programs that look for bad links open it
    too: only the button on the page does.
    """

    @http.route(
        "/fiado/reminders/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token):
        return self._render(*self._read(token), stopped=False)

    @http.route(
        "/fiado/reminders/<string:token>/stop",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def stop(self, token):
        partner, company = self._read(token)
        if partner:
            partner._fiado_stop_reminders(company)
        return self._render(partner, company, stopped=True)

    def _read(self, token):
        """Whose link it is, and of which company; nothing where it was forged, is too
        old, or the customer isn't the company's any more."""
        env = request.env(su=True)
        try:
            values = verify_hash_signed(env, STOP_SCOPE, token)
        except (ValueError, binascii.Error):
            values = None
        partners, companies = env["res.partner"], env["res.company"]
        if not values:
            return partners, companies
        partner = partners.browse(values[0]).exists()
        company = companies.browse(values[1]).exists()
        if not (partner and company and partner._is_fiado_customer_of(company)):
            return partners, companies
        return partner, company

    def _render(self, partner, company, stopped):
        if partner.lang:
            request.update_context(lang=partner.lang)
        response = request.render(
            "bemp_fiado.reminder_stop",
            {
                # Not to be found by who guesses: a name is all that is said.
                "partner": partner,
                "company": company or request.env.company.sudo(),
                "stopped": stopped and bool(partner),
                "was_stopped": not stopped and partner.no_fiado_reminder,
                "stop_url": f"{request.httprequest.path.removesuffix('/stop')}/stop",
                "no_header": True,
                "no_footer": True,
            },
            status=200 if partner else 404,
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

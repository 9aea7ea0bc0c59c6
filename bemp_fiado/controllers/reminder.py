from odoo import http
from odoo.http import request

from ..models.res_partner_reminder import STOP_SCOPE
from .link import read_link, render_page


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
        return read_link(STOP_SCOPE, token)

    def _render(self, partner, company, stopped):
        return render_page(
            "bemp_fiado.reminder_stop",
            partner,
            company,
            stopped=stopped and bool(partner),
            was_stopped=not stopped and partner.no_fiado_reminder,
            stop_url=f"{request.httprequest.path.removesuffix('/stop')}/stop",
        )

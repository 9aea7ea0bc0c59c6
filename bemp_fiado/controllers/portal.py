from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import content_disposition, request

from ..models.elevation import elevate
from .online import FiadoOnlinePayment

STATEMENT = "bemp_fiado.res_partner_action_report_statement"
# No page is further back: PostgreSQL knows no larger numbers.
MAX_PAGE = 10**6


class FiadoPortal(FiadoOnlinePayment):
    """The customer's own wallet in the portal: of the commercial partner of whoever is
    logged in, and of nobody else."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "fiado_wallet_count" in counters:
            holder = self._get_fiado_holder()
            values["fiado_wallet_count"] = len(holder._get_fiado_own_companies())
        return values

    @http.route(
        ["/my/wallet", "/my/wallet/<int:company_id>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_wallet(self, company_id=None, page=None, **_kwargs):
        holder = self._get_fiado_holder()
        companies, company = self._choose_fiado_company(holder, company_id)
        if company_id and not company:
            return request.not_found()
        values = self._prepare_portal_layout_values()
        values |= {"page_name": "fiado_wallet", "companies": companies}
        if company:
            page = min(max(self._cast_fiado_page(page), 1), MAX_PAGE)
            values["wallet"] = holder._get_fiado_portal_wallet(company, page)
        return request.render("bemp_fiado.portal_my_wallet", values)

    @http.route(
        "/my/wallet/<int:company_id>/statement",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_wallet_statement(self, company_id, **_kwargs):
        holder = self._get_fiado_holder()
        _companies, company = self._choose_fiado_company(holder, company_id)
        if not company:
            return request.not_found()
        holder = elevate(holder).with_company(company)
        reports = holder.env["ir.actions.report"]
        pdf, _type = reports._render_qweb_pdf(STATEMENT, holder.ids)
        name = f"{holder._get_fiado_statement_name()}.pdf"
        return request.make_response(
            pdf,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    @http.route(
        "/my/wallet/<int:company_id>/pay",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_wallet_pay(self, company_id, amount=None, **_kwargs):
        holder = self._get_fiado_holder()
        _companies, company = self._choose_fiado_company(holder, company_id)
        if not company:
            return request.not_found()
        payable = holder._get_fiado_payable(company)
        if not payable["is_offered"]:
            return request.redirect(f"/my/wallet/{company_id}")
        form = self._get_fiado_form(
            holder,
            company,
            request.env.user.partner_id,
            self._get_fiado_amount(payable["payable"], amount),
            {
                "transaction_route": f"/my/wallet/{company_id}/transaction",
                "landing_route": f"/my/wallet/{company_id}",
            },
        )
        values = self._prepare_portal_layout_values()
        return request.render(
            "bemp_fiado.portal_my_wallet_pay",
            values | form | {"page_name": "fiado_wallet_pay", "company": company},
        )

    @http.route("/my/wallet/<int:company_id>/transaction", type="jsonrpc", auth="user")
    def portal_my_wallet_transaction(
        self, company_id, amount=None, access_token=None, **sent
    ):
        holder = self._get_fiado_holder()
        _companies, company = self._choose_fiado_company(holder, company_id)
        if not company:
            raise ValidationError(request.env._("You have no wallet there."))
        return self._start_fiado_payment(
            holder,
            company,
            request.env.user.partner_id,
            f"/my/wallet/{company_id}",
            amount,
            sent,
        )

    def _get_fiado_holder(self):
        return request.env.user.partner_id.commercial_partner_id

    def _choose_fiado_company(self, holder, company_id):
        """The companies in which the customer has a wallet, and the one of them that
        was asked for, or the first; none where it isn't one of these."""
        companies = holder._get_fiado_own_companies()
        if not company_id:
            return companies, companies[:1]
        return companies, companies.filtered(lambda company: company.id == company_id)

    def _cast_fiado_page(self, page):
        return int(page) if page and page.isdecimal() and len(page) < 10 else 1

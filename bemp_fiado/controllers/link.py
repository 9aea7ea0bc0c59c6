"""Pages that customers open by a signed link, without logging in."""

from odoo.http import request


def read_link(scope, token):
    """Whose link it is, and of which company: nobody's where it isn't one."""
    return request.env(su=True)["res.partner"]._read_fiado_link(scope, token)


def render_page(template, partner, company, **values):
    """A page for a customer, in the customer's language. All that isn't a link has the
    same page, whatever is wrong with it.

    :param partner: whose link it is; nobody's: what it is for is never said
    """
    if partner.lang:
        request.update_context(lang=partner.lang)
    response = request.render(
        template,
        {
            "partner": partner,
            "company": company or request.env.company.sudo(),
            "no_header": True,
            "no_footer": True,
            **values,
        },
        status=200 if partner else 404,
    )
    # Not to be kept, found or told to others.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

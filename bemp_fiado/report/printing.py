"""What browsers print themselves: reports as pages, without a PDF in between."""

import json
from urllib.parse import urlencode


def get_done_action(message, page, has_to_print, whatsapp, email=False):
    """The client action that says what was done, prints the paper of it or offers to,
    and closes the dialog.

    :param str page: the address of the paper, as :func:`get_page` returns it
    :param bool has_to_print: whether it is printed at once
    :param whatsapp: the link that opens WhatsApp, or ``False``
    :param email: the ids of the wallet entries whose receipt can be sent by e-mail, or
        ``False``
    """
    return {
        "type": "ir.actions.client",
        "tag": "bemp_fiado.done",
        "params": {
            "message": message,
            "slip": page,
            "print": page if has_to_print else False,
            "whatsapp": whatsapp,
            "email": email,
            "next": {"type": "ir.actions.act_window_close"},
        },
    }


def get_page(report_name, records):
    """The address of a report as a page.

    Odoo takes the language of such pages from the browser: it is told the user's.
    """
    ids = ",".join(map(str, records.ids))
    query = urlencode({"context": json.dumps({"lang": records.env.lang})})
    return f"/report/html/{report_name}/{ids}?{query}"

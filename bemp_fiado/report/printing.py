"""What browsers print themselves: reports as pages, without a PDF in between."""

import json
from urllib.parse import urlencode


def get_page(report_name, records):
    """The address of a report as a page.

    Odoo takes the language of such pages from the browser: it is told the user's.
    """
    ids = ",".join(map(str, records.ids))
    query = urlencode({"context": json.dumps({"lang": records.env.lang})})
    return f"/report/html/{report_name}/{ids}?{query}"

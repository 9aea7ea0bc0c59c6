import json
from urllib.parse import parse_qs, urlsplit

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.web.controllers.report import ReportController


class FiadoReportController(ReportController):
    @http.route()
    def report_download(self, data, *args, **kwargs):
        response = super().report_download(data, *args, **kwargs)
        # Odoo gives a file the report's own name, without customer and day, where its
        # choice came from a screen or is of several records.
        url = urlsplit(json.loads(data)[0])
        name, _slash, docids = url.path.removeprefix("/report/pdf/").partition("/")
        report = request.env.get(f"report.{name}")
        if hasattr(report, "_get_file_name"):
            [options] = parse_qs(url.query).get("options", ["{}"])
            docids = [int(docid) for docid in docids.split(",") if docid.isdigit()]
            file_name = report._get_file_name(docids, json.loads(options))
            response.headers["Content-Disposition"] = content_disposition(
                f"{file_name}.pdf"
            )
        return response

import re

from stdnum.br import cnpj

from odoo import models
from odoo.tools import html2plaintext

from odoo.addons.base.models.ir_actions_report import _wkhtml


class ResCompany(models.Model):
    """What papers say of the company."""

    _inherit = "res.company"

    def _get_fiado_letterhead(self):
        """What a letterhead says besides the company's details, in which shops often
        write these themselves.

        :return: dict: ``name`` and ``vat``, ``False`` where the details say them;
            ``name_as_logo``, whether the name stands where the logo would
        """
        details = self._get_fiado_bare(html2plaintext(self.company_details or ""))
        name_as_logo = not self.logo or self.uses_default_logo
        is_named = name_as_logo or self._get_fiado_bare(self.name) in details
        has_vat = self.vat and self._get_fiado_bare(self.vat) not in details
        return {
            "name": not is_named and self.name,
            "name_as_logo": name_as_logo,
            "vat": bool(has_vat) and self._get_fiado_vat(),
        }

    def _get_fiado_page_style(self, report_type):
        """The style by which a page of paper looks the same in the PDFs of a patched
        wkhtmltopdf and of an unpatched one: this prints everything smaller, and leaves
        gaps between the rows where it wrongly expects a page to end, unless the page is
        nothing that it would part."""
        if report_type != "pdf":
            return ""
        return "zoom: 0.66;" if _wkhtml().is_patched_qt else "overflow: auto;"

    def _get_fiado_vat(self):
        """The company's tax number with what it is called, as papers say it."""
        if self.country_id.code == "BR" and cnpj.is_valid(self.vat):
            return f"CNPJ: {cnpj.format(self.vat)}"
        label = self.country_id.vat_label or self.env._("VAT")
        return f"{label}: {self.vat}"

    def _get_fiado_bare(self, text):
        """A text without what numbers and names are written with."""
        return re.sub(r"\W", "", text).lower()

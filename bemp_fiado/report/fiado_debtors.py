from odoo import api, models
from odoo.exceptions import UserError

from .fiado_pages import get_height, split_into_pages

# How many characters of a name and of a phone number fit in a line of their columns.
WIDTHS = (26, 17)


class ReportFiadoDebtors(models.AbstractModel):
    """The printed list of the customers in debt, a table for each page."""

    _name = "report.bemp_fiado.fiado_debtors"
    _description = "Printed Customers in Debt"

    @api.model
    def _get_report_values(self, docids, data=None):
        # Who paid meanwhile is no debtor any more.
        wallets = self.env["fiado.wallet"].browse(docids).exists()
        wallets = wallets.filtered(lambda wallet: wallet.debt > 0)
        if not wallets:
            raise UserError(self.env._("No customer owes anything: nothing to print."))
        return {
            "doc_ids": wallets.ids,
            "doc_model": wallets._name,
            "docs": wallets,
            "lists": [
                self._get_list(company, wallets)
                for company, wallets in wallets.grouped("company_id").items()
            ],
        }

    @api.model
    def _get_file_name(self, docids, data):
        return self.env["fiado.wallet"].browse(docids)._get_debtors_name()

    def _get_list(self, company, wallets):
        wallets = wallets.sorted("debt", reverse=True)
        return {
            # Who reads wallets may read what a letter says of the company.
            "company": company.sudo(),
            "currency": company.sudo().currency_id,
            "wallets": wallets,
            "pages": split_into_pages(
                wallets,
                lambda wallet: get_height(
                    (wallet.partner_id.name, wallet.phone), WIDTHS
                ),
                below=1,
            ),
        }

from odoo import models


class AccountMove(models.Model):
    """The bill of a settlement takes off what its professional bought."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        for bill in posted.filtered(lambda move: move.is_purchase_document()):
            accounts = bill.company_id._get_deduction_accounts()
            items = bill.line_ids.filtered(
                lambda line, accounts=accounts: (
                    line.account_id in accounts and not line.reconciled
                )
            )
            if items:
                agent = bill.commercial_partner_id
                open_items = agent._get_deduction_items(bill.company_id)
                (items.sudo() | open_items).reconcile()
        return posted

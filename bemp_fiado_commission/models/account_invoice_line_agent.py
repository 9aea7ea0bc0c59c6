from odoo import models


class AccountInvoiceLineAgent(models.Model):
    _inherit = "account.invoice.line.agent"

    # The commissions of a period, and those of one professional in it.
    _fiado_period_idx = models.Index("(invoice_date, agent_id)")

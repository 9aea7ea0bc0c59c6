from odoo import api, fields, models
from odoo.fields import Command


class CommissionSettlement(models.Model):
    """What a professional bought is taken off the bill of the next settlement: never
    more than there is to settle, and the rest waits for the one after it.

    What is still to deduct is what is open on the account of such purchases: neither
    the settlement nor the order keeps an amount of its own.
    """

    _inherit = "commission.settlement"

    deduction = fields.Monetary(
        string="Purchases Still to Deduct",
        help="What was bought in internal sales and no bill took off yet.",
        compute="_compute_deduction",
    )

    @api.depends("agent_id", "company_id")
    def _compute_deduction(self):
        for settlement in self:
            settlement.deduction = settlement.agent_id._get_deduction(
                settlement.company_id
            )

    def _prepare_invoice(self, journal, product, date=False):
        values = super()._prepare_invoice(journal, product, date)
        line = self._prepare_deduction_line()
        if line:
            values["invoice_line_ids"].append(Command.create(line))
        return values

    def _prepare_deduction_line(self):
        """The line that takes off what these settlements' professional bought, or gives
        back what was taken off too much; nothing where neither is."""
        company, agent = self.company_id, self._get_invoice_partner()
        if self.currency_id != company.currency_id:
            return None
        deduction = agent._get_deduction(company)
        amount = min(deduction, max(sum(self.mapped("total")), 0.0))
        account = agent._get_deduction_items(company).account_id[:1]
        if not account or company.currency_id.is_zero(amount):
            return None
        return {
            "name": self.env._("Purchases deducted"),
            "quantity": 1.0,
            "price_unit": -amount,
            "account_id": account.id,
            "tax_ids": [Command.clear()],
        }

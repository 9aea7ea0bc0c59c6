from odoo import models
from odoo.exceptions import UserError

# In the context of a closing that may be deducted. RPC can't send it.
DEDUCTION = object()


class SaleOrder(models.Model):
    """An internal sale to a professional is paid at once, or deducted from what the
    commissions' settlement will pay: never left as debt."""

    _inherit = "sale.order"

    def _takes_deduction(self):
        """Whether this is an internal sale to somebody who gets commissions."""
        self.ensure_one()
        order = self.sudo()
        return order.order_type == "internal" and order.wallet_partner_id.agent

    def _get_deduction_forms(self):
        self.ensure_one()
        if not self._takes_deduction():
            return self.env["account.payment.method.line"]
        return self.company_id._get_deduction_forms()

    def _clean_closing(self, *values):
        order = self
        if self._takes_deduction():
            order = self.with_context(fiado_deduction=DEDUCTION)
        return super(SaleOrder, order)._clean_closing(*values)

    def _check_wallet_use(self, wallet, due, values):
        result = super()._check_wallet_use(wallet, due, values)
        forms = self._get_deduction_forms()
        deducted = sum(
            payment["amount"]
            for payment in values["payments"]
            if payment["payment_method_line_id"] in forms.ids
        )
        if self.currency_id.compare_amounts(deducted, max(due, 0.0)) > 0:
            raise UserError(
                self.env._(
                    "This sale only takes %(due)s: deduct no more than that from the "
                    "commission.",
                    due=self.currency_id.format(max(due, 0.0)),
                )
            )
        return result

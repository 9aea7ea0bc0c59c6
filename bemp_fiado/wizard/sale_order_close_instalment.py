from odoo import api, fields, models


class SaleOrderClose(models.TransientModel):
    """What is left as debt, in instalments: to be chosen where some is left, and the
    shop has payment terms that split it."""

    _inherit = "sale.order.close"

    payment_term_ids = fields.Many2many(
        "account.payment.term",
        string="Ways to Split",
        compute="_compute_payment_term_ids",
    )
    payment_term_id = fields.Many2one("account.payment.term", string="Instalments")
    can_split = fields.Boolean(compute="_compute_can_split")

    @api.depends("company_id")
    def _compute_payment_term_ids(self):
        request = self.env["fiado.request"]
        for close in self:
            close.payment_term_ids = request._get_payment_terms(close.company_id)

    @api.depends("payment_term_ids", "balance", "wallet_credit")
    def _compute_can_split(self):
        for close in self:
            left = -close._get_movement() - max(close.wallet_credit, 0.0)
            close.can_split = (
                bool(close.payment_term_ids)
                and close.currency_id == close.wallet_currency_id
                and close.currency_id.compare_amounts(left, 0.0) > 0
            )

    def _get_movement(self):
        """What this adds to the wallet, negative: takes from it."""
        paid = sum(self.payment_ids.mapped("amount")) + self.advance_used
        return self.currency_id.round(paid - self.amount_due)

    def _get_chosen_term(self):
        """The payment terms that split the new debt, where some is left: the choice of
        before stays when the amounts change."""
        return self.payment_term_id if self.can_split else self.payment_term_id.browse()

    def _get_instalments(self, wallet, new_debt):
        term = self._get_chosen_term() & self.payment_term_ids._origin
        return self.env["fiado.ledger"]._get_instalments(wallet, new_debt, term.id)

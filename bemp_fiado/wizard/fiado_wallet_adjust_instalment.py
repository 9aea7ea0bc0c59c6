from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class FiadoWalletAdjust(models.TransientModel):
    """A debt that a manager splits into instalments."""

    _inherit = "fiado.wallet.adjust"

    payment_term_ids = fields.Many2many(
        "account.payment.term",
        string="Ways to Split",
        compute="_compute_payment_term_ids",
    )
    payment_term_id = fields.Many2one("account.payment.term", string="Instalments")

    @api.depends("company_id")
    def _compute_payment_term_ids(self):
        request = self.env["fiado.request"]
        for adjust in self:
            adjust.payment_term_ids = request._get_payment_terms(adjust.company_id)

    def _get_to_show(self):
        shown = super()._get_to_show()
        if shown:
            # Splitting a debt leaves the balance: who looks at the same wallet at the
            # same time sees it in this.
            holder = self.partner_id.commercial_partner_id._origin
            shown["last_item_id"] = holder._get_fiado_last_item_id(
                self.company_id.sudo().root_id
            )
        return shown

    def _get_forecast(self):
        if self.operation == "renegotiate":
            return self._get_split_forecast()
        return super()._get_forecast()

    def _get_split_forecast(self):
        """The plan, and what it changes, in sentences.

        :raises UserError: less is owed, or it can't be split
        """
        wallet = self._get_wallet()
        term = self.payment_term_id & self.payment_term_ids._origin
        if not wallet or not term or self.currency_id.is_zero(self.amount):
            return None
        holder = wallet.partner
        holder._check_fiado_renegotiable(wallet, self.amount)
        currency = self.currency_id
        instalments = self.env["fiado.ledger"]._get_instalments(
            wallet, self.amount, term.id
        )
        sentences = [
            self.env._(
                "%(amount)s of %(customer)s's debt are due in %(instalments)s.",
                amount=currency.format(self.amount),
                customer=holder.name,
                instalments=self.env["fiado.policy"]._get_instalments_text(
                    instalments, currency
                ),
            )
        ]
        if wallet.get_days_overdue(fields.Date.context_today(self)):
            sentences.append(
                self.env._(
                    "What of this was overdue since %(date)s no longer is.",
                    date=format_date(self.env, wallet.debt_due),
                )
            )
        sentences.append(
            self.env._(
                "The balance stays: %(customer)s owes %(debt)s.",
                customer=holder.name,
                debt=currency.format(wallet.debt),
            )
        )
        return " ".join(sentences)

    def _apply_renegotiate(self, partner, **sent):
        if not self.payment_term_id:
            raise UserError(self.env._("Choose how the debt is split."))
        return partner.fiado_renegotiate(
            self.payment_term_id.id, self.reason, self.amount, **sent
        )

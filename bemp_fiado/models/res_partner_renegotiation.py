from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """A debt that is put into instalments."""

    _inherit = "res.partner"

    def fiado_renegotiate(
        self, payment_term_id, reason, amount=None, reference=None, shown=None
    ):
        """Put what the customer owes into instalments, counted from today. The balance
        stays; what was overdue no longer is, so that the customer may buy on fiado
        again. A promise to pay is over with what was promised.

        The debt stays as old as it was: ``debt_since`` of the debtors' list, and
        ``fiado_since`` of the journal items, are those of the debts that the
        instalments stand for, since nothing was paid.

        :param int payment_term_id: Odoo's payment terms that split it: of several
            percentages
        :param str reason: why
        :param float amount: how much of the debt, the oldest first, in company
            currency; ``None``: all of it
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, any of ``{"partner_id",
            "balance", "last_item_id"}`` of the wallet (the last: the newest journal
            item that is open on its debt): refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be split so; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        term = request._clean_payment_term(payment_term_id, company)
        if amount is not None:
            amount = request._clean_movement(amount, company.currency_id)
        reason = request._clean_reason(reason)
        values = {"payment_term_id": term.id, "amount": amount, "reason": reason}

        def operation(reference):
            ledger = self.env["fiado.ledger"]
            wallet = ledger._open_wallet(holder, company)
            owed = wallet.debt if amount is None else amount
            holder._check_fiado_renegotiable(wallet, owed)
            return ledger._renegotiate(
                wallet,
                owed,
                term.id,
                ref=reason,
                company_id=company.id,
                fiado_reference=reference,
            )

        return holder._fiado_once(
            "fiado_renegotiate", values, reference, operation, shown
        )

    def _check_fiado_renegotiable(self, wallet, amount):
        """So much of this customer's debt may be put into instalments."""
        if not wallet.company.fiado_enabled:
            raise UserError(
                self.env._(
                    "Fiado is switched off in this shop: what %(customer)s owes is "
                    "received or forgiven, and not put into instalments.",
                    customer=self.name,
                )
            )
        if wallet.debt <= 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes nothing: there is nothing to split.",
                    customer=self.name,
                )
            )
        self._check_fiado_debt(wallet, amount)

from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Late fee and interest of one customer."""

    _inherit = "res.partner"

    def fiado_charge(self, reference=None, shown=None):
        """Charge late fee and interest until today, without a payment: they become
        debt, due at once. Charged again the same day, there is nothing.

        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, any of ``{"partner_id",
            "balance", "charges"}`` (the wallet's balance, and what is charged):
            refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: there is nothing to charge; says why
        :raises AccessError: the user doesn't manage wallets
        """
        policy = self.env["fiado.policy"]
        policy._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        shown = self.env["fiado.request"]._clean_shown(shown)

        def operation(reference):
            ledger = self.env["fiado.ledger"]
            wallet = ledger._open_wallet(holder, company)
            charges = policy._get_charges(wallet, True, shown)
            if not charges:
                raise UserError(holder._get_fiado_nothing_to_charge(wallet))
            return ledger._charge(
                wallet, charges, company_id=company.id, fiado_reference=reference
            )

        return holder._fiado_once("fiado_charge", {}, reference, operation, shown)

    def _get_fiado_nothing_to_charge(self, wallet):
        if not self.env["fiado.ledger"]._get_charge_terms(wallet.company):
            return self.env._(
                "This shop charges no late fee and no interest: the owner sets them in "
                "the settings of Fiado."
            )
        return self.env._(
            "There is no late fee or interest to charge: %(customer)s has no overdue "
            "debt on which it wasn't charged already.",
            customer=self.name,
        )

    def _read_fiado_charges(self, company, date=None):
        """What this customer would pay of late fee and interest.

        :param company: any company
        :return: amount in company currency
        """
        ledger = self.env["fiado.ledger"]
        if not ledger._get_charge_terms(company):
            return 0.0
        holder = self.commercial_partner_id
        wallet = ledger._read_wallets(holder, company)[holder]
        return ledger._read_charges([wallet], date)[holder].amount

from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner import WALLET_READERS


class ResPartner(models.Model):
    """Late fee and interest of one customer."""

    _inherit = "res.partner"

    fiado_charges = fields.Monetary(
        string="Late Charges",
        help="Late fee and interest until today, which are charged with the payment.",
        compute="_compute_fiado_charges",
        groups=WALLET_READERS,
    )
    fiado_debt_today = fields.Monetary(
        string="If Paid Today",
        help="What the customer pays today with late fee and interest.",
        compute="_compute_fiado_charges",
        groups=WALLET_READERS,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_charges(self):
        owed = self.commercial_partner_id._origin._get_fiado_owed_today(
            self.env.company, only_charged=True
        )
        for partner in self:
            holder = partner.commercial_partner_id._origin
            debt, charges = owed.get(holder, (0.0, 0.0))
            partner.fiado_charges = charges
            partner.fiado_debt_today = debt + charges

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

    def _get_fiado_received_ref(self, wallet, charges):
        """What a movement by which money is received says: also what was left off, so
        that the owner sees it.

        :param charges: as :meth:`fiado_receive` takes them, cleaned
        """
        if charges is False:
            left_off = self.env["fiado.ledger"]._read_charges([wallet])[wallet.partner]
            if left_off:
                return self.env._(
                    "Received from %(customer)s, %(amount)s of late fee and interest "
                    "left off",
                    customer=self.name,
                    amount=wallet.company.currency_id.format(left_off.amount),
                )
        return self.env._("Received from %(customer)s", customer=self.name)

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

    def _get_fiado_owed_today(self, company, date=None, only_charged=False):
        """What these customers owe, and what they would pay of late fee and interest,
        read at once.

        :param company: any company
        :param date: until which day it is charged; today by default
        :param bool only_charged: whether nothing is read where nothing is charged
        :return: dict of ``(debt, charges)`` by commercial partner, in company currency
        """
        ledger = self.env["fiado.ledger"]
        if only_charged and not ledger._get_charge_terms(company):
            return {}
        wallets = ledger._read_wallets(self, company)
        charges = ledger._read_charges(list(wallets.values()), date)
        return {
            partner: (wallet.debt, charges[partner].amount)
            for partner, wallet in wallets.items()
        }

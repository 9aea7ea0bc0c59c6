from odoo import api, models
from odoo.exceptions import UserError


class FiadoPolicy(models.AbstractModel):
    """Whether late fee and interest are charged with an operation."""

    _inherit = "fiado.policy"

    @api.model
    def _get_charges(self, wallet, wanted, shown):
        """What an operation charges on a wallet before it moves it.

        :param Wallet wallet: as ``fiado.ledger._open_wallet`` returned it
        :param wanted: whether to charge: ``True``; ``False``, what there is to charge
            is left off; or ``None``, where the caller knows nothing of charges
        :param dict shown: what the caller decided on, cleaned
        :return: as ``fiado.ledger._read_charges``; nothing where nothing is charged
        :raises UserError: it is something else by now, or the user may not leave it off
        """
        if wanted is None and "charges" not in shown:
            return None
        charges = self.env["fiado.ledger"]._read_charges([wallet])[wallet.partner]
        self._check_unchanged(
            shown, {"charges": charges.amount}, wallet.company.currency_id
        )
        if wanted:
            return charges
        if charges and wanted is False:
            refusal = self._get_waiver_refusal(wallet.company)
            if refusal:
                raise UserError(refusal)
        return None

    @api.model
    def _get_waiver_refusal(self, company):
        """Why this user may not leave late fee and interest off, or nothing.

        :return: a sentence, or ``None``
        """
        # The rights are the user's, also where the operation itself runs elevated.
        if self._is_manager() or company.sudo().root_id.fiado_cashier_waives_charges:
            return None
        return self.env._(
            "Late fee and interest are charged with the payment: ask who manages the "
            "customers' wallets to leave them off."
        )

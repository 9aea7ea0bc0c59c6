from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.bemp_fiado.wallet import CREDIT, DEBT

from ..till import RECEIPT, REFUND


class FiadoPolicy(models.AbstractModel):
    """What may become of a wallet at the point of sale: the rules of the back office,
    in its own sentences."""

    _inherit = "fiado.policy"

    @api.model
    def _get_till_refusal(self, wallet, partners, company, movement, kind):
        """Why a point of sale may not move a wallet so, or nothing. Limits are not
        among it: see ``_get_limit_refusal``.

        Whoever stands there settles what is in the wallet: who may sell takes credit
        and pays debts. Only who may leave balances leaves new ones.

        :param Wallet wallet: before it moves
        :param partners: who bought and whose wallet it is
        :param company: the company in which
        :param float movement: positive in the customer's favour, in company currency
        :param str kind: of what the order is: a sale, a refund or a receipt
        :return: a sentence, or ``None``
        """
        currency = wallet.company.currency_id
        if kind == RECEIPT:
            if currency.compare_amounts(movement, 0.0) < 0:
                return self.env._(
                    "Nothing is sold. Credit is paid out in the back office: press "
                    "“Manage” on the wallet of %(customer)s.",
                    customer=wallet.partner.name,
                )
            try:
                wallet.partner._check_fiado_switched_on(wallet, movement)
            except UserError as refusal:
                return str(refusal)
            return None
        # What credit and debt that were there don't settle.
        left = dict(wallet.split(movement)).get(CREDIT if movement > 0 else DEBT)
        if not left:
            return None
        if kind == REFUND and left > 0:
            return self._get_refund_refusal(partners, company)
        return self._get_balance_refusal(partners, company, left)

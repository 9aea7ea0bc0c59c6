import logging
from functools import partial

from odoo import api, models

_logger = logging.getLogger(__name__)


class FiadoLedger(models.AbstractModel):
    """The log of what moved in the wallets."""

    _inherit = "fiado.ledger"

    @api.model
    def _log_movements(self, lines, event):
        """Have a log line for each movement of a wallet once it is committed. It holds
        ids and amounts, and nothing that says who somebody is.

        :param lines: journal items on wallet accounts
        :param str event: ``posted`` or ``undone``
        """
        movements = lines.grouped(lambda line: (line.move_id, line.partner_id))
        for (move, partner), items in movements.items():
            values = {
                "move": move.id,
                "company": move.company_id.id,
                "partner": partner.id,
                "amount": f"{-sum(items.mapped('balance')):.2f}",
                "currency": move.company_id.currency_id.name,
                "origin": move.fiado_origin or "accounting",
                "order": move.fiado_order_id.id or "-",
                "user": self.env.uid,
            }
            text = " ".join(f"{name}={value}" for name, value in values.items())
            self.env.cr.postcommit.add(
                partial(_logger.info, "wallet movement %s: %s", event, text)
            )

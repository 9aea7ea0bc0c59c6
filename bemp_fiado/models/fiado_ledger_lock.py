import zlib

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.http import request
from odoo.tools import SQL

from ..turns import take_turn

# The first half of the lock on a customer's turn.
TURN = zlib.crc32(b"bemp_fiado.turn") >> 1


class FiadoLedger(models.AbstractModel):
    """How one movement of a wallet waits for another."""

    _inherit = "fiado.ledger"

    @api.model
    def _take_turn(self, partner):
        """Have one call at a time on a wallet, in the order in which they came. To be
        called before anything is written.

        :raises ConcurrencyError: others came first; Odoo runs the call again
        """
        # Only what comes from outside is run again.
        if request:
            take_turn(self.env, TURN, partner.id)

    @api.model
    def _lock(self, partners):
        if not partners:
            return
        # A lock alone would leave this transaction with its old snapshot. The update
        # makes a concurrent one fail to serialise, and Odoo runs it again on the new
        # state. In order of id, so that two of them never wait for each other.
        partners.flush_recordset(["fiado_moved_at"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM res_partner WHERE id IN %s ORDER BY id
                       FOR NO KEY UPDATE
                )
                UPDATE res_partner
                   SET fiado_moved_at = clock_timestamp() AT TIME ZONE 'UTC'
                  FROM locked
                 WHERE res_partner.id = locked.id
             RETURNING res_partner.id
                """,
                tuple(partners.ids),
            )
        )
        partners.invalidate_recordset(["fiado_moved_at"], flush=False)
        if len(rows) != len(partners):
            raise MissingError(
                self.env._("This customer was deleted meanwhile. Reload the page.")
            )

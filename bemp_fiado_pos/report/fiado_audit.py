from odoo import models
from odoo.tools import SQL


class FiadoAudit(models.AbstractModel):
    """What is wrong with what the points of sale moved."""

    _inherit = "fiado.audit"

    def _get_queries(self, scope):
        return [*super()._get_queries(scope), self._get_pos_query(scope)]

    def _get_labels(self):
        return {
            **super()._get_labels(),
            "pos_payment": self.env._(
                "an order of a point of sale moved the wallet by another amount than "
                "was paid from it"
            ),
        }

    def _is_waiting(self):
        """A movement of a point of sale waits for the end of its session."""
        return SQL(
            """
            (%s OR EXISTS (
                SELECT FROM account_move movement
                  JOIN pos_order ON pos_order.id = movement.fiado_pos_order_id
                  JOIN pos_session ON pos_session.id = pos_order.session_id
                 WHERE movement.id = checked.move_id
                   AND pos_session.state != 'closed'))
            """,
            super()._is_waiting(),
        )

    def _get_pos_query(self, scope):
        """What the orders' payments take from wallets is what their movements took."""
        return SQL(
            """
            SELECT 'pos_payment', item.partner_id, company.id,
                   -COALESCE(item.paid, 0), -COALESCE(moved.amount, 0)
              FROM (SELECT pos_order.id, pos_order.company_id,
                           partner.commercial_partner_id AS partner_id,
                           SUM(payment.amount) AS paid
                      FROM pos_order
                      JOIN res_partner partner ON partner.id = pos_order.partner_id
                      JOIN pos_payment payment ON payment.pos_order_id = pos_order.id
                      JOIN pos_payment_method method
                        ON method.id = payment.payment_method_id AND method.fiado
                     WHERE pos_order.state IN ('paid', 'done')
                  GROUP BY pos_order.id, partner.commercial_partner_id) item
                   %(of_companies)s
         LEFT JOIN LATERAL (
                   SELECT SUM(line.balance) AS amount
                     FROM account_move movement
                     JOIN account_move_line line
                       ON line.move_id = movement.id
                      AND line.account_id IN %(accounts)s
                    WHERE movement.fiado_pos_order_id = item.id
                      AND movement.state = 'posted') moved ON TRUE
             WHERE item.paid != COALESCE(moved.amount, 0) %(partners)s
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

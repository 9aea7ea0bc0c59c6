from odoo import models
from odoo.tools import SQL


class FiadoAudit(models.AbstractModel):
    """What is wrong with movements: their other side, and what took them back."""

    _inherit = "fiado.audit"

    def _get_counterparts_query(self, scope):
        """The other side of each movement where that is a receivable: all of it settles
        posted entries of the same customer, and the movement knows which."""
        return SQL(
            """
            WITH checked AS (
                SELECT item.*, odd_item.unmatched
                  FROM %(odd_items)s odd_item
                  JOIN (%(counterparts)s) item ON item.id = odd_item.id
            ), odd AS MATERIALIZED (%(odd)s)
            SELECT 'counterpart_open', checked.partner_id, company.id, 0::numeric,
                   CASE WHEN open != 0 THEN open ELSE unmatched END
              FROM checked
              JOIN res_company company ON company.fiado_journal_id = checked.journal_id
             WHERE NOT %(is_waiting)s
             UNION ALL
            SELECT difference.name, odd.partner_id, company.id, 0, odd.amount
              FROM odd
              JOIN account_move move ON move.id = odd.move_id
              JOIN res_company company ON company.fiado_journal_id = move.journal_id
         LEFT JOIN res_partner own ON own.id = odd.partner_id
         LEFT JOIN res_partner other ON other.id = odd.other_partner_id
         LEFT JOIN account_payment payment ON payment.move_id = odd.other_move_id
        CROSS JOIN LATERAL (VALUES
                   ('unposted_match', is_unposted),
                   ('other_customer',
                    other.commercial_partner_id != own.commercial_partner_id),
                   ('document_unknown',
                    is_unknown AND NOT %(is_taken_back)s
                    -- What was paid in advance is not taken back with the movement.
                    AND (payment.id IS NULL OR payment.fiado_origin IS NOT NULL))
                   ) difference (name, is_there)
             WHERE is_there
            """,
            counterparts=self._get_counterparts(scope),
            odd_items=scope["odd_items"],
            odd=self._get_odd_matches(scope),
            is_taken_back=self._is_taken_back(),
            is_waiting=self._is_waiting(),
        )

    def _get_counterparts(self, scope):
        return SQL(
            """
            SELECT item.id, item.move_id, item.partner_id, item.journal_id,
                   item.amount_residual AS open
              FROM account_move_line item
             WHERE item.journal_id IN %(journals)s
               AND item.account_id IN %(receivables)s
               AND item.parent_state = 'posted' %(partners)s
            """,
            **scope,
        )

    def _get_odd_matches(self, scope):
        """Matches of the other side of movements that are odd."""
        return SQL(
            """
            WITH item AS NOT MATERIALIZED (%(counterparts)s),
                 match AS NOT MATERIALIZED (
                SELECT item.*, -match.amount AS amount,
                       match.credit_move_id AS other_id
                  FROM item
                  JOIN account_partial_reconcile match ON match.debit_move_id = item.id
                 UNION ALL
                SELECT item.*, match.amount, match.debit_move_id
                  FROM item
                  JOIN account_partial_reconcile match ON match.credit_move_id = item.id
            )
            SELECT match.move_id, match.partner_id, match.amount,
                   other.move_id AS other_move_id,
                   other.partner_id AS other_partner_id,
                   other.parent_state != 'posted' AS is_unposted,
                   known.move_id IS NULL
                       AND other.journal_id NOT IN %(journals)s AS is_unknown
              FROM match
              JOIN account_move_line other ON other.id = match.other_id
         LEFT JOIN fiado_move_document_rel known
                ON known.move_id = match.move_id
               AND known.document_id = other.move_id
             WHERE other.parent_state != 'posted'
                OR other.partner_id != match.partner_id
                OR known.move_id IS NULL
                   AND other.journal_id NOT IN %(journals)s
            """,
            counterparts=self._get_counterparts(scope),
            **scope,
        )

    def _get_opposites_query(self, scope):
        """What takes a movement back is matched with the movement itself."""
        return SQL(
            """
            SELECT 'opposite', item.partner_id, company.id, 0, SUM(item.balance)
              FROM account_move move
              JOIN account_move movement
                ON movement.id = move.reversed_entry_id
               AND movement.journal_id = move.journal_id
              JOIN account_move_line item
                ON item.move_id = move.id
               AND item.account_id IN %(accounts)s
                   %(of_companies)s
             WHERE move.journal_id IN %(journals)s
               AND move.state = 'posted'
               AND NOT EXISTS (
                       SELECT FROM account_move_line own
                         JOIN account_partial_reconcile match
                           ON own.id IN (match.debit_move_id, match.credit_move_id)
                         JOIN account_move_line other
                           ON other.id = match.debit_move_id + match.credit_move_id
                                         - own.id
                        WHERE own.move_id = move.id
                          AND own.account_id IN %(accounts)s
                          AND other.move_id = movement.id) %(partners)s
          GROUP BY move.id, item.partner_id, company.id
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

    def _get_documents_query(self, scope):
        """What a movement settles is posted as long as the movement stands."""
        return SQL(
            """
            SELECT 'document_unposted', item.partner_id, company.id, 0,
                   document.amount_total_signed
              FROM %(unposted)s document
              JOIN fiado_move_document_rel rel ON rel.document_id = document.id
              JOIN account_move move ON move.id = rel.move_id
              JOIN account_move item ON item.id = move.id
                   %(of_companies)s
             WHERE move.state = 'posted'
               AND move.journal_id IN %(journals)s
               AND NOT %(is_taken_back)s %(partners)s
            """,
            of_companies=self._of_companies(scope),
            is_taken_back=self._is_taken_back(),
            **scope,
        )

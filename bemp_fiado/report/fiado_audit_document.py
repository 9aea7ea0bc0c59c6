from odoo import models
from odoo.tools import SQL


class FiadoAudit(models.AbstractModel):
    """What is wrong with the documents that movements settle, and with the accounts."""

    _inherit = "fiado.audit"

    def _get_open_query(self, scope):
        """Receivables that a closing or a payment should have settled: found among what
        is open, however much there is that isn't."""
        return SQL(
            """
            SELECT found.name, item.partner_id, company.id, 0,
                   SUM(item.amount_residual)
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
                   %(of_companies)s
         LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN payment.fiado_origin IS NOT NULL
                               THEN CASE WHEN payment.state IN ('in_process', 'paid')
                                         THEN 'payment_open' END
                               WHEN %(is_of_closed_order)s THEN 'order_receivable'
                          END AS name) found
             WHERE item.account_id IN %(receivables)s
               AND item.journal_id NOT IN %(journals)s
               AND item.reconciled IS NOT TRUE
               AND item.amount_residual != 0
               AND item.parent_state = 'posted'
               AND found.name IS NOT NULL %(partners)s
          GROUP BY found.name, move.id, item.partner_id, company.id
            """,
            of_companies=self._of_companies(scope),
            is_of_closed_order=self._is_of_closed_order(),
            **scope,
        )

    # Entries that are not posted, where a wallet, a closed order or a payment stands on
    # them. Those that never were posted, and belong to no closing, are drafts; those
    # that were cancelled properly settle nothing any more.

    def _get_item_states_query(self, scope):
        """Items of wallets are posted where their entries are, and only there."""
        return SQL(
            """
            SELECT 'item_state', item.partner_id, company.id, 0, item.balance
              FROM %(odd_items)s odd_item
              JOIN account_move_line item ON item.id = odd_item.id
              JOIN account_move move ON move.id = item.move_id
                   %(of_companies)s
             WHERE item.account_id IN %(accounts)s
               AND item.parent_state != 'posted'
               AND move.state = 'posted' %(partners)s
             UNION ALL
            SELECT 'item_state', item.partner_id, company.id, item.balance, 0
              FROM %(unposted)s move
              JOIN account_move_line item ON item.move_id = move.id
                   %(of_companies)s
             WHERE item.account_id IN %(accounts)s
               AND item.parent_state = 'posted' %(partners)s
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

    def _get_unposted_matches_query(self, scope):
        """No posted item of a wallet is matched with an entry that is not posted."""
        return SQL(
            """
            SELECT 'unposted_match', item.partner_id, company.id, 0, match.amount
              FROM %(unposted)s move
              JOIN account_move_line other ON other.move_id = move.id
              JOIN account_partial_reconcile match
                ON other.id IN (match.debit_move_id, match.credit_move_id)
              JOIN account_move_line item
                ON item.id = match.debit_move_id + match.credit_move_id - other.id
                   %(of_companies)s
             WHERE item.account_id IN %(accounts)s
               AND item.parent_state = 'posted' %(partners)s
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

    def _get_order_documents_query(self, scope):
        """The invoices of closed orders are posted."""
        return SQL(
            """
            SELECT 'order_document', item.commercial_partner_id, company.id,
                   move.amount_total_signed, 0
              FROM account_move move
              JOIN account_move item ON item.id = move.id
                   %(of_companies)s
             WHERE move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND (move.state = 'draft'
                    AND (move.posted_before OR move.fiado_order_id IS NOT NULL)
                    OR move.state = 'cancel'
                    AND EXISTS (
                            SELECT FROM account_move_line own
                              JOIN account_partial_reconcile match
                                ON own.id IN (match.debit_move_id,
                                              match.credit_move_id)
                             WHERE own.move_id = move.id))
               AND %(is_of_closed_order)s %(partners)s
            """,
            of_companies=self._of_companies(scope),
            is_of_closed_order=self._is_of_closed_order(),
            **scope,
        )

    def _get_payment_entries_query(self, scope):
        """Payments that are in the books have a posted entry."""
        return SQL(
            """
            SELECT 'payment_entry', item.partner_id, company.id, item.amount, 0
              FROM account_payment item
                   %(of_companies)s
             WHERE item.fiado_origin IS NOT NULL
               AND item.state IN ('in_process', 'paid')
               AND (item.move_id IS NULL
                    OR item.move_id IN (SELECT id FROM %(unposted)s move)) %(partners)s
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

    def _get_accounts_query(self, scope):
        """The two accounts of each company are such that nothing can stay unseen."""
        return SQL(
            """
            SELECT 'accounts', NULL::int, company.id, 0, 0
              FROM res_company company
         LEFT JOIN account_account debt ON debt.id = company.fiado_debt_account_id
         LEFT JOIN account_account credit ON credit.id = company.fiado_credit_account_id
             WHERE company.id IN %(companies)s
               AND ((debt.account_type = 'asset_receivable' AND debt.reconcile
                     AND debt.active
                     AND credit.account_type = 'liability_current'
                     AND credit.reconcile AND credit.active) IS NOT TRUE
                    OR EXISTS (SELECT FROM res_company other
                                WHERE other.parent_id IS NULL
                                  AND other.id != company.id
                                  AND (other.fiado_debt_account_id
                                       IN (debt.id, credit.id)
                                       OR other.fiado_credit_account_id
                                       IN (debt.id, credit.id))))
            """,
            companies=scope["companies"],
        )

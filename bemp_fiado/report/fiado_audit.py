from odoo import api, models
from odoo.tools import SQL


class FiadoAudit(models.AbstractModel):
    """Whether the wallets tie out with the accounts.

    It reads accounts and documents only, and nothing of how the ledger came to what it
    posted: what the ledger gets wrong is found too.
    """

    _name = "fiado.audit"
    _description = "Wallet Audit"

    @api.model
    def _find_differences(self, companies, partner_ids=None):
        """What doesn't tie out.

        :param companies: root companies
        :param partner_ids: ids of the customers to check, all of them by default
        :return: list of ``(check, partner_id, company_id, expected, found)``, the
            amounts in company currency
        """
        companies = companies.sudo().filtered("fiado_journal_id")
        if not companies:
            return []
        self.env.flush_all()
        scope = self._get_scope(companies, partner_ids)
        queries = [
            self._get_wallets_query(scope),
            self._get_counterparts_query(scope),
            self._get_opposites_query(scope),
            self._get_documents_query(scope),
            self._get_open_query(scope),
            self._get_unposted_query(scope),
        ]
        if partner_ids is None:
            queries.append(self._get_accounts_query(scope))
        return [row for query in queries for row in self.env.execute_query(query)]

    @api.model
    def _get_labels(self):
        """What each check found, in words."""
        return {
            "open_items": self.env._("open entries and posted entries differ"),
            "open_flags": self.env._(
                "settled entries are counted, or open ones are not"
            ),
            "matching": self.env._("open amounts differ from what was matched"),
            "item_state": self.env._("an entry and its items differ in their state"),
            "no_customer": self.env._("entries without a customer"),
            "debt_side": self.env._("the debt is negative"),
            "credit_side": self.env._("the credit is negative"),
            "debt_and_credit": self.env._("debt and credit at once"),
            "counterpart_open": self.env._("a movement doesn't settle its document"),
            "other_customer": self.env._("a movement settles what is another's"),
            "opposite": self.env._("what took a movement back isn't matched with it"),
            "document_unknown": self.env._(
                "a movement settles a document that isn't kept with it"
            ),
            "document_unposted": self.env._("what a movement settles is not posted"),
            "order_receivable": self.env._("a closed order is not paid"),
            "order_document": self.env._("an invoice of a closed order is not posted"),
            "payment_open": self.env._("a payment doesn't settle its document"),
            "payment_entry": self.env._("a payment has no posted entry"),
            "unposted_match": self.env._("matched with an entry that is not posted"),
            "accounts": self.env._("an account of the wallets is not set up for them"),
        }

    # What the queries share ---------------------------------------------------

    def _get_scope(self, companies, partner_ids):
        # As values: PostgreSQL uses its indexes on accounts and journals for values
        # alone. Where they are joined from the companies, it reads every item.
        accounts = companies.fiado_debt_account_id | companies.fiado_credit_account_id
        return {
            "accounts": tuple(accounts.ids) or (0,),
            "journals": tuple(companies.fiado_journal_id.ids),
            "companies": tuple(companies.ids),
            "partners": SQL()
            if partner_ids is None
            else SQL("AND item.partner_id IN %s", tuple(partner_ids) or (0,)),
        }

    def _of_companies(self, scope):
        """The root company of each ``item``, if it is one of those that are checked."""
        return SQL(
            """
              JOIN res_company branch ON branch.id = item.company_id
              JOIN res_company company
                ON company.id = SPLIT_PART(branch.parent_path, '/', 1)::int
               AND company.id IN %s
            """,
            scope["companies"],
        )

    def _is_taken_back(self):
        """Whether ``move`` was taken back, or takes another entry back."""
        return SQL(
            """
            (move.reversed_entry_id IS NOT NULL
             OR EXISTS (SELECT FROM account_move opposite
                         WHERE opposite.reversed_entry_id = move.id
                           AND opposite.journal_id = move.journal_id
                           AND opposite.state = 'posted'))
            """
        )

    def _is_of_closed_order(self):
        """Whether a closed order stands on ``move``."""
        return SQL(
            """
            EXISTS (
                SELECT FROM sale_order closed
                 WHERE closed.id = move.fiado_order_id
                   AND closed.closing_state = 'closed'
                 UNION ALL
                SELECT FROM account_move_line invoiced
                  JOIN sale_order_line_invoice_rel rel
                    ON rel.invoice_line_id = invoiced.id
                  JOIN sale_order_line line ON line.id = rel.order_line_id
                  JOIN sale_order closed ON closed.id = line.order_id
                 WHERE invoiced.move_id = move.id
                   AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND closed.closing_state = 'closed')
            """
        )

    # Wallets ------------------------------------------------------------------

    def _get_wallets_query(self, scope):
        """Each wallet counted by what was posted, by what is open, by what is marked as
        open and by what was matched; and on which side it is."""
        return SQL(
            """
            WITH counted AS (
                SELECT item.id,
                       item.partner_id,
                       company.id AS company_id,
                       item.balance,
                       item.amount_residual AS open,
                       CASE WHEN item.reconciled IS NOT TRUE
                            THEN item.amount_residual ELSE 0 END AS flagged,
                       (item.amount_residual = 0) != (item.reconciled IS TRUE)
                           AND item.balance != 0 AS is_misflagged,
                       item.account_id = company.fiado_debt_account_id AS is_debt
                  FROM account_move_line item
                       %(of_companies)s
                   AND item.account_id IN (company.fiado_debt_account_id,
                                           company.fiado_credit_account_id)
                 WHERE item.account_id IN %(accounts)s
                   AND item.parent_state = 'posted' %(partners)s
            ), matched AS (
                SELECT id, SUM(amount) AS amount
                  FROM (SELECT counted.id, -match.amount AS amount
                          FROM counted
                          JOIN account_partial_reconcile match
                            ON match.debit_move_id = counted.id
                         UNION ALL
                        SELECT counted.id, match.amount
                          FROM counted
                          JOIN account_partial_reconcile match
                            ON match.credit_move_id = counted.id) match
              GROUP BY id
            ), wallet AS (
                SELECT partner_id,
                       company_id,
                       SUM(balance) AS posted,
                       SUM(open) AS open,
                       SUM(flagged) AS flagged,
                       SUM(balance + COALESCE(matched.amount, 0)) AS unmatched,
                       BOOL_OR(is_misflagged) AS is_misflagged,
                       BOOL_OR(open != balance + COALESCE(matched.amount, 0))
                           AS is_mismatched,
                       COALESCE(SUM(open) FILTER (WHERE is_debt), 0) AS debt,
                       COALESCE(-SUM(open) FILTER (WHERE NOT is_debt), 0) AS credit
                  FROM counted
             LEFT JOIN matched ON matched.id = counted.id
              GROUP BY partner_id, company_id
            )
            SELECT 'open_items', partner_id, company_id, -posted, -open
              FROM wallet WHERE posted != open
             UNION ALL
            SELECT 'open_flags', partner_id, company_id, -open, -flagged
              FROM wallet WHERE posted = open AND is_misflagged
             UNION ALL
            SELECT 'matching', partner_id, company_id, -unmatched, -open
              FROM wallet WHERE posted = open AND is_mismatched AND NOT is_misflagged
             UNION ALL
            SELECT 'no_customer', NULL, company_id, 0, -posted
              FROM wallet WHERE partner_id IS NULL
             UNION ALL
            SELECT 'debt_side', partner_id, company_id, 0, debt
              FROM wallet WHERE debt < 0
             UNION ALL
            SELECT 'credit_side', partner_id, company_id, 0, credit
              FROM wallet WHERE credit < 0
             UNION ALL
            SELECT 'debt_and_credit', partner_id, company_id, 0, LEAST(debt, credit)
              FROM wallet WHERE debt > 0 AND credit > 0
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

    # Movements ----------------------------------------------------------------

    def _get_counterparts_query(self, scope):
        """The other side of each movement where that is a receivable: all of it settles
        posted entries of the same customer, and the movement knows which."""
        return SQL(
            """
            WITH counterpart AS (
                SELECT item.id, item.move_id, item.partner_id, item.balance,
                       item.amount_residual AS open,
                       item.reconciled IS TRUE AS is_reconciled,
                       company.id AS company_id
                  FROM account_move_line item
                  JOIN account_account account
                    ON account.id = item.account_id
                   AND account.account_type = 'asset_receivable'
                       %(of_companies)s
                   AND company.fiado_journal_id = item.journal_id
                 WHERE item.journal_id IN %(journals)s
                   AND item.account_id NOT IN %(accounts)s
                   AND item.parent_state = 'posted' %(partners)s
            ), match AS (
                SELECT counterpart.id, match.amount, match.debit_move_id AS other_id
                  FROM counterpart
                  JOIN account_partial_reconcile match
                    ON match.credit_move_id = counterpart.id
                 UNION ALL
                SELECT counterpart.id, -match.amount, match.credit_move_id
                  FROM counterpart
                  JOIN account_partial_reconcile match
                    ON match.debit_move_id = counterpart.id
            ), checked AS (
                SELECT counterpart.*,
                       counterpart.balance + COALESCE(matched.amount, 0) AS unmatched
                  FROM counterpart
             LEFT JOIN (SELECT id, SUM(amount) AS amount FROM match GROUP BY id) matched
                    ON matched.id = counterpart.id
            ), odd AS (
                SELECT counterpart.move_id, counterpart.partner_id,
                       counterpart.company_id, match.amount,
                       other.move_id AS other_move_id,
                       other.partner_id AS other_partner_id,
                       other.parent_state != 'posted' AS is_unposted,
                       known.move_id IS NULL
                           AND other.journal_id NOT IN %(journals)s AS is_unknown
                  FROM match
                  JOIN counterpart ON counterpart.id = match.id
                  JOIN account_move_line other ON other.id = match.other_id
             LEFT JOIN fiado_move_document_rel known
                    ON known.move_id = counterpart.move_id
                   AND known.document_id = other.move_id
                 WHERE other.parent_state != 'posted'
                    OR other.partner_id != counterpart.partner_id
                    OR known.move_id IS NULL
                       AND other.journal_id NOT IN %(journals)s
            )
            SELECT 'counterpart_open', partner_id, company_id, 0::numeric,
                   CASE WHEN open != 0 THEN open ELSE unmatched END
              FROM checked
             WHERE open != 0 OR NOT is_reconciled AND balance != 0 OR unmatched != 0
             UNION ALL
            SELECT 'unposted_match', partner_id, company_id, 0, amount
              FROM odd WHERE is_unposted
             UNION ALL
            SELECT 'other_customer', odd.partner_id, odd.company_id, 0, odd.amount
              FROM odd
              JOIN res_partner own ON own.id = odd.partner_id
              JOIN res_partner other ON other.id = odd.other_partner_id
             WHERE other.commercial_partner_id != own.commercial_partner_id
             UNION ALL
            SELECT 'document_unknown', odd.partner_id, odd.company_id, 0, odd.amount
              FROM odd
              JOIN account_move move ON move.id = odd.move_id
         LEFT JOIN account_payment payment ON payment.move_id = odd.other_move_id
             WHERE odd.is_unknown
               AND NOT %(is_taken_back)s
                   -- What was paid in advance is not taken back with the movement.
               AND (payment.id IS NULL OR payment.fiado_origin IS NOT NULL)
            """,
            of_companies=self._of_companies(scope),
            is_taken_back=self._is_taken_back(),
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
              FROM account_move document
              JOIN fiado_move_document_rel rel ON rel.document_id = document.id
              JOIN account_move move ON move.id = rel.move_id
              JOIN account_move item ON item.id = move.id
                   %(of_companies)s
             WHERE document.state != 'posted'
               AND move.state = 'posted'
               AND move.journal_id IN %(journals)s
               AND NOT %(is_taken_back)s %(partners)s
            """,
            of_companies=self._of_companies(scope),
            is_taken_back=self._is_taken_back(),
            **scope,
        )

    # Documents ----------------------------------------------------------------

    def _get_open_query(self, scope):
        """Receivables that a closing or a payment should have settled: found among what
        is open, however much there is that isn't."""
        return SQL(
            """
            SELECT found.name, item.partner_id, company.id, 0,
                   SUM(item.amount_residual)
              FROM account_move_line item
              JOIN account_account account ON account.id = item.account_id
              JOIN account_move move ON move.id = item.move_id
                   %(of_companies)s
         LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN payment.fiado_origin IS NOT NULL
                               THEN CASE WHEN payment.state IN ('in_process', 'paid')
                                         THEN 'payment_open' END
                               WHEN %(is_of_closed_order)s THEN 'order_receivable'
                          END AS name) found
             WHERE account.account_type = 'asset_receivable'
               AND item.account_id NOT IN %(accounts)s
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

    def _get_unposted_query(self, scope):
        """Entries that are not posted, where a wallet, a closed order or a payment
        stands on them. Those that never were posted, and belong to no closing, are
        drafts; those that were cancelled properly settle nothing any more."""
        return SQL(
            """
            SELECT 'item_state', item.partner_id, company.id, 0, item.balance
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
                   %(of_companies)s
             WHERE item.account_id IN %(accounts)s
               AND item.parent_state != 'posted'
               AND move.state = 'posted' %(partners)s
             UNION ALL
            SELECT 'item_state', item.partner_id, company.id, item.balance, 0
              FROM account_move move
              JOIN account_move_line item ON item.move_id = move.id
                   %(of_companies)s
             WHERE move.state != 'posted'
               AND item.account_id IN %(accounts)s
               AND item.parent_state = 'posted' %(partners)s
             UNION ALL
            SELECT 'unposted_match', item.partner_id, company.id, 0, match.amount
              FROM account_move move
              JOIN account_move_line other ON other.move_id = move.id
              JOIN account_partial_reconcile match
                ON other.id IN (match.debit_move_id, match.credit_move_id)
              JOIN account_move_line item
                ON item.id = match.debit_move_id + match.credit_move_id - other.id
                   %(of_companies)s
             WHERE move.state != 'posted'
               AND item.account_id IN %(accounts)s
               AND item.parent_state = 'posted' %(partners)s
             UNION ALL
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
             UNION ALL
            SELECT 'payment_entry', item.partner_id, company.id, item.amount, 0
              FROM account_payment item
                   %(of_companies)s
         LEFT JOIN account_move move ON move.id = item.move_id
             WHERE item.fiado_origin IS NOT NULL
               AND item.state IN ('in_process', 'paid')
               AND move.state IS DISTINCT FROM 'posted' %(partners)s
            """,
            of_companies=self._of_companies(scope),
            is_of_closed_order=self._is_of_closed_order(),
            **scope,
        )

    # Accounts -----------------------------------------------------------------

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

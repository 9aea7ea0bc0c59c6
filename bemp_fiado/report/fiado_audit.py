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
        scope["odd_items"] = self._read_odd_items(scope)
        scope["unposted"] = self._read_unposted()
        queries = self._get_queries(scope)
        if partner_ids is None:
            queries.append(self._get_accounts_query(scope))
        return [row for query in queries for row in self.env.execute_query(query)]

    @api.model
    def _get_queries(self, scope):
        """The checks of customers' wallets. Addons that bring documents add theirs."""
        return [
            self._get_wallets_query(scope),
            self._get_counterparts_query(scope),
            self._get_opposites_query(scope),
            self._get_documents_query(scope),
            self._get_open_query(scope),
            self._get_item_states_query(scope),
            self._get_unposted_matches_query(scope),
            self._get_order_documents_query(scope),
            self._get_payment_entries_query(scope),
        ]

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
        # alone, and knows of these alone how many items they have. Where they are
        # joined, it reads every item, or looks up the matches of a million one by one.
        accounts = companies.fiado_debt_account_id | companies.fiado_credit_account_id
        receivables = (
            self.env["account.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_receivable")], order="id")
        )
        return {
            "accounts": tuple(accounts.ids) or (0,),
            "receivables": tuple((receivables - accounts).ids) or (0,),
            "journals": tuple(companies.fiado_journal_id.ids),
            "companies": tuple(companies.ids),
            "is_whole": partner_ids is None,
            "partners": SQL()
            if partner_ids is None
            else SQL("AND item.partner_id IN %s", tuple(partner_ids) or (0,)),
        }

    def _read_odd_items(self, scope):
        """The items of wallets whose open amount isn't what their matches leave or that
        are not posted, and those of the other side of movements that are not settled:
        read once for several checks, since it reads all items and their matches.

        :return: a table of their ids, with the amounts that should be open
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS NOT MATERIALIZED (
                    SELECT item.id, item.balance, item.amount_residual AS open,
                           CASE WHEN item.account_id IN %(accounts)s
                                THEN item.parent_state != 'posted'
                                ELSE item.amount_residual != 0
                                     OR item.reconciled IS NOT TRUE
                                        AND item.balance != 0
                           END AS is_odd
                      FROM account_move_line item
                     WHERE (item.account_id IN %(accounts)s
                            OR item.journal_id IN %(journals)s
                               AND item.account_id IN %(receivables)s
                               AND item.parent_state = 'posted') %(partners)s
                ), checked AS (
                    SELECT item.id, item.open, item.is_odd,
                           item.balance - COALESCE(debit.matched, 0)
                               + COALESCE(credit.matched, 0) AS unmatched
                      FROM item
                 LEFT JOIN (%(debits)s) debit ON debit.id = item.id
                 LEFT JOIN (%(credits)s) credit ON credit.id = item.id
                )
                SELECT id, unmatched FROM checked
                 WHERE open != unmatched OR is_odd
                """,
                debits=self._get_matched(SQL("debit_move_id"), scope),
                credits=self._get_matched(SQL("credit_move_id"), scope),
                **scope,
            )
        )
        return SQL(
            "(SELECT * FROM UNNEST(%s::int[], %s::numeric[]) AS part (id, unmatched))",
            [row[0] for row in rows],
            [row[1] for row in rows],
        )

    def _read_unposted(self):
        """The entries that are not posted, with which several checks begin: looked for
        once among all there are.

        :return: a table of them
        """
        rows = self.env.execute_query(
            SQL("SELECT id FROM account_move WHERE state != 'posted'")
        )
        return SQL(
            """
            (SELECT move.*
               FROM UNNEST(%s::int[]) AS unposted (id)
               JOIN account_move move ON move.id = unposted.id)
            """,
            [row[0] for row in rows],
        )

    def _get_matched(self, column, scope):
        # Of all items their matches are counted without choosing among them.
        is_of_item = SQL("TRUE")
        if not scope["is_whole"]:
            is_of_item = SQL("%s IN (SELECT id FROM item)", column)
        return SQL(
            """
            SELECT %(column)s AS id, SUM(amount) AS matched
              FROM account_partial_reconcile
             WHERE %(is_of_item)s
          GROUP BY %(column)s
            """,
            column=column,
            is_of_item=is_of_item,
        )

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

    def _is_waiting(self):
        """Whether the other side of a movement, of ``checked``, is rightly open still:
        for what another addon settles later."""
        return SQL("FALSE")

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
            WITH item AS (%(items)s), wallet AS (
                SELECT partner_id,
                       company_id,
                       SUM(balance) AS posted,
                       SUM(open) AS open,
                       SUM(flagged) AS flagged,
                       SUM(COALESCE(odd_item.unmatched, open)) AS unmatched,
                       BOOL_OR(is_misflagged) AS is_misflagged,
                       BOOL_OR(odd_item.id IS NOT NULL) AS is_mismatched,
                       COALESCE(SUM(open) FILTER (WHERE is_debt), 0) AS debt,
                       COALESCE(-SUM(open) FILTER (WHERE NOT is_debt), 0) AS credit
                  FROM item
             LEFT JOIN %(odd_items)s odd_item ON odd_item.id = item.id
              GROUP BY partner_id, company_id
            )
            SELECT name, partner_id, company_id, expected, found
              FROM wallet
        CROSS JOIN LATERAL (VALUES
                   ('open_items', posted != open, -posted, -open),
                   ('open_flags', posted = open AND is_misflagged, -open, -flagged),
                   ('matching', posted = open AND is_mismatched AND NOT is_misflagged,
                    -unmatched, -open),
                   ('no_customer', partner_id IS NULL, 0, -posted),
                   ('debt_side', debt < 0, 0, debt),
                   ('credit_side', credit < 0, 0, credit),
                   ('debt_and_credit', debt > 0 AND credit > 0, 0, LEAST(debt, credit))
                   ) difference (name, is_there, expected, found)
             WHERE is_there
            """,
            items=self._get_wallet_items(scope),
            odd_items=scope["odd_items"],
        )

    def _get_wallet_items(self, scope):
        return SQL(
            """
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
            """,
            of_companies=self._of_companies(scope),
            **scope,
        )

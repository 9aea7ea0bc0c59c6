import json

from odoo import models
from odoo.tools import SQL

from .fiado_billing import PERIOD, QUERIES


class FiadoBilling(models.Model):
    """Where the rows of billing come from."""

    _inherit = "fiado.billing"

    def _get_received_query(self, accounts):
        """What payments brought, and what those of others than the ledger settled more
        or less than that: Odoo's own write-off, an early payment discount."""
        return SQL(
            """
            SELECT id::bigint * %(queries)s + part.number, part.section, part.figure,
                   part.amount, part.effect,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document
              FROM (%(money)s) money
        CROSS JOIN LATERAL (
                       VALUES (1, 'received',
                               CASE WHEN received < 0 AND NOT is_taken_back
                                      OR received > 0 AND is_taken_back
                                    THEN 'paid_out' ELSE 'received'
                               END,
                               received, -received),
                              (2, 'other', 'written_off',
                               received - settled, received - settled)
                   ) part (number, section, figure, amount, effect)
             WHERE part.number = 1
                OR (part.amount != 0 AND NOT of_wallet)
            """,
            queries=QUERIES,
            money=self._get_money_query(accounts),
        )

    def _get_money_query(self, accounts):
        """The payments and the lines of bank statements on the customers' accounts:
        what each brought and what it settled there."""
        return SQL(
            """
            SELECT MIN(item.id) AS id,
                   COALESCE(
                       CASE WHEN taken_back.id IS NULL
                            THEN payment.amount_company_currency_signed
                            ELSE -payment.amount_company_currency_signed
                       END,
                       -SUM(item.balance)
                   ) AS received,
                   taken_back.id IS NOT NULL AS is_taken_back,
                   -SUM(item.balance) AS settled,
                   move.fiado_origin IS NOT NULL AS of_wallet,
                   item.date,
                   item.company_id,
                   MIN(item.company_currency_id) AS currency_id,
                   MIN(item.partner_id) AS partner_id,
                   MIN(COALESCE(closed_order.user_id, move.create_uid)) AS user_id,
                   move.fiado_order_id AS sale_order_id,
                   move.id AS move_id,
                   payment.id AS payment_id,
                   payment.payment_method_line_id,
                   move.journal_id,
                   move.name AS document
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN account_move taken_back ON %(taken_back)s
         LEFT JOIN account_payment payment
                ON payment.id = COALESCE(move.origin_payment_id,
                                         taken_back.origin_payment_id)
         LEFT JOIN sale_order closed_order ON closed_order.id = move.fiado_order_id
             WHERE %(on_accounts)s
               AND item.parent_state = 'posted'
               -- Not two conditions, for which the index of all payments is read.
               AND COALESCE(move.origin_payment_id, move.statement_line_id,
                            taken_back.origin_payment_id) IS NOT NULL
               AND %(in_period)s
          GROUP BY item.date, item.company_id, move.id, payment.id, taken_back.id
            """,
            taken_back=self._get_taken_back(),
            on_accounts=self.env["fiado.ledger"]._get_on_accounts(accounts),
            in_period=self._get_in_period(),
        )

    def _get_wallet_query(self, accounts):
        """What moved in the wallets. Debts left and credit used or paid out count
        positive; the rest counts positive in the customer's favour."""
        return SQL(
            """
            SELECT id::bigint * %(queries)s + 3,
                   CASE WHEN is_proven THEN 'wallet' ELSE 'apart' END,
                   figure,
                   CASE WHEN figure IN ('customer_debt', 'credit_used',
                                        'credit_paid_out')
                        THEN balance ELSE -balance
                   END,
                   CASE WHEN is_proven THEN -balance ELSE 0 END,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document
              FROM (SELECT %(columns)s,
                           %(figure)s AS figure,
                           %(source)s = 'ledger' OR %(source)s = 'money'
                           OR (%(source)s = 'invoice'
                               AND item.display_type = 'payment_term') AS is_proven,
                           COALESCE(move.fiado_origin, 'reversal') != 'reversal'
                               AS is_original
                      FROM %(tables)s
                 LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
                     WHERE %(on_accounts)s
                       AND item.parent_state = 'posted'
                       AND item.balance != 0
                       AND %(in_period)s
                   ) entry
             -- A transfer leaves one wallet for another, but is one amount.
             WHERE figure != 'transferred' OR (balance < 0) = is_original
            """,
            queries=QUERIES,
            columns=self._get_item_columns(),
            figure=self._get_wallet_figure(),
            source=self._get_source(),
            tables=self._get_item_tables(),
            on_accounts=self.env["fiado.ledger"]._get_on_accounts(accounts),
            in_period=self._get_in_period(),
        )

    def _get_open_query(self, accounts):
        """What the documents left open on the receivables outside the wallets, and what
        other entries did to these."""
        return SQL(
            """
            SELECT id::bigint * %(queries)s + part.number, part.section, part.figure,
                   balance, part.effect,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document
              FROM (SELECT %(columns)s, %(source)s AS source,
                           %(section)s AS entry_section, %(figure)s AS entry_figure
                      FROM %(tables)s
                     WHERE %(on_accounts)s
                       AND item.parent_state = 'posted'
                       AND item.balance != 0
                       AND %(in_period)s
                       AND (%(source)s != 'invoice'
                            OR item.display_type = 'payment_term')
                   ) entry
        CROSS JOIN LATERAL (
                       VALUES (4, 'open', 'open', -balance),
                              (5, entry_section, entry_figure, balance)
                   ) part (number, section, figure, effect)
             WHERE part.number = 4
                OR source = 'entry'
            """,
            queries=QUERIES,
            columns=self._get_item_columns(),
            source=self._get_source(),
            section=self._get_entry_section(),
            figure=self._get_entry_figure(),
            tables=self._get_item_tables(),
            on_accounts=self.env["fiado.ledger"]._get_on_accounts(accounts),
            in_period=self._get_in_period(),
        )

    def _get_entry_section(self):
        """The section in which an accountant's entry ``move`` counts. Addons that post
        sales by entries say so here."""
        return SQL("'other'")

    def _get_entry_figure(self):
        """The figure in which an accountant's entry ``move`` counts."""
        return SQL("'accounting'")

    # -------------------------------------------------------------------------
    # WHAT THE QUERIES SHARE
    # -------------------------------------------------------------------------

    def _get_in_period(self):
        """The condition that the journal entry is in the period that is searched."""
        first, last = self.env.context.get(PERIOD) or (None, None)
        conditions = [SQL("TRUE")]
        if first:
            conditions.append(SQL("move.date >= %s", first))
        if last:
            conditions.append(SQL("move.date <= %s", last))
        return SQL(" AND ").join(conditions)

    def _get_item_columns(self):
        return SQL(
            """item.id,
                           item.balance,
                           item.date,
                           item.company_id,
                           item.company_currency_id AS currency_id,
                           item.partner_id,
                           COALESCE(
                               closed_order.user_id,
                               CASE WHEN move.move_type = 'entry' THEN move.create_uid
                                    ELSE move.invoice_user_id
                               END
                           ) AS user_id,
                           move.fiado_order_id AS sale_order_id,
                           move.id AS move_id,
                           payment.id AS payment_id,
                           payment.payment_method_line_id,
                           move.journal_id,
                           move.name AS document"""
        )

    def _get_item_tables(self):
        return SQL(
            """account_move_line item
                      JOIN account_move move ON move.id = item.move_id
                 LEFT JOIN account_move taken_back ON %s
                 LEFT JOIN account_payment payment
                        ON payment.id = COALESCE(move.origin_payment_id,
                                                 taken_back.origin_payment_id)
                 LEFT JOIN sale_order closed_order
                        ON closed_order.id = move.fiado_order_id""",
            self._get_taken_back(),
        )

    def _get_taken_back(self):
        """The condition of the entry that the ledger took back by this one."""
        return SQL(
            "taken_back.id = move.reversed_entry_id AND move.fiado_origin = 'reversal'"
        )

    def _get_receivables(self):
        return (
            self.env["account.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_receivable")])
        )

    def _get_source(self):
        """What the journal entry of an item is to the proof."""
        return SQL(
            """CASE WHEN move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                    THEN 'invoice'
                    WHEN move.origin_payment_id IS NOT NULL THEN 'money'
                    WHEN move.statement_line_id IS NOT NULL THEN 'money'
                    WHEN taken_back.origin_payment_id IS NOT NULL THEN 'money'
                    WHEN taken_back.id IS NOT NULL
                     AND COALESCE(taken_back.fiado_origin NOT IN %(moved)s, TRUE)
                    THEN 'entry'
                    WHEN move.fiado_origin IN %(moved)s THEN 'ledger'
                    ELSE 'entry'
               END""",
            moved=self.env["fiado.ledger"]._get_receivable_origins(),
        )

    def _get_origin_figures(self):
        """The figures in which movements count by their origins, but for what sales
        leave. Addons that bring an origin add it here."""
        sold = self.env["fiado.ledger"]._get_credit_sale_origins()
        return {
            **dict.fromkeys(sold, "money_credit"),
            "payout": "credit_paid_out",
            "forgiveness": "forgiven",
            "transfer": "transferred",
            "adjustment": "adjusted",
            "opening": "opening",
        }

    def _get_wallet_figure(self):
        """The figure in which an item of a wallet counts. What accountants reverse
        counts where the reversed entry does, if that stands apart."""
        return SQL(
            """CASE WHEN %(source)s IN ('invoice', 'money') THEN 'accounting'
                    WHEN move.fiado_origin = 'reversal'
                     AND COALESCE(reversed.fiado_origin, 'order') IN %(moved)s
                    THEN 'undone'
                    WHEN move.fiado_origin IN %(sold)s
                    THEN CASE WHEN item.balance < 0 THEN 'customer_credit'
                              WHEN item.account_id IN (
                                  SELECT fiado_debt_account_id FROM res_company
                              ) THEN 'customer_debt'
                              ELSE 'credit_used'
                         END
                    ELSE COALESCE(
                        %(figures)s::jsonb ->> COALESCE(
                            NULLIF(move.fiado_origin, 'reversal'), reversed.fiado_origin
                        ),
                        'accounting'
                    )
               END""",
            moved=self.env["fiado.ledger"]._get_receivable_origins(),
            figures=json.dumps(self._get_origin_figures()),
            sold=(*self.env["fiado.ledger"]._get_sale_origins(), "refund"),
            source=self._get_source(),
        )

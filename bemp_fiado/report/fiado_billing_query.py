import json
from datetime import date

from odoo import models
from odoo.tools import SQL

from .fiado_billing import INVOICES, PERIOD, QUERIES


class FiadoBilling(models.Model):
    """What the items on the customers' accounts add to the proof."""

    _inherit = "fiado.billing"

    def _get_items_query(self):
        """The rows of the items on the customers' accounts, by the table of the class:
        what each of them moved in a wallet or left open outside of them, what came in
        by its entry, and what an entry did that is neither billed nor received.

        Debts left, late charges and credit used or paid out count positive; what else
        moved in the wallets counts positive in the customer's favour.
        """
        return SQL(
            """
            SELECT id::bigint * %(queries)s + part.number,
                   part.section, part.figure, part.amount, part.effect,
                   date, company_id, currency_id, partner_id, user_id, sale_order_id,
                   move_id, payment_id, payment_method_line_id, journal_id, document,
                   NULL::int AS professional_id
              FROM (%(items)s) item
        CROSS JOIN LATERAL (VALUES
                   (1, CASE WHEN figure = 'open' THEN 'open'
                            WHEN source IN ('entry', 'line') THEN 'apart'
                            ELSE 'wallet' END,
                    figure,
                    CASE WHEN figure IN ('open', 'customer_debt', 'credit_used',
                                         'credit_paid_out', 'late_charges')
                         THEN balance ELSE -balance END,
                    CASE WHEN figure != 'open' AND source IN ('entry', 'line')
                         THEN 0 ELSE -balance END),
                   (2, 'received',
                    CASE WHEN (received < 0) = is_opposite THEN 'received'
                         ELSE 'paid_out' END,
                    received, -received),
                   (3, CASE source WHEN 'entry' THEN entry_section ELSE 'other' END,
                    CASE source WHEN 'entry' THEN entry_figure ELSE 'written_off' END,
                    other, other)
                   ) part (number, section, figure, amount, effect)
             WHERE part.amount != 0
            """,
            queries=QUERIES,
            items=self._get_customers_items_query(),
        )

    def _get_customers_items_query(self):
        """The items, with what their entries are to the proof.

        It is long because it is one statement: its columns, and the tables that these
        are from.
        """
        ledger = self.env["fiado.ledger"]
        wallets = ledger._get_all_wallet_accounts()
        on_accounts = ledger._get_on_accounts(wallets | self._get_receivables())
        return SQL(
            """
            SELECT item.id, item.date, item.company_id, item.partner_id,
                   item.company_currency_id AS currency_id,
                   COALESCE(closed_order.user_id,
                            CASE WHEN move.move_type = 'entry' THEN move.create_uid
                                 ELSE move.invoice_user_id END) AS user_id,
                   move.id AS move_id, move.fiado_order_id AS sale_order_id,
                   move.journal_id, move.name AS document,
                   payment.id AS payment_id, payment.payment_method_line_id,
                   move.reversed_entry_id IS NOT NULL AS is_opposite,
                   source, figure, item.balance, received,
                   CASE WHEN source = 'entry' AND figure = 'open' THEN item.balance
                        -- By others than the ledger: Odoo's own write-off, an early
                        -- payment discount.
                        WHEN known.origin IS NULL THEN received - settled
                   END AS other,
                   %(entry_section)s AS entry_section, %(entry_figure)s AS entry_figure
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
         LEFT JOIN account_payment payment
                ON payment.id = CASE WHEN move.fiado_origin = 'reversal'
                                     THEN reversed.origin_payment_id
                                     ELSE move.origin_payment_id END
         LEFT JOIN sale_order closed_order ON closed_order.id = move.fiado_order_id
        CROSS JOIN LATERAL (
                       SELECT COALESCE(NULLIF(move.fiado_origin, 'reversal'),
                                       reversed.fiado_origin) AS origin) known
        CROSS JOIN LATERAL (SELECT %(source)s AS source) entry
        CROSS JOIN LATERAL (SELECT %(figure)s AS figure) counted
         LEFT JOIN LATERAL (%(money)s) money ON TRUE
             WHERE %(on_accounts)s
               AND item.parent_state = 'posted'
               -- PostgreSQL doesn't know that both are the same, nor, below the groups
               -- of a pivot table, which days are asked for.
               AND item.date %(in_period)s
               AND move.date %(in_period)s
               AND (figure != 'open' OR source != 'line')
               -- A transfer leaves one wallet for another, but is one amount.
               AND (figure != 'transferred'
                    OR (item.balance > 0) = (move.reversed_entry_id IS NOT NULL))
            """,
            entry_section=self._get_entry_section(),
            entry_figure=self._get_entry_figure(),
            source=self._get_source(),
            figure=self._get_figure(wallets),
            money=self._get_money_query(on_accounts),
            on_accounts=on_accounts,
            in_period=self._get_in_period(),
        )

    def _get_source(self):
        """What an item's entry is to the proof: an invoice, or a line of it; money; a
        movement of the ledger with a receivable on the other side; any other entry."""
        return SQL(
            """CASE WHEN move.move_type IN %(invoices)s
                    THEN CASE item.display_type WHEN 'payment_term' THEN 'invoice'
                                                ELSE 'line' END
                    WHEN payment.id IS NOT NULL OR move.statement_line_id IS NOT NULL
                    THEN 'money'
                    WHEN move.fiado_origin IN %(moved)s
                     AND (reversed.id IS NULL OR known.origin IN %(moved)s)
                    THEN 'ledger'
                    ELSE 'entry' END""",
            invoices=INVOICES,
            moved=self.env["fiado.ledger"]._get_receivable_origins(),
        )

    def _get_entry_section(self):
        """The section in which an accountant's entry ``move`` counts. Addons that post
        sales by entries say so here."""
        return SQL("'other'")

    def _get_entry_figure(self):
        """The figure in which an accountant's entry ``move`` counts."""
        return SQL("'accounting'")

    def _get_figure(self, wallets):
        """The figure in which an item counts. What accountants reverse counts where the
        reversed entry does, if that stands apart."""
        ledger = self.env["fiado.ledger"]
        return SQL(
            """CASE WHEN item.account_id NOT IN %(wallets)s THEN 'open'
                    WHEN source IN ('invoice', 'line', 'money') THEN 'accounting'
                    WHEN move.fiado_origin = 'reversal'
                     AND COALESCE(known.origin, 'order') IN %(moved)s
                    THEN 'undone'
                    WHEN move.fiado_origin IN %(sold)s
                    THEN CASE WHEN item.balance < 0 THEN 'customer_credit'
                              WHEN item.account_id IN (
                                  SELECT fiado_debt_account_id FROM res_company
                              ) THEN 'customer_debt'
                              ELSE 'credit_used' END
                    ELSE COALESCE(%(figures)s::jsonb ->> known.origin, 'accounting')
               END""",
            wallets=tuple(wallets.ids) or (0,),
            moved=ledger._get_receivable_origins(),
            sold=(*ledger._get_sale_origins(), "refund"),
            figures=json.dumps(self._get_origin_figures()),
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
            "renegotiation": "renegotiated",
            "adjustment": "adjusted",
            "interest": "late_charges",
            "opening": "opening",
        }

    def _get_money_query(self, on_accounts):
        """What a payment brought, or a line of a bank statement, and what it settled:
        once for each entry, at its first item."""
        return SQL(
            """
            SELECT settled,
                   CASE WHEN payment.id IS NULL THEN settled
                        WHEN move.origin_payment_id IS NULL
                        THEN -payment.amount_company_currency_signed
                        ELSE payment.amount_company_currency_signed END AS received
              FROM (SELECT MIN(item.id) AS id, -SUM(item.balance) AS settled
                      FROM account_move_line item
                     WHERE item.move_id = move.id
                       AND source = 'money'
                       AND %s) first
             WHERE first.id = item.id
            """,
            on_accounts,
        )

    def _get_in_period(self):
        """The condition that a day is in the period that is searched."""
        return SQL(
            "BETWEEN %s AND %s", *self.env.context.get(PERIOD, (date.min, date.max))
        )

    def _get_receivables(self):
        return (
            self.env["account.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_receivable")])
        )

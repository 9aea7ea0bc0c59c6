"""The SQL that a database administrator would write for what the reports say."""

from odoo.tools import SQL

from .reading import PAGE

WITH_DEBT = """
      SELECT partner_id, sum(amount_residual) AS debt
        FROM account_move_line
       WHERE account_id = %(debt)s
         AND reconciled IS NOT TRUE
         AND parent_state = 'posted'
    GROUP BY partner_id
      HAVING sum(amount_residual) > 0
"""
PARTNERS = """
       SELECT partner.id, partner.complete_name, partner.vat, partner.email,
              partner.phone, partner.street, partner.city, partner.function,
              partner.color, partner.properties, seller.complete_name AS seller,
              state.name AS state, country.name AS country, wallet.debt
         FROM res_partner partner
         JOIN (%(with_debt)s) wallet
           ON wallet.partner_id = partner.commercial_partner_id
    LEFT JOIN res_users users ON users.id = partner.user_id
    LEFT JOIN res_partner seller ON seller.id = users.partner_id
    LEFT JOIN res_country_state state ON state.id = partner.state_id
    LEFT JOIN res_country country ON country.id = partner.country_id
        WHERE partner.active
          AND (partner.partner_share IS NOT TRUE
               OR partner.company_id IS NULL
               OR partner.company_id = %(company)s)
"""
DEBTORS = """
       SELECT page.*, payment.date
         FROM (SELECT wallet.*, partner.complete_name, partner.phone, partner.city,
                      seller.name AS seller
                 FROM (SELECT partner_id::bigint * 1024 + %(company)s AS id,
                              partner_id,
                              sum(owed) AS debt,
                              -sum(amount_residual - owed) AS credit,
                              -sum(amount_residual) AS balance,
                              min(date) FILTER (WHERE is_debt) AS debt_since,
                              min(date_maturity) FILTER (WHERE is_debt) AS due_date,
                              greatest(max(days) FILTER (WHERE is_debt), 0)
                              AS days_overdue,
                              %(ageing)s
                         FROM (SELECT *,
                                      account_id = %(debt)s AS is_debt,
                                      CASE WHEN account_id = %(debt)s
                                           THEN amount_residual ELSE 0 END AS owed,
                                      %(today)s - date_maturity AS days
                                 FROM account_move_line
                                WHERE account_id IN (%(debt)s, %(credit)s)
                                  AND reconciled IS NOT TRUE
                                  AND parent_state = 'posted') item
                     GROUP BY partner_id) wallet
                 JOIN res_partner partner ON partner.id = wallet.partner_id
            LEFT JOIN res_users users ON users.id = partner.user_id
            LEFT JOIN res_partner seller ON seller.id = users.partner_id
                WHERE wallet.debt > 0
             ORDER BY %(order)s
                LIMIT %(limit)s) page
    LEFT JOIN LATERAL (
                  SELECT max(item.date) AS date
                    FROM account_move_line item
                    JOIN account_move move ON move.id = item.move_id
                   WHERE item.partner_id = page.partner_id
                     AND item.account_id = %(debt)s
                     AND item.balance < 0
                     AND item.parent_state = 'posted'
                     AND move.fiado_origin IN ('order', 'invoice', 'credit_sale')
              ) payment ON TRUE
"""
# Columns of it: what is owed, by the days since it was due.
AGEING = {
    "overdue": "> 0",
    "not_due": "<= 0",
    "overdue_1_30": "BETWEEN 1 AND 30",
    "overdue_31_60": "BETWEEN 31 AND 60",
    "overdue_61_90": "BETWEEN 61 AND 90",
    "overdue_over_90": "> 90",
}
# Columns of the list that are sorted by another one of it.
SORTED_BY = {"partner_id": "complete_name", "user_id": "seller"}
# The sides of a month's billing: by kind, by form, in the wallets, and what stays open
# on the receivables. Of each the section, the figure, the form, the amount, a number.
BILLING = (
    """
      SELECT 'billed', figure, NULL, sum(amount), count(DISTINCT move_id)
        FROM (SELECT move.id AS move_id,
                     CASE WHEN sale_order.order_type != 'service'
                          THEN sale_order.order_type
                          WHEN order_line.combo_item_id IS NOT NULL
                               OR template.type = 'combo' THEN 'package'
                          WHEN template.type = 'service' THEN 'service'
                          ELSE 'product'
                     END AS figure,
                     line.price_total * sign(move.amount_total_signed) AS amount
                FROM account_move move
                JOIN account_move_line line ON line.move_id = move.id
                 AND line.display_type = 'product'
                JOIN product_product product ON product.id = line.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
           LEFT JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
           LEFT JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
           LEFT JOIN sale_order ON sale_order.id = order_line.order_id
               WHERE move.move_type IN ('out_invoice', 'out_refund')
                 AND move.state = 'posted'
                 AND move.date BETWEEN %(first)s AND %(last)s
                 AND move.company_id = %(company)s) line
    GROUP BY figure
    """,
    """
      SELECT 'received',
             CASE WHEN amount_company_currency_signed < 0 THEN 'paid_out'
                  ELSE 'received' END,
             payment_method_line_id, sum(amount_company_currency_signed), count(*)
        FROM account_payment
       WHERE state IN ('in_process', 'paid')
         AND partner_type = 'customer'
         AND date BETWEEN %(first)s AND %(last)s
         AND company_id = %(company)s
    GROUP BY 2, 3
    """,
    """
      SELECT 'wallet', figure, NULL, sum(amount), count(DISTINCT move_id)
        FROM (SELECT item.move_id,
                     CASE WHEN fiado_origin = 'credit_sale' THEN 'money_credit'
                          WHEN balance < 0 THEN 'customer_credit'
                          WHEN account_id = %(debt)s THEN 'customer_debt'
                          ELSE 'credit_used' END AS figure,
                     CASE WHEN fiado_origin != 'credit_sale' AND balance > 0
                          THEN balance ELSE -balance END AS amount
                FROM account_move_line item
                JOIN account_move move ON move.id = item.move_id
               WHERE item.account_id IN (%(debt)s, %(credit)s)
                 AND item.parent_state = 'posted'
                 AND item.date BETWEEN %(first)s AND %(last)s) entry
    GROUP BY figure
    """,
    """
      SELECT 'open', 'open', NULL, sum(balance), count(DISTINCT move_id)
        FROM account_move_line
       WHERE account_id IN (SELECT id FROM account_account
                             WHERE account_type = 'asset_receivable'
                               AND id != %(debt)s)
         AND parent_state = 'posted'
         AND date BETWEEN %(first)s AND %(last)s
         AND company_id = %(company)s
    """,
)
# Of the audit. What movements settle can't be checked without reading it.
SUMS = """
      SELECT partner_id, sum(balance), sum(amount_residual)
        FROM account_move_line
       WHERE account_id IN (%(debt)s, %(credit)s)
         AND parent_state = 'posted'
    GROUP BY partner_id
"""
MATCHES = """
      SELECT debit.partner_id, credit.partner_id, sum(match.amount)
        FROM account_partial_reconcile match
        JOIN account_move_line debit ON debit.id = match.debit_move_id
        JOIN account_move_line credit ON credit.id = match.credit_move_id
       WHERE %(journal)s IN (debit.journal_id, credit.journal_id)
    GROUP BY debit.partner_id, credit.partner_id
"""


class Peers:
    """The queries for one company's wallets on a day."""

    def __init__(self, company, today):
        self._values = {
            "company": company.id,
            "debt": company.fiado_debt_account_id.id,
            "credit": company.fiado_credit_account_id.id,
            "journal": company.fiado_journal_id.id,
            "today": today,
            "limit": PAGE,
        }

    def write(self, text, **values):
        return SQL(text, **self._values, **values)

    def partners(self):
        """Contacts with debt."""
        return self.write(PARTNERS, with_debt=self.write(WITH_DEBT))

    def debtors(self, column, direction):
        """The first page of the customers in debt, sorted by a column."""
        column = SORTED_BY.get(column, column)
        ageing = (
            SQL(f"sum(CASE WHEN days {days} THEN owed ELSE 0 END) AS {name}")
            for name, days in AGEING.items()
        )
        return self.write(
            DEBTORS,
            ageing=SQL(", ").join(ageing),
            order=SQL(f"{column} {direction}, id"),
        )

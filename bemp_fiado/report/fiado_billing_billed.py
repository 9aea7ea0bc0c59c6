from odoo import models
from odoo.tools import SQL

from .fiado_billing import INVOICES, QUERIES

# The line of an order, if any, that ``line`` of an invoice bills: of several the first.
JOIN_ORDER_LINE = SQL(
    """LEFT JOIN LATERAL (
                       SELECT MIN(order_line_id) AS id
                         FROM sale_order_line_invoice_rel
                        WHERE invoice_line_id = line.id
                   ) sold ON TRUE
         LEFT JOIN sale_order_line order_line ON order_line.id = sold.id"""
)


class FiadoBilling(models.Model):
    """What was billed, by kind of what was sold."""

    _inherit = "fiado.billing"

    def _get_billed_query(self):
        """Of each invoice what was billed by kind, order and professional, with taxes.

        The lines add up to the invoice's total in company currency: what rounding makes
        of it goes with the first line.
        """
        return SQL(
            """
            SELECT MIN(id)::bigint * %(queries)s AS id, 'billed' AS section, figure,
                   SUM(amount) AS amount, SUM(amount) AS effect,
                   date, company_id, MIN(currency_id) AS currency_id,
                   MIN(partner_id) AS partner_id, MIN(user_id) AS user_id,
                   sale_order_id, move_id, NULL::int AS payment_id,
                   NULL::int AS payment_method_line_id, MIN(journal_id) AS journal_id,
                   MIN(document)::varchar AS document, professional_id
              FROM (SELECT line.*,
                           CASE WHEN id = MIN(id) OVER invoice
                                THEN total - SUM(own) OVER invoice + own
                                ELSE own END AS amount
                      FROM (%(lines)s) line
                    WINDOW invoice AS (PARTITION BY move_id, date, company_id)
                   ) line
          GROUP BY move_id, date, company_id, figure, sale_order_id, professional_id
            """,
            queries=QUERIES,
            lines=self._get_invoice_lines_query(),
        )

    def _get_invoice_lines_query(self):
        return SQL(
            """
            SELECT line.id, %(kind)s AS figure, move.amount_total_signed AS total,
                   ROUND(line.price_total * COALESCE(
                             move.amount_total_signed / NULLIF(move.amount_total, 0), 1
                         ), currency.decimal_places) AS own,
                   move.date, move.company_id, currency.id AS currency_id,
                   move.commercial_partner_id AS partner_id,
                   COALESCE(closed_order.user_id, move.invoice_user_id) AS user_id,
                   %(professional)s AS professional_id,
                   COALESCE(order_line.order_id, move.fiado_order_id) AS sale_order_id,
                   move.id AS move_id, move.journal_id, move.name AS document
              FROM account_move move
              JOIN account_move_line line
                ON line.move_id = move.id
               AND line.display_type = 'product'
              JOIN res_currency currency ON currency.id = line.company_currency_id
         %(join_order_line)s
         LEFT JOIN sale_order ON sale_order.id = order_line.order_id
         LEFT JOIN sale_order closed_order ON closed_order.id = move.fiado_order_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE move.move_type IN %(invoices)s
               AND move.state = 'posted'
               AND move.date %(in_period)s
            """,
            kind=self._get_kind(),
            join_order_line=JOIN_ORDER_LINE,
            professional=self._get_professional(),
            invoices=INVOICES,
            in_period=self._get_in_period(),
        )

    def _get_professional(self):
        """Who did what a line of an invoice bills, a user's id. Addons that know it say
        so here, and show the column; the proof is the order's salesperson's."""
        return SQL("NULL::int")

    def _get_kind(self):
        return SQL(
            """CASE WHEN sale_order.order_type IN ('internal', 'subscription')
                    THEN sale_order.order_type::text
                    WHEN order_line.combo_item_id IS NOT NULL
                      OR template.type = 'combo' THEN 'package'
                    WHEN template.type = 'service' THEN 'service'
                    WHEN template.type IS NOT NULL THEN 'product'
                    ELSE 'other_sale' END"""
        )

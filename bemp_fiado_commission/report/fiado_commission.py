from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.bemp_fiado.report.fiado_billing_billed import JOIN_ORDER_LINE
from odoo.addons.bemp_fiado.report.opening import open_first_readable


class FiadoCommission(models.Model):
    """What professionals did and what they get for it.

    Nothing is stored: a row is one of the lines in which OCA's addon says who gets what
    of a line of a posted invoice. A credit note counts negative, so that an order that
    is reopened or returned takes back what it gave. Amounts are in company currency.
    """

    _name = "fiado.commission"
    _description = "Commissions of Professionals"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "account.invoice.line.agent": [
            "agent_id",
            "amount",
            "invoice_date",
            "object_id",
            "settled",
        ],
        "account.move": ["commercial_partner_id", "move_type", "name", "state"],
        "account.move.line": [
            "amount_currency",
            "balance",
            "company_id",
            "move_id",
            "price_subtotal",
            "product_id",
            "quantity",
            "sale_line_ids",
        ],
        "product.template": ["type"],
        "sale.order.line": ["combo_item_id", "order_id"],
    }

    professional_id = fields.Many2one("res.partner", readonly=True)
    date = fields.Date(readonly=True)
    document = fields.Char(readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one(
        "product.product", string="Service or Product", readonly=True
    )
    kind = fields.Selection(
        selection=[
            ("service", "Services"),
            ("product", "Products"),
            ("package", "Packages"),
        ],
        readonly=True,
    )
    quantity = fields.Float(string="Number", readonly=True)
    billed = fields.Monetary(
        readonly=True,
        help="Without taxes, whatever was paid of it. What several professionals have "
        "a share in is the whole with each of them.",
    )
    amount = fields.Monetary(string="Commission", readonly=True)
    settled = fields.Monetary(string="Of It Settled", readonly=True)
    to_settle = fields.Monetary(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    # The days and the professional that are asked for are in OCA's own table, so that
    # its index finds the rows.

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row.*,
                   CASE WHEN is_settled THEN amount ELSE 0 END AS settled,
                   CASE WHEN is_settled THEN 0 ELSE amount END AS to_settle
              FROM (%s) row
            """,
            self._get_lines_query(),
        )

    def _get_lines_query(self):
        return SQL(
            """
            SELECT agent.id, agent.agent_id AS professional_id,
                   agent.invoice_date AS date, agent.settled AS is_settled,
                   move.name AS document, move.id AS move_id, order_line.order_id,
                   move.commercial_partner_id AS partner_id, line.product_id,
                   CASE WHEN order_line.combo_item_id IS NOT NULL THEN 'package'
                        WHEN template.type = 'service' THEN 'service'
                        ELSE 'product' END AS kind,
                   sign * line.quantity AS quantity,
                   sign * line.price_subtotal * rate AS billed,
                   agent.amount * rate AS amount,
                   line.company_id, line.company_currency_id AS currency_id
              FROM account_invoice_line_agent agent
              JOIN account_move_line line ON line.id = agent.object_id
              JOIN account_move move
                ON move.id = line.move_id
               AND move.state = 'posted'
        CROSS JOIN LATERAL (
                       SELECT CASE move.move_type WHEN 'out_refund' THEN -1
                                                  ELSE 1 END AS sign,
                              COALESCE(ABS(line.balance)
                                       / NULLIF(ABS(line.amount_currency), 0),
                                       1) AS rate) factor
         %s
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            JOIN_ORDER_LINE,
        )

    @api.readonly
    def action_open(self):
        """Open the order that it comes from, or the invoice where there is none, as far
        as the user may read it; else the customer."""
        self.ensure_one()
        return open_first_readable(self.order_id, self.move_id, self.partner_id)

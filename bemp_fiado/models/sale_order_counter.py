from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import WALLET_READERS


class SaleOrder(models.Model):
    """What the counter shows of an order."""

    _inherit = "sale.order"

    counter_state = fields.Selection(
        selection=[("open", "Open"), ("closed", "Closed"), ("cancel", "Canceled")],
        string="Service Order Status",
        compute="_compute_counter_state",
    )
    customer_phone = fields.Char(related="partner_id.phone", string="Phone")
    left_on_fiado = fields.Monetary(
        string="On Fiado",
        help="What of this order stayed as its customer's debt when it was closed.",
        compute="_compute_left_on_fiado",
        search="_search_left_on_fiado",
        currency_field="company_currency_id",
        groups=WALLET_READERS,
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("closing_state", "state")
    def _compute_counter_state(self):
        for order in self:
            if order.closing_state == "closed":
                order.counter_state = "closed"
            else:
                order.counter_state = "cancel" if order.state == "cancel" else "open"

    @api.depends("closing_state")
    def _compute_left_on_fiado(self):
        self.env["fiado.ledger"]._flush_items()
        query = self._get_left_on_fiado_query(
            SQL("move.fiado_order_id IN %s", tuple(self.ids) or (0,))
        )
        left = dict(self.env.execute_query(query))
        for order in self:
            order.left_on_fiado = left.get(order._origin.id, 0.0)

    def _search_left_on_fiado(self, operator, value):
        if operator != ">" or value:
            return NotImplemented
        query = self._get_left_on_fiado_query(SQL("move.fiado_order_id IS NOT NULL"))
        orders = SQL("(SELECT fiado_order_id FROM (%s) fiado)", query)
        return Domain("id", "in", orders)

    @api.model
    def _get_left_on_fiado_query(self, condition):
        """The orders with the debt that their closings left, and that was not taken
        back by reopening them.

        :param SQL condition: which journal entries
        """
        return SQL(
            """
              SELECT move.fiado_order_id, SUM(item.balance)::float
                FROM account_move move
                JOIN res_company company ON company.fiado_journal_id = move.journal_id
                JOIN account_move_line item
                  ON item.move_id = move.id
                 AND item.account_id = company.fiado_debt_account_id
               WHERE %s
                 AND move.state = 'posted'
            GROUP BY move.fiado_order_id
              HAVING SUM(item.balance) > 0
            """,
            condition,
        )

    # -------------------------------------------------------------------------
    # CATALOG
    # -------------------------------------------------------------------------

    def _get_action_add_from_catalog_extra_context(self):
        context = super()._get_action_add_from_catalog_extra_context()
        if self.env.context.get("fiado_counter"):
            # Service orders are not divided into sections.
            context["show_sections"] = False
        return context

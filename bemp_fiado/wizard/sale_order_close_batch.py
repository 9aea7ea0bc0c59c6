from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command

# Each closing takes its time.
MAX_ORDERS = 100
# So many are one transaction: what they hold, other tills wait for.
ORDERS_AT_ONCE = 5


class SaleOrderCloseBatch(models.TransientModel):
    """Close many orders at once, each paid in full through one payment form: the one
    that is chosen for all, or another one that is chosen for a single order.

    Each order is closed by ``sale.order.close_order`` on its own: one that is refused
    says why, and doesn't stop the others.
    """

    _name = "sale.order.close.batch"
    _inherit = "fiado.screen"
    _description = "Close Several Orders"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    payment_form_ids = fields.Many2many(
        "account.payment.method.line",
        string="Payment Forms",
        compute="_compute_payment_form_ids",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Payment Form"
    )
    line_ids = fields.One2many(
        "sale.order.close.batch.line", "batch_id", string="Orders"
    )
    amount_open = fields.Monetary(string="To Receive", compute="_compute_totals")
    amount_closed = fields.Monetary(string="Received", compute="_compute_totals")
    open_count = fields.Integer(string="To Close", compute="_compute_totals")
    closed_count = fields.Integer(string="Closed", compute="_compute_totals")
    refused_count = fields.Integer(string="Not Closed", compute="_compute_totals")

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_payment_form_ids(self):
        for batch in self:
            batch.payment_form_ids = self.env["fiado.request"]._get_payment_forms(
                batch.company_id
            )

    @api.depends("line_ids.state", "line_ids.amount")
    def _compute_totals(self):
        for batch in self:
            lines = batch.line_ids.grouped("state")
            empty = batch.line_ids.browse()
            to_close = lines.get("open", empty)
            closed = lines.get("closed", empty)
            batch.open_count = len(to_close)
            batch.closed_count = len(closed)
            batch.refused_count = len(lines.get("refused", empty))
            batch.amount_open = sum(to_close.mapped("amount"))
            batch.amount_closed = sum(closed.mapped("amount"))

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.model
    def _open_for(self, orders):
        """Open the screen for orders that were chosen in the list.

        :raises UserError: these can't be closed at once; says what to choose
        """
        orders = orders._filtered_access("write")
        self._check_orders(orders)
        batch = self.create(
            {
                "company_id": orders.company_id.id,
                "currency_id": orders.currency_id.id,
                "line_ids": [
                    Command.create(self._prepare_line_vals(order)) for order in orders
                ],
            }
        )
        return batch._show()

    def _check_orders(self, orders):
        if not orders:
            raise UserError(self.env._("Choose orders that you may close."))
        if len(orders) > MAX_ORDERS:
            raise UserError(
                self.env._(
                    "Choose at most %(number)s orders at a time.", number=MAX_ORDERS
                )
            )
        if len(orders.company_id) > 1 or len(orders.currency_id) > 1:
            raise UserError(
                self.env._(
                    "Choose orders of one company and in one currency: they are paid "
                    "through the same payment forms."
                )
            )

    def _prepare_line_vals(self, order):
        vals = {"order_id": order.id, "amount": order._get_amount_due()}
        try:
            order._check_closable()
        except UserError as refusal:
            vals |= {"state": "refused", "message": str(refusal)}
        return vals

    def action_close_orders(self):
        """Close the next few of the orders that are still open, and show what came of
        each. The screen calls this again by itself while some are left: whoever
        leaves it leaves these open."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state == "open")
        if not all(line.payment_method_line_id for line in lines):
            raise UserError(self.env._("Choose how these orders were paid."))
        lines = lines[:ORDERS_AT_ONCE]
        # All wallets before the first closing takes its numbers: somebody who has one
        # of them open may wait for numbers.
        orders = lines.order_id._filtered_access("write")
        self.env["fiado.ledger"]._lock(orders.wallet_partner_id)
        for line in lines:
            line._close()
        return self._show(go_on=self.open_count > 0)

    def _show(self, go_on=False):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"fiado_go_on": go_on},
        }


class SaleOrderCloseBatchLine(models.TransientModel):
    _name = "sale.order.close.batch.line"
    _inherit = "fiado.screen"
    _description = "Order to Close"

    batch_id = fields.Many2one(
        "sale.order.close.batch", required=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    currency_id = fields.Many2one(related="batch_id.currency_id")
    payment_form_ids = fields.Many2many(related="batch_id.payment_form_ids")
    # What the cashier saw is what is paid: where the order changed meanwhile, the
    # difference refuses it.
    amount = fields.Monetary(string="To Receive", readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Form",
        compute="_compute_payment_method_line_id",
        store=True,
        readonly=False,
    )
    state = fields.Selection(
        selection=[
            ("open", "To close"),
            ("closed", "Closed"),
            ("refused", "Not closed"),
        ],
        string="Result",
        default="open",
        required=True,
        readonly=True,
    )
    message = fields.Char(string="Why Not", readonly=True)

    @api.depends("batch_id.payment_method_line_id")
    def _compute_payment_method_line_id(self):
        # Choosing one for all orders chooses it for each that is still to close;
        # another one is chosen in its row afterwards.
        for line in self:
            if line.state == "open":
                line.payment_method_line_id = line.batch_id.payment_method_line_id
            else:
                line.payment_method_line_id = line.payment_method_line_id

    def _close(self):
        """Close the order, paid in full, and keep what came of it."""
        payments = []
        if not self.currency_id.is_zero(self.amount):
            form = self.payment_method_line_id
            payments.append({"payment_method_line_id": form.id, "amount": self.amount})
        try:
            with self.env.cr.savepoint():
                self.order_id.close_order(payments)
        # Nothing else is a refusal: what fails to serialise is run again by Odoo.
        except (UserError, RedirectWarning) as refusal:
            self.write({"state": "refused", "message": str(refusal.args[0])})
        else:
            self.state = "closed"

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Who pays an order, where it isn't the one who takes it: Odoo's invoice address,
    whose wallet the order moves."""

    _inherit = "sale.order"

    payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Pays With",
        help="Whose wallet this order is put on, such as a relative's or an "
        "employer's. None: that of the order's own customer.",
        compute="_compute_payer_id",
        inverse="_inverse_payer_id",
    )

    @api.depends("partner_id")
    def _compute_partner_invoice_id(self):
        result = super()._compute_partner_invoice_id()
        for order in self:
            payer = order.partner_id._get_fiado_payer(order.company_id)
            if payer:
                order.partner_invoice_id = payer._get_fiado_invoice_address()
        return result

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_payer_id(self):
        for order in self:
            payer = order.partner_invoice_id
            order.payer_id = (
                payer.commercial_partner_id != order.partner_id.commercial_partner_id
                and payer
            )

    @api.onchange("payer_id")
    def _inverse_payer_id(self):
        for order in self:
            payer = order.payer_id or order.partner_id
            order.partner_invoice_id = payer._get_fiado_invoice_address()

    def action_choose_payer(self):
        """Ask who pays this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pays with…"),
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [
                (self.env.ref("bemp_fiado.sale_order_view_form_payer").id, "form")
            ],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    def action_payer_chosen(self):
        """Close the question: who pays is saved with the click."""
        return {"type": "ir.actions.act_window_close"}

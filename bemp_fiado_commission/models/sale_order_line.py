from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.bemp_fiado.models.guards import filter_changing

PROFESSIONALS = (
    "[('share', '=', False), ('partner_id.agent', '=', True), "
    "('company_ids', 'in', company_id)]"
)


class SaleOrderLine(models.Model):
    """Who did it, and who gets a commission for that.

    What commissions are is nowhere but in OCA's lines: here follow only whose they are,
    and at which rate.
    """

    _inherit = "sale.order.line"

    professional_id = fields.Many2one(
        "res.users",
        help="Who did this, or sold it, and gets the commission.",
        domain=PROFESSIONALS,
        compute="_compute_professional_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("order_id.user_id", "display_type")
    def _compute_professional_id(self):
        for line in self:
            if not line._has_professional():
                line.professional_id = False
            elif not line.professional_id:
                line.professional_id = line._get_default_professional()

    def _has_professional(self):
        return not (self.display_type or self.is_downpayment)

    def _get_default_professional(self):
        """That of the package it is part of, or of the line before, or the order's, if
        that is somebody who gets commissions. On what professionals buy there is none
        unless somebody is chosen."""
        if self.order_id.order_type == "internal":
            return self.env["res.users"]
        package = self.linked_line_id.professional_id
        if package:
            return package
        others = (self.order_id.order_line - self).filtered("professional_id")
        order_user = self.order_id.user_id
        if not order_user.sudo().partner_id.agent:
            order_user = order_user.browse()
        return others[-1:].professional_id or order_user

    @api.depends("order_id.partner_id", "professional_id")
    def _compute_agent_ids(self):
        return super()._compute_agent_ids()

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    def write(self, vals):
        if "professional_id" in vals:
            changing = filter_changing(self, vals, {"professional_id"})
            changing._check_not_closed()
            changing._check_not_invoiced()
        return super().write(vals)

    def _check_not_invoiced(self):
        """Whose commission it is stands on the invoice."""
        for line in self.filtered("qty_invoiced"):
            raise UserError(
                self.env._(
                    "“%(product)s” of order %(order)s is invoiced: take the invoice "
                    "back first, then choose another professional.",
                    product=line._get_sold_name(),
                    order=line.order_id.name,
                )
            )

    # -------------------------------------------------------------------------
    # COMMISSIONS
    # -------------------------------------------------------------------------

    def _prepare_agents_vals_partner(self, partner, settlement_type=None):
        """Besides the customer's agents, the professional, and those who have a share
        in what this professional does."""
        commands = super()._prepare_agents_vals_partner(partner, settlement_type)
        known = {command[2]["agent_id"] for command in commands}
        for agent in self._get_professional_agents():
            vals = self._prepare_agent_vals(agent)
            # Who has no commission gets none, and is a professional all the same.
            if agent.id not in known and vals["commission_id"]:
                commands.append((0, 0, vals))
        return commands

    def _get_professional_agents(self):
        professional = self.professional_id.sudo().partner_id
        agents = professional | professional.commission_agent_ids
        return agents.filtered("agent") if self._has_professional() else agents.browse()

    def _prepare_agent_vals(self, agent):
        vals = super()._prepare_agent_vals(agent)
        return {**vals, "commission_id": self._get_commission(agent).id}

    def _get_commission(self, agent):
        """The rate of an agent for this line: what the service, product or package
        says, or the professional's own for such things.

        A package is what its parts are, each of them at its part of the price: the
        line of the package itself costs nothing.
        """
        self.ensure_one()
        agent = agent.sudo()
        if agent != self.professional_id.sudo().partner_id:
            return agent.commission_id
        found = self.product_id.sudo().professional_commission_id
        if not found and self.product_id.type not in ("service", "combo"):
            found = agent.product_commission_id
        if self.combo_item_id:
            package = self.linked_line_id.product_id.sudo()
            found = (
                package.professional_commission_id
                or agent.package_commission_id
                or found
            )
        return found or agent.commission_id

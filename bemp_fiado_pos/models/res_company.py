from odoo import api, models


class ResCompany(models.Model):
    """What the points of sale get when fiado is switched on."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("fiado_enabled")._fiado_set_up_points_of_sale()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if vals.get("fiado_enabled"):
            self._fiado_set_up_points_of_sale()
        return result

    def _fiado_set_up_points_of_sale(self):
        """Give the points of sale of these companies and of their branches the payment
        method of the wallets."""
        configs = self.env["pos.config"].sudo()
        configs.search([("company_id", "child_of", self.ids)])._fiado_add_method()

    def _get_fiado_pos_method(self):
        """The payment method of the wallets in this company, made where it has none."""
        self.ensure_one()
        company = self.sudo().with_company(self)
        methods = company.env["pos.payment.method"]
        return methods.search(
            [("fiado", "=", True), ("company_id", "=", self.id)], limit=1
        ) or company._fiado_create(
            "pos.payment.method", "pos_method", company_id=self.id, fiado=True
        )

    def _get_fiado_names(self):
        return {**super()._get_fiado_names(), "pos_method": self.env._("Fiado")}

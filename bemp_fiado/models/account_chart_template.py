from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def try_loading(self, template_code, company, *args, **kwargs):
        """Odoo deletes a chart without entries when another one is chosen: wallets let
        go of it, and are set up again on the new one."""
        chosen = self.env["res.company"].browse(
            company if isinstance(company, int) or not company else company.id
        )
        # Anybody else is refused by Odoo.
        lets_go = self.env.is_system() and chosen._fiado_is_on_unused_chart(
            template_code or self._guess_chart_template(chosen.country_id)
        )
        was_enabled = lets_go and chosen.sudo().fiado_enabled
        if lets_go:
            chosen._fiado_let_go_of_chart()
        result = super().try_loading(template_code, company, *args, **kwargs)
        if was_enabled:
            # Loading may have installed the chart's addon: nothing older is of use.
            company = self.env()["res.company"].sudo().browse(chosen.id)
            # A chart may come without what wallets need: then they stay switched off.
            company.fiado_enabled = bool(company._get_fiado_default_receivable())
        return result

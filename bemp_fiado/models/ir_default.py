import json

from odoo import api, models


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.constrains("field_id", "json_value")
    def _check_fiado_receivable(self):
        # The chart's default receivable, which customers have where they have no other.
        for default in self.sudo():
            field = default.field_id
            if (field.model, field.name) == (
                "res.partner",
                "property_account_receivable_id",
            ):
                account_id = json.loads(default.json_value)
                if isinstance(account_id, int) and account_id:
                    self.env["account.account"].browse(
                        account_id
                    )._fiado_check_no_receivable()

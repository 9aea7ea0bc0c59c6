from odoo import api, models


class ResUsers(models.Model):
    """What the till knows of its user."""

    _inherit = "res.users"

    @api.model
    def _load_pos_data_read(self, records, config):
        rows = super()._load_pos_data_read(records, config)
        for row in rows:
            user = self.browse(row["id"])
            row["_fiado_user"] = user.has_group("bemp_fiado.group_fiado_user")
            row["_fiado_manager"] = user.has_group("bemp_fiado.group_fiado_manager")
        return rows

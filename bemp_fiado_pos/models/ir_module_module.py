from odoo import models
from odoo.exceptions import UserError


class IrModuleModule(models.Model):
    """The bridge goes while no session is open: what orders moved in wallets is taken
    up in the books at their session's end."""

    _inherit = "ir.module.module"

    def button_uninstall(self):
        going = self | self.downstream_dependencies()
        if "bemp_fiado_pos" in going.mapped("name"):
            self._fiado_check_sessions_closed()
        return super().button_uninstall()

    def _fiado_check_sessions_closed(self):
        sessions = self.env["pos.session"].sudo()
        sessions = sessions.search(
            [
                ("state", "!=", "closed"),
                ("config_id.payment_method_ids.fiado", "=", True),
            ]
        )
        if sessions:
            raise UserError(
                self.env._(
                    "What is sold from customers' wallets is in the books once the "
                    "session is closed: close %(sessions)s first.",
                    sessions=", ".join(
                        f"{session.config_id.name} ({session.name})"
                        for session in sessions
                    ),
                )
            )

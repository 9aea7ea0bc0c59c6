from odoo import models

from ..models.res_partner_letter import LETTER

LETTERS = ("bemp_fiado.mail_template_statement", "bemp_fiado.mail_template_reminder")


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def action_send_mail(self):
        composer = self
        if self._is_fiado_letter():
            composer = self.with_context(fiado_letter=LETTER)
        return super(MailComposeMessage, composer).action_send_mail()

    def _is_fiado_letter(self):
        """Whether these are statements or reminders, sent from the till."""
        if set(self.mapped("model")) != {"res.partner"}:
            return False
        letters = [self.env.ref(letter, raise_if_not_found=False) for letter in LETTERS]
        return all(composer.template_id in letters for composer in self) and (
            self.env.user.has_group("sales_team.group_sale_salesman")
        )

from odoo import models

from ..models.elevation import elevate
from ..models.res_partner_letter import LETTER

REMINDER = "bemp_fiado.mail_template_reminder"
LETTERS = ("bemp_fiado.mail_template_statement", REMINDER)


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def action_send_mail(self):
        composer = self
        if self._is_fiado_letter():
            composer = self.with_context(fiado_letter=LETTER)
            self._record_fiado_reminders()
        return super(MailComposeMessage, composer).action_send_mail()

    def _is_fiado_letter(self):
        """Whether these are statements or reminders, sent from the till."""
        if set(self.mapped("model")) != {"res.partner"}:
            return False
        letters = [self.env.ref(letter, raise_if_not_found=False) for letter in LETTERS]
        return all(composer.template_id in letters for composer in self) and (
            self.env.user.has_group("sales_team.group_sale_salesman")
        )

    def _record_fiado_reminders(self):
        """A reminder that somebody writes is one too: its stage is not sent again."""
        reminder = self.env.ref(REMINDER, raise_if_not_found=False)
        for composer in self.filtered(lambda c: c.template_id == reminder):
            partners = self.env["res.partner"].browse(composer._evaluate_res_ids())
            partners.check_access("read")
            for holder in partners.commercial_partner_id:
                elevate(self.env["fiado.reminder"])._record_one(
                    holder, self.env.company.sudo().root_id, "email"
                )

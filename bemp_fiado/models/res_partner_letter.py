import re
from urllib.parse import quote

from odoo import models

# In the context of a statement or reminder that is being sent. RPC can't send it.
LETTER = object()
# What stands between several phone numbers in one field.
SEPARATORS = re.compile(r"[/;,|]")


class ResPartner(models.Model):
    """What is sent to customers from the till: statements and reminders."""

    _inherit = "res.partner"

    def _get_fiado_composer(self, template, **context):
        """An e-mail to the customer in Odoo's own composer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send E-mail"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.commercial_partner_id.ids,
                "default_composition_mode": "comment",
                "default_template_id": self.env.ref(template).id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
                **context,
            },
        }

    def _get_fiado_whatsapp_url(self, text):
        """The page that opens WhatsApp with a message to the customer, or ``False``
        where there is no number that it could call."""
        self.ensure_one()
        number = self._get_fiado_whatsapp_number()
        if not number:
            number = self.commercial_partner_id._get_fiado_whatsapp_number()
        return bool(number) and f"https://wa.me/{number.lstrip('+')}?text={quote(text)}"

    def _get_fiado_whatsapp_number(self):
        """The number as WhatsApp wants it, however it is written: the first of several
        that could be called."""
        country = self.country_id or self.env.company.country_id
        abroad = f"00{country.phone_code}"
        for written in SEPARATORS.split(self.phone or ""):
            digits = re.sub(r"\D", "", written)
            if digits.startswith(abroad):
                # In some countries these zeros would call another one.
                written = f"+{digits.removeprefix('00')}"
            number = written.strip() and self._phone_format(number=written)
            if number:
                return number
        return False

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        # Statements and reminders are sent by those at the till, who may read the
        # customers and not always change them: those who have a wallet, and nothing
        # but these.
        if message_operation == "create" and (
            self.env.context.get("fiado_letter") is LETTER
        ):
            holders = self._get_fiado_holders()
            operations.update(dict.fromkeys(self & holders, "read"))
        return operations

    def _get_fiado_holders(self):
        """Those of these customers in whose wallets something moved ever, as far as the
        user may know."""
        rows = self.env["fiado.wallet.entry"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"]
        )
        return self.browse(partner.id for (partner,) in rows)

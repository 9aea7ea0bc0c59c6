from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .elevation import elevate


class ResPartner(models.Model):
    """What customers in debt are told."""

    _inherit = "res.partner"

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_fiado_remind(self):
        """Open an e-mail that reminds the customer of the debt.

        :raises UserError: the customer owes nothing
        """
        self._check_fiado_owes()
        return self._get_fiado_composer("bemp_fiado.mail_template_reminder")

    def action_fiado_remind_whatsapp(self):
        """Open WhatsApp with a message that reminds the customer of the debt.

        :raises UserError: the customer owes nothing, or has no usable phone number
        """
        self._check_fiado_owes()
        holder = self.commercial_partner_id
        url = self._get_fiado_whatsapp_url(holder._get_fiado_reminder()["text"])
        if not url:
            raise UserError(
                self.env._(
                    "%(customer)s has no phone number that WhatsApp could call: "
                    "correct it, with the area code.",
                    customer=holder.display_name,
                )
            )
        # Who sells may remind customers, and not change them.
        elevate(holder).message_post(
            body=self.env._("Reminded by WhatsApp"),
            author_id=self.env.user.partner_id.id,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # -------------------------------------------------------------------------
    # TEXT
    # -------------------------------------------------------------------------

    def _get_fiado_reminder(self):
        """What a reminder says of the customer's debt, in the customer's language.

        :return: dict of ``text``, and of what it is made of: ``company``, ``amount``
            (formatted), ``since``, ``days`` and, where it should have been paid by
            now, ``due``
        :raises AccessError: the user may not read wallets
        """
        self.ensure_one()
        self.env["fiado.wallet"].check_access("read")
        partner = self.with_context(lang=self.lang or self.env.lang)
        company = partner.env.company.sudo().root_id
        wallet = partner.env["fiado.ledger"]._read_wallets(
            partner.commercial_partner_id, company
        )[partner.commercial_partner_id]
        today = fields.Date.context_today(partner)
        values = {
            "customer": partner.name,
            "company": partner.env.company.name,
            "amount": company.currency_id.format(wallet.debt),
            "since": format_date(partner.env, wallet.debt_since),
            "days": (today - wallet.debt_since).days if wallet.debt_since else 0,
        }
        if wallet.debt_due and wallet.debt_due < today:
            due = format_date(partner.env, wallet.debt_due)
            text = partner.env._(
                "Hello %(customer)s, this is %(company)s. %(amount)s have been open on "
                "your tab for %(days)s days, since %(since)s; they were due on "
                "%(due)s. When could you settle this? Thank you!",
                **values,
                due=due,
            )
        else:
            due = False
            text = partner.env._(
                "Hello %(customer)s, this is %(company)s. A reminder: %(amount)s have "
                "been open on your tab for %(days)s days, since %(since)s. Thank you!",
                **values,
            )
        return {**values, "due": due, "text": text}

    def _check_fiado_owes(self):
        self.ensure_one()
        self.env["fiado.wallet"].check_access("read")
        if self.env.company.currency_id.compare_amounts(self.fiado_debt, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes nothing: there is nothing to remind of.",
                    customer=self.display_name,
                )
            )

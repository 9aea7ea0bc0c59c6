from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class FiadoReminderDue(models.Model):
    """The buttons of the list of who is to be reminded today."""

    _inherit = "fiado.reminder.due"

    @api.model
    def _get_sendable_domain(self):
        """Who can be reminded by e-mail now."""
        return (
            Domain("stage_id", "!=", False)
            & Domain("has_mailbox", "=", True)
            & Domain("promised_on", "=", False)
        )

    def _get_partners_by_company(self):
        """The customers of these rows, be these still there or not, by the companies in
        which the user works."""
        companies = {
            company.sudo().root_id.id: company
            for company in reversed(self.env.companies)
        }
        ids = defaultdict(list)
        for partner_id, company_id in self._get_ids_of_rows():
            if company_id in companies:
                ids[companies[company_id]].append(partner_id)
        partners = self.env["res.partner"]
        return {
            company: partners.browse(partner_ids).exists()
            for company, partner_ids in ids.items()
        }

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_wallet(self):
        return self._get_customer().action_open_wallet()

    def action_email(self):
        """Send the e-mail of the customer's stage now.

        :raises UserError: the customer isn't to be reminded any more, or has no address
        """
        self.env["fiado.policy"]._check_sales_user()
        partner = self._get_customer()
        company = partner.env.company.sudo().root_id
        reminders = self.env["fiado.reminder"].with_company(partner.env.company)
        if not reminders._send_emails(partner, company):
            raise UserError(
                self.env._(
                    "%(customer)s gets no e-mail: the debt was paid, somebody else "
                    "reminded meanwhile, or there is no e-mail address. Reload the "
                    "page.",
                    customer=partner.display_name,
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(customer)s is reminded by e-mail.", customer=partner.display_name
                ),
            },
        }

    def action_whatsapp(self):
        """Open WhatsApp with a message that reminds the customer, and record it."""
        return self._get_customer().action_fiado_remind_whatsapp()

    def action_called(self):
        """Record that the customer was reminded by phone."""
        return self._get_customer().action_fiado_called()

    def action_promise_friday(self):
        """Note that the customer pays on the next Friday."""
        partner = self._get_customer()
        partner._fiado_promise_to_pay(partner._get_fiado_promise_days()["friday"])

    def action_promise(self):
        """Ask when the customer will pay."""
        return self._get_customer().action_fiado_promise()

    def action_withdraw_promise(self):
        """Take the customer's promise back."""
        return self._get_customer().action_fiado_withdraw_promise()

    @api.model
    def action_send_all(self, *_args):
        """Open the screen that sends all e-mails, of the chosen rows or of all that the
        list shows.

        :raises UserError: nobody can be reminded by e-mail
        """
        domain = self._get_sendable_domain()
        chosen_ids = self.env.context.get("active_ids")
        if chosen_ids:
            domain &= Domain("id", "in", chosen_ids)
        else:
            domain &= Domain(self.env.context.get("active_domain") or Domain.TRUE)
        rows = self.search(domain)
        if not rows:
            raise UserError(
                self.env._(
                    "Nobody here can be reminded by e-mail: use WhatsApp or the phone, "
                    "or give the customers an e-mail address."
                )
            )
        return self.env["fiado.reminder.batch"]._open_for(rows)

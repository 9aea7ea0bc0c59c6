from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext

from .elevation import elevate
from .res_partner import WALLET_READERS

# What a signed link to stop reminders is for, and for how long it holds.
STOP_SCOPE = "bemp_fiado.reminder"
STOP_HOURS = 365 * 24


class ResPartner(models.Model):
    """What customers in debt are told."""

    _inherit = "res.partner"

    no_fiado_reminder = fields.Boolean(
        string="No Reminders",
        help="This customer is not reminded of debts, nor in the list of the reminders "
        "due today.",
        tracking=True,
        copy=False,
        groups="base.group_user",
    )
    fiado_mailbox_id = fields.Many2one(
        comodel_name="res.partner",
        string="Reminders Go To",
        help="The customer, or the invoice contact of one without an e-mail address.",
        compute="_compute_fiado_mailbox_id",
        groups=WALLET_READERS,
    )
    fiado_due_date = fields.Date(
        string="Oldest Due Date",
        compute="_compute_fiado_due",
        groups=WALLET_READERS,
    )
    fiado_overdue = fields.Monetary(
        string="Overdue",
        help="What of the debt should have been paid by now.",
        compute="_compute_fiado_due",
        groups=WALLET_READERS,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_due(self):
        wallets = self.env["fiado.wallet"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.sudo().root_id.id),
            ]
        )
        wallets = {wallet.partner_id.id: wallet for wallet in wallets}
        for partner in self:
            wallet = wallets.get(partner.commercial_partner_id._origin.id)
            partner.fiado_due_date = wallet.due_date if wallet else False
            partner.fiado_overdue = wallet.overdue if wallet else 0.0

    @api.depends("commercial_partner_id", "email")
    def _compute_fiado_mailbox_id(self):
        holders = self.commercial_partner_id
        without = holders.filtered(lambda partner: not partner.email_normalized)
        contacts = self.search(
            [
                ("parent_id", "in", without.ids),
                ("type", "=", "invoice"),
                ("email_normalized", "!=", False),
            ],
            order="id desc",
        )
        by_parent = {contact.parent_id.id: contact for contact in contacts}
        for partner in self:
            holder = partner.commercial_partner_id
            partner.fiado_mailbox_id = by_parent.get(holder.id, holder)

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["no_fiado_reminder"]

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
        url = holder._get_fiado_whatsapp_url(holder._get_fiado_whatsapp_text())
        if not url:
            raise UserError(
                self.env._(
                    "%(customer)s has no phone number that WhatsApp could call: "
                    "correct it, with the area code.",
                    customer=holder.display_name,
                )
            )
        holder._fiado_record_reminder("whatsapp", self.env._("Reminded by WhatsApp"))
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_fiado_called(self):
        """Record that the customer was reminded by phone.

        :raises UserError: the customer owes nothing
        """
        self._check_fiado_owes()
        self.commercial_partner_id._fiado_record_reminder(
            "phone", self.env._("Reminded by phone")
        )

    def _fiado_record_reminder(self, channel, note):
        self.env["fiado.policy"]._check_sales_user()
        reminders = elevate(self.env["fiado.reminder"])
        reminder = reminders._record_one(self, self.env.company.sudo().root_id, channel)
        reminder.mail_message_id = self._fiado_note(note)

    # -------------------------------------------------------------------------
    # TEXT
    # -------------------------------------------------------------------------

    def _get_fiado_reminder(self):
        """What a reminder says of the customer's debt, in the customer's language. Of
        many customers it is read at once.

        :return: dict of ``customer``, ``company``, ``amount`` (all that is owed, and
            what is paid today where late fee and interest are charged with it),
            ``since``, ``days``, ``due_date`` (the oldest), ``when`` (``before``,
            ``today``, ``after`` that), ``due`` (as ``due_date``, where it has passed)
            and ``overdue`` (the part that should have been paid by now, where that is
            not all), formatted; ``pay_code``, as ``_get_fiado_pay_code`` has it, where
            it can be copied as text;
            ``link``, to where the customer can pay; ``stop_url``, where reminders are
            stopped
        :raises AccessError: the user may not read wallets
        """
        self.ensure_one()
        self.env["fiado.wallet"].check_access("read")
        partner = self.with_context(lang=self.lang or self.env.lang)
        company = partner.env.company.sudo().root_id
        money = company.currency_id
        today = fields.Date.context_today(partner)
        since, due_date = partner.fiado_debt_since, partner.fiado_due_date
        is_part = money.compare_amounts(partner.fiado_overdue, partner.fiado_debt) < 0
        # Mail programs block pictures of this kind: the text is what is sent.
        pay_code = partner._get_fiado_pay_code(
            partner.fiado_debt + partner.fiado_charges, with_picture=False
        )
        is_overdue = bool(due_date) and due_date < today
        return {
            "customer": partner.name,
            "company": partner.env.company.name,
            "amount": partner._get_fiado_reminded_amount(),
            "since": format_date(partner.env, since),
            "days": (today - since).days if since else 0,
            "due_date": format_date(partner.env, due_date),
            "due": is_overdue and format_date(partner.env, due_date),
            "overdue": is_overdue and is_part and money.format(partner.fiado_overdue),
            "when": partner._get_fiado_when(due_date, today),
            "pay_code": pay_code if pay_code.get("text") else {},
            "link": partner._get_fiado_pay_link(),
            "stop_url": partner._get_fiado_stop_url(),
        }

    def _get_fiado_reminded_amount(self):
        # In the amount, so that also the texts say it that shops wrote themselves.
        money = self.env.company.currency_id
        if not self.fiado_charges:
            return money.format(self.fiado_debt)
        return self.env._(
            "%(amount)s (if paid today: %(today)s with late fee and interest)",
            amount=money.format(self.fiado_debt),
            today=money.format(self.fiado_debt_today),
        )

    def _get_fiado_when(self, due_date, today):
        if not due_date or due_date > today:
            return "before"
        return "today" if due_date == today else "after"

    def _get_fiado_whatsapp_text(self):
        """The shop's own text for WhatsApp, filled in for this customer."""
        self.ensure_one()
        template = self.env.ref("bemp_fiado.mail_template_reminder_whatsapp")
        bodies = template._render_field("body_html", self.ids, compute_lang=True)
        return html2plaintext(bodies[self.id]).strip()

    def _get_fiado_stop_url(self):
        """The signed link by which a customer stops the reminders of the company."""
        token = self._sign_fiado_link(STOP_SCOPE, STOP_HOURS)
        return f"{self.get_base_url()}/fiado/reminders/{token}"

    def _fiado_stop_reminders(self, company):
        """Remind this customer no more: said by the customer, on the page of the signed
        link."""
        if not self.no_fiado_reminder:
            self.no_fiado_reminder = True
            self.message_post(
                body=self.env._(
                    "The customer wants no more reminders of %(company)s, said by the "
                    "link in an e-mail",
                    company=company.name,
                ),
                author_id=self.id,
            )

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

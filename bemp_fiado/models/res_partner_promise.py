from odoo import api, fields, models
from odoo.exceptions import UserError

from .elevation import elevate
from .res_partner import WALLET_READERS

FRIDAY = 4
# A promise for later than this is no promise.
LONGEST_DAYS = 365


class ResPartner(models.Model):
    """When customers said that they will pay."""

    _inherit = "res.partner"

    fiado_promised_on = fields.Date(
        string="Promised For",
        compute="_compute_fiado_promise",
        groups=WALLET_READERS,
    )
    fiado_promise = fields.Char(
        string="Promise",
        compute="_compute_fiado_promise",
        groups=WALLET_READERS,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_fiado_promise(self):
        promises = self.env["fiado.promise"]._read_live(
            self.commercial_partner_id._origin, self.env.company
        )
        for partner in self:
            promise = promises.get(partner.commercial_partner_id._origin)
            partner.fiado_promised_on = promise.date if promise else False
            partner.fiado_promise = promise._get_sentence() if promise else False

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_fiado_promise(self):
        """Ask when the customer will pay."""
        self._check_fiado_owes()
        return self._get_fiado_screen("bemp_fiado.fiado_promise_note_action")

    def action_fiado_withdraw_promise(self):
        """Take the customer's promise back: reminders go on.

        :raises UserError: there is none
        """
        self.env["fiado.policy"]._check_sales_user()
        holder = self._get_fiado_holder()
        promise = self.env["fiado.promise"]._read_live(holder, self.env.company)
        if not promise:
            raise UserError(
                self.env._(
                    "%(customer)s has no promise that holds today.",
                    customer=holder.display_name,
                )
            )
        elevate(promise[holder]).active = False
        holder._fiado_note(self.env._("The promise was taken back"))
        holder._fiado_forget_promise()

    # -------------------------------------------------------------------------
    # NOTE
    # -------------------------------------------------------------------------

    @api.model
    def _get_fiado_promise_days(self):
        """The days that customers say most: tomorrow, the next Friday, in a week."""
        today = fields.Date.context_today(self)
        friday = (FRIDAY - today.weekday()) % 7 or 7
        return {
            "tomorrow": fields.Date.add(today, days=1),
            "friday": fields.Date.add(today, days=friday),
            "week": fields.Date.add(today, days=7),
        }

    def _fiado_promise_to_pay(self, date):
        """Note that the customer will pay on a day, in place of an earlier promise.

        :param date: today or later
        :raises UserError: the customer owes nothing, or it is no such day
        """
        self.env["fiado.policy"]._check_sales_user()
        holder = self._get_fiado_holder()
        holder._check_fiado_owes()
        today = fields.Date.context_today(self)
        if not date or not 0 <= (date - today).days <= LONGEST_DAYS:
            raise UserError(
                self.env._(
                    "Choose a day from today on, within a year: when will it be?"
                )
            )
        company = self.env.company.sudo().root_id
        promises = elevate(self.env["fiado.promise"])
        promises.search(
            [("partner_id", "=", holder.id), ("company_id", "=", company.id)]
        ).active = False
        promises.flush_model()
        promises.create(
            {
                "partner_id": holder.id,
                "company_id": company.id,
                "date": date,
                "noted_on": today,
                "user_id": self.env.uid,
                "last_item_id": holder._get_fiado_last_item_id(company),
            }
        )
        day = promises._get_day(date)
        holder._fiado_note(self.env._("Promised to pay on %(day)s", day=day))
        holder._fiado_forget_promise()

    def _get_fiado_last_item_id(self, company):
        """The newest item that is open of the customer's debt, 0 where none is."""
        items = self.env["account.move.line"].sudo()
        item = items.search(
            [
                ("account_id", "=", company.fiado_debt_account_id.id),
                ("partner_id", "=", self.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ],
            order="id desc",
            limit=1,
        )
        return item.id or 0

    def _fiado_forget_promise(self):
        self.invalidate_recordset(["fiado_promise", "fiado_promised_on"], flush=False)
        for model in ("fiado.reminder.due", "fiado.wallet"):
            self.env[model].invalidate_model(flush=False)

    def _fiado_note(self, body):
        """A line in the customer's history, by the user: who sells may write there,
        and not change customers."""
        return elevate(self).message_post(
            body=body, author_id=self.env.user.partner_id.id
        )

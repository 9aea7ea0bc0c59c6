from odoo import api, fields, models
from odoo.tools import SQL, format_date


class FiadoPromise(models.Model):
    """That a customer said when a debt will be paid.

    A promise holds reminders until that day. It fades by itself: when the day has
    passed, or when nothing is open any more of what was owed when it was noted.
    """

    _name = "fiado.promise"
    _description = "Promise to Pay"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(string="Promised For", required=True, readonly=True)
    noted_on = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Noted By", readonly=True)
    # The newest journal item that was there: it is compared only.
    last_item_id = fields.Integer(string="Newest Entry", readonly=True)
    active = fields.Boolean(default=True, readonly=True)

    _one_at_a_time = models.UniqueIndex("(partner_id, company_id) WHERE active")

    @api.model
    def _read_live(self, partners, company):
        """The promises that hold today, by customer.

        :param partners: commercial partners
        :param company: any company: branches share the wallets of their root
        """
        company = company.sudo().root_id
        debts = company.fiado_debt_account_id
        if not partners.ids or not debts:
            return {}
        self.flush_model()
        ledger = self.env["fiado.ledger"]
        ledger._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM fiado_promise promise
                 WHERE active
                   AND partner_id IN %(partners)s
                   AND company_id = %(company)s
                   AND date >= %(today)s
                   AND EXISTS (
                       SELECT FROM account_move_line item
                        WHERE item.partner_id = promise.partner_id
                          AND item.account_id = %(debts)s
                          AND item.id <= promise.last_item_id
                          AND item.amount_residual > 0
                          AND item.reconciled IS NOT TRUE
                          AND item.parent_state = 'posted'
                          AND %(of_company)s
                   )
                """,
                partners=tuple(partners.ids),
                company=company.id,
                today=fields.Date.context_today(self),
                debts=debts.id,
                of_company=ledger._get_of_company(company),
            )
        )
        promises = self.sudo().browse(id_ for (id_,) in rows)
        return {partners.browse(promise.partner_id.id): promise for promise in promises}

    def _get_sentence(self):
        """What the till and the wallet say of a promise."""
        self.ensure_one()
        return self.env._(
            "Promised to pay on %(day)s (noted by %(user)s on %(noted_on)s)",
            day=self._get_day(self.date),
            user=self.user_id.name,
            noted_on=format_date(self.env, self.noted_on),
        )

    @api.model
    def _get_day(self, date):
        """A day as people say it, with its weekday."""
        weekday = format_date(self.env, date, date_format="EEEE")
        return f"{weekday}, {format_date(self.env, date)}"

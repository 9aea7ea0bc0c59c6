from odoo import fields, models


class FiadoPromiseNote(models.TransientModel):
    """When will the customer pay? One click on what people say most, or a day."""

    _name = "fiado.promise.note"
    _inherit = "fiado.screen"
    _description = "Note a Promise"

    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    debt = fields.Monetary(related="partner_id.fiado_debt")
    promise = fields.Char(related="partner_id.fiado_promise")
    date = fields.Date(string="Another Day")

    def action_tomorrow(self):
        return self._promise("tomorrow")

    def action_friday(self):
        return self._promise("friday")

    def action_week(self):
        return self._promise("week")

    def action_date(self):
        """Note the day that was typed."""
        self._get_customer()._fiado_promise_to_pay(self.date)
        return self._close()

    def action_withdraw(self):
        """Take back the promise that there is."""
        self._get_customer().action_fiado_withdraw_promise()
        return self._close()

    def _promise(self, day):
        partner = self._get_customer()
        partner._fiado_promise_to_pay(partner._get_fiado_promise_days()[day])
        return self._close()

    def _get_customer(self):
        self.ensure_one()
        return self.partner_id.with_company(self.company_id)

    def _close(self):
        # What is below shows the promise then.
        return {"type": "ir.actions.act_window_close"}

from odoo import api, fields, models

from ..models.fiado_reminder_job import BATCH, STATEMENT_BATCH


class FiadoReminderBatch(models.TransientModel):
    """Send the e-mails of many reminders, a few in each call, and show how far it is.

    Whoever leaves the screen stops it: who is left stays in the list.
    """

    _name = "fiado.reminder.batch"
    _description = "Send All Reminders"

    # The rows that are still to send, of ``fiado.reminder.due``.
    row_ids = fields.Json(readonly=True)
    left_count = fields.Integer(string="To Send", readonly=True)
    sent_count = fields.Integer(string="Sent", readonly=True)
    skipped_count = fields.Integer(string="Not Sent", readonly=True)

    @api.model
    def _open_for(self, rows):
        """Open the screen for rows that were chosen in the list."""
        # Statements take their time, so they are sent a few at a time, and last.
        slow = rows.filtered(lambda row: row.stage_id.with_statement)
        batches = [[(rows - slow).ids, BATCH], [slow.ids, STATEMENT_BATCH]]
        batch = self.create({"row_ids": batches, "left_count": len(rows)})
        return batch._show()

    def action_send(self):
        """Send the next few, and say how many are left. The screen calls this again by
        itself while some are."""
        self.ensure_one()
        self.env["fiado.policy"]._check_sales_user()
        (quick, quick_size), (slow, slow_size) = self.row_ids
        chosen = quick[:quick_size] or slow[:slow_size]
        rows = self.env["fiado.reminder.due"].browse(chosen)
        sent = sum(
            len(self._send(company, partners))
            for company, partners in rows._get_partners_by_company().items()
        )
        self.sudo().write(
            {
                "row_ids": [
                    [quick[quick_size:], quick_size],
                    [slow if quick else slow[slow_size:], slow_size],
                ],
                "left_count": self.left_count - len(chosen),
                "sent_count": self.sent_count + sent,
                "skipped_count": self.skipped_count + len(chosen) - sent,
            }
        )
        return self._show(go_on=self.left_count > 0)

    def _send(self, company, partners):
        reminders = self.env["fiado.reminder"].with_company(company)
        return reminders._send_emails(partners, company.sudo().root_id)

    def _show(self, go_on=False):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send All E-mails"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"fiado_go_on": go_on},
        }

from odoo import api, models
from odoo.exceptions import UserError

# What makes a journal fit for wallets.
KEPT_FIELDS = {"active", "company_id", "type"}


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def write(self, vals):
        changed = KEPT_FIELDS & set(vals)
        if changed:
            self.filtered(
                lambda journal: any(
                    self._fields[name].convert_to_write(journal[name], journal)
                    != vals[name]
                    for name in changed
                )
            )._fiado_check_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiado(self):
        self._fiado_check_kept()

    def _fiado_check_kept(self):
        if not self.ids:
            return
        company = (
            self.env["res.company"]
            .sudo()
            .with_context(active_test=False)
            .search([("fiado_journal_id", "in", self.ids)], limit=1)
        )
        if company:
            raise UserError(
                self.env._(
                    "%(journal)s holds the movements of the customers' wallets: it "
                    "keeps its type and its company, and can't be archived or deleted. "
                    "Choose another journal for the wallets in the settings first.",
                    journal=company.fiado_journal_id.display_name,
                )
            )

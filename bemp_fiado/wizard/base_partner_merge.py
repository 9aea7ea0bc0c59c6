from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.elevation import elevate


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # The wallets are one by now; what was open in both of them is matched.
        merged = self.env["res.partner"].browse(partner_ids).exists()
        self.env["fiado.ledger"]._tidy(merged.commercial_partner_id)
        own = merged.filtered(
            lambda partner: (
                partner.fiado_payer_id.commercial_partner_id
                == partner.commercial_partner_id
            )
        )
        elevate(own).fiado_payer_id = False
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        ledger = self.env["fiado.ledger"]
        ledger._lock(src_partners | dst_partner)
        self._fiado_check_merge(src_partners, dst_partner)
        self._fiado_merge_reminders(src_partners | dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        # Who may merge contacts need not manage wallets: the mark of one stays.
        for mark in ("no_fiado", "no_fiado_reminder"):
            if any((src_partners | dst_partner).sudo().mapped(mark)):
                elevate(dst_partner)[mark] = True
        return super()._update_values(src_partners, dst_partner)

    def _fiado_merge_reminders(self, partners):
        """What several of these were reminded of for one stage and due date is one
        fact of the merged one, who has one promise: the newest. Odoo writes by SQL,
        and would run into either."""
        reminders, promises = self.env["fiado.reminder"], self.env["fiado.promise"]
        self.env["fiado.receipt"]._forget_doubles(partners)
        reminders.flush_model()
        promises.flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM fiado_reminder reminder
                 USING fiado_reminder first
                 WHERE reminder.partner_id IN %(partners)s
                   AND first.partner_id IN %(partners)s
                   AND first.id < reminder.id
                   AND first.company_id = reminder.company_id
                   AND first.stage_id = reminder.stage_id
                   AND first.due_date = reminder.due_date
                """,
                partners=tuple(partners.ids),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE fiado_promise promise SET active = FALSE
                  FROM fiado_promise newer
                 WHERE promise.partner_id IN %(partners)s
                   AND newer.partner_id IN %(partners)s
                   AND newer.id > promise.id
                   AND newer.company_id = promise.company_id
                   AND newer.active
                   AND promise.active
                """,
                partners=tuple(partners.ids),
            )
        )
        reminders.invalidate_model(flush=False)
        promises.invalidate_model(flush=False)

    def _fiado_check_merge(self, src_partners, dst_partner):
        companies = (
            self.env["res.company"].sudo().search([("fiado_journal_id", "!=", False)])
        )
        walk_in = companies.fiado_walk_in_partner_id & (src_partners | dst_partner)
        if walk_in:
            raise UserError(
                self.env._(
                    "%(customer)s stands for all customers that are not known, so it "
                    "can't be merged with one that is.",
                    customer=walk_in[0].display_name,
                )
            )
        secured = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("journal_id", "in", companies.fiado_journal_id.ids),
                    ("move_id.inalterable_hash", "!=", False),
                    ("partner_id", "in", src_partners.ids),
                ],
                limit=1,
            )
        )
        if secured:
            raise UserError(
                self.env._(
                    "%(customer)s has wallet entries that are secured with a hash, so "
                    "it can't be merged. Transfer the wallet's balance to "
                    "%(destination)s instead, then archive %(customer)s.",
                    customer=secured.partner_id.display_name,
                    destination=dst_partner.display_name,
                )
            )

import logging

from markupsafe import Markup

from odoo import api, models
from odoo.tools import split_every

_logger = logging.getLogger(__name__)
# How many wallets the daily job keeps locked at a time.
TIDY_BATCH = 200
# How many differences an activity names.
MAX_NAMED = 20


class FiadoWallet(models.Model):
    """The daily job: wallets are put in order and audited."""

    _inherit = "fiado.wallet"

    @api.model
    def _cron_tidy_and_audit(self):
        """Put the wallets in order, then tell their managers what doesn't tie out."""
        ledger, cron = self.env["fiado.ledger"], self.env["ir.cron"]
        untidy = self.env["res.partner"].union(*ledger._get_untidy().values())
        cron._commit_progress(remaining=len(untidy))
        for batch_ids in split_every(TIDY_BATCH, untidy.ids):
            # Who is at the till now is left to the next run.
            batch = untidy.browse(batch_ids).try_lock_for_update(allow_referencing=True)
            ledger._tidy(batch)
            if not cron._commit_progress(len(batch_ids)):
                return
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("parent_id", "=", False), ("fiado_journal_id", "!=", False)])
        )
        differences = self.with_context(allowed_company_ids=companies.ids).audit()
        for company in companies:
            found = [row for row in differences if row["company_id"] == company.id]
            _logger.log(
                logging.WARNING if found else logging.INFO,
                "wallet audit: company=%s differences=%s",
                company.id,
                len(found),
            )
            self._tell_managers(company, found)

    @api.model
    def _tell_managers(self, company, differences):
        """Have each of the company's wallet managers one activity, on the company's
        own contact, as long as there are differences."""
        contact = company.partner_id
        activity_type = "bemp_fiado.mail_activity_type_audit"
        activities = contact.activity_search([activity_type])
        if not differences:
            activities.unlink()
            return
        managers = self.env.ref("bemp_fiado.group_fiado_manager").all_user_ids
        for manager in managers.filtered(lambda user: company in user.company_ids):
            note = self.with_context(lang=manager.lang)._get_audit_note(
                company, differences
            )
            activity = activities.filtered(
                lambda act, user=manager: act.user_id == user
            )
            if activity:
                activity.note = note
            else:
                contact.activity_schedule(activity_type, user_id=manager.id, note=note)

    def _get_audit_note(self, company, differences):
        checks = self.env["fiado.audit"]._get_labels()
        partners = self.env["res.partner"].sudo()
        sentences = [
            self.env._(
                "%(customer)s: %(check)s (expected %(expected)s, found %(found)s)",
                customer=partners.browse(row["partner_id"]).display_name or "–",
                check=checks.get(row["check"], row["check"]),
                expected=company.currency_id.format(row["expected"]),
                found=company.currency_id.format(row["found"]),
            )
            for row in differences[:MAX_NAMED]
        ]
        if len(differences) > MAX_NAMED:
            sentences.append(
                self.env._("… and %(number)s more", number=len(differences) - MAX_NAMED)
            )
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._(
                "These wallets don't tie out with the accounts. Ask your accountant "
                "to look at them:"
            ),
            Markup().join(Markup("<li>%s</li>") % sentence for sentence in sentences),
        )

    # -------------------------------------------------------------------------
    # AUDIT
    # -------------------------------------------------------------------------

    @api.model
    @api.readonly
    def audit(self, partner_ids=None):
        """Check that the wallets tie out with the accounts.

        For every customer and company, what is open on the two accounts must be what
        was ever posted on them, neither account may be on the wrong side, nor may both
        be open, what a movement, a closing or a payment settled must stay settled, and
        by posted entries.

        :param list partner_ids: customers to check, all of them by default
        :return: list of dicts ``{"check", "partner_id", "company_id", "expected",
            "found"}``, amounts in company currency; empty when all tie out
        """
        self.check_access("read")
        if partner_ids is not None:
            partner_ids = self.env["fiado.request"]._clean_ids(
                partner_ids, self.env._("A customer")
            )
        rows = self.env["fiado.audit"]._find_differences(
            self.env.companies.root_id, partner_ids
        )
        return [
            {
                "check": check,
                "partner_id": partner_id,
                "company_id": company_id,
                "expected": float(expected),
                "found": float(found),
            }
            for check, partner_id, company_id, expected, found in rows
        ]

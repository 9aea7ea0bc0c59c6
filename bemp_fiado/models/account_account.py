from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# What makes an account fit for wallets.
KEPT_FIELDS = {"account_type", "active", "reconcile"}


class AccountAccount(models.Model):
    _inherit = "account.account"

    @api.constrains("company_ids")
    def _check_fiado_not_shared(self):
        if self._get_fiado_companies():
            self._fiado_check_not_shared()

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    def write(self, vals):
        changed = KEPT_FIELDS & set(vals)
        if changed:
            self.filtered(
                lambda account: any(account[name] != vals[name] for name in changed)
            )._fiado_check_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiado(self):
        self._fiado_check_kept()

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

    def _get_fiado_companies(self):
        """The companies whose wallets are on these accounts, whether fiado is switched
        on there or not."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        if not self.ids:
            return companies
        return companies.search(
            Domain("parent_id", "=", False)
            & (
                Domain("fiado_debt_account_id", "in", self.ids)
                | Domain("fiado_credit_account_id", "in", self.ids)
            )
        )

    def _fiado_check_kept(self):
        for company in self._get_fiado_companies():
            accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
            raise UserError(
                self.env._(
                    "%(account)s holds the customers' wallets of %(company)s: it keeps "
                    "its type and allows reconciliation, and can't be archived or "
                    "deleted. Choose another account for the wallets in the settings "
                    "first.",
                    account=(accounts & self.sudo())[0].display_name,
                    company=company.name,
                )
            )

    def _fiado_check_not_shared(self):
        """Check that each wallet account among these belongs to one company, branches
        left out: each company has wallets of its own.

        :raises ValidationError: one of them doesn't
        """
        companies = self._get_fiado_companies()
        wallets = companies.fiado_debt_account_id | companies.fiado_credit_account_id
        for account in self.sudo() & wallets:
            sharers = account.company_ids.root_id
            if len(sharers | companies.filtered(account._is_fiado_of)) > 1:
                raise ValidationError(
                    self.env._(
                        "%(account)s holds the customers' wallets of one company, so "
                        "it can't belong to others too: choose an account of its own "
                        "for each of them.",
                        account=account.display_name,
                    )
                )

    def _is_fiado_of(self, company):
        return self in company.fiado_debt_account_id | company.fiado_credit_account_id

    def _fiado_check_no_receivable(self):
        """Check that none of these accounts, about to be a receivable of customers,
        holds wallets.

        :raises ValidationError: one of them does
        """
        companies = self._get_fiado_companies()
        if companies:
            accounts = companies.fiado_debt_account_id
            accounts |= companies.fiado_credit_account_id
            raise ValidationError(
                (accounts & self.sudo())._get_fiado_receivable_message()
            )

    def _get_fiado_receivable_message(self):
        return self.env._(
            "%(account)s holds the customers' wallets, so it can't be the receivable "
            "account of invoices too: choose another one.",
            account=", ".join(self.mapped("display_name")),
        )

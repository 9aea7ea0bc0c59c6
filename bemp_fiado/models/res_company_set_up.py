from odoo import models
from odoo.exceptions import UserError

from .res_company import ACCOUNT_FIELDS

# What a chart holds of the wallets.
CHART_FIELDS = [
    *ACCOUNT_FIELDS,
    "fiado_loss_account_id",
    "fiado_interest_account_id",
    "fiado_rounding_account_id",
    "fiado_journal_id",
]
# The accounts that a company gets, in the order of their codes.
ACCOUNTS = {
    "debt": {"account_type": "asset_receivable", "reconcile": True},
    "credit": {"account_type": "liability_current", "reconcile": True},
    "loss": {"account_type": "expense"},
    "interest": {"account_type": "income_other"},
}
# Among which accounts of a country's chart the wallets' accounts belong.
PLACES = {
    "BR": {
        # Duplicatas a receber, adiantamentos de clientes, perdas em operações de
        # crédito, receitas financeiras.
        "debt": "1.01.02.02.",
        "credit": "2.01.01.05.",
        "loss": "3.01.01.07.01.",
        "interest": "3.01.01.05.01.",
    },
}


class ResCompany(models.Model):
    """How a company gets what its wallets need."""

    _inherit = "res.company"

    def _fiado_set_up(self, vals=()):
        """Create the accounts, the journals and the walk-in customer that are missing.

        :param vals: values about to be written: what they hold is not missing
        :raises UserError: the company has no chart of accounts
        """
        for company in self:
            company = company.sudo().with_company(company)
            if not company._get_fiado_default_receivable():
                raise UserError(
                    self.env._(
                        "%(company)s has no chart of accounts yet. Choose one in the "
                        "Invoicing settings, then switch Fiado on.",
                        company=company.name,
                    )
                )
            missing = company._get_fiado_missing(vals)
            created = {}
            for name, account_vals in ACCOUNTS.items():
                if f"fiado_{name}_account_id" in missing:
                    created[f"fiado_{name}_account_id"] = company._fiado_create(
                        "account.account",
                        name,
                        code=company._get_fiado_account_code(name),
                        **account_vals,
                    )
            if "fiado_journal_id" in missing:
                created["fiado_journal_id"] = company._fiado_create(
                    "account.journal",
                    "journal",
                    code=company._get_fiado_journal_code("CART"),
                    type="general",
                    company_id=company.id,
                    show_on_dashboard=False,
                )
            if "fiado_walk_in_partner_id" in missing:
                names = company._get_fiado_names()
                created["fiado_walk_in_partner_id"] = company.env["res.partner"].create(
                    {"name": names["walk_in"], "company_id": company.id}
                )
            company._fiado_create_cash_journal()
            if created:
                company.write({name: record.id for name, record in created.items()})

    def _get_fiado_missing(self, vals):
        return {
            field_name
            for field_name in self._get_company_root_delegated_field_names()
            if field_name.startswith("fiado_")
            and not self[field_name]
            and field_name not in vals
        }

    def _fiado_is_on_unused_chart(self, template_code):
        """Whether Odoo is about to delete the chart on which the wallets are: it does
        where there are no entries yet and another chart is chosen."""
        company = self.sudo()
        return (
            bool(company)
            and not company.parent_id
            and any(company[field_name] for field_name in CHART_FIELDS)
            and template_code != company.chart_template
            and not company.env["account.move.line"].search_count(
                [("company_id", "child_of", company.id)], limit=1
            )
        )

    def _fiado_let_go_of_chart(self):
        self.sudo().write(
            {"fiado_enabled": False, **dict.fromkeys(CHART_FIELDS, False)}
        )

    def _fiado_create(self, model, name, **vals):
        record = self.env[model].create({"name": self._get_fiado_names()[name], **vals})
        for code, _name in self.env["res.lang"].get_installed():
            names = self.with_context(lang=code)._get_fiado_names()
            record.with_context(lang=code).name = names[name]
        return record

    def _get_fiado_names(self):
        return {
            "debt": self.env._("Customer debts (fiado)"),
            "credit": self.env._("Customer credits"),
            "loss": self.env._("Forgiven customer debts"),
            "interest": self.env._("Late fee and interest of customers"),
            "journal": self.env._("Customer wallets"),
            "walk_in": self.env._("Unidentified customer"),
            "cash": self.env._("Cash"),
        }

    def _fiado_create_cash_journal(self):
        # A new company has a bank journal, but nowhere to put the cash of the day.
        journals = self.env["account.journal"]
        if journals.search_count([("type", "=", "cash"), ("company_id", "=", self.id)]):
            return
        journal = self._fiado_create(
            "account.journal",
            "cash",
            code=self._get_fiado_journal_code("CSH1"),
            type="cash",
            company_id=self.id,
        )
        # Cash is in the till at once: it waits for no bank statement.
        journal.inbound_payment_method_line_ids.payment_account_id = (
            journal.default_account_id
        )

    def _get_fiado_default_receivable(self):
        field = self.env["res.partner"]._fields["property_account_receivable_id"]
        return field.get_company_dependent_fallback(
            self.env["res.partner"].with_company(self)
        )

    def _get_fiado_rounding_account(self):
        """Where an odd cent goes that customers paid too much, if the shop has such
        an account."""
        return (
            self.root_id.fiado_rounding_account_id
            or self.root_id.default_cash_difference_income_account_id
        )

    def _get_fiado_opening_account(self):
        """The account on the other side of balances that are brought over: where Odoo
        itself puts what an opening entry lacks to balance."""
        return self.get_unaffected_earnings_account()

    def _get_fiado_account_code(self, name):
        """A free code for a wallet's account: the next one after its neighbour's."""
        neighbour = self._get_fiado_neighbour(name).with_company(self)
        return neighbour._search_new_account_code(neighbour.code)

    def _get_fiado_neighbour(self, name):
        """The account of the chart beside which one of the wallets' accounts belongs.

        :param str name: ``debt``, ``credit``, ``loss`` or ``interest``
        """
        places = PLACES.get(self.account_fiscal_country_id.code, {})
        if name in places:
            among = ("code", "=like", f"{places[name]}%")
            account = self._get_fiado_first_account(among)
            if account:
                return account
        receivable = self._get_fiado_default_receivable()
        if name == "credit":
            advances = self.downpayment_account_id.filtered(
                lambda account: account.account_type == "liability_current"
            )
            return (
                advances
                or self._get_fiado_first_account(
                    ("account_type", "=", "liability_current")
                )
                or receivable
            )
        if name == "loss":
            return (
                self.expense_account_id
                or self._get_fiado_first_account(("account_type", "=", "expense"))
                or receivable
            )
        if name == "interest":
            return (
                self._get_fiado_first_account(("account_type", "=", "income_other"))
                or receivable
            )
        return receivable

    def _get_fiado_first_account(self, condition):
        accounts = self.env["account.account"].with_company(self)
        return accounts.search(
            [*accounts._check_company_domain(self), condition], order="code", limit=1
        )

    def _get_fiado_journal_code(self, code):
        journals = self.env["account.journal"].with_context(active_test=False)
        taken = journals.search([("company_id", "=", self.id)]).mapped("code")
        candidates = [code, *(f"{code[:4]}{number}" for number in range(1, 10))]
        return next(c for c in candidates if c not in taken)

import re

from stdnum.br import cnpj

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext

from odoo.addons.base.models.ir_actions_report import _wkhtml

ACCOUNT_FIELDS = ["fiado_debt_account_id", "fiado_credit_account_id"]
# What a chart holds of the wallets.
CHART_FIELDS = [
    *ACCOUNT_FIELDS,
    "fiado_loss_account_id",
    "fiado_rounding_account_id",
    "fiado_journal_id",
]
# Among which accounts of a country's chart the wallets' accounts belong.
PLACES = {
    "BR": {
        # Duplicatas a receber, adiantamentos de clientes, perdas em operações de
        # crédito.
        "debt": "1.01.02.02.",
        "credit": "2.01.01.05.",
        "loss": "3.01.01.07.01.",
    },
}


class ResCompany(models.Model):
    _inherit = "res.company"

    fiado_enabled = fields.Boolean(
        string="Fiado",
        help="Let permitted users close an order with a balance: what is missing "
        "becomes the customer's debt, what is too much becomes credit.",
    )
    fiado_debt_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Customer Debts Account",
        help="The receivable account of what customers owe on fiado.",
        check_company=True,
        domain="[('account_type', '=', 'asset_receivable')]",
        ondelete="restrict",
    )
    fiado_credit_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Customer Credits Account",
        help="The liability account of the credit that customers have left.",
        check_company=True,
        domain="[('account_type', '=', 'liability_current')]",
        ondelete="restrict",
    )
    fiado_loss_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Forgiven Debts Account",
        help="The expense account of the debts that are forgiven.",
        check_company=True,
        domain="[('internal_group', '=', 'expense')]",
        ondelete="restrict",
    )
    fiado_rounding_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Rounding Account",
        help="Where the odd cent goes that rounded down payments are more than their "
        "order. Empty: to the chart's account of cash differences.",
        check_company=True,
        domain="[('internal_group', 'in', ('income', 'expense'))]",
        ondelete="restrict",
    )
    fiado_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Wallet Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
        ondelete="restrict",
    )
    fiado_days = fields.Integer(
        string="Days to Pay",
        default=30,
        help="A debt is due so many days after the order was closed.",
    )
    fiado_overdue_block_days = fields.Integer(
        string="Block When Overdue",
        help="No new debt for a customer whose debt is overdue for more than so many "
        "days. 0: no block.",
    )
    fiado_walk_in_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Walk-in Customer",
        help="The customer of orders whose customer is not known: they leave no "
        "balance.",
        ondelete="restrict",
    )

    _check_fiado_days = models.Constraint(
        "CHECK (fiado_days >= 0 AND fiado_overdue_block_days >= 0)",
        "A number of days can't be negative.",
    )

    @api.constrains(*ACCOUNT_FIELDS)
    def _check_fiado_accounts_are_its_own(self):
        for company in self.filtered(lambda company: not company.parent_id):
            debt = company.fiado_debt_account_id
            (debt | company.fiado_credit_account_id)._fiado_check_not_shared()
            customers = company.env["res.partner"].sudo().with_company(company)
            if debt and customers.with_context(active_test=False).search_count(
                [("property_account_receivable_id", "=", debt.id)], limit=1
            ):
                raise ValidationError(debt._get_fiado_receivable_message())

    @api.constrains(*ACCOUNT_FIELDS, "fiado_journal_id")
    def _check_fiado_accounts(self):
        for company in self.filtered("fiado_enabled"):
            debt, credit = (
                company.fiado_debt_account_id,
                company.fiado_credit_account_id,
            )
            if not (debt and credit and company.fiado_journal_id):
                raise ValidationError(
                    self.env._(
                        "Fiado needs two accounts and a journal: choose them in the "
                        "settings, or leave them all empty to have them created."
                    )
                )
            if (
                debt.account_type != "asset_receivable"
                or debt == company._get_fiado_default_receivable()
            ):
                raise ValidationError(
                    self.env._(
                        "The account of the customers' debts must be a receivable "
                        "account of its own, not the one of ordinary invoices."
                    )
                )
            if credit.account_type != "liability_current" or not credit.reconcile:
                raise ValidationError(
                    self.env._(
                        "The account of the customers' credits must be a current "
                        "liability that allows reconciliation."
                    )
                )
            if company.fiado_journal_id.type != "general":
                raise ValidationError(
                    self.env._("The wallet journal must be of type Miscellaneous.")
                )

    @api.constrains("fiado_walk_in_partner_id")
    def _check_fiado_walk_in(self):
        for partner in self.sudo().fiado_walk_in_partner_id:
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(customer)s is a contact of %(firm)s: choose a contact that "
                        "stands alone as the walk-in customer.",
                        customer=partner.name,
                        firm=partner.commercial_partner_id.name,
                    )
                )
            if partner._has_fiado_entries():
                raise ValidationError(
                    self.env._(
                        "%(customer)s has wallet entries, so it is somebody known: "
                        "choose another contact, or a new one, as the walk-in "
                        "customer.",
                        customer=partner.name,
                    )
                )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered(
            lambda company: company.fiado_enabled and not company.parent_id
        )._fiado_set_up()
        return companies

    def write(self, vals):
        for field_name in {*ACCOUNT_FIELDS, "fiado_journal_id"} & set(vals):
            self._fiado_check_unused(field_name, vals[field_name])
        if vals.get("fiado_enabled"):
            # Set up first: a company is never switched on without its accounts.
            self.filtered(lambda company: not company.parent_id)._fiado_set_up(vals)
        return super().write(vals)

    def _get_company_root_delegated_field_names(self):
        return super()._get_company_root_delegated_field_names() + [
            "fiado_enabled",
            *ACCOUNT_FIELDS,
            "fiado_loss_account_id",
            "fiado_rounding_account_id",
            "fiado_journal_id",
            "fiado_days",
            "fiado_overdue_block_days",
            "fiado_walk_in_partner_id",
        ]

    # -------------------------------------------------------------------------
    # SET-UP
    # -------------------------------------------------------------------------

    def _fiado_set_up(self, vals=()):
        """Create the accounts, the journals and the walk-in customer that are missing.

        :param vals: values about to be written: what they hold is not missing
        :raises UserError: the company has no chart of accounts
        """
        for company in self:
            company = company.sudo().with_company(company)
            receivable = company._get_fiado_default_receivable()
            if not receivable:
                raise UserError(
                    self.env._(
                        "%(company)s has no chart of accounts yet. Choose one in the "
                        "Invoicing settings, then switch Fiado on.",
                        company=company.name,
                    )
                )
            missing = {
                field_name
                for field_name in company._get_company_root_delegated_field_names()
                if field_name.startswith("fiado_")
                and not company[field_name]
                and field_name not in vals
            }
            created = {}
            if "fiado_debt_account_id" in missing:
                created["fiado_debt_account_id"] = company._fiado_create(
                    "account.account",
                    "debt",
                    code=company._get_fiado_account_code("debt"),
                    account_type="asset_receivable",
                    reconcile=True,
                )
            if "fiado_credit_account_id" in missing:
                created["fiado_credit_account_id"] = company._fiado_create(
                    "account.account",
                    "credit",
                    code=company._get_fiado_account_code("credit"),
                    account_type="liability_current",
                    reconcile=True,
                )
            if "fiado_loss_account_id" in missing:
                created["fiado_loss_account_id"] = company._fiado_create(
                    "account.account",
                    "loss",
                    code=company._get_fiado_account_code("loss"),
                    account_type="expense",
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
                created["fiado_walk_in_partner_id"] = company.env["res.partner"].create(
                    {
                        "name": company._get_fiado_names()["walk_in"],
                        "company_id": company.id,
                    }
                )
            company._fiado_create_cash_journal()
            if created:
                company.write({name: record.id for name, record in created.items()})

    def _get_fiado_letterhead(self):
        """What a letterhead says besides the company's details, in which shops often
        write these themselves.

        :return: dict: ``name`` and ``vat``, ``False`` where the details say them;
            ``name_as_logo``, whether the name stands where the logo would
        """
        details = self._get_fiado_bare(html2plaintext(self.company_details or ""))
        name_as_logo = not self.logo or self.uses_default_logo
        is_named = name_as_logo or self._get_fiado_bare(self.name) in details
        has_vat = self.vat and self._get_fiado_bare(self.vat) not in details
        return {
            "name": not is_named and self.name,
            "name_as_logo": name_as_logo,
            "vat": bool(has_vat) and self._get_fiado_vat(),
        }

    def _get_fiado_scale(self, report_type):
        """The style by which a page of paper holds as much in a PDF of a patched
        wkhtmltopdf as of an unpatched one, which prints everything smaller."""
        is_larger = report_type == "pdf" and _wkhtml().is_patched_qt
        return "zoom: 0.66;" if is_larger else ""

    def _get_fiado_vat(self):
        """The company's tax number with what it is called, as papers say it."""
        if self.country_id.code == "BR" and cnpj.is_valid(self.vat):
            return f"CNPJ: {cnpj.format(self.vat)}"
        label = self.country_id.vat_label or self.env._("VAT")
        return f"{label}: {self.vat}"

    def _get_fiado_bare(self, text):
        """A text without what numbers and names are written with."""
        return re.sub(r"\W", "", text).lower()

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

        :param str name: ``debt``, ``credit`` or ``loss``
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

    def _fiado_check_unused(self, field_name, new_id):
        """The wallets live on the accounts: exchanging these would empty them."""
        for company in self:
            old = company[field_name]
            if old and old.id != new_id and company._fiado_has_entries(field_name):
                raise UserError(
                    self.env._(
                        "%(name)s already holds wallet entries, so it can't be "
                        "exchanged: the customers' balances would be lost.",
                        name=old.display_name,
                    )
                )

    def _fiado_has_entries(self, field_name):
        line_field = "journal_id" if field_name == "fiado_journal_id" else "account_id"
        return bool(
            self.env["account.move.line"]
            .sudo()
            .search_count(
                [
                    (line_field, "=", self[field_name].id),
                    ("parent_state", "=", "posted"),
                ],
                limit=1,
            )
        )

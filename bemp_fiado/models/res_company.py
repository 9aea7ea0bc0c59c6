from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ACCOUNT_FIELDS = ["fiado_debt_account_id", "fiado_credit_account_id"]
# What is charged on debts that are overdue.
CHARGE_FIELDS = [
    "fiado_late_fee",
    "fiado_interest",
    "fiado_grace_days",
    "fiado_interest_account_id",
    "fiado_cashier_waives_charges",
]


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
        shared = {
            name: vals[name]
            for name in self._get_company_root_delegated_field_names()
            if name in vals and name.startswith("fiado_")
        }
        if len(shared) > 1:
            # Odoo copies to branches value by value, and refuses the first one where
            # another isn't the same yet.
            branches = self.sudo().search([("id", "child_of", self.ids)])
            super(ResCompany, self | branches.with_env(self.env)).write(shared)
            vals = {name: vals[name] for name in vals if name not in shared}
        return super().write(vals)

    def _get_company_root_delegated_field_names(self):
        return super()._get_company_root_delegated_field_names() + [
            "fiado_enabled",
            *ACCOUNT_FIELDS,
            "fiado_loss_account_id",
            "fiado_rounding_account_id",
            *CHARGE_FIELDS,
            "fiado_journal_id",
            "fiado_days",
            "fiado_overdue_block_days",
            "fiado_walk_in_partner_id",
        ]

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

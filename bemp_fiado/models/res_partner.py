import operator as py_operator

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

WALLET_READERS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_invoice,account.group_account_readonly"
)
OPERATORS = {
    "<": py_operator.lt,
    "<=": py_operator.le,
    ">": py_operator.gt,
    ">=": py_operator.ge,
}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    fiado_balance = fields.Monetary(
        string="Wallet Balance",
        help="What the customer has left (positive) or owes (negative) in the company.",
        compute="_compute_fiado_wallet",
        search="_search_fiado_balance",
        groups=WALLET_READERS,
    )
    fiado_debt = fields.Monetary(
        string="Debt",
        help="What the customer owes on fiado in the company.",
        compute="_compute_fiado_wallet",
        search="_search_fiado_debt",
        groups=WALLET_READERS,
    )
    fiado_credit = fields.Monetary(
        string="Credit in Wallet",
        help="What the customer has left in the company.",
        compute="_compute_fiado_wallet",
        search="_search_fiado_credit",
        groups=WALLET_READERS,
    )
    fiado_debt_since = fields.Date(
        string="In Debt Since",
        compute="_compute_fiado_wallet",
        groups=WALLET_READERS,
    )
    fiado_entry_ids = fields.Many2many(
        comodel_name="fiado.wallet.entry",
        string="Wallet Entries",
        compute="_compute_fiado_entry_ids",
        groups=WALLET_READERS,
    )
    fiado_enabled = fields.Boolean(
        string="Fiado Switched On",
        compute="_compute_fiado_enabled",
    )
    no_fiado = fields.Boolean(
        help="This customer leaves no new debt.",
        tracking=True,
    )
    fiado_moved_at = fields.Datetime(
        string="Wallet Moved At",
        help="Each movement of the wallet writes it first, so that only one runs at a "
        "time.",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_wallet(self):
        wallets = self.env["fiado.ledger"]._read_wallets(
            self.commercial_partner_id._origin, self.env.company
        )
        for partner in self:
            wallet = wallets.get(partner.commercial_partner_id._origin)
            partner.fiado_balance = wallet.balance if wallet else 0.0
            partner.fiado_debt = wallet.debt if wallet else 0.0
            partner.fiado_credit = wallet.credit if wallet else 0.0
            partner.fiado_debt_since = wallet.debt_since if wallet else False

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_entry_ids(self):
        entries = self.env["fiado.wallet.entry"]
        for partner in self:
            partner.fiado_entry_ids = entries.search(
                partner._get_fiado_entry_domain(), limit=80
            )

    @api.depends_context("company")
    def _compute_fiado_enabled(self):
        self.fiado_enabled = self.env.company.sudo().root_id.fiado_enabled

    def _search_fiado_balance(self, operator, value):
        return self._search_fiado_amount(
            "fiado_balance", operator, value, SQL("-amount_residual")
        )

    def _search_fiado_debt(self, operator, value):
        company = self.env.company.sudo().root_id
        return self._search_fiado_amount(
            "fiado_debt",
            operator,
            value,
            SQL("amount_residual"),
            company.fiado_debt_account_id,
        )

    def _search_fiado_credit(self, operator, value):
        company = self.env.company.sudo().root_id
        return self._search_fiado_amount(
            "fiado_credit",
            operator,
            value,
            SQL("-amount_residual"),
            company.fiado_credit_account_id,
        )

    def _search_fiado_amount(self, field_name, operator, value, amount, accounts=None):
        """A domain of the partners whose wallet amount compares so to the value.

        Only open items are read: who has none has zero, so where zero compares too,
        the domain excludes those whose amount doesn't.
        """
        # The ORM doesn't ask whether the user may read what it searches by.
        self._check_field_access(self._fields[field_name], "read")
        company = self.env.company.sudo().root_id
        if accounts is None:
            accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
        if operator == "in":
            zero_matches = any(company.currency_id.is_zero(v or 0.0) for v in value)
            condition = SQL("IN %s", tuple(v or 0.0 for v in value))
            negated = SQL("NOT IN %s", tuple(v or 0.0 for v in value))
        elif operator in OPERATORS:
            zero_matches = OPERATORS[operator](0.0, value)
            condition = SQL(f"{operator} %s", value)
            negated = SQL(f"{NEGATED[operator]} %s", value)
        else:
            return NotImplemented
        if not accounts:
            return Domain.TRUE if zero_matches else Domain.FALSE
        self.env["fiado.ledger"]._flush_items()
        query = SQL(
            """
            (SELECT partner_id
               FROM account_move_line
              WHERE account_id IN %s
                AND reconciled IS NOT TRUE
                AND parent_state = 'posted'
                AND partner_id IS NOT NULL
           GROUP BY partner_id
             HAVING SUM(%s) %s)
            """,
            tuple(accounts.ids),
            amount,
            negated if zero_matches else condition,
        )
        return Domain(
            "commercial_partner_id", "not in" if zero_matches else "in", query
        )

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_open_wallet(self):
        """Open the wallet of the customer in the current company."""
        holder = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.res_partner_action_wallet"
        )
        return {**action, "res_id": holder.id, "display_name": holder.display_name}

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

    def _get_fiado_entry_domain(self):
        return Domain("partner_id", "=", self.commercial_partner_id.id) & Domain(
            "company_id", "=", self.env.company.sudo().root_id.id
        )

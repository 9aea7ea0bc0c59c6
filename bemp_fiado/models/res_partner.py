from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

WALLET_READERS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_invoice,account.group_account_readonly"
)


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
    fiado_days_overdue = fields.Integer(
        string="Days Overdue",
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
        copy=False,
        groups="base.group_user",
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
        today = fields.Date.context_today(self)
        for partner in self:
            wallet = wallets.get(partner.commercial_partner_id._origin)
            partner.fiado_balance = wallet.balance if wallet else 0.0
            partner.fiado_debt = wallet.debt if wallet else 0.0
            partner.fiado_credit = wallet.credit if wallet else 0.0
            partner.fiado_debt_since = wallet.debt_since if wallet else False
            partner.fiado_days_overdue = wallet.get_days_overdue(today) if wallet else 0

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

    @api.constrains("property_account_receivable_id")
    def _check_fiado_receivable(self):
        self.sudo().property_account_receivable_id._fiado_check_no_receivable()

    @api.constrains("parent_id", "is_company")
    def _check_fiado_walk_in(self):
        """Who stands for all that are not known has nobody's wallet, and theirs is
        nobody's."""
        companies = self.env["res.company"].sudo()
        walk_ins = companies.search(
            [("fiado_walk_in_partner_id", "!=", False)]
        ).fiado_walk_in_partner_id
        for partner in self.sudo():
            holder = partner.commercial_partner_id
            if partner in walk_ins and partner.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(customer)s stands for all customers that are not known, so "
                        "it can't be a contact of another.",
                        customer=partner.name,
                    )
                )
            if holder in walk_ins - partner and partner._has_fiado_entries():
                raise ValidationError(
                    self.env._(
                        "%(customer)s has wallet entries, and %(walk_in)s stands for "
                        "all customers that are not known: choose another company for "
                        "this contact.",
                        customer=partner.name,
                        walk_in=holder.name,
                    )
                )

    def _has_fiado_entries(self):
        """Whether anything was ever posted in the wallets of these and their
        contacts."""
        accounts = self.env["fiado.ledger"]._get_all_wallet_accounts()
        return bool(
            self.env["account.move.line"]
            .sudo()
            .search_count(
                [
                    ("account_id", "in", accounts.ids),
                    ("partner_id", "child_of", self.ids),
                    ("parent_state", "=", "posted"),
                ],
                limit=1,
            )
        )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("no_fiado") for vals in vals_list):
            self._check_fiado_may_mark()
        return super().create(vals_list)

    def write(self, vals):
        if "no_fiado" in vals and any(
            partner.sudo().no_fiado != bool(vals["no_fiado"]) for partner in self
        ):
            self._check_fiado_may_mark()
        # Odoo takes some of the values out while it writes them.
        moves_wallet = not {"is_company", "parent_id"}.isdisjoint(vals)
        result = super().write(vals)
        if moves_wallet:
            # Another commercial partner holds the wallet now: it may have one already.
            self.env["fiado.ledger"]._tidy(self.commercial_partner_id)
        return result

    def _check_fiado_may_mark(self):
        """Who is held to a rule doesn't switch it off. Odoo gives contacts what their
        company has elevated.

        :raises AccessError: the user doesn't manage wallets
        """
        if not self.env.su and not self.env["fiado.policy"]._is_manager():
            raise AccessError(
                self.env._(
                    "Only who manages the customers' wallets says who leaves no debt: "
                    "ask them to change “No Fiado”."
                )
            )

    @api.model
    def _commercial_fields(self):
        # A contact that leaves its company takes the mark along.
        return super()._commercial_fields() + ["no_fiado"]

    def _increase_rank(self, field, n=1):
        partners = self
        if self.env.context.get("fiado_keep_rank"):
            # Odoo would count up after the commit, when the customer's next movement
            # may have begun: that one would fail to serialise and have to run again.
            partners = self.filtered(lambda partner: not partner.sudo()[field])
        return super(ResPartner, partners)._increase_rank(field, n)

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_wallet(self):
        """Open the wallet of the customer in the current company."""
        holder = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.res_partner_action_wallet"
        )
        return {**action, "res_id": holder.id, "display_name": holder.display_name}

    def action_fiado_receive(self):
        """Open the screen that takes the customer's payments or sells credit."""
        return self._get_fiado_screen("bemp_fiado.fiado_wallet_receive_action")

    def action_fiado_manage(self):
        """Open the screen of what only who manages wallets does to them."""
        return self._get_fiado_screen("bemp_fiado.fiado_wallet_adjust_action")

    def action_fiado_print_statement(self):
        """Ask for the period of the statement to print."""
        return self._get_fiado_screen("bemp_fiado.fiado_wallet_statement_action")

    def action_fiado_send_statement(self):
        """Ask for the period of the statement to send."""
        action = self.action_fiado_print_statement()
        action["name"] = self.env._("Send Statement")
        action["context"]["fiado_send"] = True
        return action

    def _get_fiado_screen(self, action):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action)
        action["context"] = {
            "default_partner_id": self.commercial_partner_id.id,
            "default_company_id": self.env.company.id,
        }
        return action

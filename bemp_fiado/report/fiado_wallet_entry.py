from odoo import api, fields, models
from odoo.tools import SQL


class FiadoWalletEntry(models.Model):
    """The wallets' ledger: one posted journal item on a wallet account, one entry.

    Nothing is stored: an entry is its journal item, under the same id, seen from the
    customer. Its rights are its own: cashiers read it without any on accounting.

    A debt in instalments has several items in one journal entry. They are one entry of
    the wallet, under the id of the first, with what all of them are together.
    """

    _name = "fiado.wallet.entry"
    _description = "Wallet Entry"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "account.move": [
            "fiado_order_id",
            "fiado_origin",
            "fiado_reference",
            "name",
            "ref",
            "reversed_entry_id",
        ],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_id",
            "date",
            "date_maturity",
            "fiado_part",
            "move_id",
            "parent_state",
            "partner_id",
        ],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    due_date = fields.Date(
        readonly=True, help="When this debt is due, or the first part of it."
    )
    kind = fields.Selection(
        selection=[
            ("debt", "Debt"),
            ("debt_paid", "Debt paid"),
            ("credit", "Credit"),
            ("credit_used", "Credit used"),
            ("renegotiated", "Debt in instalments"),
        ],
        string="What Happened",
        readonly=True,
    )
    origin = fields.Selection(
        selection=lambda self: (
            self.env["account.move"]
            ._fields["fiado_origin"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    amount = fields.Monetary(
        readonly=True,
        help="In company currency, positive in the customer's favour.",
    )
    residual = fields.Monetary(
        string="Still Open",
        readonly=True,
        help="What of this entry is not settled or used yet.",
    )
    balance_after = fields.Monetary(
        compute="_compute_balance_after",
        help="The wallet's balance once this entry was made: what the customer has "
        "left (positive) or owes (negative).",
    )
    document = fields.Char(readonly=True)
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    sale_order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    user_id = fields.Many2one("res.users", string="Recorded By", readonly=True)
    reference = fields.Char(readonly=True)
    label = fields.Char(string="Description", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    account_code = fields.Char(related="account_id.code", string="Account Code")
    counterpart = fields.Char(
        compute="_compute_counterpart",
        compute_sudo=True,
        help="The codes of the accounts on the other side of the journal entry.",
    )

    is_standing = fields.Boolean(
        string="Can Be Undone",
        compute="_compute_is_standing",
        compute_sudo=True,
        help="Whether this is a movement that can be taken back: it was not yet, and "
        "takes back none itself.",
    )

    @property
    def _table_query(self):
        # Every item has its journal entry. Joined so, PostgreSQL leaves it out where
        # none of its columns is asked for: for counts and running balances.
        return SQL(
            """
            SELECT item.id,
                   item.partner_id,
                   company.id AS company_id,
                   item.date,
                   CASE WHEN item.account_id = company.fiado_debt_account_id
                        THEN %(due_date)s
                   END AS due_date,
                   CASE WHEN item.account_id = company.fiado_debt_account_id
                        THEN CASE SIGN(%(balance)s)
                             WHEN 1 THEN 'debt'
                             WHEN 0 THEN 'renegotiated'
                             ELSE 'debt_paid'
                             END
                        ELSE CASE WHEN item.balance < 0 THEN 'credit' ELSE 'credit_used'
                             END
                   END AS kind,
                   COALESCE(
                       move.fiado_origin,
                       CASE WHEN move.reversed_entry_id IS NULL THEN 'accounting'
                            ELSE 'reversal'
                       END
                   ) AS origin,
                   -%(balance)s AS amount,
                   -%(residual)s AS residual,
                   move.name AS document,
                   item.move_id,
                   move.fiado_order_id AS sale_order_id,
                   move.create_uid AS user_id,
                   move.fiado_reference AS reference,
                   move.ref AS label,
                   item.account_id,
                   (item.fiado_part > 0) IS TRUE AS is_split
              FROM account_move_line item
         LEFT JOIN account_move move ON move.id = item.move_id
              %(join)s
             WHERE item.parent_state = 'posted'
               AND item.balance != 0
               AND %(on_wallet_accounts)s
               AND %(is_first)s
            """,
            due_date=self._get_of_parts(
                SQL("CASE WHEN item.balance > 0 THEN item.date_maturity END"),
                SQL(
                    "MIN(part.date_maturity) FILTER (WHERE part.balance > 0"
                    " AND move.reversed_entry_id IS NULL)"
                ),
            ),
            balance=self._get_of_parts(SQL("item.balance"), SQL("SUM(part.balance)")),
            residual=self._get_of_parts(
                SQL("item.amount_residual"), SQL("SUM(part.amount_residual)")
            ),
            join=self.env["fiado.ledger"]._join_company(),
            on_wallet_accounts=self.env["fiado.ledger"]._get_on_wallet_accounts(),
            is_first=self._is_first_part(),
        )

    @api.depends("partner_id", "company_id", "date", "amount")
    def _compute_balance_after(self):
        if not self.ids:
            self.balance_after = 0.0
            return
        balances = dict(self.env.execute_query(self._get_balances_query()))
        for entry in self:
            entry.balance_after = balances.get(entry.id, 0.0)

    def _get_balances_query(self):
        """The balance after each of these entries, in one statement: from what the
        wallets hold now back to the oldest entry asked for.

        What a wallet held long ago costs more than what it held after its newest
        entries, and a page's wallets are summed only when the column is shown. Entries
        are found by their customers: without the addition PostgreSQL would also go
        through the index of the accounts, where everybody's are.
        """
        return SQL(
            """
            WITH page AS (
                  SELECT partner_id, min(date) AS date
                    FROM account_move_line
                   WHERE id IN %(ids)s
                GROUP BY partner_id
            ), entry AS (
                SELECT %(entry_id)s AS id,
                       item.date, item.partner_id, item.balance,
                       company.id AS company_id
                  FROM page
                  JOIN account_move_line item
                    ON item.partner_id = page.partner_id
                   AND item.date >= page.date
                  %(join_of_entries)s
                 WHERE item.parent_state = 'posted'
            ), wallet AS (
                  SELECT item.partner_id, company.id AS company_id,
                         -sum(item.amount_residual) AS balance
                    FROM account_move_line item
                    %(join)s
                   WHERE %(on_wallet_accounts)s
                     AND item.partner_id IN (SELECT partner_id FROM page)
                     AND item.reconciled IS NOT TRUE
                     AND item.parent_state = 'posted'
                GROUP BY item.partner_id, company.id
            )
            SELECT id, balance_after
              FROM (SELECT entry.id,
                           COALESCE(wallet.balance, 0.0)
                           + COALESCE(
                               SUM(entry.balance) OVER (
                                   PARTITION BY partner_id, company_id
                                   ORDER BY entry.date DESC, entry.id DESC
                                   GROUPS BETWEEN UNBOUNDED PRECEDING
                                              AND 1 PRECEDING
                               ),
                               0.0
                           ) AS balance_after
                      FROM entry
                 LEFT JOIN wallet USING (partner_id, company_id)
                   ) running
             WHERE id IN %(ids)s
            """,
            ids=tuple(self.ids),
            entry_id=self._get_of_parts(SQL("item.id"), SQL("MIN(part.id)")),
            join=self.env["fiado.ledger"]._join_company(),
            join_of_entries=self.env["fiado.ledger"]._join_company(
                SQL("item.account_id + 0")
            ),
            on_wallet_accounts=self.env["fiado.ledger"]._get_on_wallet_accounts(),
        )

    @api.depends("move_id", "amount")
    def _compute_counterpart(self):
        for entry in self:
            items = entry.move_id.line_ids.filtered(
                lambda item, entry=entry: item.balance * entry.amount > 0
            )
            accounts = items.account_id.with_company(entry.company_id)
            entry.counterpart = ", ".join(sorted(accounts.mapped("code")))

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_order(self):
        """Open the order that left this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "view_mode": "form",
            "res_id": self.sale_order_id.id,
        }

    @api.readonly
    def action_open_document(self):
        """Open the order that left this entry, or else the customer's wallet."""
        self.ensure_one()
        if self.sale_order_id:
            return self.action_open_order()
        return self.partner_id.with_company(self.company_id).action_open_wallet()

from odoo import api, fields, models
from odoo.tools import SQL


class FiadoCreditState(models.Model):
    """Where the balance of a wallet comes from: one row per customer and company with a
    balance.

    Credit was *sold* (origins ``credit_sale`` and ``online``), or is the *customer's*
    (left at a closing or by whatever else). What is left of it needs no computing: the
    ledger matches what is used with the oldest open credit, so what is left of a credit
    is what is open of its journal item, and what is used of it is the rest, be it that
    it was spent, paid out, transferred or undone.

    Only open items are read; what ever came in and was used is summed for the wallets
    on the page alone, when its columns are shown.
    """

    _name = "fiado.credit.state"
    _inherit = "fiado.wallet.row"
    _description = "State of Credits"
    _auto = False
    _order = "balance desc, partner_id"
    _depends = {
        "account.move": ["fiado_origin"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_id",
            "date",
            "move_id",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
    }

    phone = fields.Char(related="partner_id.phone")
    balance = fields.Monetary(
        readonly=True,
        help="What the customer has left (positive) or owes (negative).",
    )
    credit = fields.Monetary(readonly=True)
    credit_since = fields.Date(
        string="Since", readonly=True, help="When the oldest credit left came in."
    )
    sold = fields.Monetary(
        string="Money Credits Sold",
        compute="_compute_used",
        help="Money credits that were ever sold to the customer.",
    )
    sold_used = fields.Monetary(string="Money Credits Used", compute="_compute_used")
    sold_left = fields.Monetary(string="Money Credits Left", readonly=True)
    given = fields.Monetary(
        string="Customer Credits",
        compute="_compute_used",
        help="Credits that orders, credit notes and whatever else ever left.",
    )
    given_used = fields.Monetary(
        string="Customer Credits Used", compute="_compute_used"
    )
    given_left = fields.Monetary(string="Customer Credits Left", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(row_id)s AS id,
                   partner_id,
                   company_id,
                   currency_id,
                   SUM(left_over) AS balance,
                   GREATEST(-SUM(left_over), 0) AS debt,
                   GREATEST(SUM(left_over), 0) AS credit,
                   CASE WHEN SUM(left_over) > 0
                        THEN MIN(date) FILTER (WHERE left_over > 0)
                   END AS credit_since,
                   COALESCE(SUM(left_over) FILTER (WHERE is_sold), 0) AS sold_left,
                   -- What isn't matched yet is used of these: both are the credit.
                   GREATEST(SUM(left_over), 0)
                   - COALESCE(SUM(left_over) FILTER (WHERE is_sold), 0) AS given_left
              FROM (SELECT item.partner_id,
                           company.id AS company_id,
                           company.currency_id,
                           item.date,
                           -- Only a credit can have been sold: no debt's journal entry
                           -- is looked up.
                           CASE WHEN item.account_id = company.fiado_credit_account_id
                                THEN (SELECT %(is_sold)s
                                        FROM account_move move
                                       WHERE move.id = item.move_id)
                                ELSE FALSE END AS is_sold,
                           -item.amount_residual AS left_over
                      FROM account_move_line item
                      %(join)s
                     WHERE item.reconciled IS NOT TRUE
                       AND item.parent_state = 'posted'
                       AND %(on_wallet_accounts)s
                   ) open_item
          GROUP BY partner_id, company_id, currency_id
            HAVING SUM(left_over) != 0
            """,
            row_id=self._get_row_id(),
            is_sold=self._get_is_sold(),
            join=self.env["fiado.ledger"]._join_company(),
            on_wallet_accounts=self.env["fiado.ledger"]._get_on_wallet_accounts(),
        )

    def _get_is_sold(self):
        return SQL(
            "(COALESCE(move.fiado_origin, '') IN %s AND item.balance < 0)",
            self.env["fiado.ledger"]._get_credit_sale_origins(),
        )

    @api.depends("partner_id", "company_id", "sold_left", "given_left")
    def _compute_used(self):
        came_in = self._get_came_in()
        for state in self:
            sold, given = came_in.get(
                (state.partner_id.id, state.company_id.id), (0.0, 0.0)
            )
            round_amount = state.currency_id.round
            # What others paid too much is credit before the ledger made an entry of it.
            given = max(given, state.given_left)
            state.sold, state.given = sold, given
            state.sold_used = round_amount(sold - state.sold_left)
            state.given_used = round_amount(given - state.given_left)

    def _get_came_in(self):
        """What ever came in as credit: ``(sold, other)`` by customer and company."""
        if not self.partner_id.ids:
            return {}
        for model, field_names in self._depends.items():
            self.env[model].flush_model(field_names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.partner_id,
                       company.id,
                       COALESCE(-SUM(item.balance) FILTER (WHERE %(is_sold)s), 0),
                       COALESCE(-SUM(item.balance) FILTER (WHERE NOT %(is_sold)s), 0)
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  %(join)s
                   AND item.account_id = company.fiado_credit_account_id
                 WHERE item.partner_id IN %(partners)s
                   AND company.id IN %(companies)s
                   AND item.parent_state = 'posted'
                   AND item.balance < 0
              GROUP BY item.partner_id, company.id
                """,
                is_sold=self._get_is_sold(),
                join=self.env["fiado.ledger"]._join_company(),
                partners=tuple(self.partner_id.ids),
                companies=tuple(self.company_id.ids),
            )
        )
        return {
            (partner_id, company_id): (float(sold), float(given))
            for partner_id, company_id, sold, given in rows
        }

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_wallet(self):
        return self._get_customer().action_open_wallet()

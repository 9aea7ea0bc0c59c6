from odoo import api, fields, models
from odoo.tools import SQL


class FiadoWallet(models.Model):
    """Who owes and who has credit: one row per customer and company with open items.

    Nothing is stored: a wallet is the sum of what is open on the two wallet accounts,
    so it costs the same however long its history is.
    """

    _name = "fiado.wallet"
    _description = "Customer Wallet"
    _auto = False
    _order = "debt desc, credit desc, partner_id"
    _rec_name = "partner_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "date",
            "date_maturity",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    phone = fields.Char(related="partner_id.phone")
    balance = fields.Monetary(
        readonly=True,
        help="What the customer has left (positive) or owes (negative).",
    )
    debt = fields.Monetary(readonly=True)
    credit = fields.Monetary(readonly=True)
    debt_since = fields.Date(string="Open Since", readonly=True)
    due_date = fields.Date(string="Oldest Due Date", readonly=True)
    not_due = fields.Monetary(readonly=True)
    overdue_1_30 = fields.Monetary(string="1–30 Days", readonly=True)
    overdue_31_60 = fields.Monetary(string="31–60 Days", readonly=True)
    overdue_61_90 = fields.Monetary(string="61–90 Days", readonly=True)
    overdue_over_90 = fields.Monetary(string="Over 90 Days", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(id) AS id,
                   partner_id,
                   company_id,
                   currency_id,
                   SUM(credit - debt) AS balance,
                   SUM(debt) AS debt,
                   SUM(credit) AS credit,
                   MIN(date) FILTER (WHERE debt != 0) AS debt_since,
                   MIN(due_date) FILTER (WHERE debt != 0) AS due_date,
                   COALESCE(SUM(debt) FILTER (WHERE overdue <= 0), 0) AS not_due,
                   COALESCE(SUM(debt) FILTER (WHERE overdue BETWEEN 1 AND 30), 0)
                       AS overdue_1_30,
                   COALESCE(SUM(debt) FILTER (WHERE overdue BETWEEN 31 AND 60), 0)
                       AS overdue_31_60,
                   COALESCE(SUM(debt) FILTER (WHERE overdue BETWEEN 61 AND 90), 0)
                       AS overdue_61_90,
                   COALESCE(SUM(debt) FILTER (WHERE overdue > 90), 0)
                       AS overdue_over_90
              FROM (SELECT item.id,
                           item.partner_id,
                           company.id AS company_id,
                           company.currency_id,
                           item.date,
                           COALESCE(item.date_maturity, item.date) AS due_date,
                           %(today)s - COALESCE(item.date_maturity, item.date)
                               AS overdue,
                           CASE WHEN item.account_id = company.fiado_debt_account_id
                                THEN item.amount_residual ELSE 0 END AS debt,
                           CASE WHEN item.account_id = company.fiado_credit_account_id
                                THEN -item.amount_residual ELSE 0 END AS credit
                      FROM account_move_line item
                      JOIN res_company company
                        ON company.parent_id IS NULL
                       AND item.account_id IN (company.fiado_debt_account_id,
                                               company.fiado_credit_account_id)
                     WHERE item.reconciled IS NOT TRUE
                       AND item.parent_state = 'posted'
                   ) open_item
          GROUP BY partner_id, company_id, currency_id
            """,
            today=fields.Date.context_today(self),
        )

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_open_wallet(self):
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_open_wallet()

    # -------------------------------------------------------------------------
    # AUDIT
    # -------------------------------------------------------------------------

    @api.model
    def audit(self, partner_ids=None):
        """Check that the wallets tie out with the accounts.

        For every customer and company, what is open on the two accounts must be what
        was ever posted on them, neither account may be on the wrong side, nor may both
        be open, and the receivable of closed orders must be zero.

        :param list partner_ids: customers to check, all of them by default
        :return: list of dicts ``{"check", "partner_id", "company_id", "expected",
            "found"}``, amounts in company currency; empty when all tie out
        """
        self.check_access("read")
        self.env.flush_all()
        partners = (
            SQL("AND item.partner_id IN %s", tuple(partner_ids) or (0,))
            if partner_ids is not None
            else SQL()
        )
        companies = SQL("AND company.id IN %s", tuple(self.env.companies.root_id.ids))
        rows = self.env.execute_query(self._get_audit_sums_query(partners, companies))
        rows += self.env.execute_query(
            self._get_audit_orders_query(partners, companies)
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

    def _get_audit_sums_query(self, partners, companies):
        return SQL(
            """
            WITH wallet AS (
                SELECT item.partner_id,
                       company.id AS company_id,
                       SUM(item.balance) AS posted,
                       SUM(item.amount_residual) AS open,
                       COALESCE(SUM(item.amount_residual) FILTER (
                           WHERE item.account_id = company.fiado_debt_account_id
                       ), 0) AS debt,
                       COALESCE(-SUM(item.amount_residual) FILTER (
                           WHERE item.account_id = company.fiado_credit_account_id
                       ), 0) AS credit
                  FROM account_move_line item
                  JOIN res_company company
                    ON company.parent_id IS NULL
                   AND item.account_id IN (company.fiado_debt_account_id,
                                           company.fiado_credit_account_id)
                 WHERE item.parent_state = 'posted' %(partners)s %(companies)s
              GROUP BY item.partner_id, company.id
            )
            SELECT 'open_items', partner_id, company_id, -posted, -open
              FROM wallet WHERE posted != open
             UNION ALL
            SELECT 'no_customer', NULL, company_id, 0, -posted
              FROM wallet WHERE partner_id IS NULL
             UNION ALL
            SELECT 'debt_side', partner_id, company_id, 0, debt
              FROM wallet WHERE debt < 0
             UNION ALL
            SELECT 'credit_side', partner_id, company_id, 0, credit
              FROM wallet WHERE credit < 0
             UNION ALL
            SELECT 'debt_and_credit', partner_id, company_id, 0, LEAST(debt, credit)
              FROM wallet WHERE debt > 0 AND credit > 0
            """,
            partners=partners,
            companies=companies,
        )

    def _get_audit_orders_query(self, partners, companies):
        return SQL(
            """
            SELECT 'order_receivable', item.partner_id, company.id, 0,
                   SUM(item.amount_residual)
              FROM sale_order closed_order
              JOIN account_move move ON move.fiado_order_id = closed_order.id
              JOIN account_move_line item ON item.move_id = move.id
              JOIN account_account account ON account.id = item.account_id
              JOIN res_company item_company ON item_company.id = item.company_id
              JOIN res_company company
                ON company.id = SPLIT_PART(item_company.parent_path, '/', 1)::int
             WHERE closed_order.closing_state = 'closed'
               AND account.account_type = 'asset_receivable'
               AND account.id IS DISTINCT FROM company.fiado_debt_account_id
               AND item.reconciled IS NOT TRUE
               AND item.parent_state = 'posted' %(partners)s %(companies)s
          GROUP BY closed_order.id, item.partner_id, company.id
            """,
            partners=partners,
            companies=companies,
        )

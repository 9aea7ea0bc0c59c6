from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class FiadoWalletBalance(models.Model):
    """What was posted on the two wallet accounts until a day: one row per customer and
    company, adding up to the trial balance of that day.

    The day is ``fiado_date`` in the context, today where there is none.
    """

    _name = "fiado.wallet.balance"
    _inherit = "fiado.wallet.row"
    _description = "Wallet Balance at a Date"
    _auto = False
    _order = "debt desc, credit desc, partner_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "balance",
            "company_id",
            "date",
            "parent_state",
            "partner_id",
        ],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
    }

    debt = fields.Monetary(
        help="The balance of the debt account: what the customer owed."
    )
    credit = fields.Monetary(
        readonly=True,
        help="The balance of the credit account: what the customer had left.",
    )
    balance = fields.Monetary(
        readonly=True,
        help="What the customer had left (positive) or owed (negative).",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(row_id)s AS id, partner_id, company_id, currency_id,
                   SUM(debt) AS debt,
                   SUM(credit) AS credit,
                   SUM(credit - debt) AS balance
              FROM (SELECT item.partner_id,
                           company.id AS company_id,
                           company.currency_id,
                           CASE WHEN item.account_id = company.fiado_debt_account_id
                                THEN item.balance ELSE 0 END AS debt,
                           CASE WHEN item.account_id = company.fiado_credit_account_id
                                THEN -item.balance ELSE 0 END AS credit
                      FROM account_move_line item
                      %(join)s
                     WHERE item.parent_state = 'posted'
                       AND item.date <= %(date)s
                       AND %(on_wallet_accounts)s
                   ) item
          GROUP BY partner_id, company_id, currency_id
            HAVING SUM(debt) != 0 OR SUM(credit) != 0
            """,
            row_id=self._get_row_id(),
            join=self.env["fiado.ledger"]._join_company(),
            date=self._get_date(),
            on_wallet_accounts=self.env["fiado.ledger"]._get_on_wallet_accounts(),
        )

    def _get_date(self):
        date = self.env["fiado.request"]._clean_date(self.env.context.get("fiado_date"))
        return date or fields.Date.context_today(self)

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_items(self):
        """Open the journal items behind a row; as entries of the wallet, whose ids are
        the same, for who doesn't read accounting."""
        partner = self._get_partner()
        domain = Domain("partner_id", "=", partner.id) & Domain(
            "date", "<=", fields.Date.to_string(self._get_date())
        )
        action = self._get_items_action(partner, domain)
        items = self.env["account.move.line"]
        if items.has_access("read") and items.search_count(action["domain"], limit=1):
            return action
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.fiado_wallet_entry_action"
        )
        domain &= Domain("company_id", "=", partner.env.company.sudo().root_id.id)
        return {
            **action,
            "display_name": partner.display_name,
            "domain": list(domain),
        }

    def _get_items_action(self, partner, domain):
        company = partner.env.company.sudo().root_id
        accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
        domain &= Domain("account_id", "in", accounts.ids)
        domain &= Domain("company_id", "child_of", company.ids)
        domain &= Domain("parent_state", "=", "posted")
        return {
            "type": "ir.actions.act_window",
            "name": partner.display_name or self.env._("Without customer"),
            "res_model": "account.move.line",
            "views": [(self.env.ref("account.view_move_line_tree").id, "list")],
            "domain": list(domain),
            "context": {"search_default_group_by_account": 1},
        }

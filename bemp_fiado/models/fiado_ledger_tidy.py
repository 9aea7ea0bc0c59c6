from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.account.models.account_move import BYPASS_LOCK_CHECK

from ..wallet import CREDIT, DEBT


class FiadoLedger(models.AbstractModel):
    """How wallets that others than the ledger changed are put in order."""

    _inherit = "fiado.ledger"

    @api.model
    def _tidy(self, partners=None, companies=None):
        """Put in order what others than the ledger left in the wallets: what is open
        on both sides is matched, the oldest due first; what is on the wrong account
        is moved to the right one.

        :param partners: commercial partners, all by default
        :param companies: root companies, all by default
        :return: the customers whose wallets were untidy
        """
        untidy = self._get_untidy(partners, companies)
        holders = self.env["res.partner"].union(*untidy.values())
        if not holders:
            return holders
        self._lock(holders)
        self._give_to_holders(holders)
        moves = self._elevated("account.move").with_context(skip_invoice_sync=True)
        moves = moves.create(
            [
                vals
                for company, partners in untidy.items()
                for wallet in self._read_sides(partners, company).values()
                for vals in self._prepare_tidy_move_vals(wallet)
            ]
        )
        if moves:
            self._post(moves)
        self._match_open_items(holders)
        self._forget_read(holders)
        return holders

    @api.model
    def _get_untidy(self, partners=None, companies=None):
        """The wallets with something to match or to move, found in one query: what
        the ledger itself posts leaves items on one account and of one side only.

        :return: dict of commercial partners by root company
        """
        self._flush_items()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(self._get_untidy_query(partners, companies))
        by_company = defaultdict(list)
        for company_id, partner_id in rows:
            by_company[company_id].append(partner_id)
        return {
            self.env["res.company"].sudo().browse(company_id): self.env[
                "res.partner"
            ].browse(partner_ids)
            for company_id, partner_ids in by_company.items()
        }

    def _get_untidy_query(self, partners, companies):
        def among(column, records):
            if records is None:
                return SQL()
            return SQL("AND %s IN %s", column, tuple(records.ids) or (0,))

        return SQL(
            """
            SELECT company.id, partner.commercial_partner_id
              FROM account_move_line item
              %s
              JOIN res_partner partner ON partner.id = item.partner_id
             WHERE item.reconciled IS NOT TRUE
               AND item.parent_state = 'posted'
               AND %s %s %s
          GROUP BY company.id, partner.commercial_partner_id
            HAVING COUNT(DISTINCT item.account_id) > 1
                OR BOOL_OR(partner.id != partner.commercial_partner_id)
                OR BOOL_OR(item.account_id = company.fiado_debt_account_id
                           AND item.amount_residual < 0)
                OR BOOL_OR(item.account_id = company.fiado_credit_account_id
                           AND item.amount_residual > 0)
          ORDER BY company.id, partner.commercial_partner_id
            """,
            self._join_company(),
            self._get_on_wallet_accounts(),
            among(SQL("partner.commercial_partner_id"), partners),
            among(SQL("company.id"), companies),
        )

    def _give_to_holders(self, holders):
        """Give these commercial partners what their contacts hold: contacts that were
        commercial partners themselves."""
        lines = self._elevated("account.move.line").search(
            [
                ("account_id", "in", self._get_all_wallet_accounts().ids),
                ("partner_id.commercial_partner_id", "in", holders.ids),
                ("partner_id", "not in", holders.ids),
                ("parent_state", "=", "posted"),
            ]
        )
        by_holder = lines.grouped(lambda line: line.partner_id.commercial_partner_id)
        for holder, items in by_holder.items():
            # As Odoo does when a contact gets another parent.
            items.with_context(bypass_lock_check=BYPASS_LOCK_CHECK).partner_id = holder

    def _prepare_tidy_move_vals(self, wallet):
        """The values of the move, if any, that leaves a wallet in debt or in credit,
        not both, with neither account on the wrong side."""
        shift = wallet.shift
        if not shift:
            return []
        parts = [
            (wallet, wallet.get_account(DEBT), -shift),
            (wallet, wallet.get_account(CREDIT), shift),
        ]
        holder = wallet.partner.with_company(wallet.company)
        return [
            self._prepare_move_vals(
                wallet,
                parts,
                "accounting",
                company_id=holder._get_fiado_company().id,
                ref=self.env._("Debt and credit matched"),
            )
        ]

    def _match_open_items(self, holders):
        """Match what is open on both sides of an account, the oldest due first."""
        groups = self._elevated("account.move.line")._read_group(
            [
                ("account_id", "in", self._get_all_wallet_accounts().ids),
                ("partner_id", "in", holders.ids),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ],
            ["partner_id", "account_id"],
            ["amount_residual:min", "amount_residual:max", "id:recordset"],
        )
        plan = [
            of_company
            for _partner, _account, lowest, highest, items in groups
            if lowest < 0 < highest
            for of_company in items.grouped(
                lambda item: item.company_id.root_id
            ).values()
        ]
        self._reconcile(plan)

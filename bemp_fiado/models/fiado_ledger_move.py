from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..wallet import get_due_date
from .elevation import QUIET, elevate


class FiadoLedger(models.AbstractModel):
    """How wallet moves are built, and which of the open items they settle."""

    _inherit = "fiado.ledger"

    # -------------------------------------------------------------------------
    # BUILD
    # -------------------------------------------------------------------------

    @api.model
    def _create_move(self, wallet, amount, counterpart, origin, **values):
        """Create the draft move of one movement of a wallet, with what
        :meth:`_prepare_movement_vals` takes."""
        return self._create_moves([(wallet, amount, counterpart, origin, values)])

    @api.model
    def _create_moves(self, movements):
        """Create the draft moves of many movements in one go.

        :param list movements: ``(wallet, amount, counterpart, origin, values)``, as
            :meth:`_create_move` takes them; each wallet as the movement before leaves
            it
        """
        return self._create_prepared(
            [
                self._prepare_movement_vals(*movement, **values)
                for *movement, values in movements
            ]
        )

    def _prepare_movement_vals(
        self, wallet, amount, counterpart, origin, instalments=(), **values
    ):
        """The values of the move of one movement of a wallet.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param float amount: positive in the customer's favour, in company currency
        :param counterpart: the account on the other side
        :param str origin: a value of ``account.move.fiado_origin``
        :param instalments: in which the new debt is to be paid, as
            :meth:`_get_instalments` returns them; none: all of it on one day
        :param values: further values of the move
        """
        holder = self._get_counterpart_holder(wallet, counterpart, origin)
        parts = self._get_parts(wallet, amount, instalments)
        return self._prepare_move_vals(
            wallet, [*parts, (holder, counterpart, -amount)], origin, **values
        )

    @api.model
    def _get_counterpart_holder(self, wallet, counterpart, origin):
        """Whose the item on the other side of a movement is: the wallet's customer's.
        Where another addon says so, nobody's: ``None``.

        :param counterpart: the account on the other side
        :param str origin: a value of ``account.move.fiado_origin``
        """
        return wallet

    def _create_prepared(self, vals_list):
        moves = self._elevated("account.move").with_context(skip_invoice_sync=True)
        return moves.create(vals_list)

    def _elevated(self, model):
        """The accounting model as the ledger uses it: cashiers have no rights on it."""
        return elevate(self.env[model], **QUIET)

    def _prepare_move_vals(self, wallet, parts, origin, **values):
        """The values of a wallet move.

        :param Wallet wallet: the one that moves
        :param list parts: ``(wallet, account, amount)`` of each journal item, positive
            in the customer's favour; a debt that is older than the move also has its
            due date, the day since which it is open and the item that it goes on
            from
        :param values: further values of the move
        """
        date = values.setdefault("date", fields.Date.context_today(self))
        values.setdefault("company_id", wallet.company.id)
        label = values.get("ref") or wallet.company.fiado_journal_id.name
        lines = [self._prepare_line_vals(label, date, *part) for part in parts]
        self._number_parts(wallet, lines)
        return {
            "move_type": "entry",
            "journal_id": wallet.company.fiado_journal_id.id,
            "partner_id": wallet.partner.id,
            "fiado_origin": origin,
            "line_ids": [Command.create(line) for line in lines],
            **values,
        }

    def _prepare_line_vals(
        self,
        label,
        date,
        wallet,
        account,
        amount,
        due_date=None,
        since=None,
        carried_item=None,
    ):
        is_new_debt = (
            wallet and account == wallet.company.fiado_debt_account_id and amount < 0
        )
        if is_new_debt and not due_date:
            due_date = self._get_due_date(wallet.company, date)
        return {
            "account_id": account.id,
            "partner_id": wallet.partner.id if wallet else False,
            "name": label,
            "balance": -amount,
            "date_maturity": due_date or date,
            "fiado_since": since if since and since < date else False,
            "fiado_carried_item_id": carried_item.id if carried_item else False,
        }

    @api.model
    def _get_due_date(self, company, date=None):
        """When a debt that is left on this date is due."""
        date = date or fields.Date.context_today(self)
        return get_due_date(date, company.root_id.fiado_days)

    # -------------------------------------------------------------------------
    # MATCH
    # -------------------------------------------------------------------------

    @api.model
    def _get_matching_plan(self, wallet, move, charge=None):
        """What to reconcile on the wallet's accounts with a move of it.

        Call it before the move is posted, so that it isn't among the open items.

        :param charge: the draft move of what is charged with it, if anything: due
            today, it is settled after what is older
        :return: list of journal items for :meth:`_reconcile`: each item that settles
            something, with the oldest open items that it settles
        """
        plan = []
        charged = charge._get_fiado_lines() if charge else move.line_ids.browse()
        for line in move.line_ids.filtered(
            lambda line: line.partner_id == wallet.partner
        ):
            if line.account_id == wallet.company.fiado_debt_account_id:
                settled = -line.balance
            elif line.account_id == wallet.company.fiado_credit_account_id:
                settled = line.balance
            else:
                continue
            if settled > 0:
                items = self._get_oldest_open_items(wallet, line.account_id, settled)
                if line.account_id == wallet.company.fiado_debt_account_id:
                    items += charged
                plan.append(line + items)
        return plan

    def _get_oldest_open_items(self, wallet, account, amount):
        """The oldest open items of a wallet which together cover an amount, the oldest
        due first."""
        sign = 1 if account == wallet.company.fiado_debt_account_id else -1
        self._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM (SELECT id, date_maturity,
                               SUM(%(sign)s * amount_residual) OVER (
                                   ORDER BY date_maturity, id
                               ) - %(sign)s * amount_residual AS older
                          FROM account_move_line
                         WHERE account_id = %(account)s
                           AND partner_id = %(partner)s
                           AND reconciled IS NOT TRUE
                           AND parent_state = 'posted'
                           AND %(of_company)s
                           AND %(sign)s * amount_residual > 0
                       ) item
                 WHERE older < %(amount)s
              ORDER BY date_maturity, id
                """,
                sign=sign,
                account=account.id,
                partner=wallet.partner.id,
                of_company=self._get_of_company(wallet.company),
                amount=amount,
            )
        )
        return self._elevated("account.move.line").browse(row[0] for row in rows)

    def _get_matching_plan_of_posted(self, company, moves):
        """What to reconcile on the wallets' accounts once many moves are posted: on
        each account of a customer that settled something, all that is open there."""
        company = company.sudo().root_id
        debt, credit = company.fiado_debt_account_id, company.fiado_credit_account_id
        settling = moves.line_ids.filtered(
            lambda line: (
                (line.account_id == debt and line.balance < 0)
                or (line.account_id == credit and line.balance > 0)
            )
        )
        wallets = dict.fromkeys((line.partner_id, line.account_id) for line in settling)
        items = self._elevated("account.move.line").search(
            [
                ("account_id", "in", settling.account_id.ids),
                ("partner_id", "in", settling.partner_id.ids),
                ("company_id", "child_of", company.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        by_wallet = items.grouped(lambda item: (item.partner_id, item.account_id))
        return [by_wallet[wallet] for wallet in wallets if wallet in by_wallet]

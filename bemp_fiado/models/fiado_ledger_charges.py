from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..charges import FEE, Charges, OpenDebt, get_charges
from ..wallet import DEBT


class FiadoLedger(models.AbstractModel):
    """Late fee and interest: computed when somebody asks, posted when charged.

    What was charged on a debt is read from the posted charges: each has an item for
    every fee and every interest, which says on which debt. Nothing runs up by itself,
    so what is left off needs no undoing, and a charge that was taken back was none.
    """

    _inherit = "fiado.ledger"

    # -------------------------------------------------------------------------
    # READ
    # -------------------------------------------------------------------------

    @api.model
    def _read_charges(self, wallets, date=None):
        """What could be charged in these wallets, in one query: none where no rate is
        set or nothing is overdue for long enough.

        :param wallets: list of :class:`Wallet` of one company
        :param date: until which day; today by default
        :return: dict of :class:`~..charges.Charges` by customer, one for each
        """
        date = date or fields.Date.context_today(self)
        charges = {wallet.partner: Charges(until=date) for wallet in wallets}
        terms = wallets and self._get_charge_terms(wallets[0].company)
        overdue = [
            wallet
            for wallet in wallets
            if terms and wallet.debt > 0 and terms.are_due(wallet.debt_due, date)
        ]
        if not overdue:
            return charges
        debts = self._read_open_debts(overdue)
        for wallet in overdue:
            of_wallet = debts[wallet.partner.id]
            # What a bank's payment paid, which nobody matched yet, was the oldest.
            unmatched = sum(debt.amount for debt in of_wallet) - wallet.debt
            charges[wallet.partner] = get_charges(
                terms,
                of_wallet,
                date,
                wallet.round,
                paid=max(wallet.round(unmatched), 0.0),
            )
        return charges

    @api.model
    def _get_charge_terms(self, company):
        return company.sudo().root_id._get_fiado_charge_terms()

    def _read_open_debts(self, wallets):
        """The open debts of wallets of one company, the oldest due first.

        :return: dict of lists of :class:`~..charges.OpenDebt` by the customer's id
        """
        self._flush_items()
        self.env["account.move.line"].flush_model(
            ["fiado_carried_item_id", "fiado_charge", "fiado_charged_item_id"]
        )
        self.env["account.move"].flush_model(
            ["fiado_origin", "reversed_entry_id", "state"]
        )
        debts = defaultdict(list)
        for partner_id, *debt in self.env.execute_query(self._get_debts_query(wallets)):
            item, amount, due, has_fee, charged_until, is_charge, label = debt
            debts[partner_id].append(
                OpenDebt(
                    item=item,
                    amount=float(amount),
                    due=due,
                    has_fee=has_fee,
                    charged_until=charged_until,
                    is_charge=is_charge,
                    label=label,
                )
            )
        return debts

    def _get_debts_query(self, wallets):
        # From the open debts only. One that came from another wallet goes on where it
        # came from: what was charged there before that was charged on it.
        company = wallets[0].company
        return SQL(
            """
            WITH RECURSIVE open_debt AS (
                SELECT id, partner_id, amount_residual, date_maturity, move_name,
                       move_id, fiado_carried_item_id
                  FROM account_move_line
                 WHERE account_id = %(debt)s
                   AND partner_id IN %(partners)s
                   AND reconciled IS NOT TRUE
                   AND parent_state = 'posted'
                   AND %(of_company)s
                   AND amount_residual > 0
            ), part AS (
                SELECT id AS debt_id, id, move_id, fiado_carried_item_id,
                       NULL::int AS carried_by
                  FROM open_debt
             UNION ALL
                SELECT part.debt_id, item.id, item.move_id, item.fiado_carried_item_id,
                       part.id
                  FROM part
                  JOIN account_move_line item ON item.id = part.fiado_carried_item_id
            ), charged AS (
                SELECT part.debt_id,
                       BOOL_OR(move.fiado_origin = 'interest') AS is_charge,
                       BOOL_OR(charge.fiado_charge = %(fee)s) AS has_fee,
                       MAX(charge.date_maturity) AS until
                  FROM part
                  JOIN account_move move ON move.id = part.move_id
             LEFT JOIN LATERAL (%(charges)s) charge ON TRUE
              GROUP BY part.debt_id
            )
            SELECT open_debt.partner_id, open_debt.id, open_debt.amount_residual,
                   open_debt.date_maturity, COALESCE(charged.has_fee, FALSE),
                   charged.until, COALESCE(charged.is_charge, FALSE),
                   open_debt.move_name
              FROM open_debt
              JOIN charged ON charged.debt_id = open_debt.id
          ORDER BY open_debt.date_maturity, open_debt.id
            """,
            debt=company.fiado_debt_account_id.id,
            partners=tuple(wallet.partner.id for wallet in wallets),
            of_company=self._get_of_company(company),
            charges=self._get_charges_of_part_query(),
            fee=FEE,
        )

    def _get_charges_of_part_query(self):
        """What was charged on a debt, or on one that went on as another, of ``part``,
        before it did."""
        return SQL(
            """
            SELECT item.fiado_charge, item.date_maturity
              FROM account_move_line item
              JOIN account_move posted ON posted.id = item.move_id
             WHERE item.fiado_charged_item_id = part.id
               AND (part.carried_by IS NULL OR item.id < part.carried_by)
               AND posted.state = 'posted'
               AND posted.fiado_origin = 'interest'
               AND NOT EXISTS (SELECT FROM account_move opposite
                                WHERE opposite.reversed_entry_id = posted.id
                                  AND opposite.state = 'posted')
            """
        )

    # -------------------------------------------------------------------------
    # CHARGE
    # -------------------------------------------------------------------------

    @api.model
    def _charge(self, wallet, charges, **values):
        """Charge late fee and interest, without a payment.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param charges: of it, as :meth:`_read_charges` returned them
        :return: as :meth:`_operate`
        """
        move = self._create_charge_move(wallet, charges, **values)
        self._settle(self.env["account.account"], move, self.env["account.payment"], [])
        return {
            "move_ids": move.ids,
            "payment_ids": [],
            "balance": self._get_charged(wallet, charges).balance,
        }

    @api.model
    def _get_charged(self, wallet, charges):
        """The wallet as charges leave it, to build the payment on that comes with
        them."""
        return wallet.get_moved(-charges.amount) if charges else wallet

    @api.model
    def _create_charge_move(self, wallet, charges, **values):
        """The draft move of what is charged, due at once; none where nothing is.

        :param values: further values of the move
        """
        if not charges:
            return self._elevated("account.move")
        account = wallet.company.fiado_interest_account_id
        if not account:
            raise UserError(
                self.env._(
                    "There is no account for late fee and interest: the owner chooses "
                    "one in the settings of Fiado."
                )
            )
        today = fields.Date.context_today(self)
        values.setdefault("ref", self.env._("Late fee and interest"))
        vals = self._prepare_move_vals(
            wallet,
            [(wallet, wallet.get_account(DEBT), -charges.amount, today)],
            "interest",
            **values,
        )
        vals["line_ids"] += [
            Command.create(
                self._prepare_charge_vals(wallet, account, charge, charges.until)
            )
            for charge in charges.charges
        ]
        return self._create_prepared([vals])

    def _prepare_charge_vals(self, wallet, account, charge, until):
        labels = {
            True: self.env._("Late fee on %(document)s", document=charge.debt.label),
            False: self.env._("Interest on %(document)s", document=charge.debt.label),
        }
        vals = self._prepare_line_vals(
            # The day until which it is charged: its own day may be a later one, where
            # the books are closed.
            labels[charge.kind == FEE],
            until,
            wallet,
            account,
            charge.amount,
        )
        return {
            **vals,
            "fiado_charge": charge.kind,
            "fiado_charged_item_id": charge.debt.item,
            # What a shop sells is taxed otherwise.
            "tax_ids": [],
        }

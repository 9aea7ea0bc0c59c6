from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import groupby

from ..wallet import DEBT


class FiadoLedger(models.AbstractModel):
    """Debts in instalments: several items of one move, each with its own due date. What
    reads open items by their due dates needs to know no more than that: who is overdue,
    who is reminded, what is settled first.
    """

    _inherit = "fiado.ledger"

    @api.model
    def _get_instalments(self, wallet, debt, payment_term_id):
        """In which parts a debt of today is to be paid: Odoo's payment terms say when
        and how much.

        :param Wallet wallet: whose debt it is
        :param float debt: in company currency, positive
        :param payment_term_id: as ``fiado.request._clean_payment_term`` found it, or
            nothing: then there are no parts
        :return: list of pairs of a due date and an amount, the first due first
        """
        if not payment_term_id or debt <= 0:
            return []
        company = wallet.company
        terms = self.env["account.payment.term"].sudo().browse(payment_term_id)
        shares = terms._compute_terms(
            date_ref=fields.Date.context_today(self),
            currency=company.currency_id,
            company=company,
            tax_amount=0.0,
            tax_amount_currency=0.0,
            sign=1,
            untaxed_amount=debt,
            untaxed_amount_currency=debt,
        )["line_ids"]
        return wallet.get_instalments(
            debt, [(share["date"], share["company_amount"]) for share in shares]
        )

    def _get_parts(self, wallet, amount, instalments=()):
        """The parts of a movement of a wallet, as :meth:`_prepare_move_vals` takes
        them, with its new debt in instalments where there are any."""
        parts = []
        for side, part in wallet.split(amount):
            account = wallet.get_account(side)
            if side == DEBT and part < 0 and instalments:
                parts += [(wallet, account, -owed, day) for day, owed in instalments]
            else:
                parts.append((wallet, account, part))
        return parts

    def _number_parts(self, wallet, lines):
        """Number the items of each customer's debt where a move has several of them:
        together they are one entry of the wallet.

        :param list lines: the values of the items
        """
        account_id = wallet.company.fiado_debt_account_id.id
        on_debt = [line for line in lines if line["account_id"] == account_id]
        by_customer = defaultdict(list)
        for line in on_debt:
            by_customer[line["partner_id"]].append(line)
        for parts in by_customer.values():
            if len(parts) > 1:
                for number, line in enumerate(parts, start=1):
                    line["fiado_part"] = number

    @api.model
    def _renegotiate(self, wallet, amount, payment_term_id, **values):
        """Put what is owed into instalments by one move: the oldest of it is settled,
        and owed anew. The balance stays.

        What was agreed upon is when it is to be paid, so nothing of it is overdue any
        more. It is as old as it was: the instalments are open since the days of the
        debts that they stand for. What of it was charged as late fee and interest is in
        the last ones, and goes on to bear none itself.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param float amount: how much of the debt, positive
        :param int payment_term_id: as :meth:`_get_instalments` takes it
        :param values: further values of the move
        :return: as :meth:`_operate`
        """
        account = wallet.get_account(DEBT)
        instalments = self._get_instalments(wallet, amount, payment_term_id)
        parts = self._get_renegotiated_parts(wallet, amount, instalments)
        move = self._create_prepared(
            [
                self._prepare_move_vals(
                    wallet,
                    [(wallet, account, amount), *parts],
                    "renegotiation",
                    **values,
                )
            ]
        )
        self._settle(
            self.env["account.account"],
            move,
            self.env["account.payment"],
            self._get_matching_plan(wallet, move),
        )
        return {"move_ids": move.ids, "payment_ids": [], "balance": wallet.balance}

    def _get_renegotiated_parts(self, wallet, amount, instalments):
        """The parts of the debt that takes the place of another, as
        :meth:`_prepare_move_vals` takes them: each as old as the oldest debt that it
        stands for, and what was charged apart from what it was charged on."""
        account = wallet.get_account(DEBT)
        items = self._get_oldest_open_items(wallet, account, amount)
        debts = wallet.carry_over(
            [(item.amount_residual, item) for item in items], amount
        )
        of_customer = self._read_open_debts([wallet])[wallet.partner.id]
        charges = {debt.item for debt in of_customer if debt.is_charge}

        def get_charge(piece):
            _part, item = piece
            return item if item.id in charges else None

        debts.sort(key=lambda debt: bool(get_charge(debt)))
        replaced = wallet.replace_debts(debts, [part for _day, part in instalments])
        return [
            (
                wallet,
                account,
                -wallet.round(sum(part for part, _item in pieces)),
                day,
                min(item.fiado_since or item.date for _part, item in pieces),
                charge,
            )
            for (day, _part), of_day in zip(instalments, replaced, strict=True)
            for charge, pieces in groupby(of_day, get_charge)
        ]

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Command
from odoo.tools import SQL

# Nobody follows an entry that is made, posted and reconciled in one go.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


@dataclass(frozen=True)
class Wallet:
    """What a customer's open items in one company say, in company currency.

    ``partner`` is a commercial partner, ``company`` a root company; ``debt`` and
    ``credit`` are both positive amounts, at most one of them is not zero.
    ``debt_since`` and ``debt_due`` are the oldest date and due date of the debt.
    """

    partner: models.BaseModel
    company: models.BaseModel
    debt: float = 0.0
    credit: float = 0.0
    debt_since: object = False
    debt_due: object = False

    @property
    def balance(self):
        """What the customer has left (positive) or owes (negative)."""
        return self.company.currency_id.round(self.credit - self.debt)

    def get_new_debt(self, amount):
        """How much a movement adds to the debt.

        :param float amount: positive in the customer's favour
        """
        return self.company.currency_id.round(max(-amount - max(self.credit, 0.0), 0.0))

    def split(self, amount):
        """Split a movement where the wallet crosses zero.

        :param float amount: positive in the customer's favour
        :return: list of ``(account, part)`` without empty parts, which add up to it:
            a payment settles debt before it becomes credit, a purchase uses credit
            before it becomes debt
        """
        debt_account = self.company.fiado_debt_account_id
        credit_account = self.company.fiado_credit_account_id
        if amount > 0:
            first = min(amount, max(self.debt, 0.0))
            parts = [(debt_account, first), (credit_account, amount - first)]
        else:
            first = max(amount, min(-self.credit, 0.0))
            parts = [(credit_account, first), (debt_account, amount - first)]
        currency = self.company.currency_id
        return [
            (account, currency.round(part))
            for account, part in parts
            if not currency.is_zero(part)
        ]


class FiadoLedger(models.AbstractModel):
    """The one place where wallets are read and wallet moves are built.

    How it works: an operation opens the wallet (which locks it), makes its checks on
    the amounts found, lets :meth:`_create_move` build the draft move, posts it with
    the operation's other moves in one batch and reconciles all of them at once with
    the plan of :meth:`_get_matching_plan`.
    """

    _name = "fiado.ledger"
    _description = "Wallet Ledger"

    # -------------------------------------------------------------------------
    # READ
    # -------------------------------------------------------------------------

    @api.model
    def _read_wallets(self, partners, company):
        """Read the open items of many customers in one query.

        :param partners: commercial partners
        :param company: any company: branches share the wallet of their root
        :return: dict of :class:`Wallet` by partner, one for each
        """
        company = company.sudo().root_id
        wallets = {partner: Wallet(partner, company) for partner in partners}
        if not (partners.ids and company.fiado_debt_account_id):
            return wallets
        self._flush_items()
        rows = self.env.execute_query(self._get_wallets_query(partners, company))
        round_amount = company.currency_id.round
        for partner_id, debt, credit, debt_since, debt_due in rows:
            partner = partners.browse(partner_id)
            wallets[partner] = Wallet(
                partner,
                company,
                round_amount(float(debt or 0.0)),
                round_amount(float(credit or 0.0)),
                debt_since or False,
                debt_due or False,
            )
        return wallets

    def _get_wallets_query(self, partners, company):
        # Exactly the condition of Odoo's partial index on open items: what is settled
        # is not read, however much it is.
        return SQL(
            """
            SELECT partner_id,
                   SUM(amount_residual) FILTER (WHERE account_id = %(debt)s),
                   SUM(-amount_residual) FILTER (WHERE account_id = %(credit)s),
                   MIN(date) FILTER (WHERE account_id = %(debt)s),
                   MIN(date_maturity) FILTER (WHERE account_id = %(debt)s)
              FROM account_move_line
             WHERE account_id IN (%(debt)s, %(credit)s)
               AND partner_id IN %(partners)s
               AND reconciled IS NOT TRUE
               AND parent_state = 'posted'
          GROUP BY partner_id
            """,
            debt=company.fiado_debt_account_id.id,
            credit=company.fiado_credit_account_id.id,
            partners=tuple(partners.ids),
        )

    @api.model
    def _open_wallet(self, partner, company):
        """Lock the wallet of a customer and read it.

        :raises MissingError: the customer was deleted meanwhile
        """
        self._lock(partner)
        return self._read_wallets(partner, company)[partner]

    @api.model
    def _open_wallets(self, partners, company):
        """As :meth:`_open_wallet`, for several customers, in their order."""
        self._lock(partners)
        wallets = self._read_wallets(partners, company)
        return [wallets[partner] for partner in partners]

    @api.model
    def _lock(self, partners):
        # A lock alone would leave this transaction with its old snapshot. The update
        # makes a concurrent one fail to serialise, and Odoo runs it again on the new
        # state. In order of id, so that two of them never wait for each other.
        partners.flush_recordset(["fiado_moved_at"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM res_partner WHERE id IN %s ORDER BY id
                       FOR NO KEY UPDATE
                )
                UPDATE res_partner
                   SET fiado_moved_at = clock_timestamp() AT TIME ZONE 'UTC'
                  FROM locked
                 WHERE res_partner.id = locked.id
             RETURNING res_partner.id
                """,
                tuple(partners.ids),
            )
        )
        partners.invalidate_recordset(["fiado_moved_at"], flush=False)
        if len(rows) != len(partners):
            raise MissingError(
                self.env._("This customer was deleted meanwhile. Reload the page.")
            )

    @api.model
    def _flush_items(self):
        self.env["account.move.line"].flush_model(
            [
                "account_id",
                "amount_residual",
                "date",
                "date_maturity",
                "parent_state",
                "partner_id",
                "reconciled",
            ]
        )

    @api.model
    def _forget_read(self, partners):
        """Have what was read of these wallets read again: they moved."""
        partners.invalidate_recordset(
            ["fiado_balance", "fiado_credit", "fiado_debt", "fiado_debt_since"],
            flush=False,
        )
        self.env["sale.order"].invalidate_model(
            [
                "closing_payment_ids",
                "wallet_credit",
                "wallet_debt",
                "wallet_debt_since",
                "wallet_entry_ids",
            ],
            flush=False,
        )
        self.env["fiado.wallet"].invalidate_model(flush=False)
        self.env["fiado.wallet.entry"].invalidate_model(flush=False)

    # -------------------------------------------------------------------------
    # WRITE
    # -------------------------------------------------------------------------

    @api.model
    def _create_move(self, wallet, amount, counterpart, origin, **values):
        """Create the draft move of one movement of a wallet.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param float amount: positive in the customer's favour, in company currency
        :param counterpart: the account on the other side
        :param str origin: a value of ``account.move.fiado_origin``
        :param values: further values of the move
        """
        parts = [(wallet, account, part) for account, part in wallet.split(amount)]
        parts.append((wallet, counterpart, -amount))
        return self._create_move_of_parts(wallet, parts, origin, **values)

    def _create_move_of_parts(self, wallet, parts, origin, **values):
        moves = self._elevated("account.move").with_context(skip_invoice_sync=True)
        return moves.create(self._prepare_move_vals(wallet, parts, origin, **values))

    def _elevated(self, model):
        """The accounting model as the ledger uses it: cashiers have no rights on it."""
        return self.env[model].sudo().with_context(**QUIET)

    def _prepare_move_vals(self, wallet, parts, origin, **values):
        """The values of a wallet move.

        :param Wallet wallet: the one that moves
        :param list parts: ``(wallet, account, amount)`` of each journal item, positive
            in the customer's favour
        :param values: further values of the move
        """
        date = values.setdefault("date", fields.Date.context_today(self))
        values.setdefault("company_id", wallet.company.id)
        label = values.get("ref") or wallet.company.fiado_journal_id.name
        return {
            "move_type": "entry",
            "journal_id": wallet.company.fiado_journal_id.id,
            "partner_id": wallet.partner.id,
            "fiado_origin": origin,
            "line_ids": [
                Command.create(self._prepare_line_vals(*part, label, date))
                for part in parts
            ],
            **values,
        }

    def _prepare_line_vals(self, wallet, account, amount, label, date):
        is_new_debt = account == wallet.company.fiado_debt_account_id and amount < 0
        return {
            "account_id": account.id,
            "partner_id": wallet.partner.id,
            "name": label,
            "balance": -amount,
            "date_maturity": self._get_due_date(wallet.company, date)
            if is_new_debt
            else date,
        }

    @api.model
    def _get_due_date(self, company, date=None):
        """When a debt that is left on this date is due."""
        date = date or fields.Date.context_today(self)
        return fields.Date.add(date, days=company.root_id.fiado_days)

    @api.model
    def _get_matching_plan(self, wallet, move, undone=None):
        """What to reconcile on the wallet's accounts with a move of it.

        Call it before the move is posted, so that it isn't among the open items.

        :param undone: the moves that this one reverses: their items are settled before
            older ones
        :return: list of journal items for ``_reconcile_plan``: each item that settles
            something, with the oldest open items that it settles
        """
        plan = []
        for line in move.line_ids.filtered(
            lambda line: line.partner_id == wallet.partner
        ):
            if line.account_id == wallet.company.fiado_debt_account_id:
                settled = -line.balance
            elif line.account_id == wallet.company.fiado_credit_account_id:
                settled = line.balance
            else:
                continue
            if settled <= 0:
                continue
            own = self.env["account.move.line"]
            if undone:
                own = undone.line_ids.filtered(
                    lambda item, line=line: (
                        item.account_id == line.account_id
                        and item.amount_residual * line.balance < 0
                    )
                )
                plan.append(line + own)
                settled -= abs(sum(own.mapped("amount_residual")))
            if settled > 0:
                oldest = self._get_oldest_open_items(
                    wallet, line.account_id, settled, own
                )
                plan.append(line + oldest)
        return plan

    def _get_oldest_open_items(self, wallet, account, amount, without=()):
        """The oldest open items of a wallet which together cover an amount.

        :param without: items to leave out
        """
        sign = 1 if account == wallet.company.fiado_debt_account_id else -1
        self._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM (SELECT id,
                               SUM(%(sign)s * amount_residual) OVER (
                                   ORDER BY date_maturity, id
                               ) - %(sign)s * amount_residual AS older
                          FROM account_move_line
                         WHERE account_id = %(account)s
                           AND partner_id = %(partner)s
                           AND reconciled IS NOT TRUE
                           AND parent_state = 'posted'
                           AND %(sign)s * amount_residual > 0
                           AND id NOT IN %(without)s
                       ) item
                 WHERE older < %(amount)s
                """,
                sign=sign,
                account=account.id,
                partner=wallet.partner.id,
                amount=amount,
                without=tuple(line.id for line in without) or (0,),
            )
        )
        return self._elevated("account.move.line").browse(row[0] for row in rows)

    @api.model
    def _operate(
        self, wallet, amount, counterpart, origin, payments=(), undone=None, **values
    ):
        """Make one movement of a wallet, with the payments that belong to it.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param float amount: positive in the customer's favour
        :param counterpart: the account on the other side; with payments, the
            receivable on which the two settle each other
        :param list payments: as ``fiado.request._clean_payments`` returns them
        :param undone: the moves that this one reverses
        :param values: further values of the move
        :return: the public methods' answer: ``{"move_ids", "payment_ids", "balance"}``
        """
        move = self._create_move(wallet, amount, counterpart, origin, **values)
        payments = self._create_payments(
            payments,
            wallet.partner,
            counterpart,
            company_id=move.company_id.id,
            memo=move.ref,
            fiado_origin=origin,
            fiado_move_id=move.id,
        )
        self._settle(
            counterpart if payments else self.env["account.account"],
            move | payments.move_id,
            payments,
            self._get_matching_plan(wallet, move, undone),
        )
        return {
            "move_ids": move.ids,
            "payment_ids": payments.ids,
            "balance": wallet.company.currency_id.round(wallet.balance + amount),
        }

    @api.model
    def _transfer(self, wallet, target, amount, **values):
        """Move a balance from one wallet to another by one move.

        :param float amount: in the sign of the balance that is moved
        :return: as :meth:`_operate`, with the first wallet's balance
        """
        parts = [
            (side, account, part)
            for side, moved in ((wallet, -amount), (target, amount))
            for account, part in side.split(moved)
        ]
        move = self._create_move_of_parts(wallet, parts, "transfer", **values)
        plan = self._get_matching_plan(wallet, move)
        plan += self._get_matching_plan(target, move)
        self._settle(
            self.env["account.account"], move, self.env["account.payment"], plan
        )
        return {
            "move_ids": move.ids,
            "payment_ids": [],
            "balance": wallet.company.currency_id.round(wallet.balance - amount),
        }

    @api.model
    def _create_payments(self, payments, partner, account, **values):
        """Create payments with draft journal entries.

        :param list payments: as ``fiado.request._clean_payments`` returns them
        :param partner: who pays or is paid
        :param account: the account on the other side
        :param values: further values of each payment
        """
        forms = self.env["account.payment.method.line"].browse(
            payment["payment_method_line_id"] for payment in payments
        )
        payments = self._elevated("account.payment").create(
            [
                self._prepare_payment_vals(form, payment["amount"], partner, account)
                | values
                for form, payment in zip(forms, payments, strict=True)
            ]
        )
        # A form without an outstanding account may make a payment without a journal
        # entry; then nothing would settle the receivable.
        for payment in payments.filtered(lambda payment: not payment.move_id):
            payment.outstanding_account_id = payment._get_outstanding_account(
                payment.payment_type
            )
            payment._generate_journal_entry()
        return payments

    def _prepare_payment_vals(self, form, amount, partner, account):
        form = form.sudo()
        return {
            "date": fields.Date.context_today(self),
            "amount": amount,
            "payment_type": form.payment_type,
            "partner_type": "customer",
            "partner_id": partner.id,
            "journal_id": form.journal_id.id,
            "payment_method_line_id": form.id,
            "destination_account_id": account.id,
            # An empty list has the journal entry made right now, to be posted with
            # the others.
            "write_off_line_vals": [],
        }

    @api.model
    def _settle(self, account, moves, payments, matching):
        """Post an operation's moves in one batch and reconcile them at once.

        :param account: the receivable on which they settle each other
        :param moves: all that belong to it; those that are posted already stay
        :param payments: those among them that are payments'
        :param matching: what else to reconcile, see :meth:`_get_matching_plan`
        :raises UserError: something stays open on the account
        """
        moves.filtered(lambda move: move.state == "draft")._post(soft=False)
        payments.action_post()
        items = moves.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        items._reconcile_plan([items, *matching])
        if not all(items.mapped("reconciled")):
            raise UserError(
                self.env._(
                    "The payments don't settle %(documents)s. Ask your accountant to "
                    "look at these.",
                    documents=", ".join(items.move_id.mapped("name")),
                )
            )

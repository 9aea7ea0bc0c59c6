import logging
import zlib
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Command
from odoo.http import request
from odoo.tools import SQL

from odoo.addons.account.models.account_move import BYPASS_LOCK_CHECK

from ..turns import take_turn

_logger = logging.getLogger(__name__)

# In the context of what the ledger itself takes back. RPC can't send it.
RELEASE = object()

# The first halves of the locks on a company's numbers and on a customer's turn.
NUMBERING = zlib.crc32(b"bemp_fiado.numbering") >> 1
TURN = zlib.crc32(b"bemp_fiado.turn") >> 1

# Nobody follows an entry that is made, posted and reconciled in one go.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "fiado_keep_rank": True,
}

# What of a caller's context is kept where rights are elevated.
KEPT_CONTEXT = {"allowed_company_ids", "lang", "tz", "uid"}


def elevate(records, **context):
    """The records with elevated rights and only what is harmless of their context: a
    caller's own could set defaults, and switch checks off, in what is made with them.

    :param context: what they get in the context instead
    """
    kept = {
        key: value for key, value in records.env.context.items() if key in KEPT_CONTEXT
    }
    return records.sudo().with_context({}, **(kept | context))


@dataclass(frozen=True)
class Wallet:
    """What a customer's open items in one company say, in company currency.

    ``partner`` is a commercial partner, ``company`` a root company; ``debt`` and
    ``credit`` are both positive amounts, at most one of them is not zero.
    ``debt_since`` and ``debt_due`` are the oldest date and due date of the debt.

    ``is_tidy`` says whether the items are as the ledger itself leaves them: all of them
    on one account and of one side.
    """

    partner: models.BaseModel
    company: models.BaseModel
    debt: float = 0.0
    credit: float = 0.0
    debt_since: object = False
    debt_due: object = False
    is_tidy: bool = True

    @property
    def balance(self):
        """What the customer has left (positive) or owes (negative)."""
        return self.company.currency_id.round(self.credit - self.debt)

    def get_days_overdue(self, today):
        """For how many days the oldest debt is overdue; before it is due, none."""
        return max((today - self.debt_due).days, 0) if self.debt_due else 0

    def get_moved(self, amount):
        """The wallet as a movement leaves it, to build the next one on.

        :param float amount: positive in the customer's favour
        """
        balance = self.company.currency_id.round(self.balance + amount)
        return replace(self, debt=max(-balance, 0.0), credit=max(balance, 0.0))

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

        What others than the ledger posted may leave a wallet untidy for a moment: a
        bank's payment of 80 on a debt of 55 that nobody moved to the credits yet. It
        reads as what it is, a credit of 25.

        :param partners: commercial partners
        :param company: any company: branches share the wallet of their root
        :return: dict of :class:`Wallet` by partner, one for each
        """
        return {
            partner: self._get_net(wallet)
            for partner, wallet in self._read_sides(partners, company).items()
        }

    def _get_net(self, wallet):
        if wallet.is_tidy:
            return wallet
        net = wallet.get_moved(0.0)
        return net if net.debt else replace(net, debt_since=False, debt_due=False)

    def _read_sides(self, partners, company):
        """As :meth:`_read_wallets`, with the debt and the credit as the two accounts
        have them: an untidy wallet's may be negative, or both of them open."""
        company = company.sudo().root_id
        wallets = {partner: Wallet(partner, company) for partner in partners}
        if not (partners.ids and company.fiado_debt_account_id):
            return wallets
        self._flush_items()
        rows = self.env.execute_query(self._get_wallets_query(partners, company))
        round_amount = company.currency_id.round
        for partner_id, debt, credit, debt_since, debt_due, is_tidy in rows:
            partner = partners.browse(partner_id)
            wallets[partner] = Wallet(
                partner,
                company,
                round_amount(float(debt or 0.0)),
                round_amount(float(credit or 0.0)),
                debt_since or False,
                debt_due or False,
                is_tidy,
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
                   MIN(COALESCE(fiado_since, date)) FILTER (WHERE amount_residual > 0),
                   MIN(date_maturity) FILTER (WHERE amount_residual > 0),
                   BOOL_AND(account_id = %(debt)s AND amount_residual >= 0)
                   OR BOOL_AND(account_id = %(credit)s AND amount_residual <= 0)
              FROM account_move_line
             WHERE account_id IN (%(debt)s, %(credit)s)
               AND partner_id IN %(partners)s
               AND reconciled IS NOT TRUE
               AND parent_state = 'posted'
               AND %(of_company)s
          GROUP BY partner_id
            """,
            debt=company.fiado_debt_account_id.id,
            credit=company.fiado_credit_account_id.id,
            of_company=self._get_of_company(company),
            partners=tuple(partners.ids),
        )

    @api.model
    def _get_of_company(self, company):
        """The condition that a journal item is the company's or a branch's of it: its
        wallet accounts may be in another company's books too.

        :param company: a root company
        """
        return SQL(
            "company_id IN (SELECT id FROM res_company WHERE parent_path LIKE %s)",
            f"{company.id}/%",
        )

    @api.model
    def _join_company(self, account=None):
        """The joins that give ``item``, of the items' table, its ``company``: the root
        of the company whose item it is, where it is on a wallet account of that one.

        :param SQL account: what is compared with the accounts
        """
        return SQL(
            """JOIN res_company item_company ON item_company.id = item.company_id
                JOIN res_company company
                  ON company.id = SPLIT_PART(item_company.parent_path, '/', 1)::int
                 AND %s IN (company.fiado_debt_account_id,
                            company.fiado_credit_account_id)""",
            account or SQL("item.account_id"),
        )

    @api.model
    def _open_wallet(self, partner, company):
        """Lock the wallet of a customer, put it in order if it isn't, and read it.

        :raises MissingError: the customer was deleted meanwhile
        """
        [wallet] = self._open_wallets(partner, company)
        return wallet

    @api.model
    def _open_wallets(self, partners, company):
        """As :meth:`_open_wallet`, for several customers, in their order."""
        self._lock(partners)
        wallets = self._read_sides(partners, company)
        untidy = partners.filtered(lambda partner: not wallets[partner].is_tidy)
        if untidy:
            self._tidy(untidy, company.sudo().root_id)
            wallets.update(self._read_sides(untidy, company))
        return [wallets[partner] for partner in partners]

    @api.model
    def _take_turn(self, partner):
        """Have one call at a time on a wallet, in the order in which they came. To be
        called before anything is written.

        :raises ConcurrencyError: others came first; Odoo runs the call again
        """
        # Only what comes from outside is run again.
        if request:
            take_turn(self.env, TURN, partner.id)

    @api.model
    def _lock(self, partners):
        if not partners:
            return
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
                "company_id",
                "date",
                "date_maturity",
                "fiado_since",
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
                self._prepare_move_vals(
                    wallet,
                    [
                        *((wallet, *part) for part in wallet.split(amount)),
                        (
                            self._get_counterpart_holder(wallet, counterpart, origin),
                            counterpart,
                            -amount,
                        ),
                    ],
                    origin,
                    **values,
                )
                for wallet, amount, counterpart, origin, values in movements
            ]
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
            due date and the day since which it is open
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
                Command.create(self._prepare_line_vals(label, date, *part))
                for part in parts
            ],
            **values,
        }

    def _prepare_line_vals(
        self, label, date, wallet, account, amount, due_date=None, since=None
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
        }

    @api.model
    def _get_due_date(self, company, date=None):
        """When a debt that is left on this date is due."""
        date = date or fields.Date.context_today(self)
        return fields.Date.add(date, days=company.root_id.fiado_days)

    # Which origins are of a kind. Addons that bring an origin add it where it belongs.

    @api.model
    def _get_sale_origins(self):
        """The origins of what a sale leaves in a wallet."""
        return ("order", "invoice")

    @api.model
    def _get_payment_origins(self):
        """The origins by which a customer pays a debt."""
        return (*self._get_sale_origins(), "credit_sale", "accounting")

    @api.model
    def _get_receivable_origins(self):
        """The origins of movements with a receivable on the other side."""
        return (
            *self._get_sale_origins(),
            "credit_sale",
            "refund",
            "payout",
            "reversal",
        )

    @api.model
    def _get_matching_plan(self, wallet, move):
        """What to reconcile on the wallet's accounts with a move of it.

        Call it before the move is posted, so that it isn't among the open items.

        :return: list of journal items for :meth:`_reconcile`: each item that settles
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
            if settled > 0:
                plan.append(
                    line + self._get_oldest_open_items(wallet, line.account_id, settled)
                )
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

    @api.model
    def _operate(self, wallet, amount, counterpart, origin, payments=(), **values):
        """Make one movement of a wallet, with the payments that belong to it.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param float amount: positive in the customer's favour
        :param counterpart: the account on the other side; with payments, the
            receivable on which the two settle each other
        :param list payments: as ``fiado.request._clean_payments`` returns them
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
        move.fiado_document_ids = payments.move_id
        self._settle(
            counterpart if payments else self.env["account.account"],
            move | payments.move_id,
            payments,
            self._get_matching_plan(wallet, move),
        )
        return {
            "move_ids": move.ids,
            "payment_ids": payments.ids,
            "balance": wallet.company.currency_id.round(wallet.balance + amount),
        }

    @api.model
    def _operate_each(self, company, movements, origin):
        """Make many movements of wallets in one go, each as :meth:`_operate` would.

        :param company: any company of those in whose wallets they are
        :param list movements: ``(partner, amount, counterpart, values)`` in the order
            in which they happened, otherwise as :meth:`_operate` takes them
        :param str origin: a value of ``account.move.fiado_origin``
        :return: list of an answer for each
        """
        partners = self.env["res.partner"].union(*(row[0] for row in movements))
        wallets = dict(
            zip(partners, self._open_wallets(partners, company), strict=True)
        )
        to_create, balances = [], []
        for partner, amount, counterpart, values in movements:
            wallet = wallets[partner]
            to_create.append((wallet, amount, counterpart, origin, values))
            wallets[partner] = wallet.get_moved(amount)
            balances.append(wallets[partner].balance)
        moves = self._create_moves(to_create)
        self._post(moves)
        plan = self._get_matching_plan_of_posted(company, moves)
        self._reconcile(plan)
        return [
            {"move_ids": move.ids, "payment_ids": [], "balance": balance}
            for move, balance in zip(moves, balances, strict=True)
        ]

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

    @api.model
    def _transfer(self, wallet, target, amount, **values):
        """Move a balance from one wallet to another by one move.

        :param float amount: in the sign of the balance that is moved
        :return: as :meth:`_operate`, with the first wallet's balance
        """
        parts = [(wallet, *part) for part in wallet.split(-amount)]
        for account, part in target.split(amount):
            if account == target.company.fiado_debt_account_id and part < 0:
                parts += self._age_debt(target, part, wallet, amount)
            else:
                parts.append((target, account, part))
        move = self._create_prepared(
            [self._prepare_move_vals(wallet, parts, "transfer", **values)]
        )
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

    def _age_debt(self, target, new_debt, wallet, amount):
        """The parts of a debt from another wallet, as old as they were there.

        :param float new_debt: what becomes debt of the target, negative
        :param float amount: what leaves the wallet, negative: more, where the target's
            credit settles the oldest of it
        """
        currency = wallet.company.currency_id
        account = wallet.company.fiado_debt_account_id
        settled, left, parts = new_debt - amount, -new_debt, []
        for item in self._get_oldest_open_items(wallet, account, -amount):
            part = item.amount_residual
            skipped = min(part, settled)
            settled -= skipped
            part = currency.round(min(part - skipped, left))
            left = currency.round(left - part)
            if not currency.is_zero(part):
                since = item.fiado_since or item.date
                parts.append((target, account, -part, item.date_maturity, since))
        return parts

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
        self._give_entries(payments.filtered(lambda payment: not payment.move_id))
        return payments

    @api.model
    def _give_entries(self, payments):
        """Make the draft journal entries of payments that have none."""
        for payment in payments:
            payment.outstanding_account_id = payment._get_outstanding_account(
                payment.payment_type
            )
            payment._generate_journal_entry()

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
    def _post(self, moves):
        # Posting numbers them, journal by journal, and a number is only free for others
        # after the commit: two operations that take theirs in another order would wait
        # for each other.
        for company in moves.company_id.root_id.sorted("id"):
            self.env.execute_query(
                SQL("SELECT pg_advisory_xact_lock(%s, %s)", NUMBERING, company.id)
            )
        moves._post(soft=False)

    @api.model
    def _settle(self, account, moves, payments, matching, advances=()):
        """Post an operation's moves in one batch and reconcile them at once.

        :param account: the receivable on which they settle each other
        :param moves: all that belong to it; those that are posted already stay
        :param payments: those among them that are payments'
        :param matching: what else to reconcile, see :meth:`_get_matching_plan`
        :param advances: open items of other payments on the account, which in turn
            settle what the moves leave open; something of these may stay open
        :raises UserError: something stays open on the account
        """
        self._post(moves.filtered(lambda move: move.state == "draft"))
        payments.action_post()
        items = moves.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        plan = [items]
        for advance in advances:
            # Odoo matches what was paid online while it posts.
            plan.append(items + advance.filtered(lambda item: not item.reconciled))
        self._reconcile([*plan, *matching])
        if not all(items.mapped("reconciled")):
            raise UserError(
                self.env._(
                    "The payments don't settle %(documents)s. Ask your accountant to "
                    "look at these.",
                    documents=", ".join(items.move_id.mapped("name")),
                )
            )

    # -------------------------------------------------------------------------
    # TAKE BACK
    # -------------------------------------------------------------------------

    @api.model
    def _take_back(self, moves, reason):
        """Take back what was posted, exactly: each move's opposite is dated today and
        matched with the move itself. What the move had settled is open again as it was,
        with its old dates; nothing of a past day changes.

        :param moves: wallet moves, and the entries of payments, the invoices and the
            credit notes that are taken back with them
        :param str reason: why; the opposite moves say it
        :return: the opposite moves, in the order of the moves
        """
        moves = elevate(moves, **QUIET, fiado_release=RELEASE)
        self._lock(moves._get_fiado_lines().partner_id)
        # What payments brought stays matched with the bank's statement.
        moves.line_ids.filtered(self._is_settlement).remove_move_reconcile()
        opposites = moves._reverse_moves(
            [self._prepare_opposite_vals(move, reason) for move in moves]
        )
        self._post(opposites)
        self._reconcile(
            [
                items
                for move, opposite in zip(moves, opposites, strict=True)
                for items in self._get_mutual_items(move | opposite)
            ]
        )
        payments = moves.origin_payment_id
        payments.invoice_ids = False
        payments.state = "canceled"
        # What settled the movement since settles what is oldest now.
        self._tidy(moves._get_fiado_lines().partner_id)
        return opposites

    @api.model
    def _take_back_payment(self, payment, movement, documents, order, reason):
        """Take one payment back; what else settled the same documents stays. What it
        had paid of them is debt, as old as they are.

        :param movement: the wallet's movements with which it settled them, if any:
            what it paid of a debt, or left as credit, is taken back with it
        :param documents: what they settled, the payment's entry included
        :param order: the closed order that they paid, if it was one
        :param str reason: why
        """
        own = payment.move_id
        account = payment.destination_account_id
        holder = movement.partner_id or payment.partner_id.commercial_partner_id
        # What was paid in advance, and not used, is none of this.
        documents = documents.filtered(
            lambda document: (
                not document.origin_payment_id
                or document.origin_payment_id.fiado_origin
            )
        )
        given = movement.filtered(lambda move: move._get_fiado_movement() > 0)
        opposites = self._take_back(given | own, reason)
        wallet = self._read_wallets(holder, payment.company_id)[holder]
        rest = (documents - own).line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        amount = wallet.company.currency_id.round(-sum(rest.mapped("amount_residual")))
        if wallet.company.currency_id.is_zero(amount):
            self._reconcile([rest])
            return opposites
        since = min((documents | movement).mapped("date"))
        debt_account = wallet.company.fiado_debt_account_id
        due_date = self._get_due_date(wallet.company, since)
        parts = [
            (wallet, account_part, part, due_date, since)
            if account_part == debt_account and part < 0
            else (wallet, account_part, part)
            for account_part, part in wallet.split(amount)
        ]
        move = self._create_prepared(
            [
                self._prepare_move_vals(
                    wallet,
                    [*parts, (wallet, account, -amount)],
                    "reversal",
                    company_id=payment.company_id.id,
                    fiado_document_ids=(documents - own).ids,
                    fiado_order_id=order.id,
                    ref=reason,
                )
            ]
        )
        self._settle(
            account,
            documents - own | move,
            self.env["account.payment"],
            self._get_matching_plan(wallet, move),
        )
        return opposites | move

    def _is_settlement(self, line):
        return (
            line.account_type == "asset_receivable"
            or line in line.move_id._get_fiado_lines()
        )

    def _prepare_opposite_vals(self, move, reason):
        today = fields.Date.context_today(self)
        vals = {
            "date": today,
            "partner_id": move.partner_id.id,
            "ref": reason,
            "fiado_order_id": move.fiado_order_id.id,
        }
        if move.is_invoice(include_receipts=True):
            vals["invoice_date"] = today
        return {**vals, "fiado_origin": "reversal"}

    def _get_mutual_items(self, moves):
        """The open items of a move and its opposite that settle each other."""
        items = moves.line_ids.filtered(
            lambda line: line.account_id.reconcile and not line.reconciled
        )
        return items.grouped("account_id").values()

    # -------------------------------------------------------------------------
    # LOG
    # -------------------------------------------------------------------------

    @api.model
    def _log_movements(self, lines, event):
        """Have a log line for each movement of a wallet once it is committed. It holds
        ids and amounts, and nothing that says who somebody is.

        :param lines: journal items on wallet accounts
        :param str event: ``posted`` or ``undone``
        """
        movements = lines.grouped(lambda line: (line.move_id, line.partner_id))
        for (move, partner), items in movements.items():
            values = {
                "move": move.id,
                "company": move.company_id.id,
                "partner": partner.id,
                "amount": f"{-sum(items.mapped('balance')):.2f}",
                "currency": move.company_id.currency_id.name,
                "origin": move.fiado_origin or "accounting",
                "order": move.fiado_order_id.id or "-",
                "user": self.env.uid,
            }
            text = " ".join(f"{name}={value}" for name, value in values.items())
            self.env.cr.postcommit.add(
                partial(_logger.info, "wallet movement %s: %s", event, text)
            )

    # -------------------------------------------------------------------------
    # TIDY
    # -------------------------------------------------------------------------

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
        rows = self.env.execute_query(
            SQL(
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
                SQL()
                if partners is None
                else SQL(
                    "AND partner.commercial_partner_id IN %s",
                    tuple(partners.ids) or (0,),
                ),
                SQL()
                if companies is None
                else SQL("AND company.id IN %s", tuple(companies.ids) or (0,)),
            )
        )
        by_company = defaultdict(list)
        for company_id, partner_id in rows:
            by_company[company_id].append(partner_id)
        return {
            self.env["res.company"].sudo().browse(company_id): self.env[
                "res.partner"
            ].browse(partner_ids)
            for company_id, partner_ids in by_company.items()
        }

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
        currency = wallet.company.currency_id
        shift = currency.round(wallet.get_moved(0.0).debt - wallet.debt)
        if currency.is_zero(shift):
            return []
        parts = [
            (wallet, wallet.company.fiado_debt_account_id, -shift),
            (wallet, wallet.company.fiado_credit_account_id, shift),
        ]
        return [
            self._prepare_move_vals(
                wallet, parts, "accounting", ref=self.env._("Debt and credit matched")
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

    def _reconcile(self, plan):
        """Reconcile the journal items of each part of a plan."""
        items = self._elevated("account.move.line").union(*plan)
        # Odoo asks for the payments of each pair that it matches: one query for all.
        items.move_id.fetch(["matched_payment_ids"])
        items._reconcile_plan(plan)

    @api.model
    def _get_on_wallet_accounts(self):
        """The condition that ``item``, of the items' table, is on a wallet account.

        The accounts are in it as values, since PostgreSQL uses its indexes on them for
        values alone: where they are joined from the companies, it reads every item.
        """
        return self._get_on_accounts(self._get_all_wallet_accounts())

    def _get_on_accounts(self, accounts):
        return SQL("item.account_id IN %s", tuple(accounts.ids) or (0,))

    def _get_all_wallet_accounts(self):
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        return companies.fiado_debt_account_id | companies.fiado_credit_account_id

import zlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..wallet import DEBT

# What a charge has of the movement that it comes with.
KEPT = ("company_id", "date", "fiado_reference")
# The first half of the lock on a company's numbers.
NUMBERING = zlib.crc32(b"bemp_fiado.numbering") >> 1


class FiadoLedger(models.AbstractModel):
    """What moves wallets: one movement or many, a transfer, and their payments."""

    _inherit = "fiado.ledger"

    # -------------------------------------------------------------------------
    # OPERATE
    # -------------------------------------------------------------------------

    @api.model
    def _operate(
        self,
        wallet,
        amount,
        counterpart,
        origin,
        payments=(),
        charges=None,
        **values,
    ):
        """Make one movement of a wallet, with the payments that belong to it.

        :param Wallet wallet: as :meth:`_open_wallet` returned it
        :param float amount: positive in the customer's favour
        :param counterpart: the account on the other side; with payments, the
            receivable on which the two settle each other
        :param list payments: as ``fiado.request._clean_payments`` returns them
        :param charges: late fee and interest that are charged first, as
            :meth:`_read_charges` returns them
        :param values: further values of the move
        :return: the public methods' answer: ``{"move_ids", "payment_ids", "balance"}``
        """
        charge = self._create_charge_move(
            wallet, charges, **{name: values[name] for name in KEPT if name in values}
        )
        wallet = self._get_charged(wallet, charges)
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
        if payments or charge:
            move.fiado_document_ids = payments.move_id | charge
        self._settle(
            counterpart if payments else self.env["account.account"],
            charge | move | payments.move_id,
            payments,
            self._get_matching_plan(wallet, move, charge),
        )
        return {
            "move_ids": (charge | move).ids,
            "payment_ids": payments.ids,
            "balance": wallet.get_moved(amount).balance,
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

    @api.model
    def _transfer(self, wallet, target, amount, **values):
        """Move a balance from one wallet to another by one move.

        :param float amount: in the sign of the balance that is moved
        :return: as :meth:`_operate`, with the first wallet's balance
        """
        parts = [(wallet, *part) for part in wallet.split_by_account(-amount)]
        for side, part in target.split(amount):
            if side == DEBT and part < 0:
                parts += self._age_debt(target, part, wallet, amount)
            else:
                parts.append((target, target.get_account(side), part))
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
            "balance": wallet.get_moved(-amount).balance,
        }

    def _age_debt(self, target, new_debt, wallet, amount):
        """The parts of a debt from another wallet, as old as they were there.

        :param float new_debt: what becomes debt of the target, negative
        :param float amount: what leaves the wallet, negative: more, where the target's
            credit settles the oldest of it
        """
        account = wallet.get_account(DEBT)
        items = self._get_oldest_open_items(wallet, account, -amount)
        debts = [(item.amount_residual, item) for item in items]
        return [
            (
                target,
                account,
                -part,
                item.date_maturity,
                item.fiado_since or item.date,
                item,
            )
            for part, item in wallet.carry_over(debts, -new_debt, new_debt - amount)
        ]

    # -------------------------------------------------------------------------
    # PAYMENTS
    # -------------------------------------------------------------------------

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

    # -------------------------------------------------------------------------
    # POST
    # -------------------------------------------------------------------------

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

    def _reconcile(self, plan):
        """Reconcile the journal items of each part of a plan."""
        items = self._elevated("account.move.line").union(*plan)
        # Odoo asks for the payments of each pair that it matches: one query for all.
        items.move_id.fetch(["matched_payment_ids"])
        items._reconcile_plan(plan)

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.bemp_fiado.models.elevation import elevate

from ..till import RECEIPT


class PosOrder(models.Model):
    """How an order moves the customer's wallet."""

    _inherit = "pos.order"

    def _fiado_move_wallet(self):
        """Post what the payment lines take from wallets and give to them, as far as
        that isn't posted yet.

        :raises UserError: the customer's wallet may not move so; says what to do
        """
        moves = self._get_fiado_moves().grouped("fiado_pos_order_id")
        no_moves = self.env["account.move"]
        for order in self:
            moved = moves.get(order, no_moves)
            movement = order._get_fiado_missing(moved)
            if movement:
                order._fiado_check_open()
                # From here on only values that the order's own payments made.
                order._fiado_post(movement, moved)

    def _get_fiado_missing(self, moves):
        """What is wanted and not posted, positive in the customer's favour.

        :param moves: what this order moved already
        """
        wanted = -sum(self._get_fiado_payments().mapped("amount"))
        posted = moves.filtered(lambda move: move.state == "posted")
        return self.currency_id.round(wanted - posted._get_fiado_movement())

    def _get_fiado_payments(self):
        return self.payment_ids.filtered("payment_method_id.fiado")

    def _fiado_check_open(self):
        if self.session_id.state == "closed" or self.account_move:
            raise UserError(
                self.env._(
                    "%(order)s is in the books already: refund it instead of changing "
                    "its payments.",
                    order=self.name,
                )
            )

    def _fiado_post(self, movement, moved):
        is_first = not moved
        # What an order moved already stays in one wallet, whoever pays from now on.
        holder = self._get_fiado_order_holder(moved.partner_id)
        company = self.company_id
        ledger = elevate(self.env["fiado.ledger"]).with_company(company)
        wallet = ledger._open_wallet(holder.sudo(), company)
        broken = self._fiado_check_movement(wallet, movement)
        kind = self._get_fiado_kind()
        values = self._prepare_fiado_move_vals(is_first)
        ledger._operate(
            wallet,
            movement,
            self.sudo()._get_fiado_clearing_account(),
            "pos_credit" if kind == RECEIPT else "pos",
            **values,
        )
        self._fiado_remember(wallet, movement, values["date"], is_first)
        if broken:
            self._fiado_tell_managers(wallet.partner, broken)

    def _prepare_fiado_move_vals(self, is_first):
        today = fields.Date.context_today(self)
        return {
            "company_id": self.company_id.id,
            # What comes later to an order, an edited payment, happens today.
            "date": self._get_fiado_day() if is_first else today,
            "fiado_pos_order_id": self.id,
            "ref": self.name,
        }

    def _get_fiado_day(self):
        """The day of the order; a till whose clock runs ahead sells today."""
        day = fields.Date.context_today(self, self.date_order)
        return min(day, fields.Date.context_today(self))

    def _fiado_remember(self, wallet, movement, date, is_first):
        """Keep what the receipt says. The receipt of a till without a connection was
        printed already: it stays as it is."""
        order = self.sudo()
        vals = {}
        if is_first and not order.fiado_offline:
            holder = wallet.partner.sudo()
            vals["fiado_before"] = wallet.balance
            vals["fiado_payer"] = holder != order.partner_id and holder.name
        if wallet.get_new_debt(movement):
            ledger = self.env["fiado.ledger"].sudo()
            vals["fiado_due_date"] = ledger._get_due_date(wallet.company, date)
            vals["fiado_pay_code"] = (
                not order.fiado_offline and self._get_fiado_pay_code(wallet, movement)
            )
        if vals:
            order.write(vals)

    def _get_fiado_pay_code(self, wallet, movement):
        """The code that pays all that is owed once the wallet moved, which the till
        draws; ``False`` where there is none."""
        holder = wallet.partner.sudo().with_company(wallet.company)
        owed = wallet.get_moved(movement).debt
        return holder._get_fiado_pay_code(owed, with_picture=False).get("text", False)

    def _get_fiado_clearing_account(self):
        """Where movements wait for the session's entry, and who pays an invoice."""
        method = self._get_fiado_payments().payment_method_id[:1]
        if not method:
            method = self.config_id.payment_method_ids.filtered("fiado")[:1]
        account = self.session_id._get_receivable_account(method)
        if not account.reconcile:
            raise UserError(
                self.env._(
                    "%(company)s has no account for receivables of the point of sale "
                    "that can be reconciled: choose one in the settings.",
                    company=self.company_id.name,
                )
            )
        return account

    def _fiado_match_clearing(self, lines):
        """Match what these orders' movements left on the clearing accounts with what
        took it up.

        :param lines: of the session's entry, or of an invoice's payment
        """
        movements = self._get_fiado_moves()
        waiting = movements.line_ids - movements._get_fiado_lines()
        ledger = elevate(self.env["fiado.ledger"])
        open_lines = (waiting | lines.sudo()).filtered(lambda line: not line.reconciled)
        ledger._reconcile(list(open_lines.grouped("account_id").values()))

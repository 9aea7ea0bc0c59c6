from odoo import models
from odoo.exceptions import UserError

from .elevation import QUIET, elevate


class SaleOrder(models.Model):
    """How an order is closed."""

    _inherit = "sale.order"

    def close_order(
        self,
        payments,
        use_balance=False,
        debt_paid=0.0,
        credit_used=0.0,
        reference=None,
        override_reason=None,
        advance_used=0.0,
        shown=None,
        payment_term_id=None,
        charges=None,
    ):
        """Close the order: confirm, deliver services, invoice, take the payments and
        move what is left to the customer's wallet. All of it happens, or nothing.

        Amounts are in company currency; those of the payments in the order's. What was
        paid online for the order, or registered for its invoices and waits for the
        bank, counts as paid before.

        :param list payments: ``[{"payment_method_line_id": id, "amount": 30.0}, …]``,
            may be empty
        :param bool use_balance: leave the balance (paid + credit and advance used −
            what is due − debt paid) in the wallet, where it becomes debt or credit
        :param float debt_paid: what is paid of the customer's debt with it
        :param float credit_used: what is paid with the customer's credit
        :param str reference: idempotency key: the same call with the same reference
            is done once and answered with the same answer
        :param str override_reason: why a manager goes over the customer's limit
        :param float advance_used: what is paid with other open payments of the
            customer, the oldest first
        :param dict shown: what the caller decided on, any of ``{"partner_id",
            "balance", "amount_due", "charges"}`` (the wallet's holder and balance,
            what is still to be paid of the order, and what could be charged): refused
            where it is something else by now
        :param int payment_term_id: Odoo's payment terms that split what is left as new
            debt into instalments, counted from today; where no new debt is left they
            split nothing
        :param bool charges: whether late fee and interest until today are charged on
            the customer's debt and paid with it, beside ``debt_paid``; as in
            ``res.partner.fiado_receive``
        :return: ``{"order_id", "invoice_ids", "payment_ids", "move_ids", "balance"}``:
            the order's invoices, the payments and the wallet moves that were made,
            and the balance of the customer's wallet afterwards
        :raises UserError: the order can't be closed like this; says what to do
        :raises AccessError: the user may not close this order
        """
        self._check_closing_rights()
        request = self.env["fiado.request"]
        reference = request._clean_reference(reference)
        values = self._clean_closing(
            payments,
            use_balance,
            debt_paid,
            credit_used,
            override_reason,
            advance_used,
            payment_term_id,
            charges,
        )
        shown = request._clean_shown(shown)
        self.env["fiado.ledger"]._take_turn(self.wallet_partner_id)
        return request._once(
            self.company_id,
            reference,
            "sale.order.close_order",
            values,
            lambda: self._close(
                {"advance_used": 0.0, "charges": None, **values, "shown": shown},
                request._get_kept_reference(reference),
            ),
        )

    def _clean_closing(
        self,
        payments,
        use_balance,
        debt_paid,
        credit_used,
        override_reason,
        advance_used,
        payment_term_id,
        charges,
    ):
        """What :meth:`close_order` is called with, as its reference keeps it."""
        request, company = self.env["fiado.request"], self.company_id
        values = {
            "order_id": self.id,
            "payments": request._clean_payments(payments, company, self.currency_id),
            "use_balance": request._clean_flag(
                use_balance,
                self.env._("Use balance as credit/debit for the customer"),
            ),
            "debt_paid": request._clean_amount(debt_paid, company.currency_id),
            "credit_used": request._clean_amount(credit_used, company.currency_id),
            "override_reason": request._clean_reason(override_reason, required=False),
        }
        advance_used = request._clean_amount(advance_used, company.currency_id)
        if advance_used:
            # Not where there is none: calls of before that argument are kept without.
            values["advance_used"] = advance_used
        term = request._clean_payment_term(payment_term_id, company, required=False)
        if term:
            values["payment_term_id"] = term.id
        if charges is not None:
            values["charges"] = request._clean_charges(charges)
        return values

    def _check_closing_rights(self):
        if len(self.ids) != 1:
            raise UserError(self.env._("Close one order at a time."))
        self.check_access("write")
        self.env["fiado.policy"]._check_sales_user()

    def _close(self, values, reference):
        # The caller's rights were checked, and from here on only values that this
        # method made reach the accounts.
        order = elevate(self).with_company(self.company_id)
        ledger = order.env["fiado.ledger"]
        wallet = ledger._open_wallet(order.wallet_partner_id, order.company_id)
        order._check_closable()
        order._check_wallet_shown(wallet, values["shown"])
        values["charges"] = order.env["fiado.policy"]._get_charges(
            wallet, values["charges"], values["shown"]
        )
        order._confirm_and_deliver()
        order = order.with_context(**QUIET)
        invoices = order._invoice_rest()
        receivable = order._get_closing_receivable(invoices)
        advances = order._get_advances(wallet, invoices, receivable, values)
        movement = order._get_closing_movement(wallet, invoices, values, advances)

        payments = order._create_closing_payments(wallet, receivable, values)
        charge = order._create_closing_charge(wallet, values["charges"], reference)
        documents = invoices | payments.move_id | charge
        wallet = ledger._get_charged(wallet, values["charges"])
        wallet_move = order._create_closing_move(
            wallet, movement, receivable, documents, advances, values, reference
        )
        ledger._settle(
            receivable,
            documents | wallet_move,
            payments,
            ledger._get_matching_plan(wallet, wallet_move, charge),
            advances.items,
        )
        elevate(self).write({"closing_state": "closed", "locked": True})
        return {
            "order_id": order.id,
            "invoice_ids": invoices.ids,
            "payment_ids": payments.ids,
            "move_ids": (charge | wallet_move).ids,
            "balance": wallet.get_moved(movement).balance,
        }

    def _create_closing_payments(self, wallet, receivable, values):
        return self.env["fiado.ledger"]._create_payments(
            values["payments"],
            wallet.partner,
            receivable,
            company_id=self.company_id.id,
            currency_id=self.currency_id.id,
            memo=self.name,
            fiado_origin="order",
            fiado_order_id=self.id,
        )

    def _create_closing_charge(self, wallet, charges, reference):
        return self.env["fiado.ledger"]._create_charge_move(
            wallet,
            charges,
            company_id=self.company_id.id,
            fiado_order_id=self.id,
            fiado_reference=reference,
        )

    def _create_closing_move(
        self, wallet, movement, receivable, documents, advances, values, reference
    ):
        """The draft wallet move of what is left, if anything is."""
        if not movement:
            return self.env["account.move"]
        ledger = self.env["fiado.ledger"]
        advances = (items.move_id for items in advances.items)
        return ledger._create_move(
            wallet,
            movement,
            receivable,
            "order",
            instalments=ledger._get_instalments(
                wallet, wallet.get_new_debt(movement), values.get("payment_term_id")
            ),
            company_id=self.company_id.id,
            fiado_document_ids=documents.union(*advances).ids,
            fiado_order_id=self.id,
            fiado_reference=reference,
            ref=self.name,
        )

    def _check_closable(self):
        if self.closing_state == "closed":
            raise UserError(
                self.env._("Order %(order)s is already closed.", order=self.name)
            )
        if self.state == "cancel":
            raise UserError(
                self.env._(
                    "Order %(order)s is cancelled. Set it back to a quotation first.",
                    order=self.name,
                )
            )
        if not self.order_line.filtered(lambda line: not line.display_type):
            raise UserError(
                self.env._(
                    "Order %(order)s is empty. Add what the customer bought first.",
                    order=self.name,
                )
            )
        if self.currency_id.compare_amounts(self.amount_total, 0.0) < 0:
            raise UserError(
                self.env._(
                    "The total of order %(order)s is below zero, so there is nothing "
                    "to receive. Check its prices and quantities.",
                    order=self.name,
                )
            )

    def _get_closing_movement(self, wallet, invoices, values, advances):
        """What this closing adds to the wallet (negative: takes from it), in company
        currency.

        :param Advances advances: as :meth:`_get_advances` returned them
        :raises UserError: it may not, with the reason and what to do instead
        """
        currency = self.currency_id
        due = currency.round(invoices._get_fiado_due() - advances.paid_before)
        paid = sum(payment["amount"] for payment in values["payments"])
        self.env["fiado.policy"]._check_unchanged(
            values["shown"], {"amount_due": due}, currency
        )
        self._check_wallet_use(wallet, due, values)
        wallet = self.env["fiado.ledger"]._get_charged(wallet, values["charges"])
        charged = values["charges"].amount if values["charges"] else 0.0
        paid = currency.round(paid + values["advance_used"])
        balance = currency.round(
            paid + values["credit_used"] - due - values["debt_paid"] - charged
        )
        movement = currency.round(paid - due)
        if not currency.is_zero(balance):
            refusal = self._get_balance_refusal(balance)
            if not refusal and not values["use_balance"]:
                refusal = self._get_unticked_message(
                    balance, currency.round(wallet.debt - values["debt_paid"] - charged)
                )
            if refusal:
                raise UserError(refusal)
        if currency != wallet.company.currency_id:
            # Paid in full: nothing moves, in whichever currency.
            return 0.0
        self.env["fiado.policy"]._check_limits(
            wallet,
            wallet.get_new_debt(movement),
            paid_receivable=invoices.filtered(
                lambda invoice: invoice.state == "posted"
            )._get_fiado_due()
            - advances.amount,
            reason=values["override_reason"],
        )
        return movement

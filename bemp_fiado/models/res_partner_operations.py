from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """The public operations of a customer's wallet."""

    _inherit = "res.partner"

    def fiado_receive(
        self, amount, payment_method_line_id, reference=None, charges=None
    ):
        """Receive money outside any order: it pays the customer's debt, the rest is
        sold as money credit.

        :param float amount: in company currency
        :param int payment_method_line_id: the form through which it is received
        :param str reference: idempotency key: the same call with the same reference
            is done once and answered with the same answer
        :param bool charges: whether late fee and interest until today are charged
            first, so that the amount pays them too, after what is older. ``False``
            leaves them off, which needs the right to. Callers that say nothing
            charge nothing, as before there were any
        :return: ``{"move_ids", "payment_ids", "balance"}``: the wallet moves (the one
            that charges comes first), the payment, and the wallet's balance afterwards
        :raises UserError: it can't be received; says what to do
        :raises AccessError: the user takes no payments
        """
        payment = {"payment_method_line_id": payment_method_line_id, "amount": amount}
        return self._fiado_receive([payment], reference, charges=charges)

    def _fiado_receive(self, payments, reference=None, shown=None, charges=None):
        """As :meth:`fiado_receive`, through several payment forms in one go."""
        self.env["fiado.policy"]._check_sales_user()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        payments = request._clean_payments(payments, company, company.currency_id)
        if not payments:
            raise UserError(self.env._("Choose a payment form and type an amount."))
        charges, shown = request._clean_charges(charges), request._clean_shown(shown)

        def movement(wallet):
            amount = sum(payment["amount"] for payment in payments)
            charged = self.env["fiado.policy"]._get_charges(wallet, charges, shown)
            holder._check_fiado_switched_on(
                self.env["fiado.ledger"]._get_charged(wallet, charged), amount
            )
            return {
                "amount": amount,
                "counterpart": holder._get_fiado_receivable(),
                "origin": "credit_sale",
                "payments": payments,
                "charges": charged,
                "ref": holder._get_fiado_received_ref(wallet, charges),
            }

        values = {"payments": payments}
        if charges is not None:
            # Not where nobody said: calls of before that argument are kept without.
            values["charges"] = charges
        return holder._fiado_move(
            company, "fiado_receive", values, movement, reference, shown
        )

    def fiado_pay_out(
        self, amount, payment_method_line_id, reason, reference=None, shown=None
    ):
        """Pay credit out to the customer.

        :param float amount: in company currency, not more than the credit
        :param int payment_method_line_id: the (outbound) form through which it is paid
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be paid out; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        payments = request._clean_payments(
            [{"payment_method_line_id": payment_method_line_id, "amount": amount}],
            company,
            company.currency_id,
            payment_type="outbound",
        )
        reason = request._clean_reason(reason)

        def movement(wallet):
            holder._check_fiado_credit(wallet, payments[0]["amount"])
            return {
                "amount": -payments[0]["amount"],
                "counterpart": holder._get_fiado_receivable(),
                "origin": "payout",
                "payments": payments,
                "ref": reason,
            }

        values = {"payments": payments, "reason": reason}
        return holder._fiado_move(
            company, "fiado_pay_out", values, movement, reference, shown
        )

    def fiado_forgive(self, amount, reason, reference=None, shown=None):
        """Forgive debt, whole or in part, to the company's loss account.

        :param float amount: in company currency, not more than the debt
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be forgiven; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        amount = request._clean_movement(amount, company.currency_id)
        reason = request._clean_reason(reason)

        def movement(wallet):
            holder._check_fiado_debt(wallet, amount)
            return {
                "amount": amount,
                "counterpart": holder._get_fiado_loss_account(wallet.company),
                "origin": "forgiveness",
                "ref": reason,
            }

        values = {"amount": amount, "reason": reason}
        return holder._fiado_move(
            company, "fiado_forgive", values, movement, reference, shown
        )

    def fiado_adjust(self, amount, account_id, reason, reference=None, shown=None):
        """Correct a wallet by hand.

        :param float amount: in company currency, positive in the customer's favour
        :param int account_id: the account on the other side
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be adjusted so; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        reason = self.env["fiado.request"]._clean_reason(reason)
        return self._fiado_move_against(
            "fiado_adjust",
            amount,
            account_id,
            {"reason": reason},
            {"origin": "adjustment", "ref": reason},
            reference,
            shown,
        )

    def fiado_transfer(
        self,
        partner_id,
        amount,
        reason,
        reference=None,
        shown=None,
        override_reason=None,
    ):
        """Move a balance to another customer: a duplicate, a relative, an employer.

        :param int partner_id: whose wallet takes it
        :param float amount: in company currency, in the sign of the balance that is
            moved: negative debt, positive credit; not more than there is
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :param str override_reason: why the other customer may go over a limit
        :return: as :meth:`fiado_receive`, with the balance of this customer
        :raises UserError: it can't be moved; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        request = self.env["fiado.request"]
        holder = self._get_fiado_holder()
        target_id = request._clean_id(partner_id, self.env._("The other customer"))
        target = self.browse(target_id)._get_fiado_holder()
        company = (holder | target)._get_fiado_company()
        amount = request._clean_movement(amount, company.currency_id, signed=True)
        reason = request._clean_reason(reason)
        override_reason = request._clean_reason(override_reason, required=False)
        values = {"target_id": target.id, "amount": amount, "reason": reason}
        if override_reason:
            # Not where there is none: calls of before that argument are kept without.
            values["override_reason"] = override_reason
        if target == holder:
            raise UserError(
                self.env._("Choose another customer: this is the same wallet.")
            )

        def operation(reference):
            ledger = self.env["fiado.ledger"]
            wallets = ledger._open_wallets(holder | target, company)
            holder._check_fiado_transfer(*wallets, amount, override_reason)
            return ledger._transfer(
                *wallets,
                amount,
                ref=reason,
                company_id=company.id,
                fiado_reference=reference,
            )

        return holder._fiado_once("fiado_transfer", values, reference, operation, shown)

    def fiado_open_balance(self, amount, date, account_id, reference=None, shown=None):
        """Bring a balance over from elsewhere, such as a notebook.

        :param float amount: in company currency; negative: debt, positive: credit
        :param date: the day on which it was left, not in the future
        :param int account_id: the account on the other side
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be brought over; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        date = self.env["fiado.request"]._clean_past_date(date)
        self.env["fiado.policy"]._check_books_open(date)
        return self._fiado_move_against(
            "fiado_open_balance",
            amount,
            account_id,
            {"date": str(date)},
            {"origin": "opening", "ref": self.env._("Opening balance"), "date": date},
            reference,
            shown,
        )

    def _fiado_move_against(
        self, method, amount, account_id, values, movement_values, reference, shown
    ):
        """Move this wallet against an account of the user's choice; otherwise as
        :meth:`_fiado_move`.

        :param dict values: the other arguments of the method, cleaned
        :param dict movement_values: what else the movement has
        """
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        amount = request._clean_movement(amount, company.currency_id, signed=True)
        account = request._clean_account(account_id, company)

        def movement(wallet):
            holder._check_fiado_switched_on(wallet, amount)
            return {"amount": amount, "counterpart": account, **movement_values}

        values = {"amount": amount, "account_id": account.id, **values}
        return holder._fiado_move(company, method, values, movement, reference, shown)

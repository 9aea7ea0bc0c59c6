from odoo import SUPERUSER_ID, api, fields, models

from .account_payment import STANDING
from .elevation import elevate


class PaymentTransaction(models.Model):
    """Debts that are paid online, through whatever provider of Odoo's.

    How it works: a transaction knows whose wallet it pays. Once the provider says that
    the money is there, Odoo asks for its payment, often more than once at a time: the
    browser, the provider and a job do. The ledger receives it under a reference of the
    transaction's own, so it is received once. What the provider gives back is taken
    back by the ledger's one undoing.
    """

    _inherit = "payment.transaction"

    fiado_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer of the Wallet",
        help="Whose debt is paid by this.",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    fiado_charged_until = fields.Date(
        string="Late Charges Until",
        help="Late fee and interest until that day are in the amount. They are charged "
        "until then, however late the money comes: the customer paid what was asked.",
        readonly=True,
        copy=False,
    )

    # -------------------------------------------------------------------------
    # ON ITS WAY
    # -------------------------------------------------------------------------

    @api.model
    def _get_fiado_pending(self, holder, company):
        """What of a customer's debt is being paid: the provider waits for the money or
        has it, and it isn't in the wallet yet.

        :return: amount in company currency
        """
        transactions = self.search(
            [
                ("fiado_partner_id.commercial_partner_id", "=", holder.id),
                ("company_id", "child_of", company.id),
                ("source_transaction_id", "=", False),
                ("state", "in", ("pending", "authorized", "done")),
                ("payment_id", "=", False),
                # Whoever promises a bank transfer may never make it: nobody says so.
                ("provider_code", "!=", "custom"),
            ]
        )
        pending = sum(tx._get_fiado_on_its_way() for tx in transactions)
        return company.currency_id.round(pending)

    def _get_fiado_on_its_way(self):
        """What of this is neither in the wallet yet nor given up: of what a provider
        holds, parts may be."""
        parts = self.child_transaction_ids.filtered(
            lambda part: part.payment_id or part.state == "cancel"
        )
        return self.amount - sum(parts.mapped("amount"))

    # -------------------------------------------------------------------------
    # ODOO'S ROAD
    # -------------------------------------------------------------------------

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        if self.fiado_partner_id:
            custom_create_values["fiado_partner_id"] = self.fiado_partner_id.id
            custom_create_values["fiado_charged_until"] = self.fiado_charged_until
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    @api.model
    def _compute_reference_prefix(self, separator, **values):
        if values.get("fiado_partner_id"):
            return f"FIADO{values['fiado_partner_id']}"
        return super()._compute_reference_prefix(separator, **values)

    def _post_process(self):
        of_wallets = self.filtered("fiado_partner_id")
        for tx in of_wallets:
            if tx.state == "cancel" and tx.payment_id.state == "canceled":
                # Odoo would cancel it again.
                tx.is_post_processed = True
            else:
                super(PaymentTransaction, tx._fiado_elevate())._post_process()
        return super(PaymentTransaction, self - of_wallets)._post_process()

    def _create_payment(self, **extra_create_values):
        self.ensure_one()
        if not self.fiado_partner_id:
            return super()._create_payment(**extra_create_values)
        tx = self._fiado_elevate()
        payment = tx._fiado_refund() if tx.operation == "refund" else tx._fiado_pay()
        self.payment_id = payment
        return payment

    def _fiado_elevate(self):
        """As the shop does it, on its own clock and in its language, whoever it was
        that noticed: a customer's browser, the provider or a job."""
        company = self.sudo().company_id
        contact = company.root_id.partner_id
        return (
            elevate(self.with_user(SUPERUSER_ID))
            .with_company(company)
            .with_context(tz=contact.tz, lang=contact.lang)
        )

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

    def _fiado_pay(self):
        """The payment of this in the wallet: made at the first time that it is asked
        for. The money is there, so no rule refuses it: what was not owed any more is
        credit."""
        return self._fiado_once(lambda: self._fiado_receive(self.amount))

    def _fiado_refund(self):
        """Give back what the provider gave back: the payment is taken back, and what of
        it stays is received anew, at the first time that it is asked for.

        :return: the payment that was taken back
        """
        source = self.source_transaction_id
        payment = source.payment_id or source._create_payment()

        def give_back():
            self.env["fiado.ledger"]._lock(self._get_fiado_holder())
            payment.invalidate_recordset()
            # Somebody in the shop may have cancelled it before.
            if payment.state in STANDING:
                left = self.currency_id.round(payment.amount + self.amount)
                payment._fiado_cancel()
                if self.currency_id.compare_amounts(left, 0.0) > 0:
                    answer = source._fiado_receive(left)
                    source.payment_id = answer["payment_ids"][0]
            return {"payment_ids": payment.ids}

        return self._fiado_once(give_back)

    def _fiado_once(self, operation):
        answer = self.env["fiado.request"]._once(
            self.company_id,
            f"payment.transaction/{self.id}",
            "payment.transaction",
            {"reference": self.reference, "amount": self.amount},
            operation,
        )
        return self.env["account.payment"].browse(answer["payment_ids"])

    def _fiado_receive(self, amount):
        """Receive an amount of this in the wallet.

        :return: as ``fiado.ledger._operate``
        """
        holder = self._get_fiado_holder()
        ledger = self.env["fiado.ledger"]
        forms = self.provider_id.journal_id.inbound_payment_method_line_ids
        # Odoo may have two for one provider.
        form = forms.filtered(lambda f: f.payment_provider_id == self.provider_id)[:1]
        wallet = ledger._open_wallet(holder, self.company_id)
        answer = ledger._operate(
            wallet,
            amount,
            holder._get_fiado_receivable(),
            "online",
            payments=[{"payment_method_line_id": form.id, "amount": amount}],
            charges=self._get_fiado_charges(wallet),
            company_id=self.company_id.id,
            ref=self.env._(
                "Paid online: %(references)s",
                references=", ".join(
                    filter(None, (self.reference, self.provider_reference))
                ),
            ),
            fiado_reference=self.reference,
        )
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        payment.write(
            {"payment_transaction_id": self.id, "payment_token_id": self.token_id.id}
        )
        return answer

    def _get_fiado_charges(self, wallet):
        """What is charged on the wallet with this: what was in the amount."""
        until = self.fiado_charged_until
        if not until or not wallet.company.fiado_interest_account_id:
            return None
        charges = self.env["fiado.ledger"]._read_charges([wallet], until)
        return charges[wallet.partner]

    def _get_fiado_holder(self):
        return self.fiado_partner_id.commercial_partner_id

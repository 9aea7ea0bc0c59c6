from odoo import models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    """Whose wallet a customer has, where it moves, and what may become of it."""

    _inherit = "res.partner"

    # -------------------------------------------------------------------------
    # MOVE
    # -------------------------------------------------------------------------

    def _fiado_move(self, company, method, values, movement, reference, shown):
        """Make one movement of this wallet, once.

        :param company: in which it moves
        :param str method: the public method that does it
        :param dict values: the method's arguments, cleaned
        :param movement: is called with the locked wallet; checks what may be refused,
            and returns the movement as arguments of ``fiado.ledger._operate``
        :param str reference: the method's, as it came
        :param dict shown: the method's, as it came
        :return: the method's answer
        """

        def operation(reference):
            ledger = self.env["fiado.ledger"]
            wallet = ledger._open_wallet(self, company)
            return ledger._operate(
                wallet,
                **movement(wallet),
                company_id=company.id,
                fiado_reference=reference,
            )

        return self._fiado_once(method, values, reference, operation, shown)

    def _fiado_once(self, method, values, reference, operation, shown=None):
        # The caller's rights were checked: from here on only values that the
        # operation made reach the accounts.
        request = self.env["fiado.request"]
        reference = request._clean_reference(reference)
        shown = request._clean_shown(shown)
        self.env["fiado.ledger"]._take_turn(self.commercial_partner_id)

        def operate():
            if shown:
                self._check_fiado_shown(shown)
            return operation(request._get_kept_reference(reference))

        return request._once(
            self.env.company,
            reference,
            f"res.partner.{method}",
            {"partner_id": self.id, **values},
            operate,
        )

    def _check_fiado_shown(self, shown):
        wallet = self.env["fiado.ledger"]._open_wallet(self, self.env.company)
        found = {"partner_id": self.id, "balance": wallet.balance}
        if "last_item_id" in shown:
            found["last_item_id"] = self._get_fiado_last_item_id(wallet.company)
        self.env["fiado.policy"]._check_unchanged(
            shown, found, wallet.company.currency_id
        )

    # -------------------------------------------------------------------------
    # WHOSE AND WHERE
    # -------------------------------------------------------------------------

    def _get_fiado_holder(self):
        """Whose wallet this customer has: a commercial partner of the company.

        :raises UserError: there is none
        """
        if len(self.ids) != 1:
            raise UserError(self.env._("Choose one customer at a time."))
        self.check_access("read")
        holder = self.commercial_partner_id
        company = self.env.company.sudo()
        if holder == company.root_id.fiado_walk_in_partner_id:
            raise UserError(
                self.env._("An unidentified customer has no wallet: say who it is.")
            )
        own_company = holder.sudo().company_id
        if own_company and not (
            own_company in company.parent_ids or company in own_company.parent_ids
        ):
            raise AccessError(
                self.env._(
                    "%(customer)s is a customer of another company.",
                    customer=holder.sudo().name,
                )
            )
        if not company.root_id.fiado_journal_id:
            raise UserError(
                self.env._(
                    "Fiado was never switched on in this shop. The owner switches it "
                    "on in the settings."
                )
            )
        return holder

    def _get_fiado_company(self):
        """The company in which these holders' wallets move now: the one that the user
        works in, or a customer's own where that is a branch of it. Odoo records
        nothing of a branch's customers in the company above."""
        company = self.env.company
        branches = self.sudo().company_id.filtered(
            lambda branch: company in branch.parent_ids
        )
        return branches[:1].with_env(self.env) or company

    def _get_fiado_receivable(self):
        return self.sudo().with_company(self.env.company).property_account_receivable_id

    def _get_fiado_loss_account(self, company):
        """Where forgiven debts go.

        :raises UserError: no account was chosen
        """
        if not company.fiado_loss_account_id:
            raise UserError(
                self.env._(
                    "There is no account for forgiven debts: the owner chooses one in "
                    "the settings of Fiado."
                )
            )
        return company.fiado_loss_account_id

    # -------------------------------------------------------------------------
    # RULES
    # -------------------------------------------------------------------------

    def _check_fiado_switched_on(self, wallet, amount):
        """With the feature off, existing balances are settled and nothing more."""
        settled = self._get_fiado_settled(wallet, amount)
        if settled is not None and not wallet.company.fiado_enabled:
            raise UserError(
                self.env._(
                    "Fiado is switched off in this shop: only what %(customer)s owes "
                    "or has left can be settled (%(balance)s).",
                    customer=self.name,
                    balance=wallet.company.currency_id.format(settled),
                )
            )
        self._check_fiado_active(wallet, amount)

    def _check_fiado_active(self, wallet, amount):
        """Of an archived customer too, existing balances are settled and no more."""
        settled = self._get_fiado_settled(wallet, amount)
        if settled is not None and not self.active:
            raise UserError(
                self.env._(
                    "%(customer)s is archived: only what the customer owes or has "
                    "left can be settled (%(balance)s).",
                    customer=self.name,
                    balance=wallet.company.currency_id.format(settled),
                )
            )

    def _get_fiado_settled(self, wallet, amount):
        """How much of an amount settles the wallet, where the rest is a new balance;
        ``None`` where all of it does."""
        settled = abs(wallet.balance) if wallet.balance * amount < 0 else 0.0
        is_all = wallet.company.currency_id.compare_amounts(abs(amount), settled) <= 0
        return None if is_all else settled

    def _check_fiado_debt(self, wallet, amount):
        currency = wallet.company.currency_id
        if currency.compare_amounts(amount, wallet.debt) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes %(debt)s: type no more than that.",
                    customer=self.name,
                    debt=currency.format(wallet.debt),
                )
            )

    def _check_fiado_credit(self, wallet, amount):
        currency = wallet.company.currency_id
        if currency.compare_amounts(amount, wallet.credit) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s has %(credit)s of credit: type no more than that.",
                    customer=self.name,
                    credit=currency.format(wallet.credit),
                )
            )

    def _check_fiado_transfer(self, wallet, target, amount, override_reason):
        """A balance leaves this customer's wallet, which has it, for another one, whose
        customer may have it.

        :param Wallet target: the other wallet
        :param float amount: in the sign of the balance
        """
        target.partner._check_fiado_active(target, amount)
        if amount > 0:
            self._check_fiado_credit(wallet, amount)
            return
        self._check_fiado_debt(wallet, -amount)
        self.env["fiado.policy"]._check_new_debt(
            target, target.get_new_debt(amount), override_reason
        )

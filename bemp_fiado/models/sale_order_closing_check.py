from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What is refused when an order is closed."""

    _inherit = "sale.order"

    def _check_wallet_use(self, wallet, due, values):
        currency = wallet.company.currency_id
        uses_wallet = any(
            values[name]
            for name in ("debt_paid", "credit_used", "advance_used", "charges")
        )
        if uses_wallet and self.currency_id != currency:
            raise UserError(self._get_currency_refusal())
        if values["credit_used"] or values["advance_used"]:
            self._check_own_wallet(wallet)
        if currency.compare_amounts(values["debt_paid"], wallet.debt) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes %(debt)s. No more than that can be paid of the "
                    "debt.",
                    customer=wallet.partner.display_name,
                    debt=currency.format(wallet.debt),
                )
            )
        if currency.compare_amounts(values["credit_used"], wallet.credit) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s has %(credit)s of credit. No more than that can be "
                    "used.",
                    customer=wallet.partner.display_name,
                    credit=currency.format(wallet.credit),
                )
            )
        due = currency.round(max(due - values["advance_used"], 0.0))
        if currency.compare_amounts(values["credit_used"], due) > 0:
            raise UserError(
                self.env._(
                    "This order only takes %(due)s: use no more credit than that.",
                    due=currency.format(due),
                )
            )

    def _check_own_wallet(self, wallet):
        """Whoever may write an order may make it out to anybody: what that customer has
        left is spent only by those who are trusted with wallets.

        :raises UserError: it isn't the wallet of who ordered, and the user isn't
        """
        if wallet.partner == self.partner_id.commercial_partner_id:
            return
        if not self.env.user.has_group("bemp_fiado.group_fiado_user"):
            raise UserError(
                self.env._(
                    "%(customer)s pays this order and didn't order it: receive the "
                    "total, or ask who may leave balances to use what %(customer)s has "
                    "left.",
                    customer=wallet.partner.display_name,
                )
            )

    def _get_balance_refusal(self, balance):
        """Why this user may not leave this balance in the wallet, or nothing.

        :param float balance: in the order's currency; negative: debt, positive: credit
        :return: a sentence for the cashier, or ``None``
        """
        self.ensure_one()
        partners = self.partner_id | self.wallet_partner_id
        refusal = self.env["fiado.policy"]._get_balance_refusal(
            partners, self.company_id, balance
        )
        if refusal:
            return refusal
        if self.currency_id != self.company_id.currency_id:
            return self._get_currency_refusal()
        if balance < 0 and self.order_type == "internal":
            return self.env._("An internal sale leaves no debt: receive the total.")
        if balance > 0 and self._is_subscription_order():
            return self._get_subscription_refusal()
        return None

    def _is_subscription_order(self):
        """Whether this is an order of a subscription. Addons that know subscriptions
        say more about that."""
        self.ensure_one()
        return self.order_type == "subscription"

    @api.model
    def _get_subscription_refusal(self):
        return self.env._(
            "A subscription order leaves no credit: receive the total only."
        )

    def _get_currency_refusal(self):
        return self.env._(
            "This order is in %(currency)s, but the wallets are in "
            "%(wallet_currency)s: receive exactly the total, and no debt or credit "
            "with it.",
            currency=self.currency_id.name,
            wallet_currency=self.company_id.currency_id.name,
        )

    def _get_unticked_message(self, balance, debt_left):
        """What to do with a balance that wasn't to be left: what the payment screen
        says will become of it.

        :param float debt_left: what the customer still owes without it
        """
        if balance < 0:
            return self.env._(
                "%(amount)s are missing. Receive them too, or tick “Use balance as "
                "credit/debit for the customer” to leave them as debt.",
                amount=self.currency_id.format(-balance),
            )
        if self.currency_id.compare_amounts(debt_left, balance) >= 0:
            return self.env._(
                "%(amount)s are too much. Give them back, or tick “Use balance as "
                "credit/debit for the customer” to pay the debt with them.",
                amount=self.currency_id.format(balance),
            )
        if debt_left > 0:
            return self.env._(
                "%(amount)s are too much. Give them back, or tick “Use balance as "
                "credit/debit for the customer” to pay the debt with them and leave "
                "the rest as credit.",
                amount=self.currency_id.format(balance),
            )
        return self.env._(
            "%(amount)s are too much. Give them back, or tick “Use balance as "
            "credit/debit for the customer” to leave them as credit.",
            amount=self.currency_id.format(balance),
        )

    def _check_shown(self, shown):
        """Lock the wallet of the order, and check that it is as it was shown.

        :param dict shown: as :meth:`close_order` takes it
        :raises UserError: it is not, or the order can't be read
        """
        self.ensure_one()
        self.check_access("write")
        ledger = self.env["fiado.ledger"]
        ledger._take_turn(self.wallet_partner_id)
        wallet = ledger._open_wallet(self.wallet_partner_id, self.company_id)
        self._check_wallet_shown(wallet, shown)

    def _check_wallet_shown(self, wallet, shown):
        self.env["fiado.policy"]._check_unchanged(
            shown,
            {"partner_id": wallet.partner.id, "balance": wallet.balance},
            wallet.company.currency_id,
        )

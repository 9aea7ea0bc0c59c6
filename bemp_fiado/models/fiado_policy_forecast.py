from odoo import api, models
from odoo.tools import format_date

from ..wallet import CREDIT, DEBT, get_opposite


class FiadoPolicy(models.AbstractModel):
    """What will become of a wallet, in sentences for the cashier."""

    _inherit = "fiado.policy"

    @api.model
    def _get_forecast(self, wallet, amount, date=None, instalments=()):
        """What a movement will do to a wallet, in sentences for the cashier.

        :param Wallet wallet: as it is now
        :param float amount: positive in the customer's favour, in company currency
        :param date: when it will be, today by default
        :param instalments: of the new debt, as ``fiado.ledger._get_instalments``
            returns them
        """
        currency = wallet.company.currency_id
        sentences = self._get_forecast_sentences(instalments)
        due_date = self.env["fiado.ledger"]._get_due_date(wallet.company, date)
        forecast = []
        for side, part in wallet.split(amount):
            forecast.append(
                sentences[side, part > 0]
                % {
                    "amount": currency.format(abs(part)),
                    "customer": wallet.partner.name,
                    "date": format_date(self.env, due_date),
                    "instalments": self._get_instalments_text(instalments, currency),
                }
            )
        balance = wallet.get_moved(amount).balance
        if wallet.debt and balance < 0:
            forecast.append(
                self.env._(
                    "%(customer)s then owes %(amount)s in all.",
                    customer=wallet.partner.name,
                    amount=currency.format(-balance),
                )
            )
        elif wallet.credit and balance > 0:
            forecast.append(
                self.env._(
                    "%(customer)s then has %(amount)s of credit in all.",
                    customer=wallet.partner.name,
                    amount=currency.format(balance),
                )
            )
        return " ".join(forecast)

    def _get_forecast_sentences(self, instalments):
        """What becomes of each part of a movement, by its side and whether it is in the
        customer's favour."""
        sentences = {
            (DEBT, True): self.env._("%(amount)s pay %(customer)s's debt."),
            (DEBT, False): self.env._(
                "%(amount)s stay as %(customer)s's debt, due on %(date)s."
            ),
            (CREDIT, True): self.env._("%(amount)s stay as %(customer)s's credit."),
            (CREDIT, False): self.env._(
                "%(amount)s are taken from %(customer)s's credit."
            ),
        }
        if instalments:
            sentences[DEBT, False] = self.env._(
                "%(amount)s stay as %(customer)s's debt in %(instalments)s."
            )
        return sentences

    @api.model
    def _get_outcome(self, wallet, amount):
        """What is in a wallet after a movement, in a sentence for the manager.

        :param Wallet wallet: as it is now
        :param float amount: positive in the customer's favour, in company currency
        """
        balance = wallet.get_moved(amount).balance
        values = {
            "customer": wallet.partner.name,
            "amount": wallet.company.currency_id.format(abs(balance)),
        }
        if balance < 0:
            return self.env._("%(customer)s will owe %(amount)s.", **values)
        if balance > 0:
            return self.env._("%(customer)s will have %(amount)s of credit.", **values)
        return self.env._("The wallet of %(customer)s will be empty.", **values)

    @api.model
    def _get_undo_forecast(self, holder, company, items):
        """What taking back does to a wallet, in sentences for the manager.

        :param holder: whose wallet it is
        :param company: the company in which
        :param items: the journal items in the wallet that are taken back
        :return: list of sentences, empty where nothing moves
        """
        wallet = self.env["fiado.ledger"]._read_wallets(holder, company)[holder]
        currency = wallet.company.currency_id
        parts = [
            (side, -item.balance)
            for side in (DEBT, CREDIT)
            for item in items
            if item.account_id == wallet.get_account(side)
        ]
        undone = wallet.apply(get_opposite(parts))
        if currency.is_zero(undone.balance - wallet.balance):
            return []
        sentences = [
            self.env._(
                "The wallet of %(customer)s goes from %(before)s to %(after)s.",
                customer=holder.name,
                before=currency.format(wallet.balance),
                after=currency.format(undone.balance),
            )
        ]
        if undone.credit < 0:
            sentences.append(
                self.env._(
                    "Credit that this had left was used meanwhile: %(customer)s will "
                    "owe %(amount)s.",
                    customer=holder.name,
                    amount=currency.format(max(-undone.balance, 0.0)),
                )
            )
        if undone.debt < 0:
            sentences.append(
                self.env._(
                    "Debt that this had left was paid or forgiven meanwhile: "
                    "%(customer)s will have %(amount)s of credit.",
                    customer=holder.name,
                    amount=currency.format(max(undone.balance, 0.0)),
                )
            )
        return sentences

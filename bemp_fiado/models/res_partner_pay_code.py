from odoo import models


class ResPartner(models.Model):
    """The code by which a customer pays from a phone."""

    _inherit = "res.partner"

    def _get_fiado_pay_code(self, amount=None, with_picture=True):
        """The code by which the customer pays from a phone, in the current company.

        :param float amount: in company currency; ``None`` for all of the debt, with
            late fee and interest until today
        :param bool with_picture: whether it is drawn, which takes its time
        :return: dict, empty where there is nothing to pay or the company has no account
            that a code could be made for: ``image`` (data URI of a PNG, ``False`` where
            it isn't drawn), ``text`` (what is copied and pasted instead, ``False``
            where that kind of code has none), ``label`` (what the text is called),
            ``amount`` and ``reference``
        """
        # Papers have it for whoever may print them, also without rights on wallets.
        self.ensure_one()
        holder = self.commercial_partner_id
        company = self.env.company.sudo().root_id
        if amount is None and holder:
            amount = sum(holder._get_fiado_owed_today(company)[holder])
        amount = company.currency_id.round(amount or 0.0)
        if not holder or company.currency_id.compare_amounts(amount, 0.0) <= 0:
            return {}
        return company._get_fiado_pay_code(holder, amount, with_picture)

    def _get_fiado_paper_pay_code(self, balance):
        """As :meth:`_get_fiado_pay_code`, for the paper of a movement, which may be
        printed again after the debt was paid.

        :param float balance: what the movement left in the wallet, in company currency
        :return: the code for what is owed of it now
        """
        if balance >= 0:
            return {}
        owed = self.commercial_partner_id._get_fiado_owed(
            self.env.company.sudo().root_id
        )
        return self._get_fiado_pay_code(min(-balance, owed))

    def _get_fiado_owed(self, company):
        return self.env["fiado.ledger"]._read_wallets(self, company)[self].debt

from odoo import fields, models

from .elevation import elevate

# How many entries a page of the customer's own wallet has.
STEP = 20


class ResPartner(models.Model):
    """What customers see of their own wallet, in their portal.

    Portal users have no right on wallets. Pages ask for the commercial partner of
    whoever is logged in, which nobody chooses, and get plain values.
    """

    _inherit = "res.partner"

    def _get_fiado_own_companies(self):
        """The root companies in which this customer has a wallet, elevated: the current
        one first."""
        self.ensure_one()
        holder = elevate(self)
        companies = holder.env["res.company"].search(
            [("parent_id", "=", False), ("fiado_debt_account_id", "!=", False)]
        )
        own = companies.filtered(
            lambda company: (
                holder._is_fiado_customer_of(company)
                and holder._has_fiado_entries_in(company)
            )
        )
        current = self.env.company.sudo().root_id
        return own.sorted(lambda company: company != current)

    def _has_fiado_entries_in(self, company):
        partner = self.with_company(company)
        return bool(
            self.env["fiado.wallet.entry"].search_count(
                partner._get_fiado_entry_domain(), limit=1
            )
        )

    def _get_fiado_portal_wallet(self, company, page=1):
        """What the page of the customer's own wallet says.

        :param company: one of :meth:`_get_fiado_own_companies`
        :param int page: which part of the entries, the newest on the first
        :return: dict: ``company``, ``currency``, ``debt`` and ``credit``, in company
            currency; ``dues``, of :meth:`_get_fiado_dues`; ``payable`` and
            ``pay_code``, as pages of signed links have them; ``rows``, as the printed
            statement has them, the newest first; ``page`` and ``has_older``
        """
        holder = elevate(self).with_company(company)
        wallet = holder.env["fiado.ledger"]._read_wallets(holder, company)[holder]
        payable = holder._get_fiado_payable(company)
        lines, has_older = holder._get_fiado_statement_page(page, STEP)
        report = holder.env["report.bemp_fiado.fiado_statement"]
        return {
            "company": company,
            "currency": company.currency_id,
            "debt": wallet.debt,
            "credit": wallet.credit,
            "dues": holder._get_fiado_dues(wallet),
            "payable": payable,
            "pay_code": holder._get_fiado_pay_code(payable["payable"]),
            "rows": report._get_rows(holder.env, lines),
            "page": page,
            "has_older": has_older,
        }

    def _get_fiado_dues(self, wallet):
        """When which part of the debt is due, the oldest first.

        :return: list of dicts: ``date``, ``amount`` and whether it ``is_overdue``
        """
        company = wallet.company
        rows = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", company.fiado_debt_account_id.id),
                ("partner_id", "=", self.id),
                ("company_id", "child_of", company.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("amount_residual", ">", 0.0),
            ],
            ["date_maturity:day"],
            ["amount_residual:sum"],
        )
        # What a bank's payment paid, which nobody matched yet, was the oldest of it.
        paid = wallet.round(sum(amount for _date, amount in rows) - wallet.debt)
        today = fields.Date.context_today(self)
        dues = []
        for date, amount in sorted(rows):
            part = wallet.round(max(amount - paid, 0.0))
            paid = wallet.round(max(paid - amount, 0.0))
            if part:
                due = {"date": date, "amount": part, "is_overdue": date < today}
                dues.append(due)
        return dues

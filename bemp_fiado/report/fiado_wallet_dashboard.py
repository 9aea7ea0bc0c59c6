from odoo import api, fields, models
from odoo.tools import date_utils, format_date


class FiadoWallet(models.Model):
    """What the owner looks at in the morning."""

    _inherit = "fiado.wallet"

    @api.model
    @api.readonly
    def get_dashboard(self):
        """What the owner looks at in the morning, of the current company.

        :return: dict of ``figures`` and ``months`` (the debt at the end of each of the
            last twelve), each with the action, the domain and maybe the title and the
            context that list what it is made of, and ``debtors`` (the ten who owe
            most); amounts in company currency
        :raises AccessError: the user may not read wallets
        """
        self.check_access("read")
        company = self.env.company.sudo().root_id
        today = fields.Date.context_today(self)
        wallets = self._get_dashboard_wallets(company)
        debt = wallets[0]["amount"]
        months, has_moved = self._get_dashboard_months(company, today, debt)
        received, taken = self._get_dashboard_day(company, today)
        figures = [*wallets[:2], received, taken, wallets[2]]
        return {
            "enabled": company.fiado_enabled,
            "may_configure": self.env.user.has_group("base.group_system"),
            "is_empty": not has_moved and not any(row["count"] for row in figures),
            "currency_id": company.currency_id.id,
            "figures": figures,
            "months": months,
            "debtors": self._get_dashboard_debtors(company),
        }

    def _get_dashboard_wallets(self, company):
        """What is owed, what of it is overdue, and what customers have left."""
        own = [("company_id", "=", company.id)]
        rows = self._read_group(
            own,
            ["bucket"],
            ["__count", "debt:sum", "overdue:sum", "credit:sum"],
        )
        in_debt = [row for row in rows if row[0]]
        return [
            {
                "name": "debt",
                "label": self.env._("Debt now"),
                "amount": company.currency_id.round(sum(row[2] for row in in_debt)),
                "count": sum(row[1] for row in in_debt),
                "action": "bemp_fiado.fiado_wallet_action_debt",
                "domain": [*own, ("debt", ">", 0)],
            },
            {
                "name": "overdue",
                "label": self.env._("Overdue"),
                "amount": company.currency_id.round(sum(row[3] for row in in_debt)),
                "count": sum(row[1] for row in in_debt if row[0] != "0_not_due"),
                "action": "bemp_fiado.fiado_wallet_action_overdue",
                "domain": [*own, ("overdue", ">", 0)],
            },
            {
                "name": "credit",
                "label": self.env._("Credit owed to customers"),
                "amount": company.currency_id.round(sum(row[4] for row in rows)),
                "count": sum(row[1] for row in rows if not row[0]),
                "action": "bemp_fiado.fiado_wallet_action",
                "domain": [*own, ("credit", ">", 0)],
            },
        ]

    def _get_dashboard_day(self, company, today):
        """What came in today, and what was left on fiado today."""
        received = [
            ("company_id", "child_of", company.id),
            ("date", "=", today),
            ("section", "=", "received"),
        ]
        origins = (*self.env["fiado.ledger"]._get_sale_origins(), "reversal")
        # What was left by mistake and undone isn't new debt.
        taken = [
            ("company_id", "=", company.id),
            ("date", "=", today),
            *("|", "&", ("kind", "=", "debt")),
            ("origin", "in", origins),
            *("&", ("kind", "=", "debt_paid"), ("origin", "=", "reversal")),
        ]
        [(received_count, received_amount)] = self.env["fiado.billing"]._read_group(
            received, aggregates=["__count", "amount:sum"]
        )
        [(taken_count, taken_amount)] = self.env["fiado.wallet.entry"]._read_group(
            taken, aggregates=["__count", "amount:sum"]
        )
        return [
            {
                "name": "received",
                "label": self.env._("Received today"),
                "amount": company.currency_id.round(received_amount or 0.0),
                "count": received_count,
                "action": "bemp_fiado.fiado_billing_action_received",
                "domain": received,
            },
            {
                "name": "taken",
                "label": self.env._("New fiado today"),
                "amount": company.currency_id.round(-(taken_amount or 0.0)),
                "count": taken_count,
                "action": "bemp_fiado.fiado_wallet_entry_action",
                "domain": taken,
            },
        ]

    def _get_dashboard_months(self, company, today, debt):
        """The debt at the end of each of the last twelve months: from what is owed now
        backwards, so that only a year of entries is read.

        :return: list of dicts, the oldest month first, and whether anything moved; who
            may not read balances of past days has no action
        """
        may_list = self.env["fiado.wallet.balance"].has_access("read")
        first = date_utils.subtract(date_utils.start_of(today, "month"), months=11)
        on_debt = [
            ("company_id", "=", company.id),
            ("kind", "in", ("debt", "debt_paid")),
            ("date", ">=", first),
        ]
        rows = self.env["fiado.wallet.entry"]._read_group(
            on_debt, ["date:month"], ["amount:sum"]
        )
        moved = dict(rows)
        # What is dated later counts in what is owed now.
        after = sum(amount for month, amount in rows if month > today)
        months = []
        for number in range(12):
            month = date_utils.subtract(
                date_utils.start_of(today, "month"), months=number
            )
            end = date_utils.end_of(month, "month")
            months.append(
                {
                    "label": format_date(self.env, month, date_format="MMM yy"),
                    "title": self.env._(
                        "Debt on %(date)s", date=format_date(self.env, end)
                    ),
                    "amount": company.currency_id.round(debt + after),
                    "action": may_list and "bemp_fiado.fiado_wallet_balance_action",
                    "domain": [("company_id", "=", company.id), ("debt", "!=", 0)],
                    "context": {
                        "fiado_date": fields.Date.to_string(end),
                        "hide_credit": True,
                    },
                }
            )
            after += moved.get(month, 0.0)
        return months[::-1], bool(rows)

    def _get_dashboard_debtors(self, company):
        wallets = self.search_fetch(
            [("company_id", "=", company.id), ("debt", ">", 0)],
            ["partner_id", "debt", "days_overdue"],
            order="debt desc, id",
            limit=10,
        )
        return [
            {
                "partner_id": wallet.partner_id.id,
                "name": wallet.partner_id.sudo().display_name,
                "debt": wallet.debt,
                "days_overdue": wallet.days_overdue,
            }
            for wallet in wallets
        ]

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.bemp_fiado.tests.common import FiadoCommon


class FiadoCommissionCommon(FiadoCommon):
    """A salon: Joana gets 50 % and Rafael 40 % of what they do. Odoo's accountants and
    cashiers have no other rights than those of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever sets the shop up.
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.env.user.group_ids |= cls.env.ref("commission_oca.group_commission_manager")
        cls.half = cls._rate(50.0)
        cls.joana = cls._new_professional("joana", cls.half)
        cls.rafael = cls._new_professional("rafael", cls._rate(40.0))

    @classmethod
    def _rate(cls, percent, **values):
        """A commission that is settled on paid invoices."""
        return cls.env["commission"].create(
            {
                "name": f"{percent:g} %",
                "fix_qty": percent,
                "invoice_state": "paid",
                "settlement_type": "sale_invoice",
                **values,
            }
        )

    @classmethod
    def _new_professional(cls, login, commission, **values):
        """One who sees the own orders only."""
        user = new_test_user(
            cls.env,
            login=f"fiado_{login}",
            name=login.capitalize(),
            groups="base.group_user,sales_team.group_sale_salesman",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.write({"agent": True, "commission_id": commission.id, **values})
        return user

    @classmethod
    def _work(cls, *work, partner=None, **values):
        """An order of what professionals did.

        :param work: pairs of a product and its professional
        """
        order = cls._order(*(product for product, _user in work), partner=partner)
        order.write(values)
        for line, (_product, user) in zip(order.order_line, work, strict=True):
            line.professional_id = user
        return order

    def _commissions(self, *users):
        """What each of the professionals has of posted invoices and credit notes."""
        self.env.invalidate_all()
        lines = self.env["account.invoice.line.agent"].search(
            [("invoice_id.state", "=", "posted")]
        )
        return self._add_up(lines, "amount", users)

    def _add_up(self, records, name, users=()):
        """The sums of a field of each of the professionals' records."""
        by_agent = records.grouped("agent_id")
        return [
            self.company.currency_id.round(
                sum(by_agent.get(user.partner_id, records.browse()).mapped(name))
            )
            for user in users or (self.joana, self.rafael)
        ]

    def _settle(self, date="2026-04-01"):
        """Settle what is due until a day; returns what the settlements of each are."""
        self.env["commission.make.settle"].create(
            {
                "date_to": date,
                "settlement_type": "sale_invoice",
                "agent_ids": [Command.set((self.joana | self.rafael).partner_id.ids)],
            }
        ).action_settle()
        return self._settled()

    def _settled(self):
        settlements = self.env["commission.settlement"].search(
            [("state", "!=", "cancel")]
        )
        return self._add_up(settlements, "total")

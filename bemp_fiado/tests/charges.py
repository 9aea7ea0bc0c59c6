"""What tests of late fee and interest share."""

from odoo.tests import freeze_time

from .common import FiadoCommon

TODAY = "2026-11-25"


class ChargesCommon(FiadoCommon):
    """A shop that charges 2 % once and 1 % a month. Maria owes 100 that were due on
    2026-07-01 and 50 that were due on 2026-10-01: on 2026-11-25 that makes 8.82."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})
        cls.late_income = cls.company.fiado_interest_account_id
        for day, amount in (("2026-06-01", 100.0), ("2026-09-01", 50.0)):
            with freeze_time(day):
                cls._leave_debt(amount)

    def _customer(self, user=None, partner=None):
        customer = (partner or self.maria).with_user(user or self.cashier)
        return customer.with_company(self.company).with_context(lang="en_US")

    def _receive(self, amount, user=None, partner=None, **values):
        return self._customer(user, partner).fiado_receive(
            amount, self.cash.id, **values
        )

    def _read_charges(self, partner=None, day=None):
        """What could be charged: ``(amount, [(what, amount), …])``."""
        ledger = self.env["fiado.ledger"]
        partner = partner or self.maria
        wallet = ledger._read_wallets(partner, self.company)[partner]
        charges = ledger._read_charges([wallet], day)[partner]
        return charges.amount, [(part.kind, part.amount) for part in charges.charges]

    def _moves(self, answer):
        return self.env["account.move"].browse(answer["move_ids"])

    def assertItems(self, move, items):
        self.assertRecordValues(
            move.line_ids.sorted("id"),
            [
                dict(
                    zip(
                        ("account_id", "debit", "credit"),
                        (account.id, debit, credit),
                        strict=True,
                    )
                )
                for account, debit, credit in items
            ],
        )

    def assertOpen(self, *amounts, partner=None):
        self.assertEqual(
            [item.amount_residual for item in self._open_items(partner)],
            list(amounts),
        )

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_renegotiation import RenegotiationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestRenegotiationCharges(RenegotiationCommon):
    """Late fee and interest on debts that are put into instalments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"fiado_late_fee": 2.0, "fiado_interest": 1.0})
        # 60 is late for 34 days, 40 for 7: 1.20 + 0.68 + 0.80 + 0.09.
        cls.charged = cls._customer(cls.manager).fiado_charge()

    def _read_charges(self):
        ledger = self.env["fiado.ledger"].with_company(self.company)
        wallet = ledger._read_wallets(self.maria, self.company)[self.maria]
        return ledger._read_charges([wallet])[self.maria]

    def test_charges_bear_none_in_instalments_either(self):
        self.assertEqual(self._wallet(), (-102.77, 102.77, 0.0))
        [move] = self.env["account.move"].browse(self._renegotiate()["move_ids"])
        parts = move.line_ids.filtered(lambda line: line.balance > 0)
        charge = self.env["account.move"].browse(self.charged["move_ids"])
        of_charge = charge.line_ids.filtered("debit")
        last = fields.Date.to_date("2026-06-08")
        self.assertRecordValues(
            parts.filtered("fiado_carried_item_id"),
            [
                {
                    "balance": 2.77,
                    "date_maturity": last,
                    "fiado_carried_item_id": of_charge.id,
                }
            ],
        )
        self.assertAlmostEqual(sum(parts.mapped("balance")), 102.77)
        [entry] = self._entries().filtered(lambda entry: entry.move_id == move)
        text = entry.instalments
        self.assertIn("3 instalments", text)
        self.assertFalse(self.env["fiado.wallet"].audit())
        # A month after the last: a fee of 2 % on 100, and interest on no more.
        with freeze_time("2026-07-08 15:00:00"):
            owed = [part for part in parts if not part.fiado_carried_item_id]
            late = {part: (fields.Date.today() - part.date_maturity) for part in owed}
            expected = sum(
                round(part.balance * 0.02 + 1e-9, 2)
                + round(part.balance * 0.01 * late[part].days / 30 + 1e-9, 2)
                for part in owed
            )
            self.assertAlmostEqual(self._read_charges().amount, expected)
            self.assertAlmostEqual(sum(part.balance for part in owed), 100.0)

    def test_undone_after_what_was_charged_on_it(self):
        answer = self._renegotiate()
        with freeze_time("2026-05-01 15:00:00"):
            again = self._customer(self.manager).fiado_charge()
            with self.assertRaisesRegex(UserError, "were charged on this since"):
                self._undo(answer)
            self._undo(again)
            self._undo(answer)
            self.assertEqual(self._wallet(), (-102.77, 102.77, 0.0))
            # From the day until which it was charged before: no second fee.
            self.assertAlmostEqual(
                self._read_charges().amount,
                round(60 * 0.01 * 52 / 30, 2) + round(40 * 0.01 * 52 / 30, 2),
            )
        self.assertFalse(self.env["fiado.wallet"].audit())

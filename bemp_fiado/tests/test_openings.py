from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestOpenings(FiadoCommon):
    """What other addons extend: the kinds of origins, and whose the other side is."""

    def _wallet_of_maria(self):
        self.env.invalidate_all()
        return (
            self.env["fiado.wallet"]
            .with_user(self.cashier)
            .search([("partner_id", "=", self.maria.id)])
        )

    def test_an_origin_by_which_debt_is_paid(self):
        self._leave_debt(55.0)
        maria = self.maria.with_user(self.manager).with_company(self.company)
        maria.fiado_forgive(5.0, "why")
        self.assertFalse(self._wallet_of_maria().last_payment_date)
        origins = (*self.env["fiado.ledger"]._get_payment_origins(), "forgiveness")
        with patch.object(
            self.env.registry["fiado.ledger"],
            "_get_payment_origins",
            lambda _self: origins,
        ):
            self.assertEqual(
                str(self._wallet_of_maria().last_payment_date), "2026-03-10"
            )

    def test_an_origin_of_sales(self):
        maria = self.maria.with_user(self.manager).with_company(self.company)
        maria.fiado_adjust(-20.0, self.income.id, "why")

        def read():
            dashboard = self.env["fiado.wallet"].with_company(self.company)
            figures = dashboard.get_dashboard()["figures"]
            return next(f["amount"] for f in figures if f["name"] == "taken")

        self.assertEqual(read(), 0.0)
        with patch.object(
            self.env.registry["fiado.ledger"],
            "_get_sale_origins",
            lambda _self: ("order", "adjustment"),
        ):
            self.assertEqual(read(), 20.0)

    def test_an_origin_that_moves_through_a_receivable(self):
        maria = self.maria.with_user(self.manager).with_company(self.company)
        maria.fiado_adjust(-20.0, self.income.id, "why")
        billing = self.env["fiado.billing"].with_company(self.company)

        def sections():
            rows = billing.get_figures("2026-03-01", "2026-03-31")["rows"]
            return {row["section"] for row in rows}

        self.assertEqual(sections(), {"apart"})
        with patch.object(
            self.env.registry["fiado.ledger"],
            "_get_receivable_origins",
            lambda _self: ("adjustment",),
        ):
            self.assertEqual(sections(), {"wallet"})

    def test_nobody_on_the_other_side(self):
        maria = self.maria.with_user(self.manager).with_company(self.company)
        with patch.object(
            self.env.registry["fiado.ledger"],
            "_get_counterpart_holder",
            lambda *_arguments: None,
        ):
            answer = maria.fiado_adjust(-20.0, self.income.id, "why")
        items = self.env["account.move"].browse(answer["move_ids"]).line_ids
        self.assertRecordValues(
            items.sorted("balance"),
            [
                {"account_id": self.income.id, "partner_id": False, "balance": -20.0},
                {
                    "account_id": self.debt_account.id,
                    "partner_id": self.maria.id,
                    "balance": 20.0,
                },
            ],
        )
        self.assertEqual(self._wallet(), (-20.0, 20.0, 0.0))
        self.assertTiesOut()
        self.env["fiado.wallet.entry"].with_user(self.manager).search(
            [("move_id", "in", answer["move_ids"])]
        ).undo("why")
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertTiesOut()

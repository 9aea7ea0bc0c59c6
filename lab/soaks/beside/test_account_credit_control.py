"""OCA's credit control takes up what is owed on fiado, without any code of ours."""

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bemp_fiado.tests.common import FiadoCommon


@tagged("post_install", "-at_install")
class TestAccountCreditControl(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref(
            "account_credit_control.group_account_credit_control_manager"
        )
        cls.policy = cls.env.ref("account_credit_control.credit_control_3_time")
        cls.policy.company_id = cls.company
        cls.policy.account_ids = cls.receivable | cls.debt_account
        cls.company.credit_policy_id = cls.policy
        cls.maria.email = "maria@example.com"

    def _run(self, day):
        """What a run of a day finds: each line's customer, level and amount."""
        values = {"date": day, "company_id": self.company.id}
        values["policy_ids"] = [Command.set(self.policy.ids)]
        runs = self.env["credit.control.run"].with_company(self.company)
        with freeze_time(f"{day} 15:00:00"):
            run = runs.create(values)
            run.generate_credit_lines()
        lines = run.line_ids
        return [(row.partner_id.name, row.level, row.balance_due) for row in lines]

    def test_debt(self):
        """A debt of 25 that is due on 9 April: ten days later it is in the first level,
        with what is left of it; paid, it is in none."""
        with freeze_time("2026-03-10 15:00:00"):
            self._close(self._order(), 30.0, use_balance=True)
        self.assertEqual(self._run("2026-04-12"), [])
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        with freeze_time("2026-04-14 15:00:00"):
            maria.fiado_receive(10.0, self.cash.id)
        self.assertEqual(self._run("2026-04-20"), [("Maria", 1, 15.0)])
        with freeze_time("2026-04-22 15:00:00"):
            maria.fiado_receive(15.0, self.cash.id)
        self.assertEqual(self._run("2026-06-20"), [])
        self.assertTiesOut()

    def test_no_debt(self):
        """An order that is paid in full, and credit, are nothing to remind of."""
        with freeze_time("2026-03-10 15:00:00"):
            self._close(self._order(), 55.0)
            self._close(self._order(), 60.0, use_balance=True)
        self.assertEqual(self._run("2026-06-20"), [])

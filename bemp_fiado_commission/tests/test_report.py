from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FiadoCommissionCommon

PAPER = "report.bemp_fiado_commission.fiado_commission_paper"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestReport(FiadoCommissionCommon):
    """What professionals did, what they get for it, and what of that is settled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_employee(
            "accountant", "account.group_account_readonly"
        )

    def _rows(self, user=None, *domain):
        self.env.invalidate_all()
        return (
            self.env["fiado.commission"]
            .with_user(user or self.manager)
            .with_company(self.company)
            .search([("company_id", "=", self.company.id), *domain])
        )

    def _groups(self, *domain):
        """Number, billed, commission and settled of each professional."""
        return {
            professional.name: figures
            for professional, *figures in self._rows()._read_group(
                [("company_id", "=", self.company.id), *domain],
                ["professional_id"],
                ["quantity:sum", "billed:sum", "amount:sum", "settled:sum"],
            )
        }

    def test_two_professionals(self):
        """55 and 40 with 30 paid: 55 × 50 % and 40 × 40 %."""
        order = self._work((self.haircut, self.joana), (self.beard, self.rafael))
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(
            self._groups(),
            {"Joana": [1.0, 55.0, 27.5, 0.0], "Rafael": [1.0, 40.0, 16.0, 0.0]},
        )
        row = self._rows(None, ("professional_id", "=", self.joana.partner_id.id))
        self.assertRecordValues(
            row,
            [
                {
                    "date": self._today(),
                    "order_id": order.id,
                    "move_id": order.sudo().invoice_ids.id,
                    "partner_id": self.maria.id,
                    "product_id": self.haircut.id,
                    "kind": "service",
                    "to_settle": 27.5,
                }
            ],
        )
        self.assertEqual(row.action_open()["res_id"], order.id)
        self._settle()
        self.assertEqual(self._groups()["Joana"], [1.0, 55.0, 27.5, 27.5])

    def test_reopened_and_closed_again(self):
        """What was taken back counts against it, on the day on which it was."""
        order = self._work((self.haircut, self.joana))
        self._close(order, 30.0, use_balance=True)
        with freeze_time("2026-04-02 15:00:00"):
            order.with_user(self.manager).reopen_order("Wrong professional")
            order.order_line.professional_id = self.rafael
            self._close(order, 55.0)
        march = ("date", "<=", "2026-03-31")
        april = ("date", ">=", "2026-04-01")
        self.assertEqual(self._groups(march), {"Joana": [1.0, 55.0, 27.5, 0.0]})
        self.assertEqual(
            self._groups(april),
            {"Joana": [-1.0, -55.0, -27.5, 0.0], "Rafael": [1.0, 55.0, 22.0, 0.0]},
        )

    def test_drafts_are_none(self):
        order = self._work((self.haircut, self.joana))
        order.action_confirm()
        order.sudo()._create_invoices()
        self.assertFalse(self._rows())

    def test_billing(self):
        """Billed by whoever did it; the proof stays the order's salesperson's."""
        order = self._work(
            (self.haircut, self.joana),
            (self.beard, self.rafael),
            user_id=self.cashier.id,
        )
        self._close(order, 30.0, use_balance=True)
        billing = self.env["fiado.billing"].with_user(self.manager)
        domain = [("company_id", "=", self.company.id)]
        billed = billing._read_group(domain, ["professional_id"], ["billed:sum"])
        self.assertEqual(
            {user.name: amount for user, amount in billed if user},
            {"Joana": 55.0, "Rafael": 40.0},
        )
        self.assertEqual(
            billing._read_group(domain, ["user_id"], ["billed:sum", "effect:sum"]),
            [(self.cashier, 95.0, 0.0)],
        )

    # Who sees what -----------------------------------------------------------

    def test_own_lines(self):
        order = self._work((self.haircut, self.joana), (self.beard, self.rafael))
        self._close(order, 95.0)
        own = self.joana.partner_id
        self.assertEqual(self._rows(self.joana).professional_id, own)
        self.assertFalse(self._rows(self.cashier))
        for user in (self.manager, self.accountant):
            self.assertEqual(len(self._rows(user)), 2)
        nobody = self._new_employee("nobody")
        with self.assertRaises(AccessError):
            self._rows(nobody)
        other = self._rows(None, ("professional_id", "!=", own.id))
        with self.assertRaises(AccessError):
            other.with_user(self.joana).action_open()

    def test_other_company(self):
        self._close(self._work((self.haircut, self.joana)), 55.0)
        other = self.setup_other_company()["company"]
        self.manager.company_ids |= other
        rows = self.env["fiado.commission"].with_user(self.manager)
        self.assertTrue(rows.with_company(self.company).search([]))
        self.assertFalse(rows.with_context(allowed_company_ids=other.ids).search([]))

    def test_opening_what_may_not_be_read(self):
        """A professional sees the order of somebody else as a row; opened, it is the
        customer."""
        order = self._work((self.haircut, self.joana), user_id=self.cashier.id)
        self._close(order, 55.0)
        row = self._rows(self.joana)
        self.assertEqual(row.action_open()["res_model"], "res.partner")

    # On paper ----------------------------------------------------------------

    def _paper(self, user, **data):
        paper = self.env[PAPER].with_user(user).with_company(self.company)
        return paper._get_report_values([], data)["papers"]

    def test_paper(self):
        order = self._work((self.haircut, self.joana), (self.beard, self.rafael))
        self._close(order, 30.0, use_balance=True)
        self._settle()
        self._close(self._work((self.haircut, self.joana)), 55.0)
        march = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
        papers = self._paper(self.manager, **march)
        self.assertEqual(
            [(paper["professional"].name, dict(paper["totals"])) for paper in papers],
            [
                (
                    "Joana",
                    {"quantity": 2, "billed": 110.0, "amount": 55.0, "settled": 27.5},
                ),
                (
                    "Rafael",
                    {"quantity": 1, "billed": 40.0, "amount": 16.0, "settled": 16.0},
                ),
            ],
        )
        # One's own, whoever is asked for.
        [own] = self._paper(self.joana, **march)
        self.assertEqual(own["professional"], self.joana.partner_id)
        rafael = self.rafael.partner_id.id
        for user, data in (
            (self.joana, {**march, "professional_id": rafael}),
            (self.cashier, march),
            (self.manager, {"date_from": "2026-04-01", "date_to": "2026-04-30"}),
        ):
            with self.assertRaisesRegex(UserError, "Nobody has commissions"):
                self._paper(user, **data)
        for data in ({"date_from": "soon"}, {"professional_id": "1; DROP"}):
            with self.assertRaises(UserError):
                self._paper(self.manager, **data)

    def test_paper_is_drawn(self):
        """With a line to sign on, and what is still to deduct."""
        self._close(self._work((self.haircut, self.joana)), 30.0, use_balance=True)
        wizard = (
            self.env["fiado.commission.period"]
            .with_user(self.manager)
            .with_company(self.company)
            .create({"professional_id": self.joana.partner_id.id})
        )
        action = wizard.action_print()
        self.assertEqual(action["data"]["date_from"], "2026-03-01")
        self.assertEqual(action["data"]["date_to"], "2026-03-31")
        report = self.env["ir.actions.report"].with_user(self.manager)
        report = report.with_company(self.company).with_context(lang="en_US")
        html = report._render_qweb_html(action["report_name"], [], data=action["data"])[
            0
        ]
        text = " ".join(html.decode().split())
        for part in ("Joana", "Maria", "Haircut", "27.50", "I have seen and agree"):
            self.assertIn(part, text)

    def test_screen(self):
        wizard = (
            self.env["fiado.commission.period"]
            .with_user(self.manager)
            .create({"period": "last_month"})
        )
        self.assertEqual(str(wizard.date_from), "2026-02-01")
        self.assertEqual(str(wizard.date_to), "2026-02-28")
        action = wizard.action_show()
        self.assertEqual(action["res_model"], "fiado.commission")
        self.assertEqual(
            action["domain"],
            [("date", ">=", wizard.date_from), ("date", "<=", wizard.date_to)],
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant).period = "this_month"

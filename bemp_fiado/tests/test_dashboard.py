from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import FiadoCommon


class DashboardCommon(FiadoCommon):
    """The owner's morning page, and what it shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana, cls.paulo = cls.env["res.partner"].create(
            [{"name": "Joana"}, {"name": "Paulo"}]
        )

    def _read(self, user=None, company=None):
        self.env.flush_all()
        self.env.invalidate_all()
        company = company or self.company
        return (
            self.env["fiado.wallet"]
            .with_user(user or self.helper)
            .with_context(lang="en_US", allowed_company_ids=company.ids)
            .get_dashboard()
        )

    def _figures(self, dashboard):
        return {
            figure["name"]: (figure["amount"], figure["count"])
            for figure in dashboard["figures"]
        }

    @classmethod
    def _fill(cls):
        """Maria left 25 in March and paid 10 of it in May; today Paulo left 40 and
        paid 15 of 55, and Joana paid 5 too much of 55."""
        with freeze_time("2026-03-10"):
            cls._leave_debt(25.0)
        with freeze_time("2026-05-05"):
            cls.maria.with_user(cls.helper).with_company(cls.company).fiado_receive(
                10.0, cls.cash.id
            )
        with freeze_time("2026-06-30"):
            cls._close(cls._order(partner=cls.paulo), 15.0, use_balance=True)
            cls._leave_credit(5.0, cls.joana)

    def _open(self, figure, user):
        """The records that a click lists, and the fields that their list adds up."""
        self.env.invalidate_all()
        action = self.env.ref(figure["action"])
        context = {**safe_eval(action.context), **figure.get("context", {})}
        model = (
            self.env[action.res_model]
            .with_user(user)
            .with_company(self.company)
            .with_context(**context)
        )
        [view_id] = [
            view_id for view_id, view_type in action.views if view_type == "list"
        ]
        arch = etree.fromstring(model.get_view(view_id, "list")["arch"])
        added_up = {
            node.get("name")
            for node in arch.xpath("field[@sum][not(@optional='hide')]")
            if not safe_eval(node.get("column_invisible", "0"), {"context": context})
        }
        return model.search(figure["domain"]), added_up


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCommon):
    """The owner's morning page: each figure is what its list adds up to."""

    def test_debt_older_than_a_year(self):
        with freeze_time("2024-01-10"):
            self._leave_debt(25.0)
        with freeze_time("2026-06-30"):
            dashboard = self._read()
        self.assertEqual({month["amount"] for month in dashboard["months"]}, {25.0})

    def test_what_is_undone_is_no_new_debt(self):
        with freeze_time("2026-06-30"):
            order = self._order()
            self._close(order, 30.0, use_balance=True)
            order.with_user(self.manager).reopen_order("wrong price")
            figures = self._figures(self._read())
            self.assertEqual(figures["taken"][0], 0.0)
            self.assertEqual(figures["received"], (0.0, 2))
            self._close(order, 45.0, use_balance=True)
            figures = self._figures(self._read())
        self.assertEqual(figures["taken"][0], 10.0)
        self.assertEqual(figures["received"], (45.0, 3))
        self.assertEqual(figures["debt"], (10.0, 1))

    def test_what_accounting_receives_is_received_too(self):
        with freeze_time("2026-06-30"):
            invoice = self.init_invoice("out_invoice", self.maria, amounts=[30.0])
            invoice.invoice_line_ids.tax_ids = False
            invoice.action_post()
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({})._create_payments()
            self._close(self._order(), 55.0)
            figures = self._figures(self._read(self.manager))
            billing = self.env["fiado.billing"].with_company(self.company)
            received = billing.get_figures("2026-06-30", "2026-06-30")["received"]
        self.assertEqual(figures["received"], (85.0, 2))
        self.assertEqual(received, 85.0)

    def test_nothing_yet(self):
        dashboard = self._read()
        self.assertTrue(dashboard["is_empty"])
        self.assertTrue(dashboard["enabled"])
        self.assertFalse(dashboard["may_configure"])
        self.assertEqual(dashboard["debtors"], [])

    def test_never_switched_on(self):
        other = self.setup_other_company()["company"]
        owner = self._new_user("owner", "base.group_system")
        owner.write({"company_ids": [Command.link(other.id)], "company_id": other.id})
        dashboard = self._read(owner, other)
        self.assertTrue(dashboard["is_empty"])
        self.assertFalse(dashboard["enabled"])
        self.assertTrue(dashboard["may_configure"])

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._leave_debt(25.0)
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        dashboard = self._read(stranger, other)
        self.assertTrue(dashboard["is_empty"])
        # Who sees both companies reads one at a time, each in its own currency.
        self.manager.company_ids = [Command.link(other.id)]
        self.assertEqual(self._figures(self._read(self.manager))["debt"], (25.0, 1))
        self.assertTrue(self._read(self.manager, other)["is_empty"])

    def test_who_may_read(self):
        self._leave_debt(25.0)
        accountant = new_test_user(
            self.env,
            login="fiado_accountant",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.assertEqual(self._figures(self._read(accountant))["debt"], (25.0, 1))
        for login, group in (
            ("portal", "base.group_portal"),
            ("public", "base.group_public"),
            ("employee", "base.group_user"),
        ):
            user = new_test_user(
                self.env,
                login=f"fiado_{login}",
                groups=group,
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            with self.subTest(user=login), self.assertRaises(AccessError):
                self._read(user)

    def test_few_queries_however_many_customers(self):
        def count():
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            self._read()
            return self.env.cr.sql_log_count - start

        self._fill()
        count()
        queries = count()
        self.assertLessEqual(queries, 16)
        for number in range(5):
            partner = self.env["res.partner"].create({"name": f"Customer {number}"})
            self._leave_debt(5.0, partner)
        count()  # what a worker reads once
        self.assertEqual(count(), queries)

    def test_reads_only(self):
        """A replica may serve it: see `odoo.api.readonly`."""
        self.assertTrue(self.env["fiado.wallet"].get_dashboard._readonly)
        self._fill()
        self.env.flush_all()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        self._read()


@tagged("post_install", "-at_install")
class TestDashboardFigures(DashboardCommon):
    """The figures of a shop with debts, payments and credit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill()

    def test_figures(self):
        with freeze_time("2026-06-30"):
            dashboard = self._read()
        self.assertEqual(
            self._figures(dashboard),
            {
                "debt": (55.0, 2),
                "overdue": (15.0, 1),
                "received": (75.0, 2),
                "taken": (40.0, 1),
                "credit": (5.0, 1),
            },
        )
        self.assertFalse(dashboard["is_empty"])
        self.assertEqual(dashboard["currency_id"], self.company.currency_id.id)

    def test_months(self):
        with freeze_time("2026-06-30"):
            months = self._read()["months"]
        self.assertEqual(
            [(month["label"], month["amount"]) for month in months],
            [
                ("Jul 25", 0.0),
                ("Aug 25", 0.0),
                ("Sep 25", 0.0),
                ("Oct 25", 0.0),
                ("Nov 25", 0.0),
                ("Dec 25", 0.0),
                ("Jan 26", 0.0),
                ("Feb 26", 0.0),
                ("Mar 26", 25.0),
                ("Apr 26", 25.0),
                ("May 26", 15.0),
                ("Jun 26", 55.0),
            ],
        )

    def test_debtors(self):
        for number in range(10):
            partner = self.env["res.partner"].create({"name": f"Customer {number}"})
            self._leave_debt(1.0 + number, partner)
        with freeze_time("2026-06-30"):
            debtors = self._read()["debtors"]
        self.assertEqual(len(debtors), 10)
        self.assertEqual(
            [(row["name"], row["debt"], row["days_overdue"]) for row in debtors[:3]],
            [("Paulo", 40.0, 0), ("Maria", 15.0, 82), ("Customer 9", 10.0, 0)],
        )

    def test_figures_are_what_their_lists_add_up_to(self):
        # Maria owes something that isn't due yet, too.
        with freeze_time("2026-06-29"):
            self._leave_debt(7.0)
        measures = {
            "debt": {"debt"},
            "overdue": {"overdue"},
            "received": {"received"},
            "taken": {"amount"},
            "credit": {"debt", "credit"},
        }
        with freeze_time("2026-06-30"):
            dashboard = self._read()
            for figure in dashboard["figures"]:
                records, added_up = self._open(figure, self.helper)
                with self.subTest(figure=figure["name"]):
                    self.assertEqual(added_up, measures[figure["name"]])
                    total = sum(sum(records.mapped(name)) for name in added_up)
                    self.assertAlmostEqual(abs(total), figure["amount"])
                    self.assertEqual(len(records), figure["count"])

    def test_bars_are_what_their_lists_add_up_to(self):
        with freeze_time("2026-06-30"):
            months = self._read(self.manager)["months"]
            for month in months:
                records, added_up = self._open(month, self.manager)
                with self.subTest(month=month["label"]):
                    self.assertEqual(added_up, {"debt"})
                    self.assertAlmostEqual(sum(records.mapped("debt")), month["amount"])
        self.assertEqual(months[-2]["title"], "Debt on 05/31/2026")

    def test_who_reads_no_past_balances_opens_no_bars(self):
        with freeze_time("2026-06-30"):
            months = self._read()["months"]
        self.assertEqual(months[-1]["amount"], 55.0)
        self.assertFalse(any(month["action"] for month in months))

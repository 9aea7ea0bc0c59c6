import json

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import FiadoCommon


class InstalmentsCommon(FiadoCommon):
    """A shop with payment terms: three parts, a month apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria.lang = "en_US"
        cls.thirds = cls._new_terms(
            "Three parts", (33.33, 30), (33.33, 60), (33.34, 90)
        )
        cls.halves = cls._new_terms("Two parts", (50.0, 10), (50.0, 40))

    @classmethod
    def _new_terms(cls, name, *parts, **values):
        return cls.env["account.payment.term"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": percent, "nb_days": days}
                    )
                    for percent, days in parts
                ],
                **values,
            }
        )

    def _close_in_parts(self, amount, *paid, terms=None, partner=None, **values):
        """Close an order of an amount, what isn't paid of it in instalments."""
        order = self._order(partner=partner)
        order.order_line.price_unit = amount
        terms = terms or self.thirds
        answer = self._close(
            order, *paid, use_balance=True, payment_term_id=terms.id, **values
        )
        return order, answer

    @classmethod
    def _customer(cls, user=None, partner=None):
        partner = partner or cls.maria
        return (
            partner.with_user(user or cls.cashier)
            .with_company(cls.company)
            .with_context(lang="en_US")
        )

    def _open(self, partner=None):
        """What is open of a customer's debt: when it is due, and how much."""
        self.env.invalidate_all()
        return [
            (str(item.date_maturity), item.amount_residual)
            for item in self._open_items(partner)
        ]

    def _debtor(self, partner=None):
        """What the list of debtors says of a customer: the debt, since when, when it is
        due, how much of it is overdue for how long, and in which bucket it is."""
        self.env.invalidate_all()
        wallet = (
            self.env["fiado.wallet"]
            .with_user(self.cashier)
            .search([("partner_id", "=", (partner or self.maria).id)])
        )
        return {
            "debt": wallet.debt,
            "since": str(wallet.debt_since),
            "due": str(wallet.due_date),
            "1_30": wallet.overdue_1_30,
            "31_60": wallet.overdue_31_60,
            "bucket": wallet.bucket,
        }

    def _statement(self, partner=None):
        self.env.invalidate_all()
        return self._customer(partner=partner).fiado_statement()

    def _difference(self):
        self.env.invalidate_all()
        billing = self.env["fiado.billing"].with_company(self.company)
        return billing.get_figures("2025-01-01", "2027-12-31")["difference"]

    def assertRight(self):
        self.assertTiesOut()
        self.assertEqual(self._difference(), 0.0)

    def assertRefused(self, call, text):
        before = self._count()
        with self.assertRaises(UserError) as refusal, self.cr.savepoint():
            call()
        self.assertIn(text, str(refusal.exception))
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestInstalments(InstalmentsCommon):
    """What a closing leaves as debt, in instalments."""

    def test_new_debt_in_three_parts(self):
        order, answer = self._close_in_parts(100.0)
        [move] = self.env["account.move"].browse(answer["move_ids"])
        debt, receivable = self.debt_account, self.receivable
        self.assertEqual(
            [
                (
                    item.account_id,
                    item.balance,
                    str(item.date_maturity),
                    item.fiado_part,
                )
                for item in move.line_ids.sorted("id")
            ],
            [
                (debt, 33.33, "2026-04-09", 1),
                (debt, 33.33, "2026-05-09", 2),
                (debt, 33.34, "2026-06-08", 3),
                (receivable, -100.0, "2026-03-10", 0),
            ],
        )
        self.assertFalse(any(move.line_ids.mapped("fiado_since")))
        self.assertEqual(answer["balance"], -100.0)
        self.assertEqual(order.sudo().invoice_ids.payment_state, "paid")
        self.assertEqual(self._receivable_open(), (0.0, 0.0))
        self.assertRight()

    def test_only_the_new_debt_is_split(self):
        self._leave_credit(20.0)
        self._close_in_parts(100.0, 30.0)
        self.assertEqual(
            self._open(),
            [("2026-04-09", 16.67), ("2026-05-09", 16.67), ("2026-06-08", 16.66)],
        )
        self._customer().fiado_receive(60.0, self.cash.id)
        # A closing that pays a debt, or leaves credit, has nothing to split.
        self._close_in_parts(55.0, 60.0)
        self.assertFalse(self._open_items().filtered("fiado_part"))
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertRight()

    def test_to_the_cent(self):
        twelve = self._new_terms(
            "Twelve", *((8.33, 30 * n) for n in range(1, 12)), (8.37, 360)
        )
        for amount, parts in ((0.01, 1), (0.05, 1), (0.07, 7), (99.99, 12), (100, 12)):
            partner = self.env["res.partner"].create({"name": str(amount)})
            self._close_in_parts(amount, terms=twelve, partner=partner)
            amounts = [part for _day, part in self._open(partner)]
            self.assertEqual(len(amounts), parts)
            self.assertEqual(round(sum(amounts), 2), amount)
            self.assertGreater(min(amounts), 0.0)
        self.assertRight()

    def test_payments_settle_the_first_due(self):
        self._close_in_parts(100.0)
        self._customer().fiado_receive(40.0, self.cash.id)
        self.assertEqual(self._open(), [("2026-05-09", 26.66), ("2026-06-08", 33.34)])
        self.assertRight()

    def test_ageing(self):
        self._close_in_parts(100.0)
        for day, over_30, over_60, bucket in (
            ("2026-04-09", 0.0, 0.0, "0_not_due"),
            ("2026-04-10", 33.33, 0.0, "1_30"),
            ("2026-05-20", 33.33, 33.33, "31_60"),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 15:00:00"):
                self.assertEqual(
                    self._debtor(),
                    {
                        **{"debt": 100.0, "since": "2026-03-10", "due": "2026-04-09"},
                        **{"1_30": over_30, "31_60": over_60, "bucket": bucket},
                    },
                )

    def test_overdue_rule_looks_at_the_first(self):
        self.company.fiado_overdue_block_days = 5
        self._close_in_parts(100.0)
        with freeze_time("2026-04-14 15:00:00"):
            self._close(self._order(), 50.0, use_balance=True)
        with freeze_time("2026-04-15 15:00:00"):
            self.assertRefused(
                lambda: self._close(self._order(), use_balance=True),
                "overdue for more than 5 days",
            )

    def test_limit_looks_at_all_of_it(self):
        self.company.account_use_credit_limit = True
        self.maria.credit_limit = 90.0
        self.assertRefused(lambda: self._close_in_parts(100.0), "of a limit of")

    def test_reminded_once_for_each(self):
        self.company.sudo().fiado_reminders = True
        stages = self.company.sudo().fiado_reminder_stage_ids
        on_the_day = stages.filtered(lambda stage: stage.days == 0)
        (stages - on_the_day).active = False
        on_the_day.write({"channel": "list", "start_date": "2026-01-01"})
        self._close_in_parts(100.0)
        self.env.flush_all()
        due = self.env["fiado.reminder.due"].with_user(self.cashier)
        found = []
        for day in ("2026-04-08", "2026-04-09", "2026-05-09", "2026-06-08"):
            with freeze_time(f"{day} 15:00:00"):
                self.env.invalidate_all()
                rows = due.search([("partner_id", "=", self.maria.id)])
                found.append([str(row.due_date) for row in rows])
                if rows:
                    self.env["fiado.reminder"].sudo()._record(
                        self.maria, self.company, "phone"
                    )
        self.assertEqual(found, [[], ["2026-04-09"], ["2026-05-09"], ["2026-06-08"]])

    def test_portal_says_when_which_part_is_due(self):
        self._close_in_parts(100.0)
        self._customer().fiado_receive(40.0, self.cash.id)
        wallet = self.maria._get_fiado_portal_wallet(self.company)
        self.assertEqual(
            [(str(due["date"]), due["amount"]) for due in wallet["dues"]],
            [("2026-05-09", 26.66), ("2026-06-08", 33.34)],
        )
        self.assertEqual(len(wallet["rows"]), 2)

    # Statement ----------------------------------------------------------------

    def test_one_movement_on_the_statement(self):
        self._leave_debt(10.0)
        order, _answer = self._close_in_parts(100.0)
        self._customer().fiado_receive(50.0, self.cash.id)
        statement = self._statement()
        first, split, paid = statement["entries"]
        self.assertEqual(first["instalments"], [])
        self.assertEqual(
            (split["kind"], split["amount"], split["balance_after"]),
            ("debt", -100.0, -110.0),
        )
        self.assertEqual(
            (split["open_amount"], split["due_date"]), (-60.0, "2026-04-09")
        )
        self.assertEqual(
            split["instalments"],
            [
                {"due_date": "2026-04-09", "amount": 33.33, "open_amount": 0.0},
                {"due_date": "2026-05-09", "amount": 33.33, "open_amount": 26.66},
                {"due_date": "2026-06-08", "amount": 33.34, "open_amount": 33.34},
            ],
        )
        self.assertEqual(paid["balance_after"], -60.0)
        self.assertEqual(statement["closing_balance"], -60.0)
        [entry] = order.with_user(self.cashier).wallet_entry_ids
        self.assertEqual(entry.id, min(self._wallet_items(order).ids))
        self.assertEqual(
            entry.with_context(lang="en_US").instalments,
            "3 instalments: $\xa033.33 on 04/09/2026, $\xa033.33 on 05/09/2026, "
            "$\xa033.34 on 06/08/2026",
        )

    def test_statement_begins_with_what_is_open(self):
        with freeze_time("2025-06-10 15:00:00"):
            self._close_in_parts(100.0)
        self.assertEqual(
            str(self._customer()._get_fiado_statement_start()), "2025-06-10"
        )

    def test_printed(self):
        order, _answer = self._close_in_parts(100.0)
        reports = self.env["ir.actions.report"].with_context(lang="en_US")

        def render(name, record):
            html, _type = reports._render_qweb_html(f"bemp_fiado.{name}", record.ids)
            return " ".join(html.decode().split())

        [entry] = self._entries()
        for name, record in (
            ("closing_slip", order),
            ("closing_slip_a4", order),
            ("fiado_receipt_roll", entry),
        ):
            with self.subTest(name=name):
                html = render(name, record)
                for day in ("04/09/2026", "05/09/2026", "06/08/2026"):
                    self.assertIn(day, html)
        self.assertIn("to be paid as follows:", render("closing_slip", order))
        statement = render("fiado_statement", self.maria)
        self.assertIn("Debt: Haircut · 3 instalments:", statement)

    def test_what_the_cashier_is_told(self):
        order, _answer = self._close_in_parts(100.0)
        order = order.with_user(self.cashier).with_context(lang="en_US")
        action = order._get_done_action(False, 0.0)
        self.assertEqual(
            action["params"]["message"],
            "$\xa0100.00 on the tab of Maria in 3 instalments, the first due on "
            "04/09/2026",
        )
        self.assertIn(
            "stayed on your tab in 3 instalments: $\xa033.33 on 04/09/2026",
            order._get_slip_text(order._get_slip()),
        )

    # Screen -------------------------------------------------------------------

    def _screen(self, order, user=None):
        return Form(
            self.env["sale.order.close"]
            .with_user(user or self.cashier)
            .with_company(self.company)
            .with_context(lang="en_US", default_order_id=order.id)
        )

    def _pay_on(self, screen, amount):
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = self.cash
        with screen.payment_ids.edit(0) as payment:
            payment.amount = amount

    def test_chosen_on_the_payment_screen(self):
        order = self._order()
        screen = self._screen(order)
        self.assertTrue(screen.can_split)
        screen.use_balance = True
        screen.payment_term_id = self.thirds
        self.assertEqual(
            screen.balance_forecast,
            "$\xa055.00 stay as Maria's debt in 3 instalments: $\xa018.33 on "
            "04/09/2026, $\xa018.33 on 05/09/2026, $\xa018.34 on 06/08/2026.",
        )
        self._pay_on(screen, 25.0)
        self.assertIn("$\xa030.00 stay as Maria's debt in 3", screen.balance_forecast)
        screen.save().action_close_order()
        self.assertEqual(
            self._open(),
            [("2026-04-09", 10.0), ("2026-05-09", 10.0), ("2026-06-08", 10.0)],
        )

    def test_many_are_named_shortly(self):
        ten = self._new_terms("Ten", *((10.0, 30 * n) for n in range(1, 11)))
        screen = self._screen(self._order())
        screen.payment_term_id = ten
        self.assertIn(
            "debt in 10 instalments: $\xa05.50 on 04/09/2026, $\xa05.50 on 05/09/2026, "
            "…, $\xa05.50 on 01/04/2027.",
            screen.balance_forecast,
        )

    def test_not_offered_where_nothing_is_left_as_debt(self):
        screen = self._screen(self._order())
        screen.payment_term_id = self.thirds
        self._pay_on(screen, 55.0)
        self.assertFalse(screen.can_split)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 60.0
        self.assertFalse(screen.can_split)
        screen.use_balance = True
        screen.save().action_close_order()
        self.assertEqual(self._wallet(), (5.0, 0.0, 5.0))

    def test_not_offered_without_terms(self):
        self.env["account.payment.term"].search([]).action_archive()
        self.assertFalse(self._screen(self._order()).can_split)

    # Refused ------------------------------------------------------------------

    def test_terms_that_split_nothing_are_refused(self):
        fixed = self._new_terms("Fixed", (100.0, 30))
        fixed.line_ids = [
            Command.create({"value": "fixed", "value_amount": 10.0, "nb_days": 0})
        ]
        other = self.setup_other_company()["company"]
        archived = self._new_terms("Old", (50.0, 1), (50.0, 2), active=False)
        foreign = self._new_terms("Foreign", (50.0, 1), (50.0, 2), company_id=other.id)
        single = self._new_terms("Single", (100.0, 30))
        order = self._order()
        for bad in (
            fixed.id,
            foreign.id,
            single.id,
            archived.id,
            0,
            -1,
            True,
            "3",
            1.5,
        ):
            with self.subTest(bad=bad):
                self.assertRefused(
                    lambda bad=bad: self._close(
                        order, use_balance=True, payment_term_id=bad
                    ),
                    "Choose how it is split",
                )
        self.env["account.payment.term"].search([]).action_archive()
        self.assertRefused(
            lambda: self._close(order, use_balance=True, payment_term_id=single.id),
            "no payment terms with several percentages",
        )

    def test_anybodys_terms_are_usable(self):
        shared = self._new_terms("Shared", (50.0, 1), (50.0, 2), company_id=False)
        self._close_in_parts(55.0, terms=shared)
        self.assertEqual(self._open(), [("2026-03-11", 27.5), ("2026-03-12", 27.5)])

    # Reference ----------------------------------------------------------------

    def test_reference_keeps_the_terms_where_there_are_any(self):
        order, answer = self._close_in_parts(100.0, reference="till/1")
        values = {"use_balance": True, "reference": "till/1"}
        again = self._close(order, payment_term_id=self.thirds.id, **values)
        self.assertEqual(again, answer)
        for terms in (self.halves.id, None):
            self.assertRefused(
                lambda terms=terms: self._close(order, payment_term_id=terms, **values),
                "already used for something else",
            )
        self._close(self._order(), use_balance=True, reference="till/2")
        request = self.env["fiado.request"].sudo()
        kept = request.search([("reference", "=", "till/2")]).values
        self.assertNotIn("payment_term_id", json.dumps(kept))

    # Several at once -------------------------------------------------------------

    def test_each_movement_has_its_own(self):
        joana = self.env["res.partner"].create({"name": "Joana"})
        ledger = self.env["fiado.ledger"].with_company(self.company)
        plans = [
            [(fields.Date.to_date(day), amount) for day, amount in plan]
            for plan in (
                [("2026-04-09", 20.0), ("2026-05-09", 10.0)],
                [("2026-03-20", 7.0), ("2026-04-20", 8.0)],
            )
        ]
        loss = self.company.fiado_loss_account_id
        ledger._operate_each(
            self.company,
            [
                (self.maria, -30.0, loss, {"instalments": plans[0]}),
                (joana, -15.0, loss, {"instalments": plans[1]}),
                (self.maria, -5.0, loss, {}),
            ],
            "adjustment",
        )
        # Those without have the shop's own days.
        self.assertEqual(
            self._open(),
            [("2026-04-09", 20.0), ("2026-04-09", 5.0), ("2026-05-09", 10.0)],
        )
        self.assertEqual(self._open(joana), [("2026-03-20", 7.0), ("2026-04-20", 8.0)])
        self.assertRight()

    def test_they_cost_few_queries(self):
        def count(**values):
            order = self._order()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._close(order, use_balance=True, **values)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        for values in ({}, {"payment_term_id": self.thirds.id}):
            count(**values)  # what a worker reads once
        without = count()
        # The terms and their lines, and what comes of two items more.
        self.assertLessEqual(count(payment_term_id=self.thirds.id), without + 12)


@tagged("post_install", "-at_install")
class TestInstalmentsTour(InstalmentsCommon, HttpCase):
    """As a cashier leaves a debt in instalments."""

    def test_closing_in_three(self):
        self.cash.name = "Till"
        order = self._order()
        order.order_line.price_unit = 100.0
        self.env.flush_all()
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "fiado_leave_instalments",
            login=self.cashier.login,
        )
        today = self._today()
        self.assertEqual(
            self._open(),
            [
                (str(fields.Date.add(today, days=30)), 33.33),
                (str(fields.Date.add(today, days=60)), 33.33),
                (str(fields.Date.add(today, days=90)), 33.34),
            ],
        )
        self.assertEqual(order.closing_state, "closed")
        self.assertRight()

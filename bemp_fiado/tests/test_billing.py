import os
import random
import re

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .common import FiadoCommon

# FIADO_EXAMPLES=50 scripts/test -k test_any_sequence looks further.
SEQUENCES = int(os.environ.get("FIADO_EXAMPLES", 4))
STEPS = 14
MARCH = ("2026-03-01", "2026-03-31")


class BillingCommon(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.joana = cls.env["res.partner"].create({"name": "Joana"})
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        cls.cash_out.payment_account_id = cls.cash_account
        cls.pix.payment_account_id = cls.bank_journal.default_account_id
        cls.accountant = cls._new_clerk("accountant", "account.group_account_readonly")
        cls.clerk = cls._new_clerk(
            "clerk", "account.group_account_invoice", "bemp_fiado.group_fiado_user"
        )

    @classmethod
    def _new_clerk(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=f"fiado_{login}",
            groups=",".join(groups),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _as(self, user, partner=None):
        return (partner or self.maria).with_user(user).with_company(self.company)

    def _billing(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["fiado.billing"]
            .with_user(user or self.helper)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
        )

    def _figures(self, period=MARCH, user=None, **choice):
        return self._billing(user).get_figures(*period, **choice)

    def _amounts(self, period=MARCH, section=None, **choice):
        """The amounts that aren't zero, by figure."""
        amounts = {}
        for row in self._figures(period, **choice)["rows"]:
            if section in (None, row["section"]):
                amounts.setdefault(row["figure"], 0.0)
                amounts[row["figure"]] += row["amount"]
        return {name: round(a, 2) for name, a in amounts.items() if round(a, 2)}

    def assertProven(self, period=MARCH, billed=None, received=None, **choice):
        figures = self._figures(period, **choice)
        self.assertEqual(figures["difference"], 0.0)
        self.assertEqual(figures["expected"], figures["received"])
        for name, expected in (("billed", billed), ("received", received)):
            if expected is not None:
                self.assertEqual(figures[name], expected, name)

    def _invoice(self, amount=55.0, move_type="out_invoice", post=True, **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.maria.id,
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.haircut.id,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestBilling(BillingCommon):
    """What was billed and what came in, proven by what became of the rest."""

    # Figures -----------------------------------------------------------------

    def test_by_hand(self):
        """A day at the counter, as one would write it on paper."""
        self._close(self._order(), 30.0, use_balance=True)  # owes 25
        self._close(
            self._order(self.beard, partner=self.joana), 50.0, use_balance=True
        )  # has 10
        order = self._order(self.beard)
        order.close_order(
            [self._pay(15.0), self._pay(50.0, self.pix)],
            debt_paid=25.0,
        )
        self._as(self.cashier, self.joana).fiado_receive(100.0, self.pix.id)
        self._close(self._order(partner=self.joana), credit_used=55.0)
        self._as(self.manager, self.joana).fiado_pay_out(5.0, self.cash_out.id, "why")
        self._leave_debt(12.5)
        self._as(self.manager).fiado_forgive(2.5, "why")
        self._as(self.manager).fiado_transfer(self.joana.id, -4.0, "why")
        self._as(self.manager).fiado_adjust(-1.0, self.income.id, "why")
        self._as(self.manager).fiado_open_balance(-3.0, "2026-03-02", self.income.id)
        self.assertEqual(
            self._amounts(),
            {
                "service": 55.0 + 40.0 + 40.0 + 55.0 + 12.5,
                "customer_debt": 25.0 + 12.5,
                "customer_credit": 10.0 + 25.0,
                "money_credit": 100.0,
                "credit_used": 55.0,
                "credit_paid_out": 5.0,
                "received": 30.0 + 50.0 + 15.0 + 50.0 + 100.0,
                "paid_out": -5.0,
                "forgiven": 2.5,
                "transferred": 4.0,
                "adjusted": -1.0,
                "opening": -3.0,
            },
        )
        self.assertProven(billed=202.5, received=240.0)
        forms = {
            (row["figure"], row["payment_method_line_id"]): (
                row["amount"],
                row["count"],
            )
            for row in self._figures()["rows"]
            if row["section"] == "received"
        }
        self.assertEqual(
            forms,
            {
                ("received", self.cash.id): (95.0, 3),
                ("received", self.pix.id): (150.0, 2),
                ("paid_out", self.cash_out.id): (-5.0, 1),
            },
        )

    def test_kinds(self):
        shampoo = self.env["product.product"].create(
            {
                "name": "Shampoo",
                "type": "consu",
                "invoice_policy": "order",
                "list_price": 38.0,
                "taxes_id": False,
                "property_account_income_id": self.income.id,
            }
        )
        cuts = self.env["product.combo"].create(
            {
                "name": "Cuts",
                "combo_item_ids": [Command.create({"product_id": self.haircut.id})],
            }
        )
        package = self.env["product.product"].create(
            {
                "name": "Five cuts",
                "type": "combo",
                "list_price": 240.0,
                "taxes_id": False,
                "combo_ids": [Command.set(cuts.ids)],
            }
        )
        self._close(self._order(self.haircut, shampoo), 93.0)
        self._close(self._order(shampoo, order_type="internal"), 38.0)
        self._close(self._order(self.beard, order_type="subscription"), 40.0)
        order = self._order(package)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.haircut.id,
                    "linked_line_id": order.order_line.id,
                    "combo_item_id": cuts.combo_item_ids.id,
                }
            )
        ]
        self.assertEqual(order.amount_total, 240.0)
        self._close(order, 240.0)
        self._pay_wizard(
            self._invoice(
                invoice_line_ids=[
                    Command.create(
                        {"name": "By hand", "price_unit": 7.0, "tax_ids": False}
                    )
                ]
            ),
            7.0,
        )._create_payments()
        self.assertEqual(
            self._amounts(section="billed"),
            {
                "service": 55.0,
                "product": 38.0,
                "internal": 38.0,
                "subscription": 40.0,
                "package": 240.0,
                "other_sale": 7.0,
            },
        )
        self.assertProven(billed=418.0, received=418.0)

    def test_taxes_and_rounding_add_up_to_the_invoice(self):
        tax = self.env["account.tax"].create(
            {
                "name": "Tax",
                "amount": 7.77,
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        self.company.tax_calculation_rounding_method = "round_globally"
        order = self._order(self.haircut, self.beard, self.haircut)
        order.order_line.write({"price_unit": 0.33, "tax_ids": [Command.set(tax.ids)]})
        self._close(order, use_balance=True)
        invoice = order.sudo().invoice_ids
        self.assertProven(billed=invoice.amount_total, received=0.0)

    def test_other_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-03-01",
                "rate": 3.0,
            }
        )
        invoice = self._invoice(10.0, currency_id=euro.id)
        self.assertAlmostEqual(invoice.amount_total_signed, 3.33)
        self._pay_wizard(invoice, 10.0, currency_id=euro.id)._create_payments()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertProven(billed=3.33, received=3.33)
        self.assertNotIn("open", self._amounts())

    # What is not at a closing --------------------------------------------------

    def test_pay_wizard(self):
        invoice = self._invoice()
        self.assertEqual(self._amounts(), {"service": 55.0, "open": 55.0})
        self.assertProven(billed=55.0, received=0.0)
        self._pay_wizard(invoice, 20.0)._create_payments()
        self.assertEqual(
            self._amounts(), {"service": 55.0, "open": 35.0, "received": 20.0}
        )
        self._pay_wizard(invoice, 5.0, fiado_use_balance=True)._create_payments()
        self.assertEqual(
            self._amounts(),
            {"service": 55.0, "customer_debt": 30.0, "received": 25.0},
        )
        self.assertProven(billed=55.0, received=25.0)

    def test_written_off(self):
        wizard = self._pay_wizard(self._invoice(), 50.0)
        wizard.write(
            {
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.company_data["default_account_expense"].id,
            }
        )
        wizard._create_payments()
        self.assertEqual(
            self._amounts(), {"service": 55.0, "written_off": -5.0, "received": 50.0}
        )
        self.assertProven(billed=55.0, received=50.0)

    def test_paid_in_another_month(self):
        invoice = self._invoice()
        with freeze_time("2026-04-02 15:00:00"):
            self._pay_wizard(
                invoice, 30.0, fiado_use_balance=True, payment_date="2026-04-02"
            )._create_payments()
        april = ("2026-04-01", "2026-04-30")
        self.assertEqual(self._amounts(), {"service": 55.0, "open": 55.0})
        self.assertEqual(
            self._amounts(april),
            {"open": -55.0, "customer_debt": 25.0, "received": 30.0},
        )
        self.assertProven(billed=55.0, received=0.0)
        self.assertProven(april, billed=0.0, received=30.0)
        self.assertEqual(
            self._amounts(("2026-03-01", "2026-04-30")),
            {"service": 55.0, "customer_debt": 25.0, "received": 30.0},
        )

    def test_credit_note_left_in_the_wallet(self):
        self._close(self._order(), 30.0, use_balance=True)
        credit_note = self._invoice(55.0, "out_refund")
        credit_note.with_user(self.clerk).action_leave_in_wallet()
        self.assertEqual(
            self._amounts(),
            {"customer_debt": 25.0, "customer_credit": 55.0, "received": 30.0},
        )
        self.assertProven(billed=0.0, received=30.0)

    def test_bank_statement_pays_debt(self):
        self._leave_debt(25.0)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "partner_id": self.maria.id,
                "payment_ref": "Pix",
                "amount": 25.0,
                "date": "2026-03-10",
            }
        )
        self.assertEqual(self._amounts(section="received"), {})
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.debt_account
        self.assertEqual(self._amounts(section="received"), {"received": 25.0})
        self.assertEqual(
            self._amounts(section="wallet"), {"customer_debt": 25.0, "accounting": 25.0}
        )
        self.assertProven(billed=25.0, received=25.0)

    def test_accountants_entries(self):
        self._leave_debt(25.0)
        self._invoice()
        expense = self.company_data["default_account_expense"]

        def entry(*lines):
            move = self.env["account.move"].create(
                {
                    "date": "2026-03-10",
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": self.maria.id,
                                "balance": balance,
                            }
                        )
                        for account, balance in lines
                    ],
                }
            )
            move.action_post()
            return move

        entry((expense, 25.0), (self.debt_account, -25.0))
        entry((expense, 5.0), (self.receivable, -5.0))
        entry((self.debt_account, 50.0), (self.receivable, -50.0))
        self.assertEqual(self._amounts(section="apart"), {"accounting": 25.0 - 50.0})
        self.assertEqual(self._amounts(section="other"), {"accounting": -55.0})
        self.assertEqual(self._amounts(section="open"), {})
        self.assertProven(billed=80.0, received=0.0)

    def test_what_stands_apart_is_taken_back_apart(self):
        self._leave_debt(25.0)
        forgiven = self._as(self.manager).fiado_forgive(10.0, "why")
        entry = self.env["fiado.wallet.entry"].search(
            [("move_id", "in", forgiven["move_ids"])]
        )
        self.assertEqual(self._amounts(section="apart"), {"forgiven": 10.0})
        entry.with_user(self.manager).undo("why")
        self.assertEqual(self._amounts(section="apart").get("forgiven", 0.0), 0.0)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertProven(billed=25.0, received=0.0)

    def test_credit_on_an_invoice_line(self):
        self._invoice(
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Gift",
                        "account_id": self.credit_account.id,
                        "price_unit": 30.0,
                        "tax_ids": False,
                    }
                )
            ]
        )
        self.assertEqual(self._wallet(), (30.0, 0.0, 30.0))
        self.assertProven(billed=30.0, received=0.0)

    # Undone --------------------------------------------------------------------

    def test_reopened(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        order.with_user(self.manager).reopen_order("why")
        self.assertEqual(self._amounts(), {"customer_debt": 25.0, "undone": 25.0})
        self.assertProven(billed=0.0, received=0.0)
        self._close(order, 60.0, use_balance=True)
        self.assertEqual(
            self._amounts(),
            {
                "service": 55.0,
                "customer_debt": 25.0,
                "undone": 25.0,
                "customer_credit": 5.0,
                "received": 60.0,
            },
        )
        self.assertProven(billed=55.0, received=60.0)

    def test_reopened_in_another_month(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        with freeze_time("2026-04-02 15:00:00"):
            order.with_user(self.manager).reopen_order("why")
        april = ("2026-04-01", "2026-04-30")
        self.assertEqual(
            self._amounts(),
            {"service": 55.0, "customer_debt": 25.0, "received": 30.0},
        )
        self.assertEqual(
            self._amounts(april), {"service": -55.0, "undone": 25.0, "received": -30.0}
        )
        self.assertProven(billed=55.0, received=30.0)
        self.assertProven(april, billed=-55.0, received=-30.0)

    def test_payments_cancelled(self):
        answers = [
            self._close(self._order(), 30.0, use_balance=True),
            self._as(self.cashier, self.joana).fiado_receive(100.0, self.cash.id),
            self._as(self.manager, self.joana).fiado_pay_out(
                5.0, self.cash_out.id, "why"
            ),
        ]
        for answer, undone, received in zip(
            answers, (-30.0, -130.0, -125.0), (95.0, -5.0, 0.0), strict=True
        ):
            self.env["fiado.payment"].with_user(self.manager).browse(
                answer["payment_ids"]
            ).action_cancel_payment()
            self.assertEqual(self._amounts(section="wallet")["undone"], undone)
            self.assertProven(billed=55.0, received=received)

    def test_any_sequence(self):
        """Whatever happened in whatever order: nothing is missing, for any day and any
        salesperson."""
        for seed in range(SEQUENCES):
            with (
                self.subTest(seed=seed),
                self.env.cr.savepoint() as savepoint,
            ):
                self._play(random.Random(seed))
                self.assertTrue(self._amounts())
                savepoint.rollback()
            self.env.invalidate_all(flush=False)

    def _play(self, chance):
        self.closed = self.env["sale.order"]
        steps = [
            getattr(self, name) for name in sorted(dir(self)) if name.startswith("_do_")
        ]
        for step in range(STEPS):
            with freeze_time(f"2026-03-{10 + step} 15:00:00"):
                try:
                    with self.env.cr.savepoint():
                        chance.choice(steps)(
                            chance, chance.choice(self.maria | self.joana)
                        )
                except UserError:
                    self.env.invalidate_all()
            self.assertProven()
            self.assertProven(("2026-03-12", "2026-03-15"))
            self.assertProven(user_id=self.cashier.id)
            self.assertTiesOut()

    def _do_close(self, chance, customer):
        order = self._order(
            self.haircut, self.beard, partner=customer, user=self.manager
        )
        order.order_line.write({"price_unit": chance.randint(1, 9999) / 100})
        _balance, debt, credit = self._wallet(customer)
        self._close(
            order,
            chance.randint(1, 20000) / 100,
            use_balance=True,
            debt_paid=chance.choice((0.0, debt)),
            credit_used=chance.choice((0.0, min(credit, order.amount_total))),
        )
        self.closed |= order

    # Twice as often as the rest.
    _do_close_again = _do_close

    def _do_reopen(self, chance, _customer):
        orders = self.closed.filtered(lambda order: order.closing_state == "closed")
        if orders:
            chance.choice(orders).with_user(self.manager).reopen_order("why")

    def _do_receive(self, chance, customer):
        self._as(self.cashier, customer).fiado_receive(
            chance.randint(1, 9999) / 100, self.cash.id
        )

    def _do_pay_out(self, chance, customer):
        credit = self._wallet(customer)[2]
        self._as(self.manager, customer).fiado_pay_out(credit, self.cash_out.id, "why")

    def _do_cancel_payment(self, chance, _customer):
        payments = self.env["fiado.payment"].search([("state", "!=", "canceled")])
        if payments:
            chance.choice(payments).with_user(self.manager).action_cancel_payment()

    def _do_forgive(self, chance, customer):
        self._as(self.manager, customer).fiado_forgive(self._wallet(customer)[1], "why")

    def _do_adjust(self, chance, customer):
        self._as(self.manager, customer).fiado_adjust(
            chance.randint(-999, 999) / 100, self.income.id, "why"
        )

    def _do_transfer(self, chance, customer):
        balance = self._wallet(customer)[0]
        other = (self.maria | self.joana) - customer
        self._as(self.manager, customer).fiado_transfer(other.id, balance, "why")

    def _do_open_balance(self, chance, customer):
        self._as(self.manager, customer).fiado_open_balance(
            chance.randint(-999, 999) / 100, "2026-03-13", self.income.id
        )

    def _do_pay_invoice(self, chance, customer):
        invoice = self._invoice(chance.randint(100, 9999) / 100, partner_id=customer.id)
        self._pay_wizard(
            invoice,
            chance.randint(1, 9999) / 100,
            fiado_use_balance=chance.choice((True, True, False)),
        )._create_payments()

    def _do_refund(self, chance, customer):
        self._invoice(
            chance.randint(100, 9999) / 100, "out_refund", partner_id=customer.id
        ).with_user(self.clerk).action_leave_in_wallet()

    # Who reads what --------------------------------------------------------------

    def test_salesperson(self):
        self._close(self._order(user_id=self.helper.id), 30.0, use_balance=True)
        self._close(self._order(self.beard), 40.0)
        self._as(self.helper).fiado_receive(10.0, self.cash.id)
        self.assertEqual(
            self._amounts(user_id=self.helper.id),
            {
                "service": 55.0,
                "customer_debt": 25.0,
                "money_credit": 10.0,
                "received": 40.0,
            },
        )
        self.assertProven(user_id=self.helper.id, billed=55.0, received=40.0)
        self.assertProven(user_id=self.cashier.id, billed=40.0, received=40.0)
        # Who sees only their own orders sees only what these billed.
        self.helper.group_ids -= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        self.helper.group_ids += self.env.ref("sales_team.group_sale_salesman")
        self.assertProven(user=self.helper, billed=55.0, received=40.0)

    def test_readers(self):
        self._close(self._order(), 30.0, use_balance=True)
        for user in (self.helper, self.cashier, self.accountant, self.clerk):
            with self.subTest(user=user.login):
                self.assertProven(user=user, billed=55.0, received=30.0)
                rows = self._billing(user).search([])
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(rows.has_access(operation))
        for login, group in (
            ("portal", "base.group_portal"),
            ("employee", "base.group_user"),
        ):
            stranger = new_test_user(self.env, login=f"fiado_{login}", groups=group)
            with self.subTest(user=login):
                with self.assertRaises(AccessError):
                    self._billing(stranger).search([])
                with self.assertRaises(AccessError):
                    self._figures(user=stranger)
                with self.assertRaises(AccessError):
                    self.env["fiado.billing.period"].with_user(
                        stranger
                    ).action_open_billing()

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        other.fiado_enabled = True
        self._close(self._order(), 30.0, use_balance=True)
        stranger = self._new_user("stranger")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        billing = self.env["fiado.billing"].with_user(stranger).with_company(other)
        self.assertFalse(billing.search([]))
        self.assertEqual(billing.get_figures(*MARCH)["rows"], [])
        with self.assertRaises(UserError):
            billing.get_figures(*MARCH, company_id=self.company.id)
        both = self.env["fiado.billing"].with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.assertEqual(both.get_figures(*MARCH, company_id=other.id)["rows"], [])
        self.assertEqual(both.get_figures(*MARCH)["billed"], 55.0)

    def test_values_from_outside(self):
        billing = self._billing()
        for choice in (
            ("2026-03-31", "2026-03-01"),
            (None, "2026-03-01"),
            ("2026-03-01", "soon"),
            (*MARCH, "1"),
            (*MARCH, True),
            (*MARCH, None, "1"),
        ):
            with self.subTest(choice=choice), self.assertRaises(UserError):
                billing.get_figures(*choice)

    def test_reads_only_the_period(self):
        self._leave_debt(25.0)
        domain = self._billing(self.accountant)._get_period_domain(*MARCH)
        query = self._billing(self.accountant)._search(domain)
        # The test's ledger is so small that PostgreSQL would rather read all of it.
        self.env.cr.execute(SQL("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            row for (row,) in self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        )
        # On the tables themselves columns have no prefix.
        period = r"(?:Index Cond|Filter): .*\(date <= '2026-03-31'"
        queries = re.split(r"\*SELECT\* \d", plan)[1:]
        self.assertEqual(len(queries), 2, plan)
        for query in queries:
            self.assertRegex(query, period)
        self.assertNotRegex(plan, r"\.date <= '2026-03-31'")

    def test_difference_shows(self):
        """The two sides come from different records, which may not agree."""
        answer = self._close(self._order(), 30.0, use_balance=True)
        self.assertProven(billed=55.0, received=30.0)
        invoice = self.env["account.move"].browse(answer["invoice_ids"])
        payment = self.env["account.payment"].browse(answer["payment_ids"])
        [wallet_item] = self._open_items()
        for record, change, difference in (
            (payment, "amount_company_currency_signed = 31", -1.0),
            (invoice, "amount_total_signed = 54", -1.0),
            (wallet_item, "balance = 20", 5.0),
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s WHERE id = %s",
                        SQL.identifier(record._table),
                        SQL(change),
                        record.id,
                    )
                )
                self.env.invalidate_all(flush=False)
                self.assertEqual(self._figures()["difference"], difference)
                page = self._page()
                self.assertEqual(page.difference, difference)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    # Screen ----------------------------------------------------------------------

    def _page(self, user=None):
        self.env.flush_all()
        model = (
            self.env["fiado.billing.period"]
            .with_user(user or self.helper)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
        )
        page = model.browse(model.action_open_billing()["res_id"])
        self.env.flush_all()
        return page

    def test_page(self):
        self._close(self._order(), 30.0, use_balance=True)
        for user in (self.helper, self.accountant, self.clerk):
            page = self._page(user)
            self.assertRecordValues(
                page,
                [
                    {
                        "billed": 55.0,
                        "received": 30.0,
                        "debt_left": 25.0,
                        "difference": 0.0,
                    }
                ],
            )
            self.assertEqual(
                page.line_ids.mapped(
                    lambda line: (line.label, line.amount, line.style)
                ),
                [
                    ("Billed", 55.0, "total"),
                    ("Services", 55.0, "detail"),
                    ("Customer debts", -25.0, "detail"),
                    ("Customer credits", 0.0, "detail"),
                    ("Money credits", 0.0, "detail"),
                    ("Credit used", 0.0, "detail"),
                    ("So much should have come in", 30.0, "total"),
                    ("Received, less what was paid out", 30.0, "total"),
                    (self.cash.payment_form_name, 30.0, "detail"),
                    ("Difference", 0.0, "total"),
                    ("Apart: counts in none of the above", 0.0, "heading"),
                    ("Forgiven", 0.0, "apart"),
                ],
            )

    def test_figures_open_what_is_behind_them(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        self._as(self.cashier, self.joana).fiado_receive(100.0, self.pix.id)
        page = self._page()
        for line in page.line_ids:
            with self.subTest(figure=line.label):
                action = line.action_open()
                rows = self._billing().search(action["domain"])
                is_amount = line.section in ("billed", "received", "apart")
                total = sum(rows.mapped("amount" if is_amount else "effect"))
                self.assertAlmostEqual(total, line.amount)
                # That is what the list shows and adds up.
                measure = action["context"]["fiado_measure"]
                self.assertEqual(self._get_added_up(action), {measure})
                self.assertAlmostEqual(sum(rows.mapped(measure)), line.amount)
        billed = self._billing().search([("section", "=", "billed")])
        self.assertEqual(billed.action_open()["res_model"], "sale.order")
        self.assertEqual(billed.action_open()["res_id"], order.id)
        credit = self._billing().search([("figure", "=", "money_credit")])
        self.assertEqual(credit.action_open()["res_id"], self.joana.id)
        credit = credit.with_user(self.accountant)
        self.assertEqual(credit.action_open()["res_model"], "account.move")
        received = self._billing(self.accountant).search(
            [("figure", "=", "received"), ("partner_id", "=", self.joana.id)]
        )
        self.assertEqual(received.action_open()["res_model"], "account.payment")
        analysis = self._billing().search(page.action_analyse()["domain"])
        self.assertAlmostEqual(sum(analysis.mapped("effect")), 0.0)

    def _get_added_up(self, action):
        """The fields of which the action's list shows a total."""
        arch = etree.fromstring(self._billing().get_view(view_type="list")["arch"])
        return {
            node.get("name")
            for node in arch.xpath("field[@sum]")
            if not safe_eval(
                node.get("column_invisible", "0"), {"context": action["context"]}
            )
        }

    def test_only_what_adds_up_is_added_up(self):
        """Billed, kept in wallets and received are no total of each other: each is a
        measure of its own, and in each row the last is what the others add up to."""
        self._close(self._order(), 30.0, use_balance=True)
        self._as(self.cashier, self.joana).fiado_receive(100.0, self.pix.id)
        self._as(self.manager).fiado_forgive(5.0, "why")
        action = self._page().action_analyse()
        self.assertEqual(self._get_added_up(action), {"effect"})
        self.assertNotIn("aggregator", self._billing().fields_get(["amount"])["amount"])
        pivot = etree.fromstring(self._billing().get_view(view_type="pivot")["arch"])
        measures = pivot.xpath("field[@type='measure']/@name")
        self.assertEqual(
            measures, ["billed", "in_wallets", "left_open", "other", "received"]
        )
        for view_type in ("pivot", "graph"):
            arch = etree.fromstring(
                self._billing().get_view(view_type=view_type)["arch"]
            )
            self.assertEqual(arch.xpath("field[@invisible]/@name"), ["apart"])
            self.assertFalse(arch.xpath("field[@name='amount']"))
        [totals] = self._billing()._read_group(
            action["domain"], aggregates=[f"{name}:sum" for name in measures]
        )
        self.assertEqual([total or 0 for total in totals], [55, 75, 0, 0, 130])
        [(apart,)] = self._billing()._read_group(
            action["domain"], aggregates=["apart:sum"]
        )
        self.assertEqual(apart, 5.0)

    def test_quick_choices(self):
        with freeze_time("2026-02-10 15:00:00"):
            self._close(self._order(self.beard), 40.0)
        page = self._page()
        self.assertEqual(page.billed, 0.0)
        page.action_show_last_month()
        self.assertEqual(page.billed, 40.0)
        self.assertEqual(str(page.date_to), "2026-02-28")
        self._close(self._order(), 55.0)
        page.action_show_today()
        self.assertEqual(page.billed, 55.0)
        self.assertEqual(page.date_from, page.date_to)
        self._close(self._order(), 55.0)
        page.action_show()
        self.assertEqual(page.billed, 110.0)
        page.action_show_this_month()
        self.assertEqual(str(page.date_from), "2026-03-01")
        page.user_id = self.helper
        self.assertEqual(page.billed, 0.0)
        with self.assertRaises(ValidationError):
            page.date_to = "2026-02-01"

    def test_form(self):
        self._close(self._order(), 55.0)
        with Form(self._page()) as form:
            self.assertEqual(form.billed, 55.0)
            form.user_id = self.helper
            self.assertEqual(form.billed, 0.0)

    def test_pages_are_ones_own(self):
        page = self._page(self.cashier)
        with self.assertRaises(AccessError):
            page.with_user(self.helper).read(["billed"])
        with self.assertRaises(AccessError):
            page.line_ids.with_user(self.helper).read(["amount"])

    def test_printed(self):
        self._close(self._order(), 30.0, use_balance=True)
        page = self._page()
        self.assertEqual(
            page.action_print()["report_name"], "bemp_fiado.fiado_billing_report"
        )
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.helper)
            .with_context(lang="en_US")
            ._render_qweb_html("bemp_fiado.fiado_billing_report", page.ids)
        )
        for text in ("Customer debts", "25.00", "The figures prove themselves"):
            self.assertIn(text, html.decode())

import contextlib
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.bemp_fiado import models

from .common import FiadoCommon


@contextlib.contextmanager
def without_overrides(registry, *model_names):
    """Take the addon's overriding methods out of the models."""
    with contextlib.ExitStack() as stack:
        for model_name in model_names:
            for definition in registry[model_name].__mro__:
                if not definition.__module__.startswith(f"{models.__name__}."):
                    continue
                for name, attribute in list(vars(definition).items()):
                    overridden = any(
                        name in vars(base)
                        for base in registry[model_name].__mro__
                        if base is not definition
                        and "bemp_fiado" not in base.__module__
                    )
                    if callable(attribute) and overridden:
                        stack.enter_context(
                            patch.object(definition, name, _delegate(definition, name))
                        )
        yield


def _delegate(definition, name):
    def method(self, *args, **kwargs):
        return getattr(super(definition, self), name)(*args, **kwargs)

    return method


@tagged("post_install", "-at_install")
class TestCost(FiadoCommon):
    """What the addon costs those who don't use it, in queries."""

    def _post_invoice(self):
        invoice = self.init_invoice(
            "out_invoice", partner=self.partner_a, products=self.product_a
        )
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        invoice.action_post()
        self.env.flush_all()
        return self.env.cr.sql_log_count - start

    def test_ordinary_invoice(self):
        counts = {}
        # The first round is what a worker reads once.
        for _round in range(2):
            counts["own"] = self._post_invoice()
            with without_overrides(
                self.env.registry,
                "account.move",
                "account.move.line",
                "account.payment",
            ):
                counts["plain"] = self._post_invoice()
        self.assertLessEqual(counts["own"], counts["plain"])

    def test_closing(self):
        self._count_closing(30.0)  # what a worker reads once
        # The bounds leave room for another chart's documents, not for a new step.
        for paid, bound in ((30.0, 200), (0.0, 140), (55.0, 176)):
            with self.subTest(paid=paid):
                self.assertLessEqual(self._count_closing(paid), bound)

    def test_no_payment_is_overlooked(self):
        self._close(self._order(), 30.0, use_balance=True)
        self._close(self._order(), 70.0, debt_paid=15.0)
        self._close(self._order(), use_balance=True)
        self.maria.with_user(self.cashier).with_company(self.company).fiado_receive(
            65.0, self.cash.id
        )
        in_company = [("company_id", "=", self.company.id)]
        payments = self.env["account.payment"].search(in_company)
        moves = self.env["account.move"].search(in_company)
        paid = {(p, move) for p in payments for move in p.reconciled_invoice_ids}
        self.assertEqual(len(paid), 2)
        self.assertEqual(
            {
                (payment, move)
                for move in moves
                for payment in payments.search(
                    [("reconciled_invoice_ids", "in", move.ids)]
                )
            },
            paid,
        )
        self.assertEqual(
            {
                (payment, move)
                for payment in payments
                for move in moves.search(
                    [("reconciled_payment_ids", "in", payment.ids)]
                )
            },
            paid,
        )

    def test_closing_costs_the_same_with_a_history(self):
        counts = []
        for debts in (2, 2, 12):
            for _number in range(debts):
                self._leave_debt(10.0)
            self._close(self._order(), 70.0, debt_paid=15.0)
            counts.append(self._count_closing(30.0))
        # Which ids the records happen to have decides how Odoo groups what it reads and
        # writes: up to three queries, either way. One for each debt would be ten.
        self.assertLessEqual(counts[2], counts[1] + 3)

    def test_closing_costs_the_same_with_many_debts(self):
        self.company.account_use_credit_limit = True
        nobody, one, many = self._create_debtors(0, 1, 60)
        for customer in (nobody, one, many):
            # The first invoice makes somebody a customer.
            self._count_closing(55.0, customer)
        # As below: one more often, but not for each debt.
        for paid in (30.0, 0.0, 55.0):
            with self.subTest(paid=paid):
                few = self._count_closing(paid, nobody)
                self.assertLessEqual(self._count_closing(paid, many), few + 5)
        few = self._count_closing(80.0, one, debt_paid=25.0)
        self.assertLessEqual(self._count_closing(80.0, many, debt_paid=25.0), few + 5)

    def test_settling_costs_no_query_for_each_debt(self):
        one, other, many = self._create_debtors(1, 1, 60)
        self._count_settling(one)  # what a worker reads once
        few = self._count_settling(other)
        # Odoo writes the matched items in batches, some of them one more often.
        self.assertLessEqual(self._count_settling(many), few + 5)

    def _create_debtors(self, *numbers):
        """Customers with so many debts of 25 each, and a limit that is checked."""
        debtors = self.env["res.partner"].create(
            [{"name": f"{number} debts", "credit_limit": 9e5} for number in numbers]
        )
        movements = [
            (debtor, -25.0, self.company.fiado_loss_account_id, {})
            for debtor, number in zip(debtors, numbers, strict=True)
            for _debt in range(number)
        ]
        ledger = self.env["fiado.ledger"].with_company(self.company)
        ledger._operate_each(self.company, movements, "adjustment")
        return debtors

    def _count_settling(self, customer):
        customer = customer.with_user(self.cashier).with_company(self.company)
        debt = customer.fiado_debt
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        answer = customer.fiado_receive(debt, self.cash.id)
        self.env.flush_all()
        self.assertEqual(answer["balance"], 0.0)
        return self.env.cr.sql_log_count - start

    def _count_closing(self, paid, partner=None, debt_paid=0.0):
        order = self._order(partner=partner)
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self._close(
            order,
            *filter(None, [paid]),
            use_balance=paid != 55.0 + debt_paid,
            debt_paid=debt_paid,
        )
        self.env.flush_all()
        return self.env.cr.sql_log_count - start

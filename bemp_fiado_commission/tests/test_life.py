import random

from freezegun import freeze_time

from odoo.tests import tagged

from .common import FiadoCommissionCommon

STEPS = 30
SEEDS = (1, 2)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestLife(FiadoCommissionCommon):
    """Whatever happens in whichever order: what professionals get is what is billed of
    their lines, times the rate, after every step."""

    def test_life(self):
        self.done = set()
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.dice = random.Random(seed)
                self._live()
        # Each of them happened, or the test shows nothing.
        steps = {name for name in dir(self) if name.startswith("_step_")}
        self.assertEqual(self.done, steps)

    def _live(self):
        # What is billed of each line by its professional, and who has which rate.
        self.rates = {self.joana: 0.5, self.rafael: 0.4}
        self.closed, self.open, self.returned = {}, [], set()
        self.before = self._commissions()
        steps = (
            self._step_close,
            self._step_close,
            self._step_pay_debt,
            self._step_pay_debt,
            self._step_reopen,
            self._step_close_again,
            self._step_return,
            self._step_settle,
        )
        for _number in range(STEPS):
            step = self.dice.choice(steps)
            if step():
                self.done.add(step.__name__)
            self.assertEqual(self._commissions(), self._expected(), step.__name__)
            self.assertTiesOut()
        self.assertEqual(self._settle("2026-04-01"), self._commissions())

    def _expected(self):
        expected = dict(zip(self.rates, self.before, strict=True))
        for lines in self.closed.values():
            for user, price in lines:
                expected[user] += round(price * self.rates[user], 2)
        return [round(amount, 2) for amount in expected.values()]

    def _step_close(self):
        users = [
            self.dice.choice(list(self.rates))
            for _line in range(self.dice.randint(1, 3))
        ]
        order = self._work(
            *((self.dice.choice([self.haircut, self.beard]), user) for user in users)
        )
        for line in order.order_line:
            line.price_unit = self.dice.randrange(1, 200, 7) / 2
        self._pay_some(order)
        return True

    def _pay_some(self, order):
        """Leave debt, pay it exactly, or leave credit."""
        paid = round(order.amount_total * self.dice.choice([0, 0, 0.4, 1, 1.2]), 2)
        self._close(order, *([paid] if paid else []), use_balance=True)
        self.closed[order] = [
            (line.professional_id.with_env(self.env), line.price_subtotal)
            for line in order.order_line
        ]

    def _step_pay_debt(self):
        debt = self._wallet()[1]
        if not debt:
            return False
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        maria.fiado_receive(round(debt * self.dice.choice([0.3, 1]), 2), self.cash.id)
        return True

    def _step_reopen(self):
        if not self.closed:
            return False
        order = self.dice.choice(list(self.closed))
        order.with_user(self.manager).reopen_order("Wrong")
        del self.closed[order]
        self.returned.discard(order)
        self.open.append(order)
        return True

    def _step_close_again(self):
        if not self.open:
            return False
        order = self.open.pop(self.dice.randrange(len(self.open)))
        order.order_line[0].professional_id = self.dice.choice(list(self.rates))
        self._pay_some(order)
        return True

    def _step_return(self):
        """A credit note for one line, left in the wallet."""
        orders = [
            order
            for order, lines in self.closed.items()
            if len(lines) > 1 and order not in self.returned
        ]
        if not orders:
            return False
        order = self.dice.choice(orders)
        [invoice] = (
            order.sudo()
            ._get_closing_documents()
            .filtered(lambda move: move.move_type == "out_invoice")
        )
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "returned"})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        kept = refund.invoice_line_ids.filtered("product_id")[:1]
        (refund.invoice_line_ids - kept).unlink()
        refund.action_post()
        self.env.user.group_ids |= self.env.ref("bemp_fiado.group_fiado_manager")
        refund.action_leave_in_wallet()
        agent = kept.agent_ids.agent_id
        [user] = [user for user in self.rates if user.partner_id == agent]
        self.closed[order].append((user, -kept.price_subtotal))
        self.returned.add(order)
        return True

    def _step_settle(self):
        return bool(self._settle("2026-04-01"))

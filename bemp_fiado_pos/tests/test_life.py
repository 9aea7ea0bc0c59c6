import random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import FiadoPosCommon

CENTS = 100


@tagged("post_install", "-at_install")
class TestLife(FiadoPosCommon):
    """Weeks at two tills: whatever comes in whatever order, the wallets are what a
    notebook says, and after each session the books tie out to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_config = cls._create_config("Garden")
        cls.other_config.payment_method_ids |= cls.pay_fiado
        cls.customers = cls.maria | cls.env["res.partner"].create(
            [{"name": "Ana"}, {"name": "Rui"}]
        )

    def setUp(self):
        super().setUp()
        self.notebook = dict.fromkeys(self.customers, 0)
        self.sold = []

    def test_life(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self._live(random.Random(seed), month=seed)

    def _live(self, chance, month):
        for day in (1, 10, 20):
            with freeze_time(f"2026-{month:02}-{day + chance.randint(0, 8)} 15:00:00"):
                sessions = [self._open(config) for config in self._configs]
                for _number in range(8):
                    self.session = chance.choice(sessions)
                    chance.choice(self._steps)(chance)
                    self._check_wallets()
                for session in sessions:
                    self._end(session)
                    self._check_wallets()
                self._check_books(chance)

    @property
    def _configs(self):
        return (self.config, self.other_config)

    @property
    def _steps(self):
        return (
            self._buy,
            self._buy,
            self._buy,
            self._only_pay,
            self._edit,
            self._return,
            self._invoice,
            self._send_again,
        )

    @property
    def _cash(self):
        return self.session.config_id.payment_method_ids.filtered("is_cash_count")

    # What happens -------------------------------------------------------------

    def _note(self, customer, cents):
        self.notebook[customer] += cents

    def _buy(self, chance):
        """With more or less money than it costs."""
        customer = chance.choice(self.customers)
        price = chance.randint(1, 9999)
        paid = chance.choice((0, price, chance.randint(0, 15000)))
        pay = [(self.pay_fiado, (price - paid) / CENTS), (self._cash, paid / CENTS)]
        order = self._sell(
            (self.haircut, 1, price / CENTS),
            pay=[line for line in pay if line[1]],
            partner=customer,
            to_invoice=chance.random() < 0.2,
        )
        self._note(customer, paid - price)
        self.sold.append(order)

    def _only_pay(self, chance):
        customer, paid = chance.choice(self.customers), chance.randint(1, 9999)
        self._sell(
            pay=[(self._cash, paid / CENTS), (self.pay_fiado, -paid / CENTS)],
            partner=customer,
        )
        self._note(customer, paid)

    def _edit(self, chance):
        order = self._get_sold(chance, lambda order: order.state == "paid")
        if not order:
            return
        before = self._get_from_wallet(order)
        paid = chance.randint(0, round(order.amount_total * CENTS))
        rest = round(order.amount_total * CENTS) - paid
        cash = order.session_id.config_id.payment_method_ids.filtered("is_cash_count")
        order.with_user(self.till).write(
            {
                "payment_ids": [
                    *(Command.delete(payment.id) for payment in order.payment_ids),
                    *(
                        Command.create(
                            {"payment_method_id": method.id, "amount": cents / CENTS}
                        )
                        for method, cents in ((cash, paid), (self.pay_fiado, rest))
                        if cents
                    ),
                ]
            }
        )
        self._note(order.partner_id, before - rest)

    def _return(self, chance):
        """The whole of it, to the wallet, in cash, or some of each."""
        order = self._get_sold(
            chance, lambda order: order.config_id == self.session.config_id
        )
        if not order:
            return
        total = round(order.amount_total * CENTS)
        kept = chance.choice((0, total, chance.randint(0, total)))
        pay = [(self.pay_fiado, -kept / CENTS), (self._cash, -(total - kept) / CENTS)]
        self._refund(
            order,
            [line for line in pay if line[1]],
            to_invoice=bool(order.sudo().account_move),
        )
        self._note(order.partner_id, kept)
        self.sold.remove(order)

    def _invoice(self, chance):
        order = self._get_sold(chance, lambda order: not order.sudo().account_move)
        if order:
            order = order.with_user(self.env.user).with_context(generate_pdf=False)
            order.action_pos_order_invoice()
            self.assertEqual(order.sudo().account_move.payment_state, "paid")

    def _send_again(self, chance):
        order = self._get_sold(chance, lambda order: True)
        if order:
            order.with_user(self.till)._fiado_move_wallet()

    def _get_sold(self, chance, condition):
        orders = [order for order in self.sold if condition(order)]
        return orders and chance.choice(orders)

    def _get_from_wallet(self, order):
        payments = order.payment_ids.filtered("payment_method_id.fiado")
        return round(sum(payments.mapped("amount")) * CENTS)

    # What has to be -----------------------------------------------------------

    def _check_wallets(self):
        self.assertEqual(
            {
                customer.name: round(self._wallet(customer)[0] * CENTS)
                for customer in self.customers
            },
            {customer.name: cents for customer, cents in self.notebook.items()},
        )
        self.assertTiesOut()

    def _check_books(self, chance):
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()
        chance.choice((self._invoice, self._send_again))(chance)
        self.assertEqual(self._clearing_open(), 0.0)
        self.assertBooksTieOut()

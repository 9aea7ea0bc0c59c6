"""A shop whose customers owe what each round needs. Runs inside Odoo."""

from benchmarks.history import move_each
from benchmarks.shop import AMOUNT, PART_PAID, PRICE, Shop

# Checked at each closing, and never reached.
LIMIT = 1e9


class GrowthShop(Shop):
    def __init__(self, env):
        super().__init__(env)
        env.company.account_use_credit_limit = True

    def create_customer(self, name, debts=0):
        customer = self.env["res.partner"].create({"name": name, "credit_limit": LIMIT})
        self.set_debts(customer, debts)
        return customer

    def set_debts(self, customer, number):
        """Have a customer owe so many debts of 25, and nothing else."""
        missing = self._count_missing(customer, number)
        if missing > 1:
            move_each([customer] * missing, -AMOUNT)
        elif missing:
            self.change_debt(customer, -missing * AMOUNT)

    def leave_debts(self, customer, number):
        """Have a customer owe so many debts of 25 at least, those missing from orders
        of their own."""
        for _debt in range(self._count_missing(customer, number)):
            list(self.closing(PART_PAID, customer))

    def _count_missing(self, customer, number):
        return round(number + customer.fiado_balance / AMOUNT)

    # Flows of a customer with so many debts.

    def paying_a_debt(self, customer, debts):
        """A closing that is paid with 25 too much, which settles the oldest debt."""
        self.leave_debts(customer, debts)
        yield from self.closing(PRICE + AMOUNT, customer, AMOUNT)

    def closing_of(self, customer, debts, paid):
        self.set_debts(customer, debts)
        yield from self.closing(paid, customer)

    def receiving_from(self, customer, debts, amount):
        self.set_debts(customer, debts)
        yield from self.receiving(customer, amount)

    def reading_of(self, customer, debts):
        self.set_debts(customer, debts)
        yield
        company = self.env.company
        wallet = self.env["fiado.ledger"]._read_wallets(customer, company)[customer]
        if wallet.debt != debts * AMOUNT:
            raise RuntimeError(f"The debt is {wallet.debt}.")

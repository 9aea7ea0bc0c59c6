"""How the operations grow with the entries that the ledger holds. Runs inside Odoo."""

from functools import partial

from benchmarks.closing import PRICE
from benchmarks.history import move_each, multiply
from benchmarks.measuring import in_turns
from benchmarks.operations import AMOUNT

from .points import from_medians
from .processor import ProcessorClock
from .wallets import PART_PAID, GrowthTill

PANEL = "entries"
SMALLEST = 10_000
# So many are posted.
FIRST = 1_000


def measure(env, rounds, largest):
    till = GrowthTill(env)
    debtor = till.create_customer("Debtor", debts=1)
    creditor = till.create_customer("Creditor")
    history = History(env)
    flows = {
        "closing, debt left": partial(till.closing_of, debtor, 1, PART_PAID),
        "closing, paid in full": partial(till.closing_of, debtor, 1, PRICE),
        "settling a debt": partial(till.receiving_from, debtor, 1, AMOUNT),
        "selling credit": partial(till.receiving_from, creditor, 0, AMOUNT),
        "reading a balance": partial(till.reading_of, debtor, 1),
    }
    clock = ProcessorClock(env)
    points = []
    for size in _get_sizes(largest):
        history.grow_to(size)
        medians = in_turns(env, flows, rounds, clocks=[clock])
        points += from_medians(
            PANEL, {(line, size): median for line, median in medians.items()}
        )
    return points


def _get_sizes(largest):
    sizes = [0]
    size = SMALLEST
    while size <= largest:
        sizes.append(size)
        size *= 10
    return sizes


class History:
    """Settled debts of many customers.

    Some are posted, and these are multiplied: posting a million would take days. What
    was measured in between is multiplied with them, so there are somewhat more entries
    than their number says.
    """

    def __init__(self, env):
        self.env = env
        self._size = 0

    def grow_to(self, size):
        if size and not self._size:
            self._begin()
        if size > self._size:
            multiply(self.env, size // self._size)
            self._size = size

    def _begin(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(FIRST // 2)]
        )
        for amount in (-AMOUNT, AMOUNT):
            move_each(customers, amount)
        self._size = FIRST

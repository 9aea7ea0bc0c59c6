"""Reading a balance: of a customer with few settled entries and of one with many."""

from .history import give_to, move_each, multiply
from .measuring import in_turns, tell
from .shop import AMOUNT

# Five debts, each settled at once.
FEW = 10
COPIES = 1_000


def main(env):
    env.company.fiado_enabled = True
    few, many = env["res.partner"].create([{"name": "Few"}, {"name": "Many"}])
    for _settled in range(FEW // 2):
        move_each(few | many, -AMOUNT)
        move_each(few | many, AMOUNT)
    to_next = multiply(env, COPIES)
    copies = [many.id + number * to_next for number in range(1, COPIES)]
    give_to(many, many.browse(copies))
    move_each(few | many, -AMOUNT)
    env.cr.commit()
    ledger = env["fiado.ledger"]
    flows = {
        f"{number} settled entries": lambda customer=customer: _read(ledger, customer)
        for number, customer in ((FEW, few), (FEW * COPIES, many))
    }
    tell("one balance", in_turns(env, flows, rounds=200))


def _read(ledger, customer):
    yield
    wallet = ledger._read_wallets(customer, ledger.env.company)[customer]
    if wallet.balance != -AMOUNT:
        raise RuntimeError(f"The balance is {wallet.balance}.")

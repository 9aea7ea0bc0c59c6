"""The benchmarks that measure flows in turns, each next to what it is compared with."""

from functools import partial

from .history import give_to, move_each, multiply
from .measuring import in_turns, tell
from .shop import AMOUNT, PART_PAID, PRICE, Shop, create_invoice

# Settled entries of the customer with few, and how many times as many has the other.
FEW, COPIES = 10, 1_000


def closing(env):
    """Closing an order, next to Odoo's own way of selling and being paid."""
    shop = Shop(env)
    for title, hashed in {"journal as set up": False, "hashed journal": True}.items():
        env.company.fiado_journal_id.restrict_mode_hash_table = hashed
        flows = {
            "native, paid in full": shop.native,
            "55 closed with 30": partial(shop.closing, PART_PAID),
            "55 closed with nothing": partial(shop.closing, 0.0),
            "55 closed with 55": partial(shop.closing, PRICE),
        }
        tell(title, in_turns(env, flows))


def operations(env):
    """Closing, settling and selling credit, each next to Odoo's own way of doing it."""
    shop = Shop(env)
    flows = {
        "native, paid in full": shop.native,
        "55 closed with 30": partial(shop.closing, PART_PAID),
    }
    tell("closing", in_turns(env, flows))
    shop.set_debts(shop.customer, 0)
    receiving = shop.receiving, shop.customer
    flows = {
        "native payment of an invoice": shop.native_settling,
        "a debt received": partial(shop.owing, 1, shop.customer, *receiving),
    }
    tell("settling", in_turns(env, flows))
    if shop.customer.fiado_balance:
        raise RuntimeError(f"The balance is {shop.customer.fiado_balance}.")
    creditor = env["res.partner"].create({"name": "Ana"})
    flows = {
        "native payment in advance": shop.native_payment,
        "credit sold": partial(shop.receiving, creditor),
    }
    tell("credit sale", in_turns(env, flows))


def invoice(env):
    """Posting an ordinary invoice: run with and without the addon."""
    customer = env["res.partner"].create({"name": "Maria"})
    product = env["product.product"].create({"name": "Towel", "list_price": 10.0})

    def posting():
        made = create_invoice(customer, {"product_id": product.id, "tax_ids": False})
        yield
        made.action_post()

    installed = env["ir.module.module"]._get("bemp_fiado").state == "installed"
    title = "with the addon" if installed else "without the addon"
    tell(title, in_turns(env, {"an ordinary invoice": posting}))


def balance(env):
    """Reading a balance of a customer with few settled entries and of one with many."""
    shop = Shop(env)
    few, many = env["res.partner"].create([{"name": "Few"}, {"name": "Many"}])
    # Five debts, each settled at once.
    for _settled in range(FEW // 2):
        move_each(few | many, -AMOUNT)
        move_each(few | many, AMOUNT)
    to_next = multiply(env, COPIES)
    copies = [many.id + number * to_next for number in range(1, COPIES)]
    give_to(many, many.browse(copies))
    move_each(few | many, -AMOUNT)
    env.cr.commit()
    flows = {
        f"{number} settled entries": partial(shop.reading, customer, AMOUNT)
        for number, customer in ((FEW, few), (FEW * COPIES, many))
    }
    tell("one balance", in_turns(env, flows, rounds=200))

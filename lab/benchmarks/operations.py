"""Closing, settling and selling credit, each next to Odoo's own way of doing it."""

from functools import partial

from .measuring import in_turns, tell
from .shop import PART_PAID, Shop


def main(env):
    shop = Shop(env)
    flows = {
        "native, paid in full": shop.native,
        "55 closed with 30": partial(shop.closing, PART_PAID),
    }
    tell("closing", in_turns(env, flows))
    shop.change_debt(shop.customer, -shop.customer.fiado_balance)
    flows = {
        "native payment of an invoice": shop.native_settling,
        "a debt received": shop.settling,
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

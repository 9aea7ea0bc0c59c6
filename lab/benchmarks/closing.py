"""What closing an order costs, next to Odoo's own way of selling and being paid."""

from functools import partial

from .measuring import in_turns, tell
from .shop import PART_PAID, PRICE, Shop


def main(env):
    shop = Shop(env)
    for hashed in (False, True):
        env.company.fiado_journal_id.restrict_mode_hash_table = hashed
        flows = {
            "native, paid in full": shop.native,
            "55 closed with 30": partial(shop.closing, PART_PAID),
            "55 closed with nothing": partial(shop.closing, 0.0),
            "55 closed with 55": partial(shop.closing, PRICE),
        }
        title = "hashed journal" if hashed else "journal as set up"
        tell(title, in_turns(env, flows))

"""The bridge to the Point of Sale uninstalled and installed again."""

from .comparing import find_differences
from .lifecycle import Life
from lib import databases

BRIDGE = "bemp_fiado_pos"


def run(odoo):
    prepared = databases.with_addons(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        yield from _live(Life(odoo, database, BRIDGE, "lifecycle_pos_shop"))


def _live(life):
    refusal = life.ask("Selling at two tills, of which one stays open", "fill")
    print(f"  while a session is open: {refusal}")
    if not refusal:
        yield "uninstalled while a session is open"
        return
    told = life.ask("Closing it", "close")
    yield from (f"before: the audit finds {row}" for row in told["audit"])
    yield from life.uninstall(told, "balances", "books", "audit")
    yield from life.reinstall()
    again = life.ask("Comparing what is there again, and selling on", "tell_and_go_on")
    yield from find_differences(told, again, "reinstall", may_have_more=True)
    yield from (f"reinstall: {flaw}" for flaw in again["flaws"])
    print(
        f"  {len(told['balances'])} wallets, {len(told['orders'])} orders and "
        f"{len(told['books']['items'])} journal items compared twice"
    )

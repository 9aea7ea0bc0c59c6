"""A bridge uninstalled while the main addon stays, and installed again."""

from .comparing import find_differences
from .lifecycle import Life
from lib import databases


def live(odoo, bridge, kept, refused_while=""):
    """Live through it in a shop; yields what went wrong, as sentences.

    Its shop is the module of the same name: there ``fill(env)`` lets things happen and
    returns why the bridge may not go in the middle of them; ``tell(env)`` ends them
    and tells what there is by topic, ``look_around(env)`` what there is without the
    bridge, and ``tell_again(env)`` what there is once it is back; the latter two also
    which ``flaws`` they found.

    :param kept: the topics that are there without it
    :param str refused_while: when the bridge may not go, if there is such a time
    """
    prepared = databases.with_addons(odoo)
    shop = f"lifecycle_{bridge.removeprefix('bemp_fiado_')}_shop"
    with databases.temporary_copy(odoo, prepared) as database:
        life = Life(odoo, database, bridge, shop)
        refusal = life.ask("Living in the shop", "fill")
        if refused_while:
            print(f"  while {refused_while}: {refusal}")
            if not refusal:
                yield f"uninstalled while {refused_while}"
        told = life.ask("Asking what there is", "tell")
        yield from (f"before: the audit finds {row}" for row in told["audit"])
        yield from life.uninstall(told, *kept)
        yield from life.reinstall()
        again = life.ask("Comparing what is there again, and going on", "tell_again")
        yield from (f"reinstall: {flaw}" for flaw in again.pop("flaws"))
        yield from find_differences(told, again, "reinstall")
        items = len(told["books"]["items"])
        print(f"  {', '.join(told)} compared, {items} journal items among them")

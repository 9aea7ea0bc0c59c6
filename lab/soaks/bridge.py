"""A bridge uninstalled while the main addon stays, and installed again."""

import inside

from .lifecycle import LOG, SHELL_LOG, _find_complaints, _find_differences
from lib import databases
from lib.report import step


def live(odoo, bridge, refused_while=""):
    """Live through it in a shop; returns what went wrong, as sentences.

    Its shop is the module of the same name: there ``fill(env)`` lets things happen and
    returns why the bridge may not go in the middle of them; ``tell(env)`` ends them
    and tells what there is by topic, ``look_around(env)`` what there is without the
    bridge, and ``tell_again(env)`` what there is once it is back; the latter two also
    which ``flaws`` they found.

    :param str refused_while: when the bridge may not go, if there is such a time
    """
    prepared = databases.with_addons(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        return list(_Life(odoo, database, bridge).live(refused_while))


class _Life:
    def __init__(self, odoo, database, bridge):
        self._odoo, self._database, self._bridge = odoo, database, bridge
        self._shop = f"lifecycle_{bridge.removeprefix('bemp_fiado_')}_shop"

    def live(self, refused_while):
        refusal = self._ask("Living in the shop", "fill")
        if refused_while:
            print(f"  while {refused_while}: {refusal}")
            if not refusal:
                yield f"uninstalled while {refused_while}"
        told = self._ask("Asking what there is", "tell")
        yield from (f"before: the audit finds {row}" for row in told["audit"])
        with step(f"Uninstalling {self._bridge}"):
            self._odoo.run(
                *("module", "uninstall", "-d", self._database, self._bridge),
                log=LOG,
                failure="It can't be uninstalled.",
            )
        yield from _find_complaints("uninstall", LOG)
        left = self._ask("Looking at what is left", "look_around")
        yield from _find_complaints("without the bridge", SHELL_LOG)
        yield from _compare(told, left, "uninstall")
        databases.install(self._odoo, self._database, [self._bridge])
        yield from _find_complaints("reinstall", "install.log")
        again = self._ask("Comparing what is there again, and going on", "tell_again")
        yield from _compare(told, again, "reinstall")

    def _ask(self, description, function):
        function = f"soaks.{self._shop}.{function}"
        with step(description):
            return inside.ask(self._odoo, self._database, function, log=SHELL_LOG)


def _compare(told, found, name):
    """What differs in the topics that were told again, and the flaws found on the
    way."""
    flaws = found.pop("flaws")
    for topic in found:
        yield from _find_differences(told[topic], found[topic], f"{name}: {topic}")
    print(
        f"  {name}: {', '.join(found)} compared, "
        f"{len(told['books']['items'])} journal items among them"
    )
    yield from (f"{name}: {flaw}" for flaw in flaws)

"""Takes the pictures: ``python -m screens.take DATABASE [--axe] [NAME ...]``."""

import sys

from . import shop
from .accessibility import Findings
from .browser import Error, Window, running
from .catalog import SCREENS
from lib import settings
from lib.report import say

FOLDER = settings.HOME / "screenshots"
WIDTHS = (1400, 390)


def main(arguments):
    database, *names = arguments
    findings = Findings() if "--axe" in names else None
    names = [name for name in names if name != "--axe"]
    installed = shop.addons(database)
    chosen = [
        screen
        for screen in SCREENS
        if screen.addon in installed
        and (not names or any(name in screen.name for name in names))
    ]
    broken = []
    try:
        with running() as browser:
            for width in WIDTHS:
                broken += _take(browser, width, chosen, database, findings)
    except KeyboardInterrupt:
        broken.append("all others")
    say(f"The pictures are in {FOLDER}.")
    if findings:
        findings.tell()
    if broken:
        print(f"\nNot shown: {', '.join(broken)}")
    return 1 if broken or findings and findings.has_failing else 0


def _take(browser, width, screens, database, findings):
    """Take the pictures of one width; return the names of what can't be shown."""
    windows, broken = {}, []
    records = shop.fill(database)
    charges = False
    for screen in screens:
        if screen.with_charges != charges:
            charges = screen.with_charges
            shop.charge(database, charges)
        if screen.user not in windows:
            windows[screen.user] = Window(browser, screen.user, width)
        window = windows[screen.user]
        if window.is_narrow and not screen.is_narrow_too:
            continue
        name = f"{width}/{screen.name}"
        file = FOLDER / f"{name}.png"
        try:
            window.open(screen.address.format(**records))
            for step in screen.steps:
                step(window)
            if findings:
                findings.examine(window, name)
            window.take_picture(file)
        except (Error, AssertionError) as error:
            say(f"{name}: {error}")
            broken.append(name)
            window.page.screenshot(path=file.with_suffix(".broken.png"))
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

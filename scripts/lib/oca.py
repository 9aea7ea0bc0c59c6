"""OCA addons, from their wheels."""

import hashlib
import shutil

from . import settings
from .commands import run_logged
from .locks import only_one
from .report import Failure, say, step

REQUIREMENTS = settings.REQUIREMENTS / "bridges.txt"
# Where the wheels have them.
ADDONS = ("odoo", "addons")


def find_for_bridges(python):
    """The folders with the addons that our bridges need, fetched if need be.

    Nothing else needs them: where they can't be had there is no folder, and the bridges
    are left out.
    """
    folder = settings.HOME / "addons" / "bridges"
    wanted, fetched = get_version(), folder / "requirements"
    try:
        with only_one("addons-bridges"):
            if not fetched.exists() or fetched.read_text() != wanted:
                _fetch(python, folder)
                fetched.write_text(wanted)
    except Failure as failure:
        say(f"Note: {failure.cause} What needs them is left out.")
        return ()
    return (folder.joinpath(*ADDONS),)


def get_version():
    """Changes when other wheels are wanted."""
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def _fetch(python, folder):
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    name = f"requirements/{REQUIREMENTS.name}"
    with step(f"Fetching the OCA addons of {name}"):
        run_logged(
            [
                *(python, "-m", "pip", "install", "--disable-pip-version-check"),
                # They depend on Odoo, which is no Python package.
                *("--no-input", "--no-deps", "--target", unfinished),
                # Without a network that is known soon.
                *("--retries", "1", "-r", REQUIREMENTS),
            ],
            "pip-bridges.log",
            f"The OCA addons of {name} can't be fetched.",
        )
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)

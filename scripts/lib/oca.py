"""OCA addons, from their wheels."""

import hashlib
import shutil

from . import settings
from .commands import run_logged
from .locks import only_one
from .report import Failure, say, step

# Those that our bridges need, and those that the lab tries ours with.
BRIDGES, LAB = "bridges", "oca"
# Where the wheels have them.
ADDONS = ("odoo", "addons")


def with_addons(odoo):
    """Fetch the lab's addons unless they are there; returns an Odoo that finds them."""
    return odoo.with_addons(settings.REPOSITORY, _get(odoo.python, LAB))


def find_for_bridges(python):
    """The folders with the addons that our bridges need, fetched if need be.

    Nothing else needs them: where they can't be had there is no folder, and the bridges
    are left out.
    """
    try:
        return (_get(python, BRIDGES),)
    except Failure as failure:
        say(f"Note: {failure.cause} What needs them is left out.")
        return ()


def get_version(name=BRIDGES):
    """Changes when other wheels are wanted."""
    return hashlib.sha256(_requirements(name).read_bytes()).hexdigest()


def _requirements(name):
    return settings.REQUIREMENTS / f"{name}.txt"


def _get(python, name):
    """The folder with the addons of a requirements file, fetched unless it is there."""
    requirements = _requirements(name)
    folder = settings.HOME / "addons" / name
    wanted = get_version(name)
    fetched = folder / "requirements"
    with only_one(f"addons-{name}"):
        if not fetched.exists() or fetched.read_text() != wanted:
            _fetch(python, requirements, folder)
            fetched.write_text(wanted)
    return folder.joinpath(*ADDONS)


def _fetch(python, requirements, folder):
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    name = f"requirements/{requirements.name}"
    with step(f"Fetching the OCA addons of {name}"):
        run_logged(
            [
                *(python, "-m", "pip", "install", "--disable-pip-version-check"),
                # They depend on Odoo, which is no Python package.
                *("--no-input", "--no-deps", "--target", unfinished),
                # Without a network that is known soon.
                *("--retries", "1", "-r", requirements),
            ],
            f"pip-{requirements.stem}.log",
            f"The OCA addons of {name} can't be fetched.",
        )
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)

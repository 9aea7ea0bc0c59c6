"""OCA addons, from their wheels."""

import hashlib
import shutil

from . import settings
from .commands import run_logged
from .locks import only_one
from .report import step

REQUIREMENTS = settings.REQUIREMENTS / "oca.txt"
FOLDER = settings.HOME / "oca"
# Where the wheels have them.
ADDONS = FOLDER / "odoo" / "addons"


def with_addons(odoo):
    """Fetch the addons unless they are there; returns an Odoo that finds them."""
    with only_one("oca"):
        _fetch(odoo.python)
    return odoo.with_addons(settings.REPOSITORY, ADDONS)


def _fetch(python):
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    fetched = FOLDER / "requirements"
    if fetched.exists() and fetched.read_text() == wanted:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    with step(f"Fetching the OCA addons of {REQUIREMENTS.parent.name}/oca.txt"):
        run_logged(
            [
                *(python, "-m", "pip", "install", "--disable-pip-version-check"),
                # They depend on Odoo, which is no Python package.
                *("--no-input", "--no-deps", "--target", FOLDER, "-r", REQUIREMENTS),
            ],
            "pip-oca.log",
            "The OCA addons can't be fetched.",
        )
    fetched.write_text(wanted)

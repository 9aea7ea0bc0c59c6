"""OCA addons, from their wheels."""

import dataclasses
import hashlib
import shutil

from . import settings
from .commands import run_logged
from .locks import only_one
from .odoo_command import Odoo
from .report import step

REQUIREMENTS = settings.REQUIREMENTS / "oca.txt"
FOLDER = settings.HOME / "oca"
# Where the wheels have them.
ADDONS = FOLDER / "odoo" / "addons"


class OdooWithOca(Odoo):
    """Odoo with the OCA addons of requirements/oca.txt beside its own."""

    @property
    def environment(self):
        paths = (*self.source.addons_paths, settings.REPOSITORY, ADDONS)
        return super().environment | {"ODOO_ADDONS_PATH": ",".join(map(str, paths))}


def with_addons(odoo):
    """Fetch the addons unless they are there; returns an Odoo that finds them."""
    with only_one("oca"):
        _fetch(odoo.python)
    fields = dataclasses.fields(odoo)
    return OdooWithOca(*(getattr(odoo, field.name) for field in fields))


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

"""Odoo 19 itself: the one that the user has (ODOO_HOME), or fetched from Debian."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian, settings
from .locks import only_one
from .report import Failure

SERIES = "19.0"
FETCHED = settings.HOME / "odoo-19"
IN_PACKAGE = Path("usr/lib/python3/dist-packages")
NEEDED_SPACE = 3 * 1024**3

# Odoo's package leaves these to other packages and links to their files.
LINKED_PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Unstable has version 7, whose files have other names than Odoo's links.
FONT_AWESOME = "fonts-font-awesome"
FONT_AWESOME_SUITES = ("trixie", "bookworm")
# Debian strips this file from the package; without it the web client's assets fail.
STRIPPED_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo that can be run."""

    # The folder that Python imports the package `odoo` from.
    folder: Path
    # Changes when the code changes.
    version: str

    @property
    def addons_paths(self):
        """Folders with Odoo's own addons."""
        inside = self.folder / "odoo" / "addons"
        # A source checkout has all but the base beside the package. Debian's package
        # has everything inside, and leftovers of some addons beside it.
        return (
            [inside] if (inside / "web").is_dir() else [inside, self.folder / "addons"]
        )


def get():
    """The Odoo to use, fetched if need be."""
    home = settings.odoo_home()
    if home:
        return _given(home)
    if not FETCHED.exists():
        with only_one("fetch-odoo"):
            if not FETCHED.exists():
                _fetch()
    version = (FETCHED / "packages").read_text()
    return OdooSource(FETCHED / IN_PACKAGE, version)


def missing():
    """What the machine lacks to fetch it, in a list; fails if it can't be had here."""
    home = settings.odoo_home()
    if home:
        _given(home)
    elif not FETCHED.exists():
        _check_tools()
        _check_space()
        return debian.missing()
    return []


def _given(home):
    candidates = [home, home / IN_PACKAGE]
    if home.name == "odoo":
        candidates.append(home.parent)
    for folder in candidates:
        release = folder / "odoo" / "release.py"
        if release.is_file():
            _check_series(release, home)
            return OdooSource(folder.resolve(), _given_version(folder, release))
    raise Failure(
        f"ODOO_HOME is {home}, and there is no Odoo.",
        "Point it at a folder with Odoo 19's `odoo-bin`, or at one with its Python "
        "package `odoo`; or unset it to have Odoo fetched.",
    )


def _check_series(release, home):
    found = re.search(r"version_info = \((\d+), (\d+)", release.read_text())
    series = ".".join(found.groups()) if found else "unknown"
    if series != SERIES:
        raise Failure(
            f"ODOO_HOME is {home}, which is Odoo {series}; this needs Odoo {SERIES}.",
            f"Point ODOO_HOME at an Odoo {SERIES}, or unset it to have one fetched.",
        )


def _given_version(folder, release):
    parts = [str(folder.resolve()), release.read_text()]
    if (folder / ".git").exists():
        commit = subprocess.run(
            ["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True
        )
        parts.append(commit.stdout)
    return "\n".join(parts)


def _fetch():
    unfinished = FETCHED.with_name(f"{FETCHED.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    release = debian.release()
    font_suite = release if release in FONT_AWESOME_SUITES else FONT_AWESOME_SUITES[0]
    packages = debian.unpack(
        {"unstable": ("odoo-19", *LINKED_PACKAGES), font_suite: (FONT_AWESOME,)},
        unfinished,
        sizes=("130 MB", "1.3 GB"),
    )
    stripped = unfinished / IN_PACKAGE / "odoo" / "addons" / STRIPPED_FILE
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()
    (unfinished / "packages").write_text("\n".join(packages))
    unfinished.rename(FETCHED)


def _check_tools():
    missing = [tool for tool in ("apt-get", "dpkg-deb") if not shutil.which(tool)]
    if missing:
        raise Failure(
            f"Odoo 19 is fetched from Debian, and there is no {missing[0]} here.",
            "Use Debian 12 or 13, or point ODOO_HOME at an Odoo 19 that you have:\n"
            "    ODOO_HOME=/path/to/odoo scripts/demo",
        )


def _check_space():
    settings.HOME.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.HOME).free
    if free < NEEDED_SPACE:
        raise Failure(
            f"There is not enough free space for Odoo: {free / 1024**3:.1f} GB where "
            f"{settings.HOME} lies.",
            f"Free some space: {NEEDED_SPACE / 1024**3:.0f} GB are needed.",
        )

"""Debian's packages: installed as root, or unpacked in a folder of our own."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import settings
from .commands import run_logged
from .report import Failure, step

APT_FOLDER = settings.HOME / "apt"
KEYRINGS = tuple(
    Path("/usr/share/keyrings") / f"debian-archive-keyring.{ending}"
    for ending in ("gpg", "pgp")
)


@dataclass(frozen=True)
class Missing:
    """Something that this machine lacks, and the packages that bring it."""

    what: str
    packages: tuple


def require(missing):
    """Install what is missing, or say all of it at once and how to install it."""
    if not missing:
        return
    *others, last = dict.fromkeys(found.what for found in missing)
    what = f"{', '.join(others)} and {last}" if others else last
    names = " ".join(
        dict.fromkeys(name for found in missing for name in found.packages)
    )
    if not settings.is_root() or not shutil.which("apt-get"):
        raise Failure(
            f"This machine lacks {what} (Debian: {names}).",
            "Nothing was fetched yet. Install what is missing and start again:\n"
            f"    sudo apt-get install {names}",
        )
    with step(f"Installing {names}"):
        _install(names.split(), f"{names} can't be installed.")


def missing():
    """What unpacking packages needs, in a list."""
    if any(map(Path.exists, KEYRINGS)):
        return []
    return [Missing("the keys of Debian's archive", ("debian-archive-keyring",))]


def _install(packages, failure):
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    try:
        run_logged(install, "apt-install.log", failure, env=environment)
    except Failure:
        # No package lists yet, or lists so old that the packages have moved on.
        run_logged(["apt-get", "update"], "apt-update.log", failure, env=environment)
        run_logged(install, "apt-install.log", failure, env=environment)


def unpack(suites, target, sizes):
    """Unpack packages into the folder `target` without installing them.

    `suites` maps a Debian suite to the names of the packages to take from it; `sizes`
    says how much is downloaded and how much space it takes then.
    Apt's state is kept in a folder of our own: neither root nor a change of the
    system's sources is needed. Returns the packages' file names, which tell their
    versions.
    """
    _update(suites)
    names = [f"{name}/{suite}" for suite, found in suites.items() for name in found]
    return _unpack(names, target, sizes)


def unpack_with_dependencies(package, suite, target, sizes, without=()):
    """Unpack a package and all that it depends on, as :func:`unpack` does.

    Nothing of it is taken from the machine, whatever release of Debian runs there, but
    the packages `without`.
    """
    _update([suite])
    answer = subprocess.run(
        # Nothing is installed, says the empty list of what is.
        _apt_get(
            *("install", "--simulate", "--no-install-recommends", package),
            **{"Dir::State::status": "/dev/null"},
        ),
        capture_output=True,
        text=True,
    )
    lines = map(str.split, answer.stdout.splitlines())
    names = {words[1] for words in lines if words[:1] == ["Inst"]}
    if package not in names:
        raise Failure(
            f"Debian's {suite} has no {package} for this machine.", answer.stderr
        )
    names = [package, *sorted(names.difference([package], without))]
    return _unpack([f"{name}/{suite}" for name in names], target, sizes)


def _update(suites):
    _write_sources(suites)
    with step(f"Reading the package lists of Debian {', '.join(suites)}"):
        run_logged(
            _apt_get("update", "-o", "APT::Update::Error-Mode=any"),
            "apt-update.log",
            "Debian's package lists can't be read.",
        )


def _unpack(names, target, sizes):
    downloads = APT_FOLDER / "downloads"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(parents=True)
    download_size, unpacked_size = sizes
    with step(f"Downloading {names[0].partition('/')[0]} ({download_size})"):
        run_logged(
            _apt_get("download", *names),
            "apt-download.log",
            "Debian's packages can't be downloaded.",
            cwd=downloads,
        )
    files = sorted(downloads.glob("*.deb"))
    with step(f"Unpacking it ({unpacked_size})"):
        for file in files:
            run_logged(
                ["dpkg-deb", "-x", file, target],
                "unpack.log",
                f"{file} can't be unpacked.",
            )
    shutil.rmtree(downloads)
    return [file.name for file in files]


def release():
    """The code name of this machine's Debian ("bookworm")."""
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "")


def _apt_get(*arguments, **more_options):
    options = {
        "Dir::Etc::sourcelist": APT_FOLDER / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": APT_FOLDER / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": APT_FOLDER / "cache",
        # As root, apt would download as a user that may not enter our folder.
        "APT::Sandbox::User": "root",
        **more_options,
    }
    return [
        "apt-get",
        *(f"-o{name}={value}" for name, value in options.items()),
        *arguments,
    ]


def _write_sources(suites):
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (APT_FOLDER / folder).mkdir(parents=True, exist_ok=True)
    keyring = next(filter(Path.exists, KEYRINGS), KEYRINGS[0])
    mirror = _mirror()
    lines = [f"deb [signed-by={keyring}] {mirror} {suite} main\n" for suite in suites]
    (APT_FOLDER / "sources.list").write_text("".join(lines))


def _mirror():
    """The address of the Debian archive that this machine's apt is configured with."""
    answer = subprocess.run(
        # Without release info it also answers when no list was ever downloaded.
        [
            *("apt-get", "indextargets", "--no-release-info"),
            *("--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"),
        ],
        capture_output=True,
        text=True,
    )
    for line in answer.stdout.splitlines():
        suite, _, address = line.partition(" ")
        if suite in (release(), "stable", "oldstable", "testing", "unstable"):
            return address
    raise Failure(
        "apt is not configured with a Debian archive to fetch Odoo 19 from.",
        "Add Debian's archive to apt's sources, or point ODOO_HOME at an Odoo 19 "
        "that you have:\n    ODOO_HOME=/path/to/odoo scripts/demo",
    )

"""Debian's packages: installed as root, or unpacked in a folder of our own."""

import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

from . import settings
from .commands import run_logged
from .report import Failure, say, step

DAY = 24 * 3600
APT_FOLDER = settings.HOME / "apt"
KEYRINGS = tuple(
    Path("/usr/share/keyrings") / f"debian-archive-keyring.{ending}"
    for ending in ("gpg", "pgp")
)


def require(packages, reason):
    """Install system packages, or say how to."""
    names = " ".join(packages)
    if not settings.is_root() or not shutil.which("apt-get"):
        raise Failure(
            f"{reason} (Debian: {names})",
            "Install what is missing and start again:\n"
            f"    sudo apt-get install {names}",
        )
    with step(f"Installing {names}"):
        _install(packages, f"{names} can't be installed.")


def offer(program, package, use):
    """Install a program that is nice to have; without it, warn and go on."""
    if shutil.which(program):
        return
    if settings.is_root() and not _was_tried_today(package):
        try:
            require([package], f"{program} is missing.")
            return
        except Failure:
            pass
    say(f"Note: without {program} (Debian: {package}) {use}.")


def _was_tried_today(package):
    # Some releases of Debian don't have it: trying each time would only cost time.
    tried = settings.HOME / "tried" / package
    if tried.exists() and tried.stat().st_mtime > time.time() - DAY:
        return True
    tried.parent.mkdir(parents=True, exist_ok=True)
    tried.touch()
    return False


def _install(packages, failure):
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    try:
        run_logged(install, "apt-install.log", failure, env=environment)
    except Failure:
        # No package lists yet, or lists so old that the packages have moved on.
        run_logged(["apt-get", "update"], "apt-update.log", failure, env=environment)
        run_logged(install, "apt-install.log", failure, env=environment)


def unpack(suites, target):
    """Unpack packages into the folder `target` without installing them.

    `suites` maps a Debian suite to the names of the packages to take from it.
    Apt's state is kept in a folder of our own: neither root nor a change of the
    system's sources is needed. Returns the packages' file names, which tell their
    versions.
    """
    downloads = APT_FOLDER / "downloads"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(parents=True)
    _write_sources(suites)
    with step(f"Reading the package lists of Debian {', '.join(suites)}"):
        run_logged(
            _apt_get("update", "-o", "APT::Update::Error-Mode=any"),
            "apt-update.log",
            "Debian's package lists can't be read.",
        )
    names = [f"{name}/{suite}" for suite, found in suites.items() for name in found]
    with step(f"Downloading {names[0].partition('/')[0]} (130 MB)"):
        run_logged(
            _apt_get("download", *names),
            "apt-download.log",
            "Debian's packages can't be downloaded.",
            cwd=downloads,
        )
    files = sorted(downloads.glob("*.deb"))
    with step("Unpacking it (1.3 GB)"):
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


def _apt_get(*arguments):
    options = {
        "Dir::Etc::sourcelist": APT_FOLDER / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": APT_FOLDER / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": APT_FOLDER / "cache",
        # As root, apt would download as a user that may not enter our folder.
        "APT::Sandbox::User": "root",
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

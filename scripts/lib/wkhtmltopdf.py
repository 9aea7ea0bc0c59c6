"""wkhtmltopdf, which prints Odoo's PDFs: the machine's own, or one that is fetched.

Debian 13 has none any more, and an ordinary user can't install Debian 12's. So that one
is unpacked with all its libraries, and run with them.
"""

import shutil

from . import debian, settings
from .locks import only_one
from .report import Failure, say

NAME = "wkhtmltopdf"
SUITE = "bookworm"
FOLDER = settings.HOME / NAME
# Programs draw on a screen with them; they are most of what would be downloaded.
FOR_SCREENS = ("libgl1-mesa-dri", "libllvm15", "libz3-4")
# Programs run with the C library that loads them, which is no older than bookworm's.
OF_THE_MACHINE = ("libc6", "gcc-12-base")
WRAPPER = """#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")/root
libraries=$(echo "$root"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$libraries:$(echo "$root"/lib/*-linux-gnu)"
export QT_PLUGIN_PATH="$libraries/qt5/plugins"
export QT_QPA_PLATFORM=offscreen
export FONTCONFIG_PATH="$root/.."
exec "$root/usr/bin/wkhtmltopdf" "$@"
"""
# A machine without a screen may have neither fonts nor rules which to take for which.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    <include>root/usr/share/fontconfig/conf.avail/45-latin.conf</include>
    <include>root/usr/share/fontconfig/conf.avail/60-latin.conf</include>
    <dir prefix="relative">root/usr/share/fonts</dir>
    <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def folder():
    """The folder of the program to use, fetched if need be; None if there is none."""
    if shutil.which(NAME):
        return None
    with only_one(f"fetch-{NAME}"):
        if not FOLDER.exists():
            try:
                _fetch()
            # Without apt, too, all else works.
            except (Failure, OSError) as error:
                say(f"Note: without {NAME} Odoo makes no PDF. {error}")
                return None
    return FOLDER / "bin"


def _fetch():
    unfinished = FOLDER.with_name(f"{NAME}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    debian.unpack_with_dependencies(
        NAME,
        SUITE,
        unfinished / "root",
        sizes=("70 MB", "300 MB"),
        without=(*FOR_SCREENS, *OF_THE_MACHINE),
    )
    (unfinished / "fonts.conf").write_text(FONTS)
    # In a folder of its own: it comes first in the PATH.
    wrapper = unfinished / "bin" / NAME
    wrapper.parent.mkdir()
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)
    unfinished.rename(FOLDER)

"""The library that draws bar codes and QR codes where rl-renderPM can't be had."""

from ctypes.util import find_library

from . import debian, python_packages

# The first Python that nobody builds rl-renderPM for (see requirements/odoo.txt).
NEEDED_FROM = (3, 13)


def missing():
    """What the machine lacks to draw them, in a list."""
    if python_packages.version() < NEEDED_FROM or find_library("cairo"):
        return []
    return [debian.Missing("the library cairo", ("libcairo2",))]

"""What surrounds the lab: its own Python environment, and the user's variables."""

import os
import sys

from lib import python_packages
from lib.report import Failure


def enter():
    """Start the program anew in the environment, unless it runs there already."""
    python = python_packages.install("lab", "lab.txt")
    if sys.prefix != str(python.parent.parent):
        os.execv(python, [str(python), *sys.argv])


def get_number(name, default):
    """A number that a variable may change."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise Failure(f"{name} is {value!r}.", "Give a whole number above 0.")
    return int(value)

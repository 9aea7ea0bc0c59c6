"""The lab's own Python environment."""

import os
import sys

from lib import python_packages


def enter():
    """Start the program anew in the environment, unless it runs there already."""
    python = python_packages.install("lab", "lab.txt")
    if sys.prefix != str(python.parent.parent):
        os.execv(python, [str(python), *sys.argv])

"""What surrounds the lab: its own Python environment, and what its user asks for."""

import os
import re
import sys
from pathlib import Path

from lib import python_packages
from lib.report import Failure

README = Path(__file__).with_name("README.md")


def choose(script, arguments):
    """Enter the environment; returns the program that the arguments name, one of the
    script's in the README."""
    section = README.read_text().partition(f": `lab/{script}`\n")[2].partition("\n#")[0]
    programs = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE))
    if len(arguments) != 1 or arguments[0] not in programs:
        lines = (f"    lab/{script} {name:22}{programs[name]}" for name in programs)
        raise Failure("Name what to run.", "Use one of:\n" + "\n".join(lines))
    enter()
    return arguments[0]


def enter():
    """Start the script anew in the lab's environment, unless it runs there already."""
    python = python_packages.install("lab", "lab.txt")
    if sys.prefix != str(python.parent.parent):
        os.execv(python, [str(python), *sys.argv])


def get_number(name, default):
    """A number that a variable may change."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise Failure(f"{name} is {value!r}.", "Give a whole number above 0.")
    return int(value)

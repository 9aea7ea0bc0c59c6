"""The browser of the tests, and programs that drive it."""

import os
import shutil
import subprocess

from . import debian, python_packages, settings

# The names that Odoo's tests look for.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find():
    """The browser's path, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def missing():
    """The browser if the machine lacks it, in a list."""
    if find():
        return []
    return [debian.Missing("Chromium", ("chromium", "fonts-liberation"))]


def run(module, *arguments, folder="scripts"):
    """Run a module that drives the browser, of the scripts or of another folder;
    return its exit code."""
    python = python_packages.install("screenshots", "screenshots.txt")
    scripts = str(settings.REPOSITORY / "scripts")
    return subprocess.run(
        [python, "-m", module, *arguments],
        cwd=settings.REPOSITORY / folder,
        env=os.environ | {"CHROMIUM": find(), "PYTHONPATH": scripts},
    ).returncode

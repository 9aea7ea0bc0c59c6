"""The addons of this repository."""

import ast
import hashlib
from pathlib import Path

from . import settings

MAIN = "bemp_fiado"
# How addons begin that only bring others together, to be tested beside each other.
OF_TESTS = "test_"
# What an addon's folder holds that never reaches a database.
NOT_INSTALLED = ("tests", "readme", "static/src", "static/tests")


def folders():
    """The addons' folders, the main one first."""
    return sorted(path.parent for path in settings.REPOSITORY.glob("*/__manifest__.py"))


def installable(addons_paths):
    """The addons whose dependencies are all there, and those that lack some.

    A bridge to an addon that is not on this machine can't be installed, nor tested.
    """
    own = {folder.name: folder for folder in folders()}
    found, lacking = [], []
    for name, folder in own.items():
        missing = [
            dependency
            for dependency in _manifest(folder).get("depends", ())
            if dependency not in own
            and not any((path / dependency).is_dir() for path in addons_paths)
        ]
        (lacking if missing else found).append(name)
    return found, lacking


def for_users(found):
    """Those of these addons that are not there for tests alone."""
    return [name for name in found if not name.startswith(OF_TESTS)]


def by_database(paths, found, of_others=()):
    """Which tests run in which database.

    The main addon's tests run where nothing else of ours is: bridges bring half of Odoo
    along. The bridges' own run where all addons are that are bridges to Odoo's own, or
    to other people's: what these cost each entry is no cost of ours.

    :param paths: files and folders with tests, all of them by default
    :param found: the addons that can be installed
    :param of_others: those of them that are bridges to other people's addons
    :return: pairs of the addons to install and the paths, without those that have none;
        what can't be installed is not tested
    """
    of_odoo = [name for name in found if name not in (MAIN, *of_others)]
    paths = paths or ["scripts/tests", *found]
    own = {folder.name for folder in folders()}
    groups = (
        ([MAIN], lambda name: name == MAIN or name not in own),
        ([MAIN, *of_odoo], lambda name: name in of_odoo),
        ([MAIN, *of_others], lambda name: name in of_others),
    )
    sets = (
        (names, [path for path in paths if belongs(Path(path).parts[0])])
        for names, belongs in groups
    )
    return [(names, tests) for names, tests in sets if tests]


def needing(found, addons_paths):
    """Those of our addons that need one of these folders' addons."""
    return [
        name
        for name in found
        if any(
            (path / dependency).is_dir()
            for path in addons_paths
            for dependency in _manifest(settings.REPOSITORY / name).get("depends", ())
        )
    ]


def fingerprint(names=None):
    """Changes when a database with these addons installed, all of them by default,
    would be another."""
    digest = hashlib.sha256()
    for folder in folders():
        if names is not None and folder.name not in names:
            continue
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not _is_ignored(file.relative_to(folder)):
                digest.update(str(file.relative_to(settings.REPOSITORY)).encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is_ignored(path):
    return "__pycache__" in path.parts or any(
        path.is_relative_to(ignored) for ignored in NOT_INSTALLED
    )


def _manifest(folder):
    return ast.literal_eval((folder / "__manifest__.py").read_text())

"""Locks between scripts that run at the same time. They end with their process."""

import contextlib
import fcntl

from . import settings
from .report import say


@contextlib.contextmanager
def only_one(name):
    """Let one script at a time in, the others wait."""
    with _lock_file(name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another script is busy with the same step ({name}), waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def shared(name):
    """Take part in something; yields a function that tells whether nobody else does."""
    with _lock_file(name) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield lambda: _is_alone(file)


def _is_alone(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(name):
    folder = settings.HOME / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return open(folder / name, "w")

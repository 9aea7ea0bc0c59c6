"""What the scripts tell their user: the step under way, and why one failed."""

import contextlib
import errno
import os
import signal
import sys
import time

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)


class Failure(Exception):
    """A step that can't be done, for a reason the user can do something about."""

    def __init__(self, cause, remedy):
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


def say(message):
    """Tell the user. On stderr: stdout belongs to what the scripts run."""
    print(message, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(description):
    """Say what is being done, and how long it took when it is done."""
    print(f"* {description} ... ", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{time.monotonic() - start:.0f} s")


def run_script(main):
    """Run a script's ``main(arguments)`` and exit with the code that it returns."""
    # Root's PostgreSQL runs as another user, who has to read what we write.
    os.umask(0o022)
    # Being asked to stop unwinds the stack: servers are stopped, locks released.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        _check_python()
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        say(f"\nError: {failure.cause}\n\n{failure.remedy}")
        sys.exit(1)
    except OSError as error:
        say(f"\nError: {error}\n\n{_remedy(error)}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(128 + signal.SIGINT)


def _remedy(error):
    if error.errno == errno.ENOSPC:
        return "The disk is full: free some space (about 3 GB are needed)."
    if isinstance(error, PermissionError):
        return "Run the scripts as the user who owns the checkout and its folder .odoo."
    return "Solve this and start again."


def is_supported(version_info):
    """Whether Odoo and its packages run on a version of Python, such as (3, 11, 2)."""
    return OLDEST_PYTHON <= tuple(version_info[:2]) <= NEWEST_PYTHON


def _check_python():
    if not is_supported(sys.version_info):
        running = ".".join(map(str, sys.version_info[:2]))
        raise Failure(
            f"This is Python {running} ({sys.executable}); Odoo 19 and its packages "
            "are pinned for Python 3.11, 3.12 and 3.13.",
            "Run the script with one of these, for example:\n"
            f"    python3.11 {' '.join(sys.argv)}",
        )

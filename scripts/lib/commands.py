"""Running other programs."""

import os
import shutil
import signal
import subprocess

from . import settings
from .report import Failure

ALMOST_NOTHING = 20 * 1024**2
DISK_FULL = (
    "The disk is full.",
    "Free some space (about 3 GB are needed) and start again.",
)
# What a program prints when it fails, lower case -> cause and remedy in plain words.
KNOWN_CAUSES = (
    (
        ("no space left on device", "not enough free space"),
        *DISK_FULL,
    ),
    (
        (
            "temporary failure resolving",
            "temporary failure in name resolution",
            "could not resolve",
            "name or service not known",
            "network is unreachable",
            "connection refused",
            "connection timed out",
            "could not connect to",
            "unable to connect to",
            "failed to establish a new connection",
        ),
        "The network, or the package server, can't be reached.",
        "Check the connection (and the proxy settings, if there is a proxy) and start "
        "again: what was fetched so far is kept.",
    ),
)


def run_logged(command, log, failure, remedy="", program="", **options):
    """Run a program with its output in the log file `log` and `program` as its input.

    Raises Failure, with the message `failure` and what is known about the cause.
    """
    path = settings.LOGS / log
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w") as output:
            code = subprocess.run(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                input=program.encode(),
                **options,
            ).returncode
    except OSError as error:
        raise Failure(
            f"{failure} {error}", remedy or "Solve this and start again."
        ) from error
    if code:
        raise explained(failure, path, remedy)


def explained(failure, log, remedy=""):
    """A Failure with the cause that the end of a log tells."""
    text = log.read_text(errors="replace")
    for signs, cause, known_remedy in KNOWN_CAUSES:
        if any(sign in text.lower() for sign in signs):
            return Failure(f"{failure} {cause}", f"{known_remedy}\nDetails: {log}")
    # On a full disk the log may not hold what the program had to say about it.
    if shutil.disk_usage(settings.HOME).free < ALMOST_NOTHING:
        cause, known_remedy = DISK_FULL
        return Failure(f"{failure} {cause}", known_remedy)
    end = "\n".join(f"    {line}" for line in text.splitlines()[-15:])
    return Failure(
        f"{failure} The end of {log}:\n{end}",
        remedy or "Solve what it says there and start again.",
    )


def run_in_foreground(command, environment, folder=None):
    """Run a program that has the terminal to itself; return its exit code."""
    # Ctrl-C reaches the program through the terminal: it decides, we wait for it.
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        child = subprocess.Popen(
            [str(part) for part in command], env=environment, cwd=folder
        )
        try:
            code = child.wait()
        except SystemExit:
            child.terminate()
            child.wait()
            raise
    finally:
        signal.signal(signal.SIGINT, previous)
    return code if code >= 0 else 128 - code


def with_path(environment, folder):
    """The environment with `folder` searched first for programs."""
    path = environment.get("PATH", os.defpath)
    return environment | {"PATH": f"{folder}{os.pathsep}{path}"}

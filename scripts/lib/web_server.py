"""Odoo's web server in the background."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import settings
from .commands import explained
from .report import Failure, step

LOG = settings.LOGS / "server.log"
START_TIMEOUT = 120
STOP_TIMEOUT = 20


def check_port():
    """Look early whether the port is free."""
    port = settings.http_port()
    with socket.socket() as test:
        # As Odoo does: what only lingers of a closed connection is no obstacle.
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind((settings.ADDRESS, port))
        except OSError as error:
            raise Failure(
                f"Port {port} on {settings.ADDRESS} can't be used: {error.strerror}.",
                "Stop the program that uses it, or choose another port:\n"
                f"    HTTP_PORT={port + 1 if port < 65535 else 8070} scripts/demo",
            ) from error


@contextlib.contextmanager
def running(odoo, database, *options):
    """Serve a database; yields the server's process once it answers."""
    port = settings.http_port()
    command = odoo.command(
        *("server", "-d", database, f"--db-filter=^{database}$"),
        *(f"--http-port={port}", "--no-database-list", *options),
    )
    with serving(command, odoo.environment, port, LOG) as process:
        yield process


@contextlib.contextmanager
def serving(command, environment, port, log):
    """Run a server's command; yields its process once it answers at the port.

    The process leads a group of its own, with all that it starts in it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for us: we stop the server.
            start_new_session=True,
        )
    try:
        with step("Starting the server"):
            _wait_for_answer(process, address(port), log)
        yield process
    finally:
        _stop(process)


def address(port=None):
    return f"http://{settings.ADDRESS}:{port or settings.http_port()}"


def stopped_by_itself(log=LOG):
    return explained("The server has stopped.", log)


def _wait_for_answer(process, url, log):
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise stopped_by_itself(log)
        # The login page needs the database and the assets: it answers when all is well.
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{url}/web/login", timeout=60).close()
            return
        time.sleep(0.3)
    raise explained(f"The server does not answer within {START_TIMEOUT} s.", log)


def _stop(process):
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

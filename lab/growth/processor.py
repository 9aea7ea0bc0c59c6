"""A clock that other work on the machine does not blur. Runs inside Odoo."""

import time
from pathlib import Path


def get_clock(env):
    """A function that says the processor time, in seconds, of Odoo and of its database
    connection. A server on another machine is left out."""
    process = Path("/proc", str(env.cr.connection.info.backend_pid))
    name = process / "comm"
    is_here = name.exists() and name.read_text().strip() == "postgres"

    def clock():
        nanoseconds = 0
        if is_here:
            nanoseconds = int((process / "schedstat").read_text().split()[0])
        return time.process_time() + nanoseconds / 1e9

    return clock

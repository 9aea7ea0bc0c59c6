"""Where things lie, and what the environment asks for."""

import getpass
import hashlib
import os
from pathlib import Path

from .report import Failure

REPOSITORY = Path(__file__).resolve().parents[2]
# The one folder that holds everything fetched or made; ignored by git.
HOME = REPOSITORY / ".odoo"
LOGS = HOME / "log"
REQUIREMENTS = REPOSITORY / "requirements"
# Tells this checkout's databases from another's on a shared PostgreSQL server.
CHECKOUT = hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:6]

ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8069


def http_port():
    value = os.environ.get("HTTP_PORT") or str(DEFAULT_PORT)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise Failure(
            f"HTTP_PORT is {value!r}, which is not a port.",
            "Give a number from 1 to 65535: HTTP_PORT=8070 scripts/demo",
        )
    return int(value)


def odoo_home():
    """The Odoo that the user already has, or None."""
    value = os.environ.get("ODOO_HOME")
    return Path(value).expanduser() if value else None


def database_host():
    """The PostgreSQL server to use, or None to run one here."""
    return os.environ.get("PGHOST")


def database_port():
    return os.environ.get("PGPORT") or "5432"


def database_user():
    return os.environ.get("PGUSER") or getpass.getuser()


def data_folder():
    """Where Odoo keeps files. Databases of one name on two servers don't share them."""
    host = database_host()
    if not host:
        return HOME / "data"
    server = hashlib.sha256(f"{host}:{database_port()}".encode()).hexdigest()[:6]
    return HOME / f"data-{server}"


def filestore(database):
    return data_folder() / "filestore" / database


def is_root():
    return os.geteuid() == 0

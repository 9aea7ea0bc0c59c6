"""What the scripts say when a step can't be done: each case provoked for real.

Every script runs in a checkout of its own with nothing fetched, and with a PATH on
which lies only what a test puts there.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lib import addons, databases, oca, postgres, settings

REPOSITORY = Path(__file__).resolve().parents[2]
MIRROR = "unstable http://mirror.invalid/debian/"
FAKE_APT = """#!/bin/sh
case "$*" in
    *indextargets*) echo "{mirror}" ;;
    *) {behaviour} ;;
esac
"""
NOT_ROOT = "import os; os.geteuid = lambda: 1000\n"
ROOT = "import os; os.geteuid = lambda: 0\n"
# What Python says where Debian's package with these modules is missing.
NO_VENV = "raise ImportError"
# Debian packages of wkhtmltopdf and two libraries, and their unpacking.
FAKE_PACKAGES = """
case "$*" in
    -x*)
        mkdir -p "$3/usr/bin" "$3/usr/lib/some-linux-gnu" "$3/lib/some-linux-gnu"
        printf '#!/bin/sh\\necho "$LD_LIBRARY_PATH"\\n' > "$3/usr/bin/wkhtmltopdf"
        chmod +x "$3/usr/bin/wkhtmltopdf"
        echo "$2" >> "$3/unpacked"
        ;;
    *--simulate*) printf 'Inst %s (1.0)\\n' libllvm15 libqt5core5a wkhtmltopdf ;;
    *download*) for package; do touch -- "${package%%/*}.deb"; done ;;
esac
"""


class Checkout:
    """A copy of the scripts, and the machine they see."""

    def __init__(self, folder):
        self.folder = folder / "checkout"
        self.programs = folder / "bin"
        self.modules = folder / "modules"
        self.odoo = folder / "odoo-19"
        for path in (self.programs, self.modules):
            path.mkdir()
        ignore = shutil.ignore_patterns("__pycache__", "tests")
        for name in ("scripts", "requirements"):
            shutil.copytree(REPOSITORY / name, self.folder / name, ignore=ignore)

    def start(self, script, *arguments, **environment):
        return subprocess.Popen(
            [sys.executable, self.folder / "scripts" / script, *arguments],
            env={
                "PATH": str(self.programs),
                "PYTHONPATH": str(self.modules),
                "HOME": str(self.folder),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def fails(self, script, *arguments, **environment):
        """Run a script that has to fail in words; return what it says."""
        with self.start(script, *arguments, **environment) as process:
            output = process.communicate(timeout=60)[0]
        assert process.returncode == 1, output
        assert "Error: " in output
        assert "Traceback" not in output
        return output

    def run_python(self, statements):
        """Run statements beside the scripts; return what they print."""
        answer = subprocess.run(
            [sys.executable, "-c", statements],
            cwd=self.folder / "scripts",
            env={"PATH": str(self.programs), "PYTHONPATH": str(self.modules)},
            capture_output=True,
            text=True,
            check=True,
        )
        return answer.stdout.strip()

    def change_python(self, statements):
        """Have Python run statements before the scripts."""
        (self.modules / "sitecustomize.py").write_text(statements)

    def fake_apt(self, behaviour, mirror=MIRROR):
        for name in ("apt-get", "dpkg-deb"):
            program = self.programs / name
            program.write_text(FAKE_APT.format(mirror=mirror, behaviour=behaviour))
            program.chmod(0o755)

    def fake_odoo(self, version="19, 0"):
        """Give an ODOO_HOME in which just enough lies to be taken for an Odoo."""
        package = self.odoo / "odoo"
        (package / "addons").mkdir(parents=True)
        (package / "release.py").write_text(f"version_info = ({version}, 0, 'final')")
        return str(self.odoo)


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


@contextlib.contextmanager
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port():
    with taken_port() as port:
        return port


# ------------------------------------------------------------------------------
# What the user asks for
# ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_port_taken(checkout, arguments):
    with taken_port() as port:
        output = checkout.fails("demo", *arguments, HTTP_PORT=str(port))
    assert f"Port {port} on 127.0.0.1 can't be used: Address already in use." in output
    assert f"HTTP_PORT={port + 1} scripts/demo" in output


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1"])
def test_port_is_none(checkout, value):
    output = checkout.fails("demo", HTTP_PORT=value)
    assert f"HTTP_PORT is '{value}', which is not a port." in output


def test_unknown_argument(checkout):
    assert "scripts/demo --check" in checkout.fails("demo", "--chekc")


def test_odoo_home_without_odoo(checkout, tmp_path):
    output = checkout.fails("odoo", "--version", ODOO_HOME=str(tmp_path))
    assert f"ODOO_HOME is {tmp_path}, and there is no Odoo." in output
    assert "odoo-bin" in output


def test_odoo_home_of_another_version(checkout):
    output = checkout.fails("odoo", ODOO_HOME=checkout.fake_odoo("18, 0"))
    assert "which is Odoo 18.0; this needs Odoo 19.0." in output


def test_database_server_does_not_answer(checkout):
    port = str(free_port())
    output = checkout.fails("odoo", PGHOST="127.0.0.1", PGPORT=port)
    assert f"No PostgreSQL server answers at 127.0.0.1:{port}" in output
    assert "unset PGHOST" in output


def test_database_socket_is_missing(checkout, tmp_path):
    output = checkout.fails("odoo", PGHOST=str(tmp_path))
    assert f"No PostgreSQL server answers at {tmp_path}/.s.PGSQL.5432" in output


def test_database_superuser(checkout):
    output = checkout.fails("odoo", PGHOST="127.0.0.1", PGUSER="postgres")
    assert "createuser --createdb odoo" in output


# ------------------------------------------------------------------------------
# What the machine lacks
# ------------------------------------------------------------------------------


def test_python_too_old(checkout):
    checkout.change_python("import sys; sys.version_info = (3, 9, 0)")
    output = checkout.fails("demo")
    assert "This is Python 3.9" in output
    assert "python3.11" in output


def test_not_debian(checkout):
    output = checkout.fails("odoo")
    assert "there is no apt-get here" in output
    assert "ODOO_HOME=/path/to/odoo" in output


def test_apt_without_mirror(checkout):
    checkout.fake_apt("true", mirror="")
    assert "apt is not configured with a Debian archive" in checkout.fails("odoo")


def test_no_network(checkout):
    checkout.fake_apt("echo \"Temporary failure resolving 'mirror.invalid'\"; exit 100")
    output = checkout.fails("odoo")
    assert "package lists can't be read. The network" in output
    assert "Check the connection" in output


def test_no_network_for_python_packages(checkout):
    unreachable = f"http://127.0.0.1:{free_port()}/"
    output = checkout.fails(
        "odoo",
        ODOO_HOME=checkout.fake_odoo(),
        PIP_INDEX_URL=unreachable,
        PIP_EXTRA_INDEX_URL=unreachable,
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="1",
    )
    assert "packages of odoo.txt can't be installed. The network" in output


def test_unknown_failure_shows_the_log(checkout):
    checkout.fake_apt("echo 'The archive is on fire.'; exit 100")
    output = checkout.fails("odoo")
    assert "The archive is on fire." in output
    assert "apt-update.log" in output


def test_disk_fills_up(checkout):
    checkout.fake_apt("echo 'write error: No space left on device'; exit 100")
    assert "can't be read. The disk is full." in checkout.fails("odoo")


def test_disk_too_full_for_a_log(checkout):
    checkout.fake_apt("exit 100")
    checkout.change_python(
        "import shutil, types\n"
        "free = iter([2 ** 40, 0])\n"
        "shutil.disk_usage = lambda path: types.SimpleNamespace(free=next(free))\n"
    )
    assert "can't be read. The disk is full." in checkout.fails("odoo")


def test_disk_too_small(checkout):
    checkout.fake_apt("true")
    checkout.change_python(
        "import shutil, types\n"
        "shutil.disk_usage = lambda path: types.SimpleNamespace(free=2 ** 30)\n"
    )
    output = checkout.fails("odoo")
    assert "not enough free space for Odoo: 1.0 GB" in output
    assert "3 GB are needed" in output


def test_folder_of_another_user(checkout):
    checkout.change_python(
        "import pathlib\n"
        "def mkdir(self, *arguments, **options):\n"
        "    raise PermissionError(13, 'Permission denied', str(self))\n"
        "pathlib.Path.mkdir = mkdir\n"
    )
    checkout.fake_apt("true")
    assert "the user who owns the checkout" in checkout.fails("odoo")


def test_no_venv_and_no_root(checkout):
    checkout.change_python(NOT_ROOT)
    (checkout.modules / "ensurepip.py").write_text(NO_VENV)
    output = checkout.fails("odoo", ODOO_HOME=checkout.fake_odoo())
    assert "This machine lacks Python's module venv (Debian: python3-venv)." in output
    assert "sudo apt-get install python3-venv\n" in output


def test_no_venv_to_lint_with(checkout):
    checkout.change_python(NOT_ROOT)
    (checkout.modules / "ensurepip.py").write_text(NO_VENV)
    assert "sudo apt-get install python3-venv\n" in checkout.fails("lint")


def test_no_browser_and_no_root(checkout):
    checkout.change_python(NOT_ROOT)
    output = checkout.fails("test", ODOO_HOME=checkout.fake_odoo())
    assert "This machine lacks Chromium" in output
    assert "sudo apt-get install chromium fonts-liberation\n" in output


@pytest.mark.parametrize("script", ["test", "screenshots"])
def test_all_that_is_missing_is_said_before_anything_is_fetched(checkout, script):
    checkout.change_python(
        NOT_ROOT + "import pathlib\n"
        "exists = pathlib.Path.exists\n"
        "pathlib.Path.exists = lambda path: (\n"
        "    'archive-keyring' not in path.name and exists(path)\n"
        ")\n"
    )
    (checkout.modules / "ensurepip.py").write_text(NO_VENV)
    checkout.fake_apt("exit 100")
    output = checkout.fails(script, HTTP_PORT=str(free_port()))
    assert "This machine lacks Chromium, " in output
    assert "the keys of Debian's archive" in output
    assert "Python's module venv" in output
    [command] = [line for line in output.splitlines() if "sudo apt-get" in line]
    assert set(command.split()[3:]) == {
        "chromium",
        "debian-archive-keyring",
        "fonts-liberation",
        "python3-venv",
    }
    assert "Nothing was fetched yet." in output
    assert not (checkout.folder / ".odoo" / "apt").exists()


def test_all_that_is_missing_is_installed_at_once(checkout):
    checkout.change_python(ROOT)
    (checkout.modules / "ensurepip.py").write_text(NO_VENV)
    calls = checkout.folder / "calls"
    checkout.fake_apt(f'echo "$*" >> {calls}; case "$*" in *update*) exit 1; esac')
    checkout.fails("test")
    [installed] = [line for line in calls.read_text().splitlines() if "install" in line]
    assert installed.endswith(" chromium fonts-liberation python3-venv")


def test_machine_without_wkhtmltopdf(checkout):
    for program in ("chmod", "mkdir", "touch"):
        (checkout.programs / program).symlink_to(shutil.which(program))
    checkout.fake_apt(FAKE_PACKAGES)
    find = "from lib import wkhtmltopdf; print(wkhtmltopdf.folder())"
    folder = Path(checkout.run_python(find))
    root = folder.parent / "root"
    unpacked = (root / "unpacked").read_text()
    assert "libqt5core5a.deb" in unpacked
    assert "llvm" not in unpacked, "nothing draws on a screen"
    # Found by its name, it runs with its own libraries.
    libraries = subprocess.run(
        ["wkhtmltopdf"],
        env={"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert libraries.stdout.strip().split(":") == [
        str(root / "usr/lib/some-linux-gnu"),
        str(root / "lib/some-linux-gnu"),
    ]
    # It is fetched once, and not at all where the machine has one.
    checkout.fake_apt("exit 100")
    assert checkout.run_python(find) == str(folder)
    (checkout.programs / "wkhtmltopdf").symlink_to("/bin/true")
    assert checkout.run_python(find) == "None"


@pytest.mark.parametrize("has_apt", [True, False])
def test_wkhtmltopdf_is_optional(checkout, has_apt):
    if has_apt:
        checkout.fake_apt("exit 100")
    find = "from lib import wkhtmltopdf; print(wkhtmltopdf.folder())"
    assert checkout.run_python(find) == "None"


# ------------------------------------------------------------------------------
# Running
# ------------------------------------------------------------------------------


def test_ctrl_c(checkout):
    shutil.copy(shutil.which("sleep"), checkout.programs / "sleep")
    checkout.fake_apt("exec sleep 60")
    with checkout.start("odoo") as process:
        assert "Reading the package lists" in process.stdout.read(40)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=10)[0]
    assert process.returncode == 130
    assert "Stopped." in output
    assert "Traceback" not in output


def test_two_scripts_at_once(checkout):
    checkout.fake_apt("exit 100")
    locks = checkout.folder / ".odoo" / "locks"
    locks.mkdir(parents=True)
    with open(locks / "fetch-odoo", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = checkout.start("odoo")
        assert "waiting for it" in process.stdout.readline()
    # The other one is through: this one goes on, and fails at the fake apt-get.
    output = process.communicate(timeout=20)[0]
    assert "package lists can't be read" in output


def test_socket_path_too_long(monkeypatch, tmp_path):
    home = tmp_path / ("long" * 30)
    home.mkdir()
    monkeypatch.setattr(settings, "HOME", home)
    folder = postgres._socket_folder(None)
    try:
        assert len(str(folder / postgres.SOCKET_NAME)) <= postgres.LONGEST_SOCKET
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        folder.rmdir()


def test_prepared_database_follows_the_code(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "REPOSITORY", tmp_path)
    (tmp_path / "addon" / "tests").mkdir(parents=True)
    (tmp_path / "addon" / "__manifest__.py").write_text("{}")
    before = addons.fingerprint()
    (tmp_path / "addon" / "tests" / "test_it.py").touch()
    assert addons.fingerprint() == before
    (tmp_path / "addon" / "model.py").touch()
    assert addons.fingerprint() != before


def test_bridge_without_its_other_side(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "REPOSITORY", tmp_path)
    for name, depends in {"core": "sale", "bridge": "core", "far": "absent"}.items():
        (tmp_path / name).mkdir()
        manifest = f"{{'depends': ['{depends}']}}"
        (tmp_path / name / "__manifest__.py").write_text(manifest)
    (tmp_path / "odoo" / "sale").mkdir(parents=True)
    found, lacking = addons.installable([tmp_path / "odoo"])
    assert (found, lacking) == (["bridge", "core"], ["far"])


def test_what_is_there_for_tests_is_in_no_shop():
    found = ["bemp_fiado", "bemp_fiado_pos", "test_bemp_fiado"]
    assert addons.for_users(found) == found[:2]


def test_tests_run_where_nothing_else_is_installed():
    """Bridges bring half of Odoo along, in which the main addon's tests don't run."""
    found = ["bemp_fiado", "bemp_fiado_pos"]
    assert addons.by_database([], found) == [
        (["bemp_fiado"], ["scripts/tests", "bemp_fiado"]),
        (found, ["bemp_fiado_pos"]),
    ]
    one = "bemp_fiado/tests/test_undo.py::TestUndo"
    assert addons.by_database([one], found) == [(["bemp_fiado"], [one])]
    other = "bemp_fiado_pos/tests/test_order.py"
    assert addons.by_database([other], found) == [(found, [other])]
    assert addons.by_database([], found[:1]) == [
        (["bemp_fiado"], ["scripts/tests", "bemp_fiado"])
    ]
    # Where a bridge can't be installed, its tests run nowhere.
    assert addons.by_database([other], found[:1]) == []


def test_bridges_to_other_peoples_addons_have_a_database_of_their_own(tmp_path):
    pos, commission = "bemp_fiado_pos", "bemp_fiado_commission"
    found = ["bemp_fiado", commission, pos]
    (tmp_path / "sale_commission_oca").mkdir()
    of_others = addons.needing(found, [tmp_path])
    assert of_others == [commission]
    assert addons.by_database([], found, of_others) == [
        (["bemp_fiado"], ["scripts/tests", "bemp_fiado"]),
        (["bemp_fiado", pos], [pos]),
        (["bemp_fiado", commission], [commission]),
    ]
    names = (["bemp_fiado"], ["bemp_fiado", pos], found)
    kinds = [databases._get_kind(some, found) for some in names]
    assert kinds == ["main", "pos", "addons"]


def test_wheels_that_cannot_be_had(monkeypatch, tmp_path, capsys):
    """Bridges are left out, with a line that says so; once they can be had, they are
    fetched once."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "LOGS", tmp_path / "log")
    pip = tmp_path / "python"
    pip.write_text("#!/bin/sh\nexit 1\n")
    pip.chmod(0o755)
    assert oca.find_for_bridges(pip) == ()
    assert "What needs them is left out." in capsys.readouterr().err
    pip.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --target ]; do shift; done\n'
        'mkdir -p "$2/odoo/addons/some_oca"\n'
    )
    [folder] = oca.find_for_bridges(pip)
    assert (folder / "some_oca").is_dir()
    pip.unlink()
    assert oca.find_for_bridges(pip) == (folder,)


def test_odoo_command_line():
    """The arguments reach Odoo, what it prints and its exit code come back."""
    odoo = REPOSITORY / "scripts" / "odoo"
    version = subprocess.run([odoo, "--version"], capture_output=True, text=True)
    assert version.stdout.strip() == "Odoo Server 19.0"
    unknown = subprocess.run([odoo, "no-such-command"], capture_output=True, text=True)
    assert unknown.returncode != 0

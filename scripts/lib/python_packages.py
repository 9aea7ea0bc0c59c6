"""Python packages, in virtual environments of our own."""

import functools
import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from . import debian, settings
from .commands import run_logged
from .locks import only_one
from .report import is_supported, step

MADE_FOR = "made-for"
# The distribution's own Python.
DISTRIBUTED = Path("/usr/bin/python3")
# Debian splits these modules of the standard library off into a package.
ANSWER = "import ensurepip, sys, venv; print(sys.version)"


def install(name, *requirements):
    """Bring the virtual environment `name` up to date with the requirements files.

    Returns its Python.
    """
    folder = settings.HOME / "python" / name
    python = folder / "bin" / "python"
    with only_one(f"python-{name}"):
        _create(folder)
        for requirement in requirements:
            _install_file(folder, python, settings.REQUIREMENTS / requirement)
    return python


def missing(*names):
    """What the machine lacks to create these virtual environments, in a list."""
    folders = [settings.HOME / "python" / name for name in names]
    interpreter, _version = _interpreter()
    if all(map(_is_made, folders)) or _ask(interpreter):
        return []
    return [debian.Missing("Python's module venv", ("python3-venv",))]


def version():
    """The version of the environments' Python: ``(3, 13)``."""
    return _parse(_interpreter()[1])


@functools.cache
def _interpreter():
    """The Python to make environments with, and its version.

    One that was built without optimizations is slower by a quarter: then the
    distribution's is taken, if Odoo runs on it.
    """
    if "--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or ""):
        version = _ask(DISTRIBUTED)
        if version and is_supported(_parse(version)):
            return str(DISTRIBUTED), version
    return sys.executable, sys.version


def _parse(version):
    return tuple(int(part) for part in version.split(".")[:2])


def _ask(interpreter):
    """The version of a Python that can make environments, or nothing."""
    if not Path(interpreter).exists():
        return None
    answer = subprocess.run([interpreter, "-c", ANSWER], capture_output=True, text=True)
    return None if answer.returncode else answer.stdout.strip()


def _create(folder):
    if _is_made(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    with step(f"Creating the Python environment {folder.name}"):
        run_logged(
            [_interpreter()[0], "-m", "venv", folder],
            "venv.log",
            "The Python environment can't be created.",
        )
    (folder / MADE_FOR).write_text(_maker(folder))


def _is_made(folder):
    # Another Python on this machine, or the checkout moved: made for somewhere else.
    made_for = folder / MADE_FOR
    return made_for.exists() and made_for.read_text() == _maker(folder)


def _maker(folder):
    return f"{_interpreter()[1]}\n{folder}"


def _install_file(folder, python, file):
    wanted = hashlib.sha256(file.read_bytes()).hexdigest()
    installed = folder / f"installed-{file.name}"
    if installed.exists() and installed.read_text() == wanted:
        return
    with step(f"Installing the Python packages of {file.parent.name}/{file.name}"):
        run_logged(
            [
                *(python, "-m", "pip", "install", "--disable-pip-version-check"),
                # The files name everything: nothing is left to resolve.
                *("--no-input", "--no-deps", "-r", file),
            ],
            f"pip-{file.stem}.log",
            f"The Python packages of {file.name} can't be installed.",
        )
    installed.write_text(wanted)

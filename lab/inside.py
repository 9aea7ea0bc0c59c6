"""The lab's functions that run inside Odoo: called from outside, in Odoo's shell."""

import importlib
import json
import subprocess
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# So that what runs there finds the lab's modules.
PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import inside
inside.answer(env, {function!r}, {arguments!r}, {file!r})
"""


def ask(odoo, database, function, *arguments, log="inside.log"):
    """Call a function in a shell of its own; what it changed counts if it commits.

    :param str function: such as ``soaks.shop.open_shop``, which takes the environment
        and the arguments
    :return: what it returns, as JSON has it
    """
    # Nobody else may look into such a folder: there may be keys in the answer.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        odoo.run(
            *("shell", "-d", database, "--no-http"),
            log=log,
            failure=f"{function} fails in Odoo.",
            program=_prepare(function, arguments, str(file)),
        )
        return json.loads(file.read_text())


def show(odoo, database, function, **environment):
    """Call a function that prints what it finds; returns the exit code that it
    returns."""
    return subprocess.run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level", "error"),
        env=odoo.environment | environment,
        input=_prepare(function).encode(),
    ).returncode


def _prepare(function, arguments=(), file=""):
    values = {"function": function, "arguments": arguments, "file": file}
    return PROGRAM.format(folder=str(FOLDER), **values)


def answer(env, function, arguments, file):
    """The other side of the calls."""
    module, _dot, name = function.rpartition(".")
    told = getattr(importlib.import_module(module), name)(env, *arguments)
    if not file:
        raise SystemExit(told)
    Path(file).write_text(json.dumps(told, default=str))

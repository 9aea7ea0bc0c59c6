"""Measure how the operations grow, print it, and keep it with a chart."""

import os
import tempfile
from pathlib import Path

from . import cashiers, chart, page, points
from lib import databases, settings, web_server
from lib.report import Failure, step

PROGRAM = """
import sys
sys.path.insert(0, {scripts!r})
from growth import {module}, points
points.write({module}.measure(env, {arguments}), {file!r})
"""


def run(odoo):
    """Measure all; with ``BENCH_FOLDER`` set, keep it in that folder."""
    web_server.check_port()
    folder = _get_folder()
    rounds = _get_number("ROUNDS", 20)
    largest = _get_number("ENTRIES", 1_000_000)
    measured = _measure_inside(odoo, "debts", f"rounds={rounds}")
    measured += cashiers.measure(odoo, rounds)
    measured += _measure_inside(odoo, "entries", f"rounds={rounds}, largest={largest}")
    for point in measured:
        print(point)
    if folder:
        keep(measured, folder)
    return 0


def keep(measured, folder):
    """Write ``growth.csv``, ``growth.svg`` and ``growth.md``."""
    cores = os.cpu_count()
    points.write(measured, folder / "growth.csv")
    (folder / "growth.svg").write_text(chart.draw(measured, cores))
    (folder / "growth.md").write_text(page.compose(measured, cores))


def _measure_inside(odoo, module, arguments):
    """Run a module's ``measure(env)`` in an Odoo shell, on a copy of its own."""
    prepared = databases.with_addons(odoo)
    with (
        databases.temporary_copy(odoo, prepared) as database,
        tempfile.TemporaryDirectory() as folder,
        step(f"Measuring the growth with {module}"),
    ):
        file = Path(folder) / "points.csv"
        odoo.run(
            *("shell", "-d", database, "--no-http", "--log-level", "error"),
            log=f"growth_{module}.log",
            failure=f"The growth with {module} can't be measured.",
            program=PROGRAM.format(
                scripts=str(settings.REPOSITORY / "scripts"),
                module=module,
                arguments=arguments,
                file=str(file),
            ),
        )
        return points.read(file)


def _get_folder():
    value = os.environ.get("BENCH_FOLDER")
    if not value:
        return None
    folder = Path(value)
    if not folder.is_dir():
        raise Failure(f"BENCH_FOLDER is {value!r}.", "Give a folder that exists.")
    return folder


def _get_number(name, default):
    value = os.environ.get(f"BENCH_{name}") or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise Failure(f"BENCH_{name} is {value!r}.", "Give a whole number above 0.")
    return int(value)

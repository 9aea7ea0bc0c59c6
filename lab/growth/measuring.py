"""Measure how the operations grow, print it, and keep it with charts."""

import os
import tempfile
from pathlib import Path

import inside

from . import cashiers, chart, page, points
from lib import databases, web_server
from lib.report import Failure, say, step

PROGRAM = """
from growth import {module}, points
points.write({module}.measure(env, {arguments}), {file!r})
"""

PARTS = ("debts", "cashiers", "entries")
KEPT = "growth.csv"
# The load of a machine on which nothing else runs.
IDLE = 0.5


def run(odoo):
    """Measure all, or the parts that are asked for; with ``BENCH_FOLDER`` set, keep it
    in that folder, in place of what was measured of these parts before."""
    web_server.check_port()
    _warn_if_busy()
    parts = _get_parts()
    folder = _get_folder(parts)
    rounds = _get_number("ROUNDS", 20)
    largest = _get_number("ENTRIES", 1_000_000)
    measured = []
    if "debts" in parts:
        measured += _measure_inside(odoo, "debts", f"rounds={rounds}")
    if "cashiers" in parts:
        measured += cashiers.measure(odoo, rounds)
    if "entries" in parts:
        arguments = f"rounds={rounds}, largest={largest}"
        measured += _measure_inside(odoo, "entries", arguments)
    for point in measured:
        print(point)
    if folder:
        keep(points.put_in_place(measured, _read_kept(folder)), folder)
    return 0


def keep(measured, folder):
    """Write ``growth.csv``, a chart of each panel and ``growth.md``."""
    points.write(measured, folder / KEPT)
    for panel, drawn in chart.draw(measured).items():
        (folder / f"growth_{panel}.svg").write_text(drawn)
    (folder / "growth.md").write_text(page.compose(measured, os.cpu_count()))


def _measure_inside(odoo, module, arguments):
    """Run a module's ``measure(env)`` in an Odoo shell, on a copy of its own."""
    prepared = databases.with_main_addon(odoo)
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
            program=inside.program(
                PROGRAM.format(module=module, arguments=arguments, file=str(file))
            ),
        )
        return points.read(file)


def _warn_if_busy():
    load = os.getloadavg()[0]
    if load > IDLE:
        say(
            f"The machine is busy (load {load:.1f}): only queries and processor time "
            "will be right, and cashiers will be slow."
        )


def _read_kept(folder):
    file = folder / KEPT
    return points.read(file) if file.exists() else []


def _get_parts():
    value = os.environ.get("BENCH_PARTS") or ",".join(PARTS)
    parts = value.split(",")
    if not set(parts) <= set(PARTS):
        raise Failure(f"BENCH_PARTS is {value!r}.", f"Give some of {','.join(PARTS)}.")
    return parts


def _get_folder(parts):
    value = os.environ.get("BENCH_FOLDER")
    if not value:
        return None
    folder = Path(value)
    if not folder.is_dir():
        raise Failure(f"BENCH_FOLDER is {value!r}.", "Give a folder that exists.")
    if set(parts) != set(PARTS) and not (folder / KEPT).exists():
        raise Failure(
            f"BENCH_PARTS leaves something out, and {folder} has no {KEPT} with it.",
            "Measure all parts the first time.",
        )
    return folder


def _get_number(name, default):
    value = os.environ.get(f"BENCH_{name}") or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise Failure(f"BENCH_{name} is {value!r}.", "Give a whole number above 0.")
    return int(value)

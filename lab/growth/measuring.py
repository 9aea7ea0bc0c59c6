"""Measure how the operations grow, print it, and keep it with charts."""

import os
from pathlib import Path

import environment
import inside

from . import cashiers, chart, page, points
from lib import databases
from lib.report import Failure, say, step

PARTS = ("debts", "cashiers", "entries")
KEPT = "growth.csv"
# The load of a machine on which nothing else runs.
IDLE = 0.5


def run(odoo):
    """Measure all, or the parts that are asked for; with ``BENCH_FOLDER`` set, keep it
    in that folder, in place of what was measured of these parts before."""
    load = os.getloadavg()[0]
    if load > IDLE:
        say(
            f"The machine is busy (load {load:.1f}): only queries and processor time "
            "will be right, and cashiers will be slow."
        )
    parts = _get_parts()
    folder = _get_folder(parts)
    rounds = environment.get_number("BENCH_ROUNDS", 20)
    largest = environment.get_number("BENCH_ENTRIES", 1_000_000)
    measured = []
    if "debts" in parts:
        measured += _measure_inside(odoo, "debts", rounds)
    if "cashiers" in parts:
        measured += cashiers.measure(odoo, rounds)
    if "entries" in parts:
        measured += _measure_inside(odoo, "entries", rounds, largest)
    for point in measured:
        print(point)
    if folder:
        kept = points.read(folder / KEPT) if (folder / KEPT).exists() else []
        keep(points.put_in_place(measured, kept), folder)
    return 0


def keep(measured, folder):
    """Write ``growth.csv``, a chart of each panel and ``growth.md``."""
    points.write(measured, folder / KEPT)
    for panel, drawn in chart.draw(measured).items():
        (folder / f"growth_{panel}.svg").write_text(drawn)
    (folder / "growth.md").write_text(page.compose(measured, os.cpu_count()))


def _measure_inside(odoo, module, *arguments):
    """What a module's ``measure`` finds on a copy of its own."""
    prepared = databases.with_main_addon(odoo)
    with (
        databases.temporary_copy(odoo, prepared) as database,
        step(f"Measuring the growth with {module}"),
    ):
        found = inside.ask(odoo, database, f"growth.{module}.measure", *arguments)
        return [points.Point(*values) for values in found]


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

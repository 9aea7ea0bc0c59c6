"""Measure how the operations grow, print it, and keep it with charts."""

import os
from functools import partial
from pathlib import Path

import environment
import inside

from . import cashiers, chart, page, points
from lib import databases
from lib.report import Failure, say, step

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
    rounds = environment.get_number("BENCH_ROUNDS", 20)
    largest = environment.get_number("BENCH_ENTRIES", 1_000_000)
    measures = {
        "debts": partial(_measure_inside, odoo, "debts", rounds),
        "cashiers": partial(cashiers.measure, odoo, rounds),
        "entries": partial(_measure_inside, odoo, "entries", rounds, largest),
    }
    parts = (os.environ.get("BENCH_PARTS") or ",".join(measures)).split(",")
    if not set(parts) <= set(measures):
        raise Failure(f"BENCH_PARTS is {parts}.", f"Give some of {','.join(measures)}.")
    folder = os.environ.get("BENCH_FOLDER") and Path(os.environ["BENCH_FOLDER"])
    kept = _read_kept(folder, set(parts) == set(measures)) if folder else []
    measured = [point for part in parts for point in measures[part]()]
    for point in measured:
        print(point)
    if folder:
        keep(points.put_in_place(measured, kept), folder)
    return 0


def keep(measured, folder):
    """Write ``growth.csv``, a chart of each panel and ``growth.md``."""
    points.write(measured, folder / points.FILE)
    for panel, drawn in chart.draw(measured).items():
        (folder / f"growth_{panel}.svg").write_text(drawn)
    composed = page.compose(page.PAGE.read_text(), measured, os.cpu_count())
    (folder / page.PAGE.name).write_text(composed)


def _measure_inside(odoo, part, *arguments):
    """What is measured on a copy of its own."""
    prepared = databases.with_main_addon(odoo)
    with (
        databases.temporary_copy(odoo, prepared) as database,
        step(f"Measuring the growth with {part}"),
    ):
        function = f"growth.ledger.measure_{part}"
        found = inside.ask(odoo, database, function, *arguments)
        return [points.Point(*values) for values in found]


def _read_kept(folder, is_all):
    if not folder.is_dir():
        raise Failure(f"There is no folder {folder}.", "Make it, or give another.")
    if (folder / points.FILE).exists():
        return points.read(folder / points.FILE)
    if not is_all:
        raise Failure(
            f"BENCH_PARTS leaves something out that is not in {folder}.",
            "Measure all parts the first time.",
        )
    return []

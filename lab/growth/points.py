"""What was measured, as points that are printed, kept and drawn."""

import csv
from typing import NamedTuple

FILE = "growth.csv"


class Point(NamedTuple):
    """One measured value of ``line`` at ``count``.

    ``value`` is in ``unit``; ``processor`` is the part of it that is processor time.
    """

    panel: str
    line: str
    count: int
    value: float
    unit: str
    processor: float | None = None
    queries: int | None = None

    def __str__(self):
        more = ""
        if self.processor is not None:
            more = f"{self.processor:10.2f} {self.queries:6} queries"
        return (
            f"{self.panel:11}{self.line:24}{self.count:>10,}"
            f"{self.value:10.2f} {self.unit:11}{more}"
        )


TYPES = (str, str, int, float, str, float, int)


def write(points, file):
    with open(file, "w", newline="") as output:
        csv.writer(output, lineterminator="\n").writerows([Point._fields, *points])


def read(file):
    with open(file, newline="") as rows:
        _names, *rows = csv.reader(rows)
    rows = (zip(TYPES, row, strict=True) for row in rows)
    return [Point(*(to(text) if text else None for to, text in row)) for row in rows]


def put_in_place(points, kept):
    """Points with those kept of other panels before them."""
    panels = {point.panel for point in points}
    return [point for point in kept if point.panel not in panels] + points


def group(points):
    """The points by panel, line and count."""
    panels = {}
    for point in points:
        lines = panels.setdefault(point.panel, {})
        lines.setdefault(point.line, {})[point.count] = point
    return panels

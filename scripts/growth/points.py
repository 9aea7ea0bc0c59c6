"""What was measured, as points that are printed, kept and drawn."""

import csv
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True)
class Point:
    """One measured value: ``value`` (in ``unit``) of ``line`` at ``count``."""

    panel: str
    line: str
    count: int
    value: float
    unit: str
    queries: int | None = None

    def __str__(self):
        queries = "" if self.queries is None else f"{self.queries:9} queries"
        return (
            f"{self.panel:16}{self.line:34}{self.count:>10,}"
            f"{self.value:10.2f} {self.unit:11}{queries}"
        )


NAMES = [field.name for field in fields(Point)]


def write(points, file):
    with open(file, "w", newline="") as output:
        rows = csv.writer(output, lineterminator="\n")
        rows.writerow(NAMES)
        rows.writerows(map(astuple, points))


def read(file):
    with open(file, newline="") as rows:
        return [
            Point(
                row["panel"],
                row["line"],
                int(row["count"]),
                float(row["value"]),
                row["unit"],
                int(row["queries"]) if row["queries"] else None,
            )
            for row in csv.DictReader(rows)
        ]


def from_medians(panel, medians):
    """Points of what ``benchmarks.measuring.in_turns`` found.

    :param dict medians: by ``(line, count)``
    """
    return [
        Point(panel, line, count, round(seconds * 1000, 2), "ms", round(queries))
        for (line, count), (seconds, queries) in medians.items()
    ]

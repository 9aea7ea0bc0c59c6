"""The figures of docs/growth.md: its tables, which stand amid what it says of them."""

import re

from . import points
from lib import settings

PAGE = settings.REPOSITORY / "docs" / "growth.md"
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


def compose(page, measured, cores):
    """The page with its tables anew.

    :param str page: the page as it is
    :param measured: points of all panels
    :param int cores: of the machine on which they were measured
    """
    panels = points.group(measured)
    tables = [
        _tell_in_short(panels["debts"], cores),
        _tell_growth(panels["entries"], "entries"),
        _tell_growth(panels["debts"], "open debts"),
        _tell_growth(panels["settling"], "debts"),
        _tell_cashiers(panels["throughput"] | panels["latency"]),
    ]
    texts = TABLE.split(page)
    for rows in tables:
        rows.insert(1, ["---"] * len(rows[0]))
    written = ["".join(f"| {' | '.join(row)} |\n" for row in rows) for rows in tables]
    pairs = zip(texts, [*written, ""], strict=True)
    return "".join(text + table for text, table in pairs)


def _tell_in_short(debts, cores):
    # Each closing with most debts, next to the same with fewest.
    worst = max(
        _get_ratio(row[max(row)], row[min(row)])
        for line, row in debts.items()
        if line.startswith("closing")
    )
    paying, leaving = debts["closing, a debt paid"], debts["closing, credit left"]
    credit = "paying one debt together with an order, next to leaving as much as credit"
    closing = "a closing with most open debts, next to the same with fewest: at most"
    return [
        ["in short", ""],
        ["cores of the machine", str(cores)],
        [closing, f"{worst:.2f} times the processor time"],
        [credit, f"{_get_ratio(paying[1], leaving[0]):.2f} times"],
    ]


def _get_ratio(point, first):
    return point.processor / first.processor


def _tell_growth(lines, counted):
    counts = sorted({count for row in lines.values() for count in row})
    rows = [[counted, "", *(f"{count:,}" for count in counts)]]
    for line, row in lines.items():
        first = row[min(row)]
        for label, tell in {
            "ms": lambda point: f"{point.value:,.1f}",
            "processor, ms": lambda point: f"{point.processor:,.1f}",
            "ratio": lambda point, first=first: f"{_get_ratio(point, first):.2f}",
            "queries": lambda point: str(point.queries),
        }.items():
            cells = [tell(row[count]) if count in row else "" for count in counts]
            rows.append([line, label, *cells])
    return rows


def _tell_cashiers(lines):
    rows = [["cashiers", *map(str, next(iter(lines.values())))]]
    for line, row in lines.items():
        unit = next(iter(row.values())).unit
        rows.append([f"{line}, {unit}", *(f"{p.value:,.1f}" for p in row.values())])
    return rows

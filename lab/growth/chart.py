"""The charts of what was measured, as SVG."""

import math
from typing import NamedTuple

import pygal
from pygal.style import Style


class Panel(NamedTuple):
    """One of the charts: what its axes say, and which of a point's values it shows."""

    title: str
    unit: str
    counted: str
    column: str = "value"


PROCESSOR = "ms of processor time"
PANELS = {
    "entries": Panel("Entries in the ledger", PROCESSOR, "entries", "processor"),
    "debts": Panel("Open debts of the customer", PROCESSOR, "open debts", "processor"),
    "settling": Panel(
        *("Settling all debts with one payment", f"{PROCESSOR} per debt"),
        *("debts settled", "processor"),
    ),
    "throughput": Panel(
        "Cashiers at once, one worker each", "closings per second", "cashiers"
    ),
    "latency": Panel(
        "How long one of these closings takes", "ms until it is answered", "cashiers"
    ),
}
STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    font_family="system-ui, Liberation Sans, sans-serif",
    colors=("#0550ae", "#a04100", "#116329", "#8250df", "#a40e26"),
)
# Drawn per debt: the payment as a whole would flatten every other line.
LEFT_OUT = {("settling", "all debts")}


def draw(points):
    """The charts as texts in SVG, by the name of the panel.

    :param points: of any panels: those without points are left out
    """
    charts = {}
    for name, panel in PANELS.items():
        lines = {}
        for point in points:
            if point.panel == name and (name, point.line) not in LEFT_OUT:
                lines.setdefault(point.line, []).append(point)
        if lines:
            charts[name] = _draw(panel, lines)
    return charts


def _draw(panel, lines):
    places = _get_places({point.count for line in lines.values() for point in line})
    chart = pygal.XY(
        title=panel.title,
        x_title=f"{panel.counted} (log scale)",
        y_title=panel.unit,
        x_labels=[
            {"label": f"{count:,}", "value": place} for count, place in places.items()
        ],
        include_x_axis=True,
        legend_at_bottom=True,
        truncate_legend=-1,
        width=700,
        height=440,
        style=STYLE,
        # A picture of its own: nothing moves in it, and it has no names of others.
        js=(),
        no_prefix=True,
        disable_xml_declaration=True,
    )
    for name, line in lines.items():
        chart.add(name, [(places[p.count], getattr(p, panel.column)) for p in line])
    return chart.render() + "\n"


def _get_places(counts):
    """Where the counts stand, on a logarithmic scale; zero has a place before it."""
    logs = {count: math.log10(count) for count in sorted(counts) if count}
    if 0 in counts:
        step = (max(logs.values()) - min(logs.values())) / max(len(logs) - 1, 1) or 1
        logs = {0: min(logs.values()) - step, **logs}
    first = min(logs.values())
    return {count: log - first for count, log in logs.items()}

"""The charts of what was measured, as SVG."""

import math
from dataclasses import dataclass

import pygal
from pygal.style import Style


@dataclass(frozen=True)
class Panel:
    """One of the charts: which points, and what its axes say."""

    name: str
    title: str
    unit: str
    counted: str
    column: str = "value"


PROCESSOR = "ms of processor time"
PANELS = (
    Panel("entries", "Entries in the ledger", PROCESSOR, "entries", "processor"),
    Panel("debts", "Open debts of the customer", PROCESSOR, "open debts", "processor"),
    Panel(
        "settling",
        "Settling all debts with one payment",
        f"{PROCESSOR} per debt",
        "debts settled",
        "processor",
    ),
    Panel(
        "throughput",
        "Cashiers at once, one worker each",
        "closings per second",
        "cashiers",
    ),
    Panel(
        "latency",
        "How long one of these closings takes",
        "ms until it is answered",
        "cashiers",
    ),
)
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
    for panel in PANELS:
        drawn = [
            point
            for point in points
            if point.panel == panel.name and (panel.name, point.line) not in LEFT_OUT
        ]
        if drawn:
            charts[panel.name] = _draw(panel, drawn)
    return charts


def _draw(panel, points):
    places = _get_places(sorted({point.count for point in points}))
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
    lines = {}
    for point in points:
        place = (places[point.count], getattr(point, panel.column))
        lines.setdefault(point.line, []).append(place)
    for name, line in lines.items():
        chart.add(name, line)
    return chart.render() + "\n"


def _get_places(counts):
    """Where the counts stand, on a logarithmic scale; zero has a place before it."""
    logs = {count: math.log10(count) for count in counts if count}
    if 0 in counts:
        step = (max(logs.values()) - min(logs.values())) / max(len(logs) - 1, 1) or 1
        logs = {0: min(logs.values()) - step, **logs}
    first = min(logs.values())
    return {count: log - first for count, log in logs.items()}

"""The charts of what was measured, as SVG."""

from typing import NamedTuple

import pygal
from pygal.style import Style

from . import points


class Panel(NamedTuple):
    """One of the charts: what its axes say, and which of a point's values it shows."""

    title: str
    counted: str
    unit: str = "ms of processor time"
    column: str = "processor"


PANELS = {
    "entries": Panel("Entries in the ledger", "entries"),
    "debts": Panel("Open debts of the customer", "open debts"),
    "settling": Panel(
        *("Settling all debts with one payment", "debts settled"),
        "ms of processor time per debt",
    ),
    "throughput": Panel(
        *("Cashiers at once, one worker each", "cashiers"),
        *("closings per second", "value"),
    ),
    "latency": Panel(
        *("How long one of these closings takes", "cashiers"),
        *("ms until it is answered", "value"),
    ),
}
# The payment as a whole would flatten the line of each debt.
LEFT_OUT = ("all debts",)
STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    font_family="system-ui, Liberation Sans, sans-serif",
    colors=("#0550ae", "#a04100", "#116329", "#8250df", "#a40e26"),
)


def draw(measured):
    """The charts as texts in SVG, by the name of the panel.

    :param measured: points of any panels: those without points are left out
    """
    panels = points.group(measured)
    return {name: _draw(PANELS[name], lines) for name, lines in panels.items()}


def _draw(panel, lines):
    lines = {name: row for name, row in lines.items() if name not in LEFT_OUT}
    counts = sorted({count for row in lines.values() for count in row})
    chart = pygal.Line(
        title=panel.title,
        # They grow by the same factor from each to the next.
        x_title=f"{panel.counted} (log scale)",
        y_title=panel.unit,
        x_labels=[f"{count:,}" for count in counts],
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
    for name, row in lines.items():
        values = [getattr(row.get(count), panel.column, None) for count in counts]
        chart.add(name, values)
    return chart.render() + "\n"

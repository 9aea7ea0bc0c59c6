"""The chart of what was measured, as SVG."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEADER = 900, 64
PANEL_WIDTH, PANEL_HEIGHT = 450, 330
# Around the plot, within a panel; the labels of the lines stand on the right.
LEFT, RIGHT, TOP, BOTTOM = 58, 176, 56, 58
LINE_HEIGHT = 15
STYLE = """
  text { font: 13px system-ui, "Liberation Sans", sans-serif; fill: #24292f }
  .background { fill: #ffffff }
  .heading { font-size: 18px; font-weight: 600 }
  .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .axis { stroke: #57606a; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .c0 { stroke: #0550ae } .c0 .mark, text.c0 { fill: #0550ae }
  .c1 { stroke: #a04100 } .c1 .mark, text.c1 { fill: #a04100 }
  .c2 { stroke: #116329 } .c2 .mark, text.c2 { fill: #116329 }
  .c3 { stroke: #8250df } .c3 .mark, text.c3 { fill: #6e3cc8 }
  .c4 { stroke: #a40e26 } .c4 .mark, text.c4 { fill: #a40e26 }
  text.label { stroke: none; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .background { fill: #0d1117 }
    .grid { stroke: #30363d }
    .axis { stroke: #8b949e }
    .c0 { stroke: #79c0ff } .c0 .mark, text.c0 { fill: #79c0ff }
    .c1 { stroke: #ffa657 } .c1 .mark, text.c1 { fill: #ffa657 }
    .c2 { stroke: #7ee787 } .c2 .mark, text.c2 { fill: #7ee787 }
    .c3 { stroke: #d2a8ff } .c3 .mark, text.c3 { fill: #d2a8ff }
    .c4 { stroke: #ff7b72 } .c4 .mark, text.c4 { fill: #ff7b72 }
  }
"""


@dataclass(frozen=True)
class Panel:
    """One of the drawn panels: which points, and what its axes say."""

    name: str
    title: str
    unit: str
    counted: str
    column: str = "value"

    def get_value(self, point):
        return getattr(point, self.column)


PANELS = (
    Panel(
        "entries",
        "Entries in the ledger",
        "ms of processor time",
        "entries (log scale)",
        "processor",
    ),
    Panel(
        "debts",
        "Open debts of the customer",
        "ms of processor time",
        "open debts (log scale)",
        "processor",
    ),
    Panel(
        "settling",
        "Settling all debts with one payment",
        "ms of processor time per debt",
        "debts settled (log scale)",
        "processor",
    ),
    Panel(
        "throughput",
        "Cashiers at once, one worker each",
        "closings per second",
        "cashiers (log scale)",
    ),
    Panel(
        "latency",
        "How long one of these closings takes",
        "ms until it is answered",
        "cashiers (log scale)",
    ),
)
# Drawn per debt: the payment as a whole would flatten every other line.
LEFT_OUT = {("settling", "all debts")}


def draw(points, cores):
    """The chart as a text in SVG.

    :param points: of any panels: those without points are left out
    :param int cores: of the machine on which they were measured
    """
    drawn = [
        (panel, lines) for panel in PANELS if (lines := _get_lines(points, panel.name))
    ]
    height = HEADER + PANEL_HEIGHT * math.ceil(len(drawn) / 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>How the operations grow</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="background" width="{WIDTH}" height="{height}"/>',
        _text(20, 30, "How the operations grow", "heading"),
        _text(20, 52, f"Medians, on a machine with {cores} cores."),
    ]
    for number, (panel, lines) in enumerate(drawn):
        x = number % 2 * PANEL_WIDTH
        y = HEADER + number // 2 * PANEL_HEIGHT
        parts += [f'<g transform="translate({x} {y})">', *_draw(panel, lines), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _get_lines(points, panel):
    """The points by the line that they are on."""
    lines = {}
    for point in points:
        if point.panel == panel and (panel, point.line) not in LEFT_OUT:
            lines.setdefault(point.line, []).append(point)
    return lines


def _draw(panel, lines):
    points = [point for line in lines.values() for point in line]
    x_of = _get_scale_x(sorted({point.count for point in points}))
    step, top = _get_steps(max(map(panel.get_value, points)))
    bottom, right = PANEL_HEIGHT - BOTTOM, PANEL_WIDTH - RIGHT

    def y_of(value):
        return bottom - value / top * (bottom - TOP)

    yield _text(20, 22, panel.title, "title")
    yield _text(20, 42, panel.unit)
    for number in range(round(top / step) + 1):
        y = y_of(number * step)
        style = "grid" if number else "axis"
        yield f'<path class="{style}" d="M{LEFT} {y:.1f}H{right}"/>'
        yield _text(LEFT - 8, y + 4, f"{number * step:g}", anchor="end")
    for count, x in x_of.items():
        yield f'<path class="axis" d="M{x:.1f} {bottom}v5"/>'
        yield _text(x, bottom + 20, _shorten(count), anchor="middle")
    middle = (LEFT + right) / 2
    yield _text(middle, bottom + 42, panel.counted, anchor="middle")
    ends = {name: y_of(panel.get_value(line[-1])) for name, line in lines.items()}
    labels = _spread(ends, TOP, bottom)
    for number, (name, line) in enumerate(lines.items()):
        path = [(x_of[point.count], y_of(panel.get_value(point))) for point in line]
        yield from _draw_line(number, path)
        yield _text(right + 12, labels[name] + 4, name, f"label c{number}")


def _draw_line(number, path):
    joined = "L".join(f"{x:.1f} {y:.1f}" for x, y in path)
    yield f'<g class="c{number}"><path class="line" d="M{joined}"/>'
    for x, y in path:
        yield f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    yield "</g>"


def _get_scale_x(counts):
    """Where the counts stand, on a logarithmic scale; zero has a place before it."""
    logs = {count: math.log10(count) for count in counts if count}
    lowest, highest = min(logs.values()), max(logs.values())
    if 0 in counts:
        lowest -= (highest - lowest) / max(len(logs) - 1, 1) or 1
        logs = {0: lowest, **logs}
    left, right = LEFT + 14, PANEL_WIDTH - RIGHT - 4
    width = (highest - lowest) or 1
    return {
        count: left + (log - lowest) / width * (right - left)
        for count, log in logs.items()
    }


def _get_steps(highest):
    """The distance of the grid's lines, and the value at the top."""
    size = 10 ** math.floor(math.log10(highest))
    step = next(
        size * part for part in (0.1, 0.2, 0.5, 1, 2) if highest / (size * part) <= 5
    )
    return step, step * math.ceil(highest / step)


def _spread(ends, top, bottom):
    """Where labels stand that don't cover each other, as near to their lines' ends as
    that allows."""
    places, lowest = {}, top
    for name, y in sorted(ends.items(), key=lambda item: item[1]):
        places[name] = max(y, lowest)
        lowest = places[name] + LINE_HEIGHT
    highest = bottom
    for name in reversed(places):
        places[name] = min(places[name], highest)
        highest = places[name] - LINE_HEIGHT
    return places


def _shorten(count):
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if count >= size and count % size == 0:
            return f"{count // size}{unit}"
    return str(count)


def _text(x, y, text, style="", anchor="start"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )

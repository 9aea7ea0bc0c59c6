"""The charts and the page of what lab/bench growth measured."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from growth import chart, page, points
from growth.points import Point

SVG = "{http://www.w3.org/2000/svg}"


def create_line(panel, line, values, unit="ms"):
    return [
        Point(panel, line, count, value, unit, value, 200)
        for count, value in values.items()
    ]


@pytest.fixture
def measured():
    steady = {0: 300.0, 1: 310.0, 1_000: 330.0}
    cashiers = {1: 300.0, 2: 310.0, 8: 1200.0}
    return [
        *create_line("entries", "closing", steady),
        *create_line("entries", "settling & more", steady),
        *create_line("entries", "reading", dict.fromkeys(steady, 0.7)),
        *create_line("debts", "closing", steady),
        *create_line("debts", "closing, credit left", {0: 300.0}),
        *create_line("debts", "closing, a debt paid", {1: 330.0, 1_000: 340.0}),
        *create_line("debts", "reading", {0: 0.5, 1_000: 5.0}),
        *create_line("settling", "all debts", {1: 150.0, 1_000: 3_000.0}),
        *create_line("settling", "each debt", {1: 150.0, 1_000: 3.0}),
        *create_line("throughput", "all cashiers", {1: 3.0, 2: 5.0, 8: 5.5}, "/s"),
        *create_line("latency", "median", cashiers),
    ]


def draw(measured):
    return [ElementTree.fromstring(svg) for svg in chart.draw(measured).values()]


def get_labels(svg):
    legends = svg.iterfind(f".//{SVG}g[@class='legend reactive activate-serie']")
    return [legend.find(f"{SVG}text") for legend in legends]


def get_marks(svg):
    marks = svg.iter(f"{SVG}circle")
    return [mark for mark in marks if mark.get("class").startswith("dot ")]


def test_each_line_is_drawn_and_labelled(measured):
    charts = draw(measured)
    labels = [[label.text for label in get_labels(svg)] for svg in charts]
    assert labels == [
        ["closing", "settling & more", "reading"],
        ["closing", "closing, credit left", "closing, a debt paid", "reading"],
        ["each debt"],
        ["all cashiers"],
        ["median"],
    ]
    assert [len(get_marks(svg)) for svg in charts] == [9, 8, 2, 3, 3]


def test_more_is_higher_and_further_right(measured):
    [throughput] = [
        svg for svg in draw(measured) if get_labels(svg)[0].text == "all cashiers"
    ]
    marks = get_marks(throughput)
    across = [float(mark.get("cx")) for mark in marks]
    down = [float(mark.get("cy")) for mark in marks]
    assert across == sorted(across)
    assert down == sorted(down, reverse=True)


def test_points_are_kept(measured, tmp_path):
    measured.append(Point("latency", "95th percentile", 8, 2.5, "ms"))
    points.write(measured, tmp_path / "growth.csv")
    assert points.read(tmp_path / "growth.csv") == measured


def test_new_points_take_the_place_of_old_ones(measured):
    again = create_line("latency", "median", {1: 100.0, 2: 110.0})
    joined = points.put_in_place(again, measured)
    assert joined[-2:] == again
    assert len(joined) == len(measured) - 1
    assert [point for point in joined if point.panel == "latency"] == again


def test_page_says_the_worst_closing(measured):
    before = page.PAGE.read_text()
    text = page.compose(before, measured, 4)
    assert "| cores of the machine | 4 |" in text
    assert "at most | 1.10 times" in text
    assert "as much as credit | 1.10 times |" in text
    worse = [
        point._replace(processor=450.0)
        if (point.panel, point.line, point.count) == ("debts", "closing", 1_000)
        else point
        for point in measured
    ]
    text = page.compose(text, worse, 4)
    assert "at most | 1.50 times" in text
    assert "| closing | ratio | 1.00 | 1.03 | 1.50 |" in text
    assert page.TABLE.split(text) == page.TABLE.split(before)


def test_page_has_what_was_kept():
    """The page in the repository shows the figures that are kept beside it."""
    text, kept = page.PAGE.read_text(), page.PAGE.with_name(points.FILE)
    cores = re.search(r"cores of the machine \| (\d+)", text)[1]
    assert page.compose(text, points.read(kept), cores) == text

"""The page that shows the charts and says its figures, in Markdown."""

TEXT = """\
# How the operations grow

Measured on a machine with {cores} cores by

    BENCH_FOLDER=docs lab/bench growth

which writes this page, the charts and [growth.csv](growth.csv) anew, from databases of
its own. Figures are medians. *Processor* is the processor time of Odoo and of its
database connection: other work on the machine does not blur it as it does the time that
passed. *Ratio* compares processor times with the first one of the row.

## Entries in the ledger

Settled debts of 1,000 customers, each entry with its move and its counterpart. The
customer who is measured owes one debt, the other one buys credit.

![Entries in the ledger](growth_entries.svg)

{entries}

## Open debts of the customer

Each debt is 25. An order of 55 is closed: with 30, so that another debt is left; with
55; and with 80, which pays one debt, or leaves credit where there is none. The
customer's credit limit is checked. Of the same closing, that for a customer with 1,000
open debts takes at most {worst:.2f} times the processor time of that for one with none
(or, where a debt is paid, with one). Paying a debt together with the order takes
{paying:.2f} times as long as leaving the same amount as credit: it is one more thing to
settle.

![Open debts of the customer](growth_debts.svg)

{debts}

One payment that settles all of the customer's debts:

![Settling all debts with one payment](growth_settling.svg)

{settling}

## Cashiers

A server with a worker for each cashier. All close orders as fast as they are answered,
each for a customer of their own, through JSON-2. Server, PostgreSQL and cashiers share
the machine's {cores} cores.

![Cashiers at once](growth_throughput.svg)
![How long a closing takes](growth_latency.svg)

{cashiers}
"""


def compose(points, cores):
    """The page as a text.

    :param points: of all panels
    :param int cores: of the machine on which they were measured
    """
    panels = {}
    for point in points:
        panels.setdefault(point.panel, []).append(point)
    return TEXT.format(
        cores=cores,
        worst=get_worst_closing(panels["debts"]),
        paying=get_cost_of_paying(panels["debts"]),
        entries=_get_growth_table(panels["entries"], "entries"),
        debts=_get_growth_table(panels["debts"], "open debts"),
        settling=_get_growth_table(panels["settling"], "debts"),
        cashiers=_get_cashiers_table(panels["throughput"] + panels["latency"]),
    )


def get_worst_closing(points):
    """The highest ratio of a closing with most debts to the same with fewest."""
    closings = [point for point in points if point.line.startswith("closing")]
    rows = _get_rows(closings).values()
    return max(_get_ratio(row[max(row)], row[min(row)]) for row in rows)


def get_cost_of_paying(points):
    """The ratio of a closing that pays a debt to one that leaves credit."""
    rows = _get_rows(points)
    return _get_ratio(rows["closing, a debt paid"][1], rows["closing, credit left"][0])


def _get_growth_table(points, counted):
    counts = sorted({point.count for point in points})
    rows = []
    for line, row in _get_rows(points).items():
        first = row[min(row)]
        tellers = {
            "ms": lambda point: f"{point.value:,.1f}",
            "processor, ms": lambda point: f"{point.processor:,.1f}",
            "ratio": lambda point, first=first: f"{_get_ratio(point, first):.2f}",
            "queries": lambda point: str(point.queries),
        }
        for label, tell in tellers.items():
            cells = [tell(row[count]) if count in row else "" for count in counts]
            rows.append([line, label, *cells])
    return _get_table([counted, "", *(f"{count:,}" for count in counts)], rows)


def _get_cashiers_table(points):
    rows = _get_rows(points)
    counts = sorted({point.count for point in points})
    return _get_table(
        ["cashiers", *map(str, counts)],
        [
            [
                f"{line}, {row[counts[0]].unit}",
                *(f"{row[c].value:,.1f}" for c in counts),
            ]
            for line, row in rows.items()
        ],
    )


def _get_rows(points):
    rows = {}
    for point in points:
        rows.setdefault(point.line, {})[point.count] = point
    return rows


def _get_ratio(point, first):
    return point.processor / first.processor


def _get_table(head, rows):
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])

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
    entries, debts, settling, cashiers = (
        _get_lines(points, *panels)
        for panels in (["entries"], ["debts"], ["settling"], ["throughput", "latency"])
    )
    return TEXT.format(
        cores=cores,
        worst=_get_worst_closing(debts),
        paying=_get_ratio(
            debts["closing, a debt paid"][1], debts["closing, credit left"][0]
        ),
        entries=_get_growth_table(entries, "entries"),
        debts=_get_growth_table(debts, "open debts"),
        settling=_get_growth_table(settling, "debts"),
        cashiers=_get_cashiers_table(cashiers),
    )


def _get_lines(points, *panels):
    """The points of some panels, by line and count."""
    lines = {}
    for point in points:
        if point.panel in panels:
            lines.setdefault(point.line, {})[point.count] = point
    return lines


def _get_worst_closing(lines):
    """The highest ratio of a closing with most debts to the same with fewest."""
    return max(
        _get_ratio(row[max(row)], row[min(row)])
        for line, row in lines.items()
        if line.startswith("closing")
    )


def _get_ratio(point, first):
    return point.processor / first.processor


def _get_growth_table(lines, counted):
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
    return _get_table(rows)


def _get_cashiers_table(lines):
    rows = [["cashiers", *map(str, next(iter(lines.values())))]]
    for line, row in lines.items():
        unit = next(iter(row.values())).unit
        values = [f"{point.value:,.1f}" for point in row.values()]
        rows.append([f"{line}, {unit}", *values])
    return _get_table(rows)


def _get_table(rows):
    head, *rows = rows
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])

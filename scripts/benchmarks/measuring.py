"""What the benchmarks share: measuring flows in turns, and telling the medians."""

import statistics
import time


def in_turns(env, flows, rounds=30, warm_up=3, clocks=()):
    """Measure flows that alternate on the same data, each with its commit.

    :param dict flows: by name, functions that return a generator: what it does up to
        its first ``yield`` is preparation, the rest is measured
    :param clocks: functions that return what else to measure the difference of
    :return: dict of ``(median seconds, median queries, *medians of the clocks)`` by
        name
    """
    clocks = (time.perf_counter, lambda: env.cr.sql_log_count, *clocks)
    results = {name: [] for name in flows}
    for number in range(warm_up + rounds):
        for name, flow in flows.items():
            result = _measure(env, flow(), clocks)
            if number >= warm_up:
                results[name].append(result)
    return {
        name: tuple(statistics.median(column) for column in zip(*runs, strict=True))
        for name, runs in results.items()
    }


def _measure(env, flow, clocks):
    next(flow)
    env.cr.commit()
    env.invalidate_all()
    starts = [clock() for clock in clocks]
    next(flow, None)
    env.cr.commit()
    return [clock() - start for clock, start in zip(clocks, starts, strict=True)]


def tell(title, results):
    """Print the medians, with each one's ratio to the first."""
    print(f"{title:32}{'ms':>9}{'ratio':>8}{'queries':>9}")
    first = None
    for name, (seconds, queries) in results.items():
        first = first or seconds
        print(
            f"{name:32}{seconds * 1000:9.2f}{seconds / first:8.2f}{queries:9.0f}",
            flush=True,
        )

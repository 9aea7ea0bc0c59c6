"""What the benchmarks share: measuring flows in turns, and telling the medians."""

import statistics
import time


def in_turns(env, flows, rounds=30, warm_up=3, clocks=(), envs=None):
    """Measure flows that alternate on the same data, each with its commit.

    :param dict flows: by name, functions that return a generator: what it does up to
        its first ``yield`` is preparation, the rest is measured
    :param clocks: functions that return what else to measure the difference of
    :param dict envs: by name, the environments of flows that work on another database
    :return: dict of ``(median seconds, median queries, *medians of the clocks)`` by
        name
    """
    envs = envs or {}
    results = {name: [] for name in flows}
    for number in range(warm_up + rounds):
        for name, flow in flows.items():
            result = _measure(envs.get(name, env), flow(), clocks)
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
    clocks = (time.perf_counter, lambda: env.cr.sql_log_count, *clocks)
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


def tell_ratios(title, rows):
    """Print times next to those of a peer.

    :param rows: ``(name, seconds, the peer's seconds, bound of the ratio)``, the last
        two ``None`` where there is no peer
    :return: 1 if a bound is missed, else 0: an exit code
    """
    print(f"{title:44}{'ms':>9}{'peer':>9}{'ratio':>8}{'bound':>8}")
    missed = False
    # Each is told once it is measured.
    for name, seconds, peer, bound in rows:
        line = f"{name:44}{seconds * 1000:9.2f}"
        if peer:
            line += f"{peer * 1000:9.2f}{seconds / peer:8.2f}{bound:8.2f}"
        if peer and seconds / peer > bound:
            line, missed = f"{line}  MISSED", True
        print(line, flush=True)
    return int(missed)

"""What the benchmarks share: measuring flows in turns, and telling the medians.

A flow is a function that returns a generator: what it does up to its first ``yield`` is
preparation, the rest is measured, with its commit.
"""

import statistics
import time


def in_turns(env, flows, rounds=30, warm_up=3, clocks=()):
    """Measure flows, by name, that alternate on the same data.

    :param clocks: functions that return what else to measure the difference of
    :return: dict of ``(median seconds, median queries, *medians of the clocks)`` by
        name
    """
    flows = {name: (env, flow) for name, flow in flows.items()}
    measured = _take_turns(flows, rounds, warm_up, clocks)
    return {name: _get_medians(runs) for name, runs in measured.items()}


def compare(own, peer, rounds):
    """Measure a flow next to its peer, each as ``(env, flow)``.

    :return: ``(median seconds, the peer's, median ratio)``. The ratios are of the
        rounds: a machine may change its speed while it measures, and what one round
        measures meets the same speed.
    """
    measured = _take_turns({"own": own, "peer": peer}, rounds, alternating=True)
    runs = zip(measured["own"], measured["peer"], strict=True)
    return _get_medians((run[0], peer[0], run[0] / peer[0]) for run, peer in runs)


def _take_turns(flows, rounds, warm_up=3, clocks=(), alternating=False):
    """What each round of each flow takes.

    :param bool alternating: whether who was first in a round is last in the next one
    """
    results, names = {name: [] for name in flows}, list(flows)
    for number in range(warm_up + rounds):
        if alternating:
            names.reverse()
        for name in names:
            result = _measure(*flows[name], clocks)
            if number >= warm_up:
                results[name].append(result)
    return results


def _measure(env, flow, clocks):
    running = flow()
    next(running)
    env.cr.commit()
    env.invalidate_all()
    clocks = (time.perf_counter, lambda: env.cr.sql_log_count, *clocks)
    starts = [clock() for clock in clocks]
    next(running, None)
    env.cr.commit()
    return [clock() - start for clock, start in zip(clocks, starts, strict=True)]


def _get_medians(runs):
    return tuple(map(statistics.median, zip(*runs, strict=True)))


def tell(title, results):
    """Print the medians, with each one's ratio to the first."""
    print(f"{title:32}{'ms':>9}{'ratio':>8}{'queries':>9}")
    first, _queries = next(iter(results.values()))
    for name, (seconds, queries) in results.items():
        line = f"{name:32}{seconds * 1000:9.2f}{seconds / first:8.2f}{queries:9.0f}"
        print(line, flush=True)


def tell_ratios(title, rows):
    """Print what is measured, each once it is.

    :param rows: ``(name, seconds)``, and where there is a peer ``(name, seconds, the
        peer's seconds, ratio, bound of the ratio)``
    :return: 1 if a bound is missed, else 0: an exit code
    """
    print(f"{title:44}{'ms':>9}{'peer':>9}{'ratio':>8}{'bound':>8}")
    missed = False
    for name, seconds, *compared in rows:
        line = f"{name:44}{seconds * 1000:9.2f}"
        if compared:
            peer, ratio, bound = compared
            line += f"{peer * 1000:9.2f}{ratio:8.2f}{bound:8.2f}"
            if ratio > bound:
                line, missed = f"{line}  MISSED", True
        print(line, flush=True)
    return int(missed)

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
    results = {name: [] for name in flows}
    for number in range(warm_up + rounds):
        for name, flow in flows.items():
            result = _measure(env, flow(), clocks)
            if number >= warm_up:
                results[name].append(result)
    return {name: _get_medians(runs) for name, runs in results.items()}


def compare(own, peer, rounds, warm_up=3):
    """Measure a flow next to its peer, each with its commit, and each of them first in
    every other round.

    :param own: ``(env, flow)``, a flow as :func:`in_turns` takes it
    :param peer: the same
    :return: ``(median seconds, the peer's, median ratio)``. The ratios are of the
        rounds: a machine may change its speed while it measures, and what one round
        measures meets the same speed.
    """
    results = []
    for number in range(warm_up + rounds):
        seconds = {}
        for env, flow in (own, peer) if number % 2 else (peer, own):
            seconds[flow] = _measure(env, flow(), ())[0]
        if number >= warm_up:
            taken, peer_taken = seconds[own[1]], seconds[peer[1]]
            results.append((taken, peer_taken, taken / peer_taken))
    return _get_medians(results)


def _get_medians(runs):
    return tuple(statistics.median(column) for column in zip(*runs, strict=True))


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

    :param rows: ``(name, seconds)``, and where there is a peer ``(name, seconds, the
        peer's seconds, ratio, bound of the ratio)``
    :return: 1 if a bound is missed, else 0: an exit code
    """
    print(f"{title:44}{'ms':>9}{'peer':>9}{'ratio':>8}{'bound':>8}")
    missed = False
    # Each is told once it is measured.
    for name, seconds, *compared in rows:
        line = f"{name:44}{seconds * 1000:9.2f}"
        if compared:
            peer, ratio, bound = compared
            line += f"{peer * 1000:9.2f}{ratio:8.2f}{bound:8.2f}"
            if ratio > bound:
                line, missed = f"{line}  MISSED", True
        print(line, flush=True)
    return int(missed)

"""Other addons' own tests, once without and once with ours installed beside them."""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import inside

from .neighbours import NEIGHBOURS
from lib import browser, databases, debian, python_packages, settings
from lib.report import Failure, step


def run(odoo):
    chosen = _chosen()
    if any(neighbour.in_browser for neighbour in chosen):
        debian.require(browser.missing())
    odoo = _with_oca(odoo)
    return [flaw for neighbour in chosen for flaw in _try_out(odoo, neighbour)]


def _chosen():
    names = os.environ.get("SOAK_ADDONS", "").split()
    unknown = set(names) - {neighbour.name for neighbour in NEIGHBOURS}
    if unknown:
        raise Failure(
            f"SOAK_ADDONS names {', '.join(sorted(unknown))}.",
            "Use some of: " + " ".join(neighbour.name for neighbour in NEIGHBOURS),
        )
    return [
        neighbour for neighbour in NEIGHBOURS if not names or neighbour.name in names
    ]


# The addons ------------------------------------------------------------------


def _with_oca(odoo):
    python = python_packages.install(
        "others", "odoo.txt", "test.txt", "bridges.txt", "others.txt"
    )
    # Where OCA's wheels install into.
    [oca] = python.parent.parent.glob("lib/python*/site-packages/odoo/addons")
    return odoo.with_addons(settings.REPOSITORY, oca, python=python)


# The trials ------------------------------------------------------------------


def _try_out(odoo, neighbour):
    print(f"{neighbour.name}: {', '.join(neighbour.modules)}", flush=True)
    without = f"{databases.PREFIX}_others_{neighbour.name}"
    tests = _find_tests(odoo, neighbour)
    plugin = "in_browser" if neighbour.in_browser else "no_browser"
    own = {}
    try:
        _create(odoo, without, neighbour)
        before = run_tests(odoo, without, f"{neighbour.name}-without", tests, plugin)
        with databases.temporary_copy(odoo, without, "_beside") as beside:
            databases.install(odoo, beside, list(neighbour.ours))
            after = run_tests(odoo, beside, f"{neighbour.name}-with", tests, plugin)
            if neighbour.is_oca:
                _prepare(odoo, beside, neighbour.preparation_of_ours)
                own = run_tests(
                    odoo, beside, f"{neighbour.name}-own", neighbour.own_tests
                )
    finally:
        databases.drop(odoo, without)
    yield from _find_flaws(neighbour, before, after, own)


def _find_tests(odoo, neighbour):
    found = []
    for test in neighbour.test_paths:
        file = test.partition("::")[0]
        paths = [path / test for path in odoo.addons_paths if (path / file).exists()]
        if not paths:
            raise Failure(f"There are no tests {test}.", "Has the addon moved them?")
        found.append(paths[0])
    return found


def _create(odoo, name, neighbour):
    databases.drop(odoo, name)
    with_demo = ["--with-demo"] if neighbour.with_demo else []
    with step("Creating a database"):
        odoo.run(
            *("db", "init", name, *with_demo),
            log="init.log",
            failure="The database can't be created.",
        )
    _prepare(odoo, name, neighbour.preparation)
    databases.install(odoo, name, list(neighbour.modules))


def _prepare(odoo, database, program):
    if program:
        odoo.run(
            *("shell", "-d", database, "--no-http"),
            log="preparation.log",
            failure="The database can't be prepared.",
            program=program,
        )


def run_tests(odoo, database, name, tests, plugin="no_browser"):
    """Run tests on an installed database.

    :param plugin: whether what needs a browser is run or skipped

    :return: how each test ended: passed, failed, error or skipped, by its name
    """
    log, results = settings.LOGS / f"{name}.log", settings.LOGS / f"{name}.xml"
    results.unlink(missing_ok=True)
    command = [
        *(odoo.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-c", os.devnull, f"--rootdir={settings.REPOSITORY}"),
        *("-p", f"soaks.{plugin}", "--odoo-http", f"--odoo-database={database}"),
        *(f"--junitxml={results}", *tests),
    ]
    environment = odoo.environment
    environment["PYTHONPATH"] += f"{os.pathsep}{inside.FOLDER}"
    start = time.monotonic()
    with step(f"Running the tests {name}"), open(log, "w") as output:
        subprocess.run(
            [str(part) for part in command],
            env=environment,
            cwd=settings.REPOSITORY,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if not results.exists():
        raise Failure(f"The tests {name} did not run.", f"See {log}.")
    outcomes = _read_outcomes(results)
    counts = Counter(outcomes.values())
    print(
        f"  {name}: {len(outcomes)} tests, "
        + ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
        + f", {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return outcomes


def _read_outcomes(results: Path):
    outcomes = {}
    for case in ElementTree.parse(results).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        found = {child.tag for child in case}
        outcome = next(
            (tag for tag in ("error", "failure", "skipped") if tag in found), "passed"
        )
        # A test may pass and its tear-down fail: the worse counts.
        if outcomes.get(name) not in ("error", "failure"):
            outcomes[name] = outcome
    return outcomes


def _find_flaws(neighbour, before, after, own):
    failing = [
        {name for name, outcome in outcomes.items() if outcome in ("error", "failure")}
        for outcomes in (before, after)
    ]
    for name in sorted(failing[0]):
        print(f"  fails without ours{' too' if name in failing[1] else ''}: {name}")
    if not any(outcome == "passed" for outcome in before.values()):
        yield f"{neighbour.name}: none of its tests passed without ours"
    for name in sorted(failing[1] - failing[0]):
        yield f"{neighbour.name}: {name} fails with ours only"
    for name in sorted(before.keys() - after.keys()):
        yield f"{neighbour.name}: {name} did not run with ours"
    for name, outcome in sorted(own.items()):
        if outcome != "passed":
            yield f"{neighbour.name}: our {name} is {outcome} beside it"

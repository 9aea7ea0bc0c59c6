"""Other addons' own tests, once without and once with ours installed beside them."""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter

import inside

from .neighbours import NEIGHBOURS
from lib import browser, databases, debian, python_packages, settings
from lib.report import Failure, step

FAILED = ("error", "failure")


def run(odoo):
    known = {neighbour.name: neighbour for neighbour in NEIGHBOURS}
    names = os.environ.get("SOAK_ADDONS", "").split() or list(known)
    if unknown := set(names) - known.keys():
        raise Failure(
            f"SOAK_ADDONS names {', '.join(sorted(unknown))}.",
            f"Use some of: {' '.join(known)}",
        )
    chosen = [known[name] for name in names]
    if any(neighbour.in_browser for neighbour in chosen):
        debian.require(browser.missing())
    python = python_packages.install(
        "others", "odoo.txt", "test.txt", "bridges.txt", "others.txt"
    )
    # Where OCA's wheels install into.
    [oca] = python.parent.parent.glob("lib/python*/site-packages/odoo/addons")
    odoo = odoo.with_addons(settings.REPOSITORY, oca, python=python)
    for neighbour in chosen:
        yield from _try_out(odoo, neighbour)


def _try_out(odoo, neighbour):
    print(f"{neighbour.name}: {', '.join(neighbour.installed)}", flush=True)
    without = f"{databases.PREFIX}_others_{neighbour.name}"
    tests = [_find_test(odoo, test) for test in neighbour.test_paths]
    plugin = "in_browser" if neighbour.in_browser else "no_browser"
    own = {}
    try:
        _create(odoo, without, neighbour)
        before = run_tests(odoo, without, f"{neighbour.name}-without", tests, plugin)
        with databases.temporary_copy(odoo, without, "_beside") as beside:
            databases.install(odoo, beside, neighbour.ours)
            after = run_tests(odoo, beside, f"{neighbour.name}-with", tests, plugin)
            if neighbour.is_oca:
                _prepare(odoo, beside, neighbour.preparation_of_ours)
                name = f"{neighbour.name}-own"
                own = run_tests(odoo, beside, name, neighbour.own_tests)
    finally:
        databases.drop(odoo, without)
    yield from _find_flaws(neighbour, before, after, own)


def _find_test(odoo, test):
    file = test.partition("::")[0]
    for path in odoo.addons_paths:
        if (path / file).exists():
            return path / test
    raise Failure(f"There are no tests {test}.", "Has the addon moved them?")


def _create(odoo, name, neighbour):
    databases.drop(odoo, name)
    options = ["--with-demo"] if neighbour.with_demo else []
    failure = "The database can't be created."
    with step("Creating a database"):
        odoo.run("db", "init", name, *options, log="init.log", failure=failure)
    _prepare(odoo, name, neighbour.preparation)
    databases.install(odoo, name, neighbour.installed)


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
    :return: how each test ended: passed, failure, error or skipped, by its name
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
            list(map(str, command)),
            env=environment,
            cwd=settings.REPOSITORY,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if not results.exists():
        raise Failure(f"The tests {name} did not run.", f"See {log}.")
    outcomes = _read_outcomes(results)
    counts = sorted(Counter(outcomes.values()).items())
    told = ", ".join(f"{number} {outcome}" for outcome, number in counts)
    seconds = time.monotonic() - start
    print(f"  {name}: {len(outcomes)} tests, {told}, {seconds:.0f} s", flush=True)
    return outcomes


def _read_outcomes(results):
    outcomes = {}
    for case in ElementTree.parse(results).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        found = [child.tag for child in case if child.tag in (*FAILED, "skipped")]
        # A test may pass and its tear-down fail: the worse counts.
        if outcomes.get(name) not in FAILED:
            outcomes[name] = min(found, default="passed")
    return outcomes


def _find_flaws(neighbour, before, after, own):
    failing, failing_with = (
        {name for name, outcome in outcomes.items() if outcome in FAILED}
        for outcomes in (before, after)
    )
    for name in sorted(failing):
        print(f"  fails without ours{' too' if name in failing_with else ''}: {name}")
    if "passed" not in before.values():
        yield f"{neighbour.name}: none of its tests passed without ours"
    for name in sorted(failing_with - failing):
        yield f"{neighbour.name}: {name} fails with ours only"
    for name in sorted(before.keys() - after.keys()):
        yield f"{neighbour.name}: {name} did not run with ours"
    for name, outcome in sorted(own.items()):
        if outcome != "passed":
            yield f"{neighbour.name}: our {name} is {outcome} beside it"

"""The figures of OCA's partner_statement beside ours."""

import tempfile
from pathlib import Path
from xml.etree import ElementTree

from lib import databases, oca, settings
from lib.commands import run_in_foreground

ADDON = "partner_statement"
TESTS = "bemp_fiado/tests/test_partner_statement.py"


def run(odoo):
    odoo = oca.with_addons(odoo)
    prepared = databases.with_main_addon(odoo)
    with (
        databases.temporary_copy(odoo, prepared) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        databases.install(odoo, database, [ADDON])
        results = Path(folder) / "results.xml"
        run_in_foreground(
            [
                *(odoo.python, "-m", "pytest", f"--odoo-database={database}"),
                *(f"--junit-xml={results}", "-v", TESTS),
            ],
            odoo.environment,
            settings.REPOSITORY,
        )
        return _find_flaws(ElementTree.parse(results).find("testsuite"))


def _find_flaws(suite):
    cases = list(suite.iter("testcase"))
    if not cases:
        return [f"{TESTS} has no tests"]
    # A test that was skipped shows nothing.
    return [
        f"{case.get('name')}: {outcome.tag}"
        for case in cases
        for outcome in case
        if outcome.tag in ("failure", "error", "skipped")
    ]

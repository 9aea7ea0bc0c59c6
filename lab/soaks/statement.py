"""The figures of OCA's partner_statement beside ours."""

from . import others
from lib import databases, oca, settings

ADDON = "partner_statement"
TESTS = settings.REPOSITORY / "bemp_fiado" / "tests" / "test_partner_statement.py"


def run(odoo):
    odoo = oca.with_addons(odoo)
    prepared = databases.with_main_addon(odoo)
    with databases.temporary_copy(odoo, prepared) as database:
        databases.install(odoo, database, [ADDON])
        outcomes = others.run_tests(odoo, database, ADDON, [TESTS])
    # A test that was skipped shows nothing.
    flaws = [f"{name}: {how}" for name, how in outcomes.items() if how != "passed"]
    return flaws if outcomes else [f"{TESTS} has no tests"]

"""Other addons' own tests, once without and once with ours installed beside them."""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import inside

from lib import addons, databases, python_packages, settings
from lib.report import Failure, step

# OCA's l10n_br_base 19.0.1.0 to 19.0.2.5 looks in Odoo's list of contacts for a column
# that later builds of Odoo 19.0 have, and 19.0.0 doesn't; and l10n_br_account gives a
# company of its demo data a chart of accounts that isn't there, over which sale fails
# when it comes later; l10n_br_sale's demo data has users make orders who may not.
PREPARE_BRAZIL = """
view = env["ir.ui.view"].create(
    {
        "name": "res.partner.list.display_name",
        "model": "res.partner",
        "inherit_id": env.ref("base.view_partner_tree").id,
        "priority": 1,
        "arch": '<field name="complete_name" position="after">'
        '<field name="display_name" column_invisible="1"/></field>',
    }
)
# While addons are installed, only views of installed ones count.
env["ir.model.data"]._update_xmlids(
    [{"xml_id": "base.view_partner_tree_display_name", "record": view}]
)
env.cr.commit()
env.ref("base.module_sale_management").button_immediate_install()
seller = env.ref("sales_team.group_sale_salesman")
env.ref("base.group_user").implied_ids += seller
env.ref("base.module_l10n_br_sale").button_immediate_install()
env.ref("base.group_user").implied_ids -= seller
# With it nobody makes an order who may not read the fiscal taxes.
env.ref("base.group_user").implied_ids += env.ref("l10n_br_fiscal.group_user")
env.cr.commit()
"""
# What its form gives to each line: without a fiscal operation a line has price zero.
# A salon sells services, with the tax on services.
PREPARE_OURS_FOR_BRAZIL = """
set_default = env["ir.default"].set
operation = env.ref("l10n_br_fiscal.fo_venda")
set_default("sale.order", "fiscal_operation_id", operation.id)
set_default("sale.order.line", "fiscal_operation_id", operation.id)
set_default("product.template", "tax_icms_or_issqn", "issqn")
env.cr.commit()
"""
# What of ours is tried beside each of them.
OWN_TESTS = tuple(
    f"{addons.MAIN}/tests/test_{name}.py"
    for name in ("close_order", "operations", "refund", "payment_register")
)
# Of Odoo's own accounting, those of its tests that pay.
PAYMENT_TESTS = tuple(
    f"account/tests/test_{name}.py"
    for name in (
        *("account_move_payments_widget", "account_move_reconcile", "account_payment"),
        *("account_payment_duplicate", "account_payment_items"),
        *("account_payment_method_line", "account_payment_register"),
        *("early_payment_discount", "payment_term"),
    )
)
POS_ADDONS = ("pos_sale", "pos_loyalty", "pos_restaurant", "pos_hr")
# What each of them makes of a wallet, by its name.
BESIDE = Path(__file__).resolve().parent / "beside"


@dataclass(frozen=True)
class Neighbour:
    """Addons that are installed together, and whose tests are run.

    ``tests`` are files or folders below the folder of Odoo's addons or of OCA's, all
    the tests of ``modules`` by default. Beside OCA's addons ours are tried too, and
    what is in ``beside`` under the neighbour's name.
    ``ours`` are the addons of this repository that are tried beside them.
    ``preparation`` is a program for Odoo's shell to run before they are installed,
    ``preparation_of_ours`` one to run before ours are tried.
    """

    name: str
    modules: tuple
    tests: tuple = ()
    with_demo: bool = False
    is_oca: bool = True
    ours: tuple = (addons.MAIN,)
    preparation: str = ""
    preparation_of_ours: str = ""

    @property
    def test_paths(self):
        return self.tests or tuple(f"{module}/tests" for module in self.modules)


NEIGHBOURS = (
    Neighbour("partner_statement", ("partner_statement",)),
    Neighbour("sale_advance_payment", ("sale_advance_payment",)),
    Neighbour("financial_risk", ("account_financial_risk", "sale_financial_risk")),
    Neighbour(
        "sale_commission_oca",
        ("sale_commission_oca", "account_commission_oca", "commission_oca"),
        ours=(addons.MAIN, f"{addons.MAIN}_commission"),
    ),
    Neighbour("account_credit_control", ("account_credit_control",)),
    Neighbour(
        "subscription_oca",
        ("subscription_oca",),
        ours=(addons.MAIN, f"{addons.MAIN}_subscription"),
    ),
    Neighbour(
        "l10n_br_sale",
        ("l10n_br_sale", "l10n_br_account"),
        with_demo=True,
        preparation=PREPARE_BRAZIL,
        preparation_of_ours=PREPARE_OURS_FOR_BRAZIL,
    ),
    Neighbour(
        "account",
        ("account_payment",),
        ("account_payment/tests", *PAYMENT_TESTS),
        is_oca=False,
    ),
    Neighbour("repair", ("repair",), is_oca=False),
    Neighbour("sale_loyalty", ("sale_loyalty",), is_oca=False),
    Neighbour("sale", ("sale", "sales_team"), is_oca=False),
    Neighbour("point_of_sale", ("point_of_sale",), is_oca=False),
    Neighbour(
        "pos_sale",
        POS_ADDONS,
        tuple(f"{name}/tests" for name in ("point_of_sale", *POS_ADDONS)),
        is_oca=False,
        ours=(addons.MAIN, f"{addons.MAIN}_pos"),
    ),
)


def run(odoo):
    odoo = _with_oca(odoo)
    return [flaw for neighbour in _chosen() for flaw in _try_out(odoo, neighbour)]


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


def _with_oca(odoo):
    python = python_packages.install(
        "others", "odoo.txt", "test.txt", "oca.txt", "bridges.txt", "others.txt"
    )
    # Where OCA's wheels install into.
    [oca] = python.parent.parent.glob("lib/python*/site-packages/odoo/addons")
    return odoo.with_addons(settings.REPOSITORY, oca, python=python)


def _try_out(odoo, neighbour):
    print(f"{neighbour.name}: {', '.join(neighbour.modules)}", flush=True)
    without = f"{databases.PREFIX}_others_{neighbour.name}"
    tests = _find_tests(odoo, neighbour)
    own = {}
    try:
        _create(odoo, without, neighbour)
        before = run_tests(odoo, without, f"{neighbour.name}-without", tests)
        with databases.temporary_copy(odoo, without, "_beside") as beside:
            databases.install(odoo, beside, list(neighbour.ours))
            after = run_tests(odoo, beside, f"{neighbour.name}-with", tests)
            if neighbour.is_oca:
                _prepare(odoo, beside, neighbour.preparation_of_ours)
                ours = [*OWN_TESTS, *BESIDE.glob(f"test_{neighbour.name}.py")]
                own = run_tests(odoo, beside, f"{neighbour.name}-own", ours)
    finally:
        databases.drop(odoo, without)
    yield from _find_flaws(neighbour, before, after, own)


def _find_tests(odoo, neighbour):
    found = []
    for test in neighbour.test_paths:
        paths = [path / test for path in odoo.addons_paths if (path / test).exists()]
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


def run_tests(odoo, database, name, tests):
    """Run tests on an installed database. What needs a browser is skipped.

    :return: how each test ended: passed, failed, error or skipped, by its name
    """
    log, results = settings.LOGS / f"{name}.log", settings.LOGS / f"{name}.xml"
    results.unlink(missing_ok=True)
    command = [
        *(odoo.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-c", os.devnull, f"--rootdir={settings.REPOSITORY}"),
        *("-p", "soaks.no_browser", "--odoo-http", f"--odoo-database={database}"),
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

"""What scripts/test needs of pytest beyond pytest-odoo: a database for each process."""

import os

import freezegun
import pytest

# pytest takes the time of tests whose clock stands still.
freezegun.configure(extend_ignore_list=["_pytest"])


def pytest_addoption(parser):
    parser.addoption(
        "--databases", help="One for each process of pytest-xdist, with commas between"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Choose the process's database before pytest-odoo connects to it.

    pytest-odoo would make the copies itself, but on one filestore: each class removes
    from there what isn't in its database.
    """
    worker = os.environ.pop("PYTEST_XDIST_WORKER", "gw0")
    if config.option.databases:
        names = config.option.databases.split(",")
        config.option.odoo_database = names[int(worker.removeprefix("gw"))]
    return (yield)

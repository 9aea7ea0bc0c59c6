"""What scripts/test needs of pytest beyond pytest-odoo: a database for each process,
and one shop for all classes that need one like it."""

import functools
import inspect
import os
import sys
from pathlib import Path

import freezegun
import pytest

# The class that builds the shop.
COMMON = "FiadoCommon"
# What the shop of a class is built by: a class with its own builds its own shop.
PARTS = (
    *("chart_template", "country_code", "default_env_context", "get_default_groups"),
    *("setup_independent_company", "setup_independent_user"),
)
# What the pages of the web client load.
BUNDLES = ("web.assets_web", "web.assets_tests", "web.assets_backend_lazy")
# Before the first day of any test.
OPENED = "2023-01-02 12:00:00"

# pytest takes the time of tests whose clock stands still.
freezegun.configure(extend_ignore_list=["_pytest"])
shops = {}


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


def pytest_pycollect_makeitem(obj):
    """Have classes share the shop, before pytest asks them how they are set up."""
    for base in obj.__mro__ if inspect.isclass(obj) else ():
        if base.__name__ == COMMON and base not in shops:
            shops[base] = SharedShop(base)


def pytest_collection_modifyitems(config, items):
    if "hypothesis.internal.scrutineer" in sys.modules:
        # Hypothesis would read all of Odoo for constants to try, as if it were ours.
        places = sys.modules["hypothesis.internal.scrutineer"].SITE_PACKAGES_DIRS
        places.update(Path(folder).resolve() for folder in sys.modules["odoo"].__path__)
    # Who builds another shop does it before there is the shared one: their users have
    # the same logins. Then come browsers, where there are other processes: these would
    # wait in the end for what takes longest.
    several = "," in (config.option.databases or "")
    items.sort(
        key=lambda item: (
            not any(shop.is_other(item.cls) for shop in shops.values()),
            several and not opens_browser(item.cls),
        )
    )


@pytest.fixture(scope="session")
def assets(load_http):
    """The web client's scripts and styles, made once and committed: each test in the
    browser would make them anew, and take them back with all that it did."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with Registry(get_db_name()).cursor() as cr:
        qweb = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for name in BUNDLES:
            qweb._get_asset_bundle(name, css=False, js=True).js()
            qweb._get_asset_bundle(name, css=True, js=False).css()


@pytest.fixture(scope="class", autouse=True)
def ready_for_browser(request):
    if opens_browser(request.cls):
        request.getfixturevalue("assets")


@functools.cache
def opens_browser(cls):
    """Whether a test of the class, if there is one, calls what opens a browser."""
    methods = inspect.getmembers(cls, inspect.isfunction) if cls else ()
    return any(
        method.__module__ != "odoo.tests.common"
        and {"start_tour", "browser_js"} & {*method.__code__.co_names}
        for _name, method in methods
    )


class SharedShop:
    """The shop of a class of tests, built and committed once in a process.

    Odoo builds it anew for each class that derives from its ``common``, which takes
    longer than most tests. Here they begin with the records that the first one built:
    what a class changes is rolled back at its end.
    """

    def __init__(self, common):
        self._common = common
        self._build = common.setUpClass.__func__
        self._attributes = None
        common.setUpClass = classmethod(lambda cls: self.set_up(cls))

    def is_other(self, cls):
        """Whether a class needs another shop than the common one."""
        return (
            cls is not None
            and issubclass(cls, self._common)
            and any(
                inspect.getattr_static(cls, name)
                is not inspect.getattr_static(self._common, name)
                for name in PARTS
            )
        )

    def set_up(self, cls):
        if self.is_other(cls):
            self._build(cls)
            return
        if self._attributes is None:
            self._attributes = self._build_and_commit()
        from odoo.addons.base.tests.common import BaseCommon

        super(BaseCommon, cls).setUpClass()
        env = cls.env
        for name, value in self._attributes.items():
            # What Odoo's own class has of its transaction stays: ``cr`` and so on.
            if name == "env" or name not in vars(cls):
                setattr(cls, name, _move(value, env))

    def _build_and_commit(self):
        shop = type("Shop", (self._common,), {"__module__": self._common.__module__})
        try:
            with freezegun.freeze_time(OPENED):
                self._build(shop)
            shop.env.flush_all()
            # Not its own method: tests must not commit.
            type(shop.cr).commit(shop.cr)
            return {
                name: value
                for name, value in vars(shop).items()
                if not name.startswith("_") and not isinstance(value, classmethod)
            }
        finally:
            shop.doClassCleanups()


def _move(value, env):
    """A value that was set up in one transaction, as it is in that of ``env``."""
    from odoo.api import Environment
    from odoo.models import BaseModel

    if isinstance(value, Environment):
        return env(user=value.uid, context=value.context, su=value.su)
    if isinstance(value, BaseModel):
        return value.with_env(_move(value.env, env))
    if isinstance(value, dict):
        return {key: _move(item, env) for key, item in value.items()}
    return value

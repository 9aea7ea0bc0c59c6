"""A plugin of pytest: tests that come to need a browser are skipped there."""

import unittest


def pytest_collection_finish():
    from odoo.tests.common import HttpCase

    HttpCase.browser_js = _skip


def _skip(*_arguments, **_options):
    raise unittest.SkipTest("needs a browser")

"""A plugin of pytest: what pages load is made once, as Odoo does before tests."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def assets(load_http):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with Registry(get_db_name()).cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()

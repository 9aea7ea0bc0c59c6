from pathlib import Path

from odoo.tests import tagged

from odoo.addons.bemp_fiado.tests.internals import OdooInternals

from .common import FiadoSubscriptionCommon

# Where OCA's addon defines each, and with which parameters.
METHODS = {
    "_prepare_sale_order": ("sale.subscription", "line_ids"),
}


@tagged("post_install", "-at_install")
class TestSubscriptionInternals(OdooInternals, FiadoSubscriptionCommon):
    """The subscriptions'."""

    addon = Path(__file__).parents[1]
    methods = METHODS

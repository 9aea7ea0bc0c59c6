from pathlib import Path

from odoo.tests import tagged

from odoo.addons.bemp_fiado.tests.internals import OdooInternals

from .common import FiadoCommissionCommon

# Where Odoo, or OCA's addon, defines each, and with which parameters.
METHODS = {
    "_compute_agent_ids": ("sale.order.line", ""),
    "_compute_commission_id": ("sale.order.line.agent", ""),
    "_for_xml_id": ("ir.actions.actions", "full_xml_id"),
    "_get_invoice_partner": ("commission.settlement", ""),
    "_post": ("account.move", "soft"),
    "_prepare_agent_vals": ("sale.order.line", "agent"),
    "_prepare_agents_vals_partner": ("sale.order.line", "partner settlement_type"),
    "_prepare_invoice": ("commission.settlement", "journal product date"),
}


@tagged("post_install", "-at_install")
class TestCommissionInternals(OdooInternals, FiadoCommissionCommon):
    """The commissions'."""

    addon = Path(__file__).parents[1]
    methods = METHODS

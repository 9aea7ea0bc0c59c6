from pathlib import Path

from odoo.tests import tagged

from odoo.addons.bemp_fiado.tests.internals import OdooInternals

from .common import FiadoPosCommon

# Where Odoo defines each, and with which parameters.
METHODS = {
    "_create_misc_reversal_move": ("pos.order", "payment_moves"),
    "_create_pay_later_receivable_lines": ("pos.session", "data"),
    "_create_payment_moves": ("pos.payment", "is_reverse"),
    "_find_accounting_partner": ("res.partner", "partner"),
    "_get_closed_orders": ("pos.session", ""),
    "_get_combine_receivable_vals": (
        "pos.session",
        "payment_method amount amount_converted",
    ),
    "_get_receivable_account": ("pos.session", "payment_method"),
    "_load_pos_data_fields": ("res.partner", "config"),
    "_load_pos_data_read": ("res.partner", "records config"),
    "_process_order": ("pos.order", "order existing_order"),
    "_reconcile_account_move_lines": ("pos.session", "data"),
    "_should_be_locked": ("sale.order", ""),
}


@tagged("post_install", "-at_install")
class TestPosInternals(OdooInternals, FiadoPosCommon):
    """The point of sale's."""

    addon = Path(__file__).parents[1]
    methods = METHODS

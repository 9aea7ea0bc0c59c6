"""The addons beside which ours are tried, and which of their tests are run."""

from dataclasses import dataclass
from pathlib import Path

from lib import addons

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
# Odoo's tours at the till in which somebody pays, some of each kind: several methods,
# change, rounding, refunds, invoices, orders of the back office and down payments, gift
# cards and e-wallets, tips, split bills, other employees.
POS_TOURS = {
    "point_of_sale/tests/test_frontend.py::TestUi": (
        *("payment_screen_tour", "receipt_screen_tour", "05_ticket_screen"),
        *("change_without_cash_method", "rounding_up", "rounding_down"),
        *("cash_payments_should_reflect_on_next_opening", "order_refund_flow"),
        *("refund_few_quantities", "order_and_invoice_amounts"),
        "consistent_refund_process_between_frontend_and_backend",
        "allow_order_modification_after_validation_error",
        *("pos_large_amount_confirmation_dialog", "sync_from_ui_one_by_one"),
        "fast_payment_validation_from_product_screen_without_automatic_receipt_printing",
        "draft_orders_not_syncing",
    ),
    "pos_sale/tests/test_pos_sale_flow.py::TestPoSSale": (
        *("settle_draft_order_service_product", "settle_so_with_pos_downpayment"),
        *("downpayment_refund", "downpayment_invoice_link"),
        *("pos_order_and_invoice_amounts", "order_does_not_remain_in_list"),
    ),
    "pos_loyalty/tests/test_frontend.py::TestUi": (
        *("pos_loyalty_tour_basic", "gift_card_program", "ewallet_program"),
        *("refund_with_gift_card", "refund_does_not_decrease_points"),
    ),
    "pos_restaurant/tests/test_frontend.py::TestFrontend": (
        *("05_tip_screen", "07_split_bill_screen", "14_pos_payment_sync"),
        *("tip_after_payment", "direct_sales"),
    ),
    "pos_hr/tests/test_frontend.py::TestUi": (
        *("01_pos_hr_tour", "minimal_employee_refund", "cashier_changed_in_receipt"),
    ),
}


@dataclass(frozen=True)
class Neighbour:
    """Addons that are installed together, and whose tests are run.

    ``tests`` are files or folders below the folder of Odoo's addons or of OCA's, all
    the tests of ``modules`` by default, which are the name's; of a file also a class or
    a test after ``::``, as pytest has it. What needs a browser is skipped but
    ``in_browser``. Beside OCA's addons ours are tried too, and what is in ``beside``
    under the neighbour's name. ``bridge`` is the one of ours to them. ``preparation``
    is a program for Odoo's shell to run before they are installed,
    ``preparation_of_ours`` one to run before ours are tried.
    """

    name: str
    modules: tuple = ()
    tests: tuple = ()
    bridge: str = ""
    with_demo: bool = False
    is_oca: bool = True
    in_browser: bool = False
    preparation: str = ""
    preparation_of_ours: str = ""

    @property
    def installed(self):
        return list(self.modules or (self.name,))

    @property
    def ours(self):
        return [addons.MAIN, *([f"{addons.MAIN}_{self.bridge}"] if self.bridge else [])]

    @property
    def test_paths(self):
        return self.tests or [f"{module}/tests" for module in self.installed]

    @property
    def own_tests(self):
        return (*OWN_TESTS, *BESIDE.glob(f"test_{self.name}.py"))


def of_odoo(*values, **options):
    return Neighbour(*values, is_oca=False, **options)


NEIGHBOURS = (
    Neighbour("partner_statement"),
    Neighbour("sale_advance_payment"),
    Neighbour("financial_risk", ("account_financial_risk", "sale_financial_risk")),
    Neighbour(
        "sale_commission_oca",
        ("sale_commission_oca", "account_commission_oca", "commission_oca"),
        bridge="commission",
    ),
    Neighbour("account_credit_control"),
    Neighbour("subscription_oca", bridge="subscription"),
    Neighbour(
        "l10n_br_sale",
        ("l10n_br_sale", "l10n_br_account"),
        with_demo=True,
        preparation=PREPARE_BRAZIL,
        preparation_of_ours=PREPARE_OURS_FOR_BRAZIL,
    ),
    of_odoo("account", ("account_payment",), ("account_payment/tests", *PAYMENT_TESTS)),
    of_odoo("repair"),
    of_odoo("sale_loyalty"),
    of_odoo("sale", ("sale", "sales_team")),
    of_odoo("point_of_sale"),
    of_odoo(
        *("pos_sale", POS_ADDONS),
        [f"{name}/tests" for name in ("point_of_sale", *POS_ADDONS)],
        bridge="pos",
    ),
    of_odoo(
        *("pos_tours", POS_ADDONS),
        [f"{at}::test_{name}" for at, names in POS_TOURS.items() for name in names],
        bridge="pos",
        in_browser=True,
    ),
)

"""The screens of the bridges to OCA's commissions and subscriptions."""

from dataclasses import replace

from .shop import PROFESSIONAL
from .steps import (
    CLOSE,
    CONTACTS,
    ORDERS,
    Screen,
    cashier,
    click,
    closing,
    open_group,
    open_tab,
    owner,
    pay,
    press,
    see,
    switch_to,
)

COMMISSIONS = "action-bemp_fiado_commission.fiado_commission_period_action"
PRODUCTS = "action-sale.product_template_action"
JOURNALS = "action-account.action_account_journal_form"
SETTLEMENTS = "action-commission_oca.action_commission_settlement"
SUBSCRIPTIONS = "action-subscription_oca.sale_subscription_action"
show = (press("action_show"), see(".o_group_header, .o_kanban_record"))


def professional(name, address, *steps):
    return Screen(name, PROFESSIONAL, address, steps)


def of(addon, *screens):
    return [replace(screen, addon=addon) for screen in screens]


BRIDGES = (
    *of(
        "bemp_fiado_commission",
        owner("commissions", COMMISSIONS),
        owner("commissions_report", COMMISSIONS, *show),
        owner("commissions_lines", COMMISSIONS, *show, open_group()),
        owner("commissions_pivot", COMMISSIONS, *show, switch_to("pivot")),
        professional("commissions_own", COMMISSIONS, *show, open_group()),
        professional("order_of_professional", f"{ORDERS}/{{order_of_joana}}"),
        owner(
            "commission_rates",
            f"{CONTACTS}/{{professional}}",
            open_tab("agent_information"),
        ),
        owner("commission_of_product", f"{PRODUCTS}/{{product}}"),
        owner("settlement", f"{SETTLEMENTS}/{{settlement}}"),
        owner("deduction_form", f"{JOURNALS}/{{deduction_journal}}"),
        closing("deduction", "order_for_joana", *pay("Descontar da comissão")),
        closing(
            "deduction_missing",
            "order_for_joana",
            click(CLOSE),
            see(".o_error_dialog"),
        ),
    ),
    *of(
        "bemp_fiado_subscription",
        owner("subscriptions", SUBSCRIPTIONS),
        owner("subscription", f"{SUBSCRIPTIONS}/{{subscription}}"),
        cashier("order_subscription", f"{ORDERS}/{{order_of_subscription}}"),
        closing("subscription_credit", "order_of_subscription", *pay("Pix", "100")),
    ),
)

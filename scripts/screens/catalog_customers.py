"""What customers see, and what late fee and interest change on the screens."""

from dataclasses import replace

from .steps import (
    CLOSING,
    DEBTORS,
    ORDERS,
    REMINDERS,
    WALLET,
    cashier,
    closing,
    customer,
    open_figure,
    owner,
    pay,
    press,
    see,
    see_no,
    select_option,
    tick,
)

CUSTOMERS = (
    customer("portal_home", "/my", see_no(".o_portal_doc_spinner")),
    customer("portal_wallet", "/my/wallet"),
    cashier("pay_page", "{pay_page}"),
    cashier("pay_page_settled", "{pay_page_settled}"),
    cashier("pay_page_gone", "/fiado/pay/x"),
)


def charging(*screens):
    return [replace(screen, with_charges=True) for screen in screens]


CHARGES = charging(
    customer("portal_wallet_charges", "/my/wallet"),
    cashier("pay_page_charges", "{pay_page}"),
    cashier("wallet_charges", f"{WALLET}/{{overdue}}"),
    cashier(
        "receive_charges",
        f"{WALLET}/{{overdue}}",
        press("action_fiado_receive"),
        see(CLOSING),
        *pay("Pix"),
    ),
    closing("charges", "order_of_overdue", tick("pay_all_debt"), *pay("Pix")),
    cashier("order_charges", f"{ORDERS}/{{order_of_overdue}}"),
    owner(
        "manage_charge",
        f"{WALLET}/{{overdue}}",
        press("action_fiado_manage"),
        select_option("operation", "charge"),
    ),
    cashier("debtors_charges", DEBTORS),
    cashier("reminders_charges", REMINDERS, see(".o_data_row, .o_kanban_record")),
    owner("settings_charges", "action-bemp_fiado.res_config_settings_action"),
    owner("billing_charges", "fiado-billing", open_figure("Multa e juros")),
)

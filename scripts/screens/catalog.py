"""The addon's screens: who opens them, and how."""

from dataclasses import dataclass
from functools import partial

from .browser import Window
from lib import demo

ORDERS = "action-bemp_fiado.sale_order_action_counter"
WALLET = "action-bemp_fiado.res_partner_action_wallet"
CONTACTS = "action-base.action_partner_form"
DEBTORS = "action-bemp_fiado.fiado_wallet_action_debt"
WALLETS = "action-bemp_fiado.fiado_wallet_action"
ENTRIES = "action-bemp_fiado.fiado_wallet_entry_action"
CREDITS = "action-bemp_fiado.fiado_credit_state_action"
PAYMENTS = "action-bemp_fiado.fiado_payment_action"
REMINDERS = "action-bemp_fiado.fiado_reminder_due_action"
STAGES = "action-bemp_fiado.fiado_reminder_stage_action"
RECEIVE = "action-bemp_fiado.fiado_wallet_receive_action"

CLOSING = ".modal .o_fiado_close"
CLOSE = ".modal button[name=action_close_order]"
AMOUNT = f"{CLOSING} .o_data_row [name=amount]"


def click(selector):
    return partial(Window.click, selector=selector)


def press(button):
    return click(f"button[name={button}]")


def see(selector):
    return partial(Window.see, selector=selector)


def choose(field, text):
    return partial(Window.choose, field=field, text=text)


def fill(selector, text):
    return partial(Window.fill, selector=selector, text=text)


def switch_to(view):
    return partial(Window.switch_to, view=view)


def pay(form, amount=None):
    """Receive what is due with a payment form, or another amount."""
    yield click(f".modal .o_field_payment_form_buttons button:text-is('{form}')")
    if amount:
        yield click(AMOUNT)
        yield fill(f"{AMOUNT} input", amount)


def tick(field):
    return click(f".modal [name={field}] input")


def select_rows(count):
    for row in range(1, count + 1):
        yield click(f".o_data_row:nth-child({row}) .o_list_record_selector input")


def choose_term(name):
    return partial(Window.select, field="payment_term_id", text=name)


def select_option(field, value):
    return click(f".modal [name={field}] input[data-value={value}]")


@dataclass(frozen=True)
class Screen:
    name: str
    user: tuple
    # Behind /odoo/, with the records' names in braces.
    address: str
    # What is done there, one after the other.
    steps: tuple = ()
    # Whether a window as narrow as a phone's has it too.
    is_narrow_too: bool = True


def cashier(name, address, *steps, **options):
    return Screen(name, demo.CASHIER, address, steps, **options)


def owner(name, address, *steps, **options):
    return Screen(name, demo.OWNER, address, steps, **options)


def closing(name, order, *steps, by=cashier):
    opening = (press("action_close_order"), see(CLOSING))
    return by(f"closing_{name}", f"{ORDERS}/{{{order}}}", *opening, *steps)


SCREENS = (
    # The counter
    cashier("orders", ORDERS, see(".o_data_row, .o_kanban_record")),
    cashier("orders_cards", ORDERS, switch_to("kanban"), see(".o_kanban_record")),
    cashier(
        "orders_all",
        ORDERS,
        click(".o_facet_remove"),
        see(".o_data_row"),
        is_narrow_too=False,
    ),
    cashier("order_new", "action-bemp_fiado.sale_order_action_counter_new"),
    cashier(
        "order_new_internal",
        "action-bemp_fiado.sale_order_action_counter_new_internal",
    ),
    cashier(
        "order_new_subscription",
        "action-bemp_fiado.sale_order_action_counter_new_subscription",
    ),
    cashier("order", f"{ORDERS}/{{order}}"),
    cashier("order_internal", f"{ORDERS}/{{order_internal}}"),
    cashier("order_of_debtor", f"{ORDERS}/{{order_of_debtor}}"),
    cashier("order_of_creditor", f"{ORDERS}/{{order_of_creditor}}"),
    cashier("order_paid", f"{ORDERS}/{{order_paid}}"),
    cashier("order_on_fiado", f"{ORDERS}/{{order_on_fiado}}"),
    cashier("order_canceled", f"{ORDERS}/{{order_canceled}}"),
    owner("order_on_fiado_owner", f"{ORDERS}/{{order_on_fiado}}"),
    owner("reopen", f"{ORDERS}/{{order_on_fiado}}", press("action_reopen_order")),
    # Closing
    closing("new", "order"),
    closing("paid", "order", *pay("Dinheiro")),
    closing("debt", "order", *pay("Dinheiro", "30"), tick("use_balance")),
    closing("instalments", "order", tick("use_balance"), choose_term("Em 3 vezes")),
    closing("change", "order", *pay("Dinheiro", "60")),
    closing("credit", "order", *pay("Pix", "60"), tick("use_balance")),
    closing(
        "not_ticked",
        "order",
        *pay("Dinheiro", "30"),
        click(CLOSE),
        see(".o_error_dialog"),
    ),
    closing("debtor", "order_of_debtor"),
    closing("debt_paid", "order_of_debtor", tick("pay_all_debt"), *pay("Pix")),
    closing("creditor", "order_of_creditor", tick("use_all_credit")),
    closing("walk_in", "order_of_walk_in"),
    closing("no_fiado", "order_refused"),
    closing("over_limit", "order_limited"),
    closing("over_limit_owner", "order_limited", tick("use_balance"), by=owner),
    closing(
        "done",
        "order_to_close",
        *pay("Dinheiro", "30"),
        tick("use_balance"),
        click(CLOSE),
        see(".o_notification"),
    ),
    cashier(
        "batch",
        ORDERS,
        *select_rows(3),
        press("action_close_orders"),
        see(CLOSING),
        is_narrow_too=False,
    ),
    cashier(
        "batch_done",
        ORDERS,
        *select_rows(3),
        press("action_close_orders"),
        see(CLOSING),
        *pay("Pix"),
        click(".modal footer button[name=action_close_orders]"),
        see(".modal [name=refused]"),
        is_narrow_too=False,
    ),
    # The wallet
    cashier("receive", RECEIVE, see(CLOSING)),
    cashier(
        "receive_debt",
        f"{WALLET}/{{debtor}}",
        press("action_fiado_receive"),
        see(CLOSING),
        *pay("Dinheiro"),
    ),
    cashier(
        "receive_more",
        f"{WALLET}/{{debtor}}",
        press("action_fiado_receive"),
        see(CLOSING),
        fill(f"{CLOSING} .o_fiado_close_row [name=amount] input", "100"),
        *pay("Pix"),
    ),
    cashier("wallet", f"{WALLET}/{{debtor}}"),
    cashier("wallet_credit", f"{WALLET}/{{creditor}}"),
    owner("wallet_owner", f"{WALLET}/{{debtor}}"),
    cashier("statement", f"{WALLET}/{{debtor}}", press("action_fiado_print_statement")),
    cashier(
        "statement_send", f"{WALLET}/{{debtor}}", press("action_fiado_send_statement")
    ),
    owner("manage", f"{WALLET}/{{debtor}}", press("action_fiado_manage")),
    *(
        owner(
            f"manage_{operation}",
            # Who owes has no credit to be paid out.
            f"{WALLET}/{{{'creditor' if operation == 'pay_out' else 'debtor'}}}",
            press("action_fiado_manage"),
            select_option("operation", operation),
        )
        for operation in ("pay_out", "forgive", "adjust", "transfer", "opening")
    ),
    owner(
        "manage_renegotiate",
        f"{WALLET}/{{debtor}}",
        press("action_fiado_manage"),
        select_option("operation", "renegotiate"),
        choose_term("Em 3 vezes"),
    ),
    cashier("wallet_instalments", f"{WALLET}/{{debtor_in_instalments}}"),
    cashier("order_in_instalments", f"{ORDERS}/{{order_in_instalments}}"),
    owner(
        "undo",
        f"{WALLET}/{{debtor}}",
        switch_to("list"),
        press("action_undo"),
        see(".modal"),
        is_narrow_too=False,
    ),
    cashier("customer_wallet", f"{CONTACTS}/{{debtor}}", click("a[name=fiado_wallet]")),
    owner(
        "customer_wallet_owner",
        f"{CONTACTS}/{{debtor}}",
        click("a[name=fiado_wallet]"),
    ),
    # Lists and reports
    cashier("dashboard", "fiado", see(".o_fiado_dashboard canvas")),
    owner("dashboard_owner", "fiado", see(".o_fiado_dashboard canvas")),
    cashier("debtors", DEBTORS),
    *(
        # A phone has no charts to switch to.
        owner(
            f"debtors_{view}",
            DEBTORS,
            switch_to(view),
            is_narrow_too=view != "graph",
        )
        for view in ("kanban", "pivot", "graph")
    ),
    owner("wallets", WALLETS),
    owner("wallets_kanban", WALLETS, switch_to("kanban")),
    cashier("entries", ENTRIES),
    owner("entries_owner", ENTRIES),
    owner("entries_kanban", ENTRIES, switch_to("kanban")),
    owner("billing", "fiado-billing"),
    owner("billing_analyse", "fiado-billing", press("action_analyse")),
    owner("credits", CREDITS),
    owner("credits_kanban", CREDITS, switch_to("kanban")),
    owner("credits_pivot", CREDITS, switch_to("pivot")),
    owner("balance_date", "action-bemp_fiado.fiado_wallet_balance_date_action"),
    owner(
        "balances",
        "action-bemp_fiado.fiado_wallet_balance_date_action",
        # The calendar of the day lies on the button.
        click(".modal-title"),
        press("action_show"),
        see(".o_data_row, .o_kanban_record"),
    ),
    owner("payments", PAYMENTS),
    owner("payments_kanban", PAYMENTS, switch_to("kanban")),
    owner("openings", "fiado-opening-balances"),
    owner(
        "opening_new",
        "fiado-opening-balances",
        click(".o_list_button_add, .o-kanban-button-new"),
    ),
    # Getting paid
    cashier("reminders", REMINDERS, see(".o_data_row, .o_kanban_record")),
    cashier(
        "reminders_kanban", REMINDERS, switch_to("kanban"), see(".o_kanban_record")
    ),
    cashier(
        "reminders_promised",
        REMINDERS,
        click(".o_facet_remove"),
        see(".o_data_row"),
        is_narrow_too=False,
    ),
    cashier(
        "reminders_send_all",
        REMINDERS,
        press("action_send_all"),
        see(".modal [name=left]"),
        is_narrow_too=False,
    ),
    cashier(
        "promise", f"{WALLET}/{{debtor}}", press("action_fiado_promise"), see(".modal")
    ),
    cashier("promised_wallet", f"{WALLET}/{{promiser}}"),
    cashier(
        "promised_receive",
        f"{WALLET}/{{promiser}}",
        press("action_fiado_receive"),
        see(CLOSING),
    ),
    cashier("reminders_sent", "action-bemp_fiado.fiado_reminder_action"),
    owner("stages", STAGES),
    owner("stage", f"{STAGES}/{{stage}}"),
    cashier("stop_reminders", "{stop_page}", see("main form")),
    owner("settings", "action-bemp_fiado.res_config_settings_action"),
)

"""What the screens of the catalogs are made of: addresses, users and steps."""

from dataclasses import dataclass
from functools import partial

from .browser import Window
from .shop import PORTAL_USER
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


def see_no(selector):
    return partial(Window.see_no, selector=selector)


def choose(field, text):
    return partial(Window.choose, field=field, text=text)


def fill(selector, text):
    return partial(Window.fill, selector=selector, text=text)


def open_figure(label):
    """Show what is behind a figure of the billing: by its button, or on a phone by its
    card."""
    said = f":has-text('{label}')"
    return click(f".o_data_row{said} [name=action_open], .o_kanban_record{said}")


def open_group():
    """Show the rows of a list's first group; on a phone the cards of all show."""
    return partial(Window.open_group)


def open_tab(name):
    return click(f".o_notebook_headers .nav-link[name={name}]")


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
    # Whether the shop charges late fee and interest then.
    with_charges: bool = False
    # Which of our addons it belongs to.
    addon: str = "bemp_fiado"


def cashier(name, address, *steps, **options):
    return Screen(name, demo.CASHIER, address, steps, **options)


def owner(name, address, *steps, **options):
    return Screen(name, demo.OWNER, address, steps, **options)


def customer(name, address, *steps, **options):
    return Screen(name, PORTAL_USER, address, steps, **options)


def closing(name, order, *steps, by=cashier, **options):
    opening = (press("action_close_order"), see(CLOSING))
    address = f"{ORDERS}/{{{order}}}"
    return by(f"closing_{name}", address, *opening, *steps, **options)

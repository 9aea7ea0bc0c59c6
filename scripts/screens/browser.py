"""Chromium, and Odoo's web client in it."""

import contextlib
import os
import re

from playwright.sync_api import Error, expect, sync_playwright

from lib import web_server

TIMEOUT, FIRST_TIMEOUT = 60_000, 300_000  # ms
PAUSE = 100  # ms
LONGEST_PAGE = 4000  # pixels
# Where the web client has its buttons on a window as narrow as a phone's.
MORE_BUTTONS = ".o_statusbar_buttons .o-dropdown, .o_statusbar_buttons .dropdown-toggle"
MORE_VIEWS = ".o_control_panel .o_cp_switch_buttons .dropdown-toggle"
BUSY = ".o_loading_indicator, .o_blockUI"
# How much of the page is hidden below the window's edge.
HIDDEN_HEIGHT = """() => Math.max(0, ...[...document.querySelectorAll(
    ".o_content, .o_content *, .o_form_view_container, .modal, .modal-body, #wrapwrap"
)].filter(element => /auto|scroll/.test(getComputedStyle(element).overflowY)).map(
    element => element.scrollHeight - element.clientHeight
))"""


@contextlib.contextmanager
def running():
    """Yield a Chromium, the system's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """A window of the browser in which a user is logged in."""

    def __init__(self, browser, user, width, height=900):
        login, password = user
        self.width, self.height = width, height
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="pt-BR",
            timezone_id="America/Recife",
            # The web client then leaves out what only moves.
            reduced_motion="reduce",
        )
        self.page = context.new_page()
        self.page.set_default_timeout(TIMEOUT)
        expect.set_options(timeout=TIMEOUT)
        self._asked = set()
        self.page.on("request", self._ask)
        for event in ("requestfinished", "requestfailed"):
            self.page.on(event, lambda request: self._asked.discard(request))
        # A dialog of the browser would wait for an answer for ever.
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.add_init_script("window.print = () => {}")
        self.page.goto(f"{web_server.address()}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click(".oe_login_form button[type=submit]")
        # The first one waits for the web client's assets to be made.
        self.page.wait_for_selector(
            ".o_action_manager > *, .o_portal", timeout=FIRST_TIMEOUT
        )

    @property
    def is_narrow(self):
        return self.width < 768

    def open(self, address):
        self.page.set_viewport_size({"width": self.width, "height": self.height})
        # What the last screen left unsaved would ask before it goes.
        self.page.goto("about:blank")
        if address.startswith("/"):
            # What customers see.
            self.page.goto(f"{web_server.address()}{address}")
            return
        self.page.goto(f"{web_server.address()}/odoo/{address}")
        self.page.wait_for_selector(".o_action_manager > *, .modal")
        self.settle()

    def settle(self):
        """Wait until the page is drawn."""
        quiet = 0
        for _ in range(TIMEOUT // PAUSE):
            self.page.wait_for_timeout(PAUSE)
            quiet = 0 if self._asked else quiet + 1
            if quiet == 3:
                break
        expect(self.page.locator(BUSY)).to_have_count(0)
        if self.page.locator("canvas").count():
            # A chart grows for a second.
            self.page.wait_for_timeout(1200)

    def _ask(self, request):
        if "/web/dataset/" in request.url or "/web/action/" in request.url:
            self._asked.add(request)

    def see(self, selector):
        expect(self.page.locator(selector).first).to_be_visible()

    def see_no(self, selector):
        expect(self.page.locator(selector).locator("visible=true")).to_have_count(0)

    def click(self, selector):
        found = self.page.locator(selector).locator("visible=true")
        if not found.count() and "button[name" in selector:
            more = self.page.locator(MORE_BUTTONS).locator("visible=true")
            if more.count():
                more.first.click()
        found.first.click()
        self.settle()

    def fill(self, selector, text):
        self.page.locator(selector).locator("visible=true").first.fill(text)
        self.page.keyboard.press("Tab")
        self.settle()

    def choose(self, field, text):
        """Choose a record in a field that searches for it."""
        self.page.fill(f"[name={field}] input", text)
        item = self.page.locator(".o-autocomplete--dropdown-item, .o_kanban_record")
        item.filter(has_text=re.compile(re.escape(text))).first.click()
        self.settle()

    def select(self, field, text):
        """Choose one of the few records that a field offers in a list."""
        self.page.locator(f"[name={field}] .o_select_menu_toggler").click()
        item = self.page.locator(".o_select_menu_item")
        item.filter(has_text=re.compile(re.escape(text))).first.click()
        self.settle()

    def open_group(self):
        if self.page.locator(".o_group_header").count():
            self.click(".o_group_header")

    def switch_to(self, view):
        if self.page.locator(f".o_{view}_view").count():
            return
        if self.is_narrow:
            self.page.locator(MORE_VIEWS).first.click()
        self.click(f".o_switch_view.o_{view}, .o-dropdown--menu .oi-view-{view}")

    def take_picture(self, file):
        # No explanation of what was clicked last is to cover anything.
        self.page.mouse.move(0, 0)
        hidden = self.page.evaluate(HIDDEN_HEIGHT)
        if hidden:
            height = min(self.height + hidden, LONGEST_PAGE)
            self.page.set_viewport_size({"width": self.width, "height": height})
            self.settle()
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file, animations="disabled")


__all__ = ["Error", "Window", "running"]

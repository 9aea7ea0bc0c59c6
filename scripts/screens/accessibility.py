"""What axe-core finds on the screens, told apart by whose it is."""

import re
from collections import defaultdict

from axe_playwright_python.base import AXE_SCRIPT

# Where the addon's views are drawn; around them is Odoo's web client.
OWN = ".o_content, .modal"
# What Odoo draws inside of our views: rule, elements, and what it is.
ODOO_OWNED = (
    (
        "*",
        "main, .modal, .modal-title, .modal-header *",
        "the frame of views and dialogs",
    ),
    ("*", ".o_notebook_headers *", "a notebook's tabs"),
    ("*", ".o_optional_columns_dropdown *", "the list's choice of columns"),
    ("*", "th.o_list_actions_header, th.o_handle_cell", "columns for icons alone"),
    ("*", ".o_list_record_selector, .o_list_record_selector *", "ticks of a list"),
    ("*", ".o-mail-Avatar *, .o_avatar *", "the picture of a user"),
    ("*", ".o_pivot, .o_pivot *, .o_graph_renderer *", "pivot tables and charts"),
    ("*", ".o_field_widget[name=website] *", "the website on Odoo's form of a contact"),
    ("*", ".o_kanban_record", "a card's frame"),
    ("*", ".o_field_widget[name=order_line] *", "the lines of an order"),
    ("*", ".o_tax_total_label, .o_field_tax_totals *", "the totals of an order"),
    ("*", ".o_statusbar_status *", "the status bar"),
    ("*", "[class*=o-mail-], [class*=o-mail-] *", "the messages beside a form"),
    ("*", ".o_field_many2many_tags *", "tags"),
    ("*", ".o_select_menu *, .o_select_menu_toggler", "a menu to select from"),
    ("*", ".fa-long-arrow-right", "the arrow between two dates"),
    ("color-contrast", "label.o_form_label", "a label's grey on a phone"),
    (
        "color-contrast",
        ".o_selected_row .o_readonly_modifier *",
        "what can't be edited",
    ),
    ("*", ".settings_tab *", "the tabs of the settings"),
    ("color-contrast", ".o_setting_box .text-muted *", "the greys of the settings"),
)
SEVERITIES = ("critical", "serious", "moderate", "minor")
FAILING = SEVERITIES[:2]
# Whose the elements are: ours, Odoo's, or those behind a dialog, which aren't examined.
WHOSE = """([targets, own, odoo]) => targets.map(target => {
    const element = document.querySelector(target);
    if (!element) return "odoo";
    const dialogs = document.querySelectorAll(".modal");
    if (dialogs.length && !element.closest(".modal")) return "behind";
    return element.closest(own) && !(odoo && element.matches(odoo)) ? "own" : "odoo";
})"""


class Findings:
    """What was found on all screens."""

    def __init__(self):
        # whose -> (severity, rule, explanation) -> (selector, element, why) -> screens
        self.found = {
            whose: defaultdict(lambda: defaultdict(list)) for whose in ("own", "odoo")
        }

    def examine(self, window, name):
        page = window.page
        page.evaluate(AXE_SCRIPT)
        result = page.evaluate("() => axe.run({resultTypes: ['violations']})")
        for violation in result["violations"]:
            rule = violation["id"]
            key = violation["impact"], rule, violation["help"]
            targets = [str(node["target"][0]) for node in violation["nodes"]]
            odoo = [css for which, css, _what in ODOO_OWNED if which in ("*", rule)]
            answers = page.evaluate(WHOSE, [targets, OWN, ", ".join(odoo)])
            for whose, node in zip(answers, violation["nodes"], strict=True):
                if whose in self.found:
                    self.found[whose][key][_describe(node)].append(name)

    @property
    def has_failing(self):
        return any(severity in FAILING for severity, *_ in self.found["own"])

    def tell(self):
        self._tell("On the addon's views", self.found["own"])
        self._tell("On what Odoo draws", self.found["odoo"], briefly=True)

    def _tell(self, title, found, briefly=False):
        print(f"\n{title}, rules broken: {len(found)}")
        for key in sorted(found, key=lambda key: (SEVERITIES.index(key[0]), key)):
            severity, rule, explanation = key
            print(f"\n{severity}: {rule} ({explanation})")
            for (selector, element, why), names in found[key].items():
                print(f"  {selector}")
                if not briefly:
                    print(f"      {element}\n      {why}\n      {', '.join(names)}")


def _describe(node):
    """What says the same of the same element on all screens: without its numbers."""
    why = node["failureSummary"].splitlines()[1].strip()
    element = re.sub(r"\s+", " ", node["html"])[:160]
    selector = str(node["target"][0])
    return *(re.sub(r"\d+", "N", text) for text in (selector, element)), why

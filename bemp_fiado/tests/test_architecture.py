import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parents[1]
MAP = ADDON.parent / "docs" / "architecture.md"
# How many lines are read at a glance. A method's docstring doesn't count.
FILE, METHOD = 300, 40
# Each of these is one statement, of which a part says nothing by itself.
STATEMENTS = {
    ("models/fiado_ledger_charges.py", "_get_debts_query"),
    ("report/fiado_billing_query.py", "_get_customers_items_query"),
    ("report/fiado_credit_state.py", "_table_query"),
    ("report/fiado_payment.py", "_table_query"),
    ("report/fiado_reminder_due.py", "_table_query"),
    ("report/fiado_wallet.py", "_get_open_wallets_query"),
    ("report/fiado_wallet.py", "_table_query"),
    ("report/fiado_wallet_entry.py", "_get_balances_query"),
    ("report/fiado_wallet_entry.py", "_table_query"),
}


@tagged("post_install", "-at_install")
class TestArchitecture(BaseCase):
    """The map is true. It belongs to the repository, not to the addon alone."""

    def setUp(self):
        super().setUp()
        if not MAP.exists():
            self.skipTest("The addon was installed without its repository.")
        self.text = MAP.read_text()

    def test_files_are_there(self):
        names = set(re.findall(r"`([\w/]+\.(?:py|xml|js|md))`", self.text))
        self.assertGreater(len(names), 30)
        places = (ADDON, ADDON.parent)
        lost = [n for n in names if not any((p / n).exists() for p in places)]
        self.assertEqual(lost, [])

    def test_methods_are_where_it_says(self):
        """A line that names methods names the files which they are in, if any."""
        for line in self.text.split("\n* ")[1:]:
            files = re.findall(r"`((?:models|report|wizard)/[\w/]+\.py)`", line)
            methods = re.findall(r"`(_?[a-z]+(?:_[a-z]+)+)`", line)
            source = "".join((ADDON / file).read_text() for file in files)
            lost = [name for name in methods if files and name not in source]
            self.assertEqual(lost, [], line)


@tagged("post_install", "-at_install")
class TestSize(BaseCase):
    """Files and methods are read at a glance."""

    def setUp(self):
        super().setUp()
        self.sources = {
            str(path.relative_to(ADDON)): path.read_text()
            for path in ADDON.rglob("*.py")
            if path.parent.name != "tests"
        }

    def test_files(self):
        long = [name for name, text in self.sources.items() if text.count("\n") > FILE]
        self.assertEqual(long, [])

    def test_methods(self):
        long = {
            (name, node.name)
            for name, text in self.sources.items()
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef) and self._count(node) > METHOD
        }
        # Those that became shorter are no exceptions any more.
        self.assertEqual(long, STATEMENTS)

    def _count(self, method):
        lines = method.end_lineno - method.lineno + 1
        if ast.get_docstring(method):
            docstring = method.body[0]
            lines -= docstring.end_lineno - docstring.lineno + 1
        return lines

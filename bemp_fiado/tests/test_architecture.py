import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parents[1]
MAP = ADDON.parent / "docs" / "architecture.md"


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

import re

import polib

from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Translations:
    """The Portuguese translation of ``addon`` is complete, and fits the terms it
    translates."""

    addon: str

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = {
            entry.msgid: entry
            for entry in polib.pofile(file_path(f"{cls.addon}/i18n/pt_BR.po"))
        }
        reader = TranslationModuleReader(cls.env.cr, modules=[cls.addon])
        cls.places = {
            # Where in a file Odoo doesn't ask.
            (source, f"{kind}:{name}" if kind == "code" else f"{kind}:{name}:{res_id}")
            for _module, kind, name, res_id, source, *_rest in reader
        }
        cls.terms = {source for source, _place in cls.places}

    def test_complete(self):
        self.assertTrue(self.terms)
        translated = {
            term
            for term, entry in self.entries.items()
            if entry.msgstr and not entry.fuzzy
        }
        self.assertEqual(sorted(self.terms - translated), [])

    def test_nothing_left_over(self):
        self.assertEqual(sorted(self.entries.keys() - self.terms), [])

    def test_each_where_it_is_shown(self):
        """Odoo translates a term only where the file says that it is."""
        translated = {
            (term, place)
            for term, entry in self.entries.items()
            for place, _line in entry.occurrences
        }
        self.assertEqual(sorted(self.places - translated), [])

    def test_placeholders(self):
        wrong = [
            term
            for term, entry in self.entries.items()
            if entry.msgstr
            and sorted(PLACEHOLDER.findall(term))
            != sorted(PLACEHOLDER.findall(entry.msgstr))
        ]
        self.assertEqual(wrong, [])

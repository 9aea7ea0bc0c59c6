import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# What the shops know these by, word for word.
KNOWN_LABELS = {
    "Use balance as credit/debit for the customer": (
        "Utilizar saldo como crédito/débito para o cliente"
    ),
    "Leave balance as credit/debit (fiado) for the customer": (
        "Deixar saldo como crédito/débito (fiado) para o cliente"
    ),
    "Close Order": "Finalizar OS",
    "Customer's wallet": "Carteira do Cliente",
    "Customers in Debt": "Clientes em Débito",
    "With debt": "Com débito",
    "New Internal Sale": "Nova venda interna",
    "Subscription order": "OS de Assinatura",
}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The Portuguese translation is complete, and fits the terms it translates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = {
            entry.msgid: entry
            for entry in polib.pofile(file_path("bemp_fiado/i18n/pt_BR.po"))
        }
        reader = TranslationModuleReader(cls.env.cr, modules=["bemp_fiado"])
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

    def test_known_labels(self):
        self.assertEqual(
            {term: self.entries[term].msgstr for term in KNOWN_LABELS}, KNOWN_LABELS
        )

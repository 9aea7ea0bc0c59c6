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
        cls.terms = {source for _module, _type, _name, _id, source, *_rest in reader}

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

from odoo.tests import TransactionCase, tagged

from .translations import Translations

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
class TestTranslations(Translations, TransactionCase):
    """The main addon's."""

    addon = "bemp_fiado"

    def test_known_labels(self):
        self.assertEqual(
            {term: self.entries[term].msgstr for term in KNOWN_LABELS}, KNOWN_LABELS
        )

    def test_what_odoos_own_lack(self):
        """A cashier who leaves something out isn't told so in English."""
        self.env["res.lang"]._activate_lang("pt_BR")
        modules, _params = self.env["ir.http"]._get_translations_for_webclient(
            ["web", "bemp_fiado"], "pt_BR"
        )
        terms = {
            message["id"]: message["string"]
            for module in modules.values()
            for message in module["messages"]
        }
        self.assertEqual(
            terms.get("Missing required fields"),
            "Preencha o que está marcado em vermelho",
        )

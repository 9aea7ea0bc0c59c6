from contextlib import contextmanager

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import fields
from odoo.tests import tagged

from .test_wallet_balance import LedgerCommon

# What only opens another screen, where Odoo writes what it needs.
OPENING = {
    "fiado.billing": ("action_open",),
    "fiado.credit.state": ("action_open_wallet",),
    "fiado.payment": ("action_open_document",),
    "fiado.wallet": ("action_open_wallet", "action_print_debtors"),
    "fiado.wallet.balance": ("action_open_items",),
    "fiado.wallet.entry": ("action_open_order",),
    "res.partner": ("action_open_wallet",),
}
READING = {
    "fiado.billing": ("get_figures",),
    "fiado.wallet": ("audit", "get_dashboard"),
    "res.partner": ("fiado_statement",),
}
LISTS = (
    *("fiado.billing", "fiado.credit.state", "fiado.payment", "fiado.wallet"),
    *("fiado.wallet.balance", "fiado.wallet.entry"),
)


@tagged("post_install", "-at_install")
class TestReadonly(LedgerCommon):
    """What is only read runs where nothing can be written: on a replica."""

    @contextmanager
    def _readonly(self):
        """Nothing can be written in here, as on a replica."""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        self.env.cr.execute("SET LOCAL transaction_read_only = on")
        try:
            yield
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all(flush=False)

    def _as_manager(self, model):
        return (
            self.env[model]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids, lang="en_US")
        )

    def test_nothing_can_be_written(self):
        with self._readonly(), self.assertRaises(ReadOnlySqlTransaction):
            self.env.cr.execute("UPDATE res_partner SET name = name")

    def test_methods_say_that_they_only_read(self):
        for methods in (READING, OPENING):
            for model, names in methods.items():
                for name in names:
                    with self.subTest(model=model, method=name):
                        method = getattr(self.env[model], name)
                        self.assertTrue(getattr(method, "_readonly", False))

    def test_reading(self):
        for label, call, is_right in (
            (
                "statement",
                lambda: (
                    self._as_manager("res.partner")
                    .browse(self.maria.id)
                    .fiado_statement()
                ),
                lambda found: found["closing_balance"] == -10.0,
            ),
            (
                "dashboard",
                self._as_manager("fiado.wallet").get_dashboard,
                lambda found: found["figures"][0]["amount"] == 161.4,
            ),
            (
                "billing",
                lambda: self._as_manager("fiado.billing").get_figures(
                    "2026-01-01", "2026-12-31"
                ),
                lambda found: found["billed"] == 318.33,
            ),
            ("audit", self._as_manager("fiado.wallet").audit, lambda found: not found),
        ):
            with self.subTest(label), self._readonly():
                found = call()
                self.assertTrue(is_right(found), found)

    def test_lists(self):
        """All columns of all lists, and their groups."""
        for model in LISTS:
            with self.subTest(model=model), self._readonly():
                records = self._as_manager(model)
                names = list(records.fields_get())
                found = records.web_search_read(
                    [], {name: {} for name in names}, limit=80
                )
                self.assertTrue(found["records"])
                groups = records.web_read_group([], ["partner_id"], ["__count"])
                self.assertTrue(groups["groups"])

    def test_opening(self):
        for model, names in OPENING.items():
            for name in names:
                with self.subTest(model=model, method=name), self._readonly():
                    records = self._as_manager(model)
                    domain = [("sale_order_id", "!=", False)]
                    record = records.search(
                        domain if name == "action_open_order" else [], limit=1
                    )
                    self.assertIn("type", getattr(record, name)())

    def test_paper(self):
        """The statement and the list of debtors, as their addresses print them."""
        today = fields.Date.today()
        reports = self._as_manager("ir.actions.report")
        wallets = self._as_manager("fiado.wallet").search([("debt", ">", 0)])
        for name, ids, data in (
            (
                "bemp_fiado.fiado_statement",
                None,
                {"partner_ids": self.maria.ids, "date_to": str(today)},
            ),
            ("bemp_fiado.fiado_debtors", wallets.ids, {}),
        ):
            with self.subTest(report=name), self._readonly():
                html, _type = reports._render_qweb_html(name, ids, data)
                self.assertIn(b"Maria", html)

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FiadoCommon


class OwnScreensCommon(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()
        cls.other["company"].fiado_enabled = True
        # Each sees the own documents only.
        cls.ana, cls.bia = (
            new_test_user(
                cls.env,
                login=f"fiado_own_{name}",
                groups="base.group_user,sales_team.group_sale_salesman,"
                "bemp_fiado.group_fiado_manager",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                lang="en_US",
            )
            for name in ("ana", "bia")
        )

    def _as(self, user, record, **context):
        record = record.with_user(user).with_company(self.company)
        return record.with_context(lang="en_US", **context)


@tagged("post_install", "-at_install")
class TestOwnScreens(OwnScreensCommon):
    """A screen shows what its user may see, and its user alone."""

    def test_nobody_elses_screens(self):
        order = self._order(user=self.cashier)
        order.sudo().user_id = False
        closed = self._order(user=self.cashier)
        self._close(closed, 30.0, use_balance=True)
        closed.sudo().user_id = False
        entry = self._entries()[:1]
        payment = [Command.create(self._pay(1.0))]
        screens = {
            "sale.order.close": {"order_id": order.id, "payment_ids": payment},
            "sale.order.close.batch": {
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "line_ids": [Command.create({"order_id": order.id})],
            },
            "sale.order.reopen": {"order_id": closed.id, "reason": "why"},
            "fiado.wallet.receive": {
                "partner_id": self.maria.id,
                "payment_ids": payment,
            },
            "fiado.wallet.adjust": {
                "partner_id": self.maria.id,
                "operation": "forgive",
                "reason": "why",
            },
            "fiado.wallet.statement": {"partner_id": self.maria.id},
            "fiado.wallet.undo": {"entry_id": entry.id, "reason": "why"},
            "fiado.wallet.balance.date": {"date": "2026-01-31"},
            "fiado.billing.period": {},
            "fiado.promise.note": {
                "company_id": self.company.id,
                "partner_id": self.maria.id,
            },
            "fiado.reminder.batch": {"left_count": 1},
        }
        known = {
            name
            for name, model in self.env.registry.items()
            if model._transient
            and model._original_module == "bemp_fiado"
            and not model._abstract
        }
        lines = {
            "sale.order.close.payment",
            "sale.order.close.batch.line",
            "fiado.wallet.receive.payment",
            "fiado.billing.period.line",
        }
        self.assertEqual(screens.keys() | lines, known)
        for model, values in screens.items():
            screen = self._as(self.ana, self.env[model]).create(values)
            screen.read()
            records = [screen]
            for name in ("payment_ids", "line_ids"):
                if name in screen._fields:
                    records.append(screen[name][:1])
            for record in records:
                colleague = self._as(self.bia, record)
                with self.subTest(model=record._name):
                    self.assertTrue(record)
                    self.assertFalse(colleague.search([("id", "in", record.ids)]))
                    for operation in (
                        lambda r=colleague: r.read(),
                        lambda r=colleague: r.write({"display_name": "mine"}),
                        lambda r=colleague: r.unlink(),
                    ):
                        with self.assertRaises(AccessError):
                            operation()

    def test_context_of_another_company(self):
        there = self.other["company"]
        # Who administrates Odoo reads all companies.
        self.manager.group_ids += self.env.ref("base.group_erp_manager")
        self.maria.with_company(there).sudo().fiado_adjust(
            40.0, self.other["default_account_expense"].id, "why"
        )
        names = ["company_id", "partner_id", "wallet_credit", "shown"]
        for model in ("fiado.wallet.receive", "fiado.wallet.adjust"):
            sent = {"default_company_id": there.id, "default_partner_id": self.maria.id}
            screens = self._as(self.manager, self.env[model], **sent)
            spec = {name: {} for name in names}
            with self.subTest(model=model):
                for operation in (
                    lambda s=screens: s.default_get(["company_id"]),
                    lambda s=screens, spec=spec: s.onchange({}, [], spec),
                    lambda s=screens: s.create({}),
                    lambda s=screens: s.with_context(default_company_id=False).create(
                        {"company_id": there.id}
                    ),
                    lambda s=screens, spec=spec: s.with_context(
                        default_company_id=False
                    ).onchange({"company_id": there.id}, [], spec),
                ):
                    with self.assertRaises(AccessError) as refusal:
                        operation()
                    self.assertIn("not a company of yours", str(refusal.exception))

    def test_default_order_of_a_colleague(self):
        order = self._order(user=self.cashier, user_id=self.cashier.id)
        for model in ("sale.order.close", "sale.order.reopen"):
            screens = self._as(self.ana, self.env[model], default_order_id=order.id)
            spec = {name: {} for name in ("order_id", "shown")}
            with self.subTest(model=model):
                for operation in (
                    lambda s=screens: s.default_get(["order_id"]),
                    lambda s=screens, spec=spec: s.onchange({}, [], spec),
                    lambda s=screens: s.create({"reference": "r"}),
                ):
                    with self.assertRaises(AccessError):
                        operation()

    def test_payments_of_colleagues(self):
        """Who sees own orders sees what was paid of these, and what one received."""
        orders = [
            self._order(user=user, user_id=user.id) for user in (self.ana, self.bia)
        ]
        for order in orders:
            self._close(order, 55.0)
        received = [
            self._as(user, self.maria).fiado_receive(5.0, self.cash.id)["payment_ids"]
            for user in (self.ana, self.bia)
        ]
        payments = self._as(self.ana, self.env["fiado.payment"])
        self.assertEqual(payments.search([]).order_id, orders[0])
        self.assertEqual(payments.search([("order_id", "=", False)]).ids, received[0])
        with self.assertRaises(AccessError):
            payments.browse(received[1]).read(["amount"])
        self.assertEqual(len(self._as(self.cashier, payments).search([])), 4)
        # Whoever reads an entry has its receipt whole.
        entries = self._entries(user=self.ana).filtered(
            lambda entry: entry.origin == "credit_sale"
        )
        self.assertEqual(
            [receipt["payments"].ids for receipt in entries._get_receipts()], received
        )


@tagged("post_install", "-at_install")
class TestPortal(OwnScreensCommon, HttpCase):
    """Customers read their own orders, and nothing of what staff keeps about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = new_test_user(
            cls.env,
            login="fiado_customer",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.order = cls._order(partner=cls.customer.partner_id)
        cls.order.close_order([cls._pay(30.0)], use_balance=True)

    def test_own_order_is_read_whole(self):
        order = self._as(self.customer, self.order)
        # Some that are Odoo's own fail.
        self.assertFalse(self._get_unreadable(order))
        [values] = order.read(["amount_total", *self._get_own_fields(order)])
        self.assertEqual(values["amount_total"], 55.0)
        self.assertEqual(values["closing_state"], "closed")
        self.assertFalse({name for name in values if name.startswith("wallet_")})
        self.assertNotIn("closing_payment_ids", values)
        invoice = self._as(self.customer, self.order.sudo().invoice_ids)
        self.assertFalse(self._get_unreadable(invoice))

    def _get_own_fields(self, record):
        """The addon's fields of those that ``read()`` reads for this user."""
        return [
            name
            for name in record.fields_get()
            if record._fields[name]._module == "bemp_fiado"
        ]

    def _get_unreadable(self, record):
        unreadable = []
        for name in self._get_own_fields(record):
            self.env.invalidate_all()
            try:
                record.read([name])
            except AccessError:
                unreadable.append(name)
        return unreadable

    def test_own_order_on_the_website(self):
        self.env.flush_all()
        self.authenticate(self.customer.login, self.customer.login)
        page = self.url_open(f"/my/orders/{self.order.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.order.name, page.text)

    def test_the_mark_is_not_theirs(self):
        partner = self._as(self.customer, self.customer.partner_id)
        self.assertNotIn("no_fiado", partner.fields_get())
        for operation in (
            lambda: partner.read(["no_fiado"]),
            lambda: partner.search([("no_fiado", "=", True)]),
            lambda: partner.write({"no_fiado": False}),
        ):
            with self.assertRaises(AccessError):
                operation()

    def test_who_has_no_sales_rights_reads_no_wallet_of_an_order(self):
        group = self.env["res.groups"].create({"name": "Order readers"})
        self.env["ir.model.access"].create(
            {
                "name": "Order readers",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "group_id": group.id,
                "perm_read": True,
            }
        )
        reader = new_test_user(
            self.env,
            login="fiado_order_reader",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        reader.group_ids += group
        order = self._as(reader, self.order)
        order.read(["amount_total"])
        for name in (
            *("wallet_debt", "wallet_credit", "wallet_debt_since"),
            *("wallet_partner_id", "wallet_entry_ids", "closing_payment_ids"),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                order.read([name])

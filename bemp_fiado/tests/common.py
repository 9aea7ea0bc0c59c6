from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class FiadoCommon(AccountTestInvoicingCommon):
    """A shop with the feature on, a customer, services without taxes, and cashiers
    with the least rights that do."""

    # Whatever country a new company has by default: the sentences have dollars in them.
    chart_template = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.write({"fiado_enabled": True, "fiado_days": 30})
        cls.debt_account = cls.company.fiado_debt_account_id
        cls.credit_account = cls.company.fiado_credit_account_id
        cls.walk_in = cls.company.fiado_walk_in_partner_id
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.income = cls.company_data["default_account_revenue"]
        cls.cash_journal = cls.company_data["default_journal_cash"]
        cls.bank_journal = cls.company_data["default_journal_bank"]
        cls.cash = cls.cash_journal.inbound_payment_method_line_ids[:1]
        cls.pix = cls.bank_journal.inbound_payment_method_line_ids[:1]
        cls.cash_account = cls.cash_journal.default_account_id
        cls.cash.payment_account_id = cls.cash_account

        cls.maria = cls.env["res.partner"].create({"name": "Maria"})
        cls.haircut, cls.beard = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": price,
                    "taxes_id": False,
                    "property_account_income_id": cls.income.id,
                }
                for name, price in (("Haircut", 55.0), ("Beard", 40.0))
            ]
        )
        cls.cashier = cls._new_user("cashier", "bemp_fiado.group_fiado_user")
        cls.helper = cls._new_user("helper")
        cls.manager = cls._new_user("manager", "bemp_fiado.group_fiado_manager")

    @classmethod
    def _new_user(cls, login, *groups):
        return cls._new_employee(
            login, "sales_team.group_sale_salesman_all_leads", *groups
        )

    @classmethod
    def _new_employee(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=f"fiado_{login}",
            groups=",".join(["base.group_user", *groups]),
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _order(cls, *products, user=None, partner=None, **values):
        """An order of the products, one each, as the user sees it."""
        return (
            cls.env["sale.order"]
            .with_user(user or cls.cashier)
            .with_company(cls.company)
            .with_context(lang="en_US")
            .create(
                {
                    "partner_id": (partner or cls.maria).id,
                    "order_line": [
                        Command.create({"product_id": product.id})
                        for product in products or (cls.haircut,)
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _pay(cls, amount, form=None):
        return {
            "payment_method_line_id": (form or cls.cash).id,
            "amount": amount,
        }

    @classmethod
    def _close(cls, order, *amounts, **values):
        return order.close_order([cls._pay(amount) for amount in amounts], **values)

    @classmethod
    def _leave_debt(cls, amount, partner=None):
        """Leave a debt at the closing of an order of its own."""
        line = {"product_id": cls.haircut.id, "price_unit": amount}
        order = cls._order(partner=partner, order_line=[Command.create(line)])
        cls._close(order, use_balance=True)

    @classmethod
    def _leave_credit(cls, amount, partner=None):
        order = cls._order(partner=partner)
        cls._close(order, 55.0 + amount, use_balance=True)

    def _pay_wizard(self, invoices, amount=None, user=None, **values):
        """Odoo's Pay wizard on invoices, by who does the accounting."""
        wizard = (
            self.env["account.payment.register"]
            .with_user(user or self.clerk)
            .with_context(
                active_model="account.move",
                active_ids=invoices.ids,
                lang="en_US",
                allowed_company_ids=self.company.ids,
            )
            .create(
                {
                    "journal_id": self.cash_journal.id,
                    "payment_method_line_id": self.cash.id,
                    "group_payment": True,
                    **values,
                }
            )
        )
        if amount is not None:
            wizard.amount = amount
        return wizard

    def _wallet(self, partner=None):
        partner = (partner or self.maria).with_company(self.company)
        partner.invalidate_recordset()
        return partner.fiado_balance, partner.fiado_debt, partner.fiado_credit

    def _entries(self, partner=None, user=None):
        self.env.invalidate_all()
        return (
            self.env["fiado.wallet.entry"]
            .with_user(user or self.cashier)
            .search([("partner_id", "=", (partner or self.maria).id)], order="id")
        )

    def _wallet_items(self, order):
        """The journal items of the wallet move that the order's closing made."""
        moves = self.env["account.move"].search(
            [
                ("fiado_order_id", "=", order.id),
                ("journal_id", "=", self.company.fiado_journal_id.id),
            ]
        )
        return moves.line_ids.sorted("id")

    def _open_items(self, partner=None):
        return self.env["account.move.line"].search(
            [
                ("partner_id", "=", (partner or self.maria).id),
                ("account_id", "in", (self.debt_account | self.credit_account).ids),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ],
            order="date_maturity, id",
        )

    def _receivable_open(self, partner=None):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", (partner or self.maria).id),
                ("account_id", "=", self.receivable.id),
                ("parent_state", "=", "posted"),
            ]
        )
        currency = self.company.currency_id
        return (
            currency.round(sum(lines.mapped("amount_residual"))),
            currency.round(sum(lines.mapped("balance"))),
        )

    def _empty_columns(self, kept_fields, **defaults):
        """Have the database as Odoo leaves it when it drops an addon's columns and
        creates them anew."""
        self.env.flush_all()
        for model, names in kept_fields.items():
            for name in names:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s",
                        SQL.identifier(self.env[model]._table),
                        SQL.identifier(name),
                        defaults.get(name),
                    )
                )
        self.env.invalidate_all(flush=False)

    def assertAllIsKept(self, addon, kept_fields, not_kept=()):
        """Whatever an addon adds to others' tables is put aside when it goes, or said
        not to be."""
        not_kept = dict(not_kept)
        for model in self.env.values():
            if model._abstract or model._transient or model._name.startswith("fiado."):
                continue
            added = {
                name
                for name, field in model._fields.items()
                if field._modules == (addon,)
                and field.store
                and field.column_type
                and not field.compute
            }
            added -= not_kept.get(model._name, set())
            with self.subTest(model=model._name):
                self.assertLessEqual(added, {*kept_fields.get(model._name, ())})

    def assertTiesOut(self):
        self.assertEqual(self.env["fiado.wallet"].audit(), [])

    def _count(self):
        """How many of everything a refused operation could have left behind."""
        # Odoo writes what it tracks when it commits.
        self.env.cr.flush()
        counts = {
            model: self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search_count([])
            for model in (
                "sale.order",
                "sale.order.line",
                "account.move",
                "account.move.line",
                "account.payment",
                "account.partial.reconcile",
                "fiado.wallet.entry",
                "fiado.request",
                "mail.message",
            )
        }
        counts["states"] = (
            self.env["sale.order"]
            .sudo()
            ._read_group([], ["state", "closing_state", "locked"], ["__count"])
        )
        return counts

    @classmethod
    def _today(cls):
        return fields.Date.today()

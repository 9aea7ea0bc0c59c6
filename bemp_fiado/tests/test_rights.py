from collections import defaultdict, namedtuple
from datetime import timedelta
from functools import partial

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import BaseModel
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common import FiadoCommon

# What the design's table says: who may do what.
READERS = {"accountant", "helper", "cashier", "manager"}
SALES = {"helper", "cashier", "manager"}
FIADO = {"cashier", "manager"}
MANAGERS = {"manager"}

# An operation: who may, how it is called over RPC, and what is typed on its screen.
Operation = namedtuple("Operation", "name allowed call screen")

# The public methods that the addon's models have beyond the ORM's, by what makes them
# safe. One that is not named here fails the test: say first why RPC may reach it.
#
# These move money. Each checks who calls it before it looks at anything.
CHECKED = {
    "account.chart.template": {"try_loading"},
    "account.move": {"action_fiado_undo", "action_leave_in_wallet"},
    "account.payment": {"action_cancel", "action_draft", "action_reject"},
    "fiado.payment": {"action_cancel_payment"},
    "fiado.wallet.entry": {"action_undo", "undo"},
    "fiado.wallet.opening": {"create"},
    "res.partner": {
        *("fiado_receive", "fiado_pay_out", "fiado_forgive", "fiado_adjust"),
        *("fiado_transfer", "fiado_open_balance", "fiado_renegotiate"),
        "fiado_charge",
    },
    "sale.order": {"close_order", "reopen_order"},
}
# These read, what their caller may read.
READING = {
    "fiado.billing": {"get_figures"},
    "fiado.wallet": {"audit", "get_dashboard"},
    "res.partner": {"fiado_statement"},
}
# These open a window or print, and elevate nothing; or are buttons of a screen, which
# call what is checked.
SCREENS = {
    "fiado.billing": {"action_open"},
    "fiado.billing.period": {
        *("action_analyse", "action_open_billing", "action_print", "action_show"),
        *("action_show_last_month", "action_show_this_month", "action_show_today"),
    },
    "fiado.billing.period.line": {"action_open"},
    "fiado.credit.state": {"action_open_wallet"},
    "fiado.payment": {"action_open_document"},
    "fiado.promise.note": {
        *("action_date", "action_friday", "action_tomorrow", "action_week"),
        "action_withdraw",
    },
    "fiado.reminder": {"action_open_wallet"},
    # What each of these may, and to whom, is in test_reminder_list.
    "fiado.reminder.batch": {"action_send"},
    "fiado.reminder.due": {
        *("action_called", "action_email", "action_open_wallet", "action_promise"),
        *("action_promise_friday", "action_send_all", "action_whatsapp"),
        "action_withdraw_promise",
    },
    "fiado.wallet": {
        *("action_open_wallet", "action_print_debtors", "action_receive"),
        *("action_remind", "action_remind_whatsapp"),
    },
    "fiado.wallet.adjust": {"action_apply"},
    "fiado.wallet.balance": {"action_open_items"},
    "fiado.wallet.balance.date": {"action_show"},
    # Who may send receipts is in test_receipt_emails.
    "fiado.wallet.entry": {
        *("action_email_receipt", "action_open_document", "action_open_order"),
    },
    "fiado.wallet.opening": {"get_import_templates"},
    "fiado.wallet.receive": {"action_receive", "action_receive_without_receipt"},
    "fiado.wallet.statement": {"action_print", "action_send"},
    "fiado.wallet.undo": {"action_undo"},
    # Odoo's own, which lets statements and reminders through (test_statement).
    "mail.compose.message": {"action_send_mail"},
    "res.partner": {
        *("action_fiado_called", "action_fiado_manage"),
        *("action_fiado_print_statement", "action_fiado_promise"),
        *("action_fiado_receive", "action_fiado_remind"),
        *("action_fiado_remind_whatsapp", "action_fiado_send_statement"),
        *("action_fiado_withdraw_promise", "action_open_wallet"),
    },
    "res.config.settings": {
        *("action_fiado_edit_receipt", "action_fiado_edit_whatsapp"),
    },
    "sale.order": {
        *("action_close_order", "action_close_orders", "action_reopen_order"),
        *("action_open_wallet", "action_print_slip"),
        *("action_choose_payer", "action_payer_chosen"),
    },
    "sale.order.close": {
        *("action_close_and_print", "action_close_order", "action_open_statement"),
    },
    "sale.order.close.batch": {"action_close_orders"},
    "sale.order.reopen": {"action_reopen_order"},
}


class RightsCommon(FiadoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.other = cls.setup_other_company()
        cls.other["company"].fiado_enabled = True
        cls.expense = cls.company_data["default_account_expense"]
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        cls.cash_out.payment_account_id = cls.cash_account
        cls.joana, cls.limited = cls.env["res.partner"].create(
            [{"name": "Joana"}, {"name": "Limited", "credit_limit": 10.0}]
        )
        cls.terms = cls.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": days}
                    )
                    for days in (30, 60)
                ],
            }
        )
        cls.company.fiado_late_fee = 2.0
        cls.late = cls.env["res.partner"].create({"name": "Late"})
        cls.late.with_user(cls.manager).with_company(cls.company).fiado_open_balance(
            -25.0, cls._today() - timedelta(60), cls.expense.id
        )
        cls.foreigner = cls.env["res.partner"].create(
            {"name": "Foreigner", "company_id": cls.other["company"].id}
        )
        cls.users = {
            "public": cls.env.ref("base.public_user").sudo(),
            "portal": cls._new_limited_user("portal", "base.group_portal"),
            "employee": cls._new_limited_user("employee", "base.group_user"),
            "accountant": cls._new_limited_user(
                "accountant", "base.group_user", "account.group_account_invoice"
            ),
            "helper": cls.helper,
            "cashier": cls.cashier,
            "manager": cls.manager,
        }
        cls.users["public"].company_ids += cls.company
        cls.open_order = cls._order(user=cls.manager)
        cls.limited_order = cls._order(user=cls.manager, partner=cls.limited)
        cls.closed_order = cls._order(user=cls.manager)
        cls.closed_order.close_order([cls._pay(30.0)], use_balance=True)
        cls.credit_order = cls._order(user=cls.manager, partner=cls.joana)
        left = cls._order(user=cls.manager, partner=cls.joana)
        left.close_order([cls._pay(95.0)], use_balance=True)
        cls.foreign_order = (
            cls.env["sale.order"]
            .sudo()
            .with_company(cls.other["company"])
            .create(
                {
                    "partner_id": cls.foreigner.id,
                    "order_line": [Command.create({"product_id": cls.haircut.id})],
                }
            )
        )

    @classmethod
    def _new_limited_user(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=f"fiado_{login}",
            groups=",".join(groups),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _as(self, role, record, company=None):
        return (
            record.with_user(self.users[role])
            .with_context(lang="en_US")
            .with_company(company or self.company)
        )

    def _is_refused(self, operation):
        """Whether the operation is refused for lack of rights; undone if it isn't."""
        try:
            with self.cr.savepoint() as savepoint:
                operation()
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return True
        except UserError as refusal:
            # Whose right is missing is told what to do instead, or who may.
            if "ask who" in str(refusal):
                return True
            raise
        finally:
            self.env.invalidate_all()
        return False


@tagged("post_install", "-at_install")
class TestRights(RightsCommon):
    """Who may do what, over RPC and on the screens, in one's own and in another
    company."""

    @staticmethod
    def _call_as(customer, company, method, values, as_role):
        return getattr(as_role(customer, company), method)(*values)

    def _operations(self):
        """Maria owes 25, Joana has 40, who is limited may owe 10."""
        order, maria, joana = self.open_order, self.maria, self.joana
        reason = {"reason": "why"}

        def closing(order, paid, **values):
            return lambda as_role: as_role(order).close_order(
                [self._pay(paid)] if paid else [], **values
            )

        def on_payment_screen(order, paid, **values):
            payments = [Command.create(self._pay(paid))] if paid else []
            return (
                "sale.order.close",
                {"order_id": order.id, "payment_ids": payments, **values},
                "action_close_order",
            )

        def managing(operation, customer, **values):
            return (
                "fiado.wallet.adjust",
                {
                    **{"partner_id": customer.id, "operation": operation},
                    **{"amount": 5.0, **reason, **values},
                },
                "action_apply",
            )

        expense = {"account_id": self.expense.id}
        out = {"payment_method_line_id": self.cash_out.id}
        return [
            Operation(
                "read a statement",
                READERS,
                lambda as_role: as_role(maria).fiado_statement(),
                None,
            ),
            Operation(
                "audit",
                READERS,
                lambda as_role: as_role(self.env["fiado.wallet"]).audit(),
                None,
            ),
            Operation(
                "close paid in full",
                SALES,
                closing(order, 55.0),
                on_payment_screen(order, 55.0),
            ),
            Operation(
                "pay debt at a closing",
                SALES,
                closing(order, 80.0, debt_paid=25.0),
                on_payment_screen(order, 80.0, debt_paid=25.0),
            ),
            Operation(
                "use credit",
                SALES,
                closing(self.credit_order, 15.0, credit_used=40.0),
                on_payment_screen(self.credit_order, 15.0, credit_used=40.0),
            ),
            Operation(
                "receive debt, sell credit",
                SALES,
                lambda as_role: as_role(maria).fiado_receive(40.0, self.cash.id),
                (
                    "fiado.wallet.receive",
                    {
                        "partner_id": maria.id,
                        "payment_ids": [Command.create(self._pay(40.0))],
                    },
                    "action_receive_without_receipt",
                ),
            ),
            Operation(
                "leave debt",
                FIADO,
                closing(order, 30.0, use_balance=True),
                on_payment_screen(order, 30.0, use_balance=True),
            ),
            Operation(
                "leave debt in instalments",
                FIADO,
                closing(order, 30.0, use_balance=True, payment_term_id=self.terms.id),
                on_payment_screen(
                    order, 30.0, use_balance=True, payment_term_id=self.terms.id
                ),
            ),
            Operation(
                "leave credit",
                FIADO,
                closing(order, 60.0, use_balance=True),
                on_payment_screen(order, 60.0, use_balance=True),
            ),
            Operation(
                "go over the limit",
                MANAGERS,
                closing(
                    self.limited_order, 30.0, use_balance=True, override_reason="why"
                ),
                on_payment_screen(
                    self.limited_order, 30.0, use_balance=True, override_reason="why"
                ),
            ),
            Operation(
                "reopen",
                MANAGERS,
                lambda as_role: as_role(self.closed_order).reopen_order("why"),
                (
                    "sale.order.reopen",
                    {"order_id": self.closed_order.id, **reason},
                    "action_reopen_order",
                ),
            ),
            Operation(
                "pay out",
                MANAGERS,
                lambda as_role: as_role(joana).fiado_pay_out(
                    5.0, self.cash_out.id, "why"
                ),
                managing("pay_out", joana, **out),
            ),
            Operation(
                "forgive",
                MANAGERS,
                lambda as_role: as_role(maria).fiado_forgive(5.0, "why"),
                managing("forgive", maria),
            ),
            Operation(
                "put into instalments",
                MANAGERS,
                lambda as_role: as_role(maria).fiado_renegotiate(self.terms.id, "why"),
                managing("renegotiate", maria, payment_term_id=self.terms.id),
            ),
            Operation(
                "charge",
                MANAGERS,
                lambda as_role: as_role(self.late).fiado_charge(),
                managing("charge", self.late),
            ),
            Operation(
                "leave charges off",
                MANAGERS,
                lambda as_role: as_role(self.late).fiado_receive(
                    25.0, self.cash.id, charges=False
                ),
                None,
            ),
            Operation(
                "adjust",
                MANAGERS,
                lambda as_role: as_role(maria).fiado_adjust(
                    5.0, self.expense.id, "why"
                ),
                managing("adjust", maria, **expense),
            ),
            Operation(
                "transfer",
                MANAGERS,
                lambda as_role: as_role(joana).fiado_transfer(maria.id, 5.0, "why"),
                managing("transfer", joana, target_id=maria.id),
            ),
            Operation(
                "bring over",
                MANAGERS,
                lambda as_role: as_role(maria).fiado_open_balance(
                    -5.0, "2026-01-05", self.expense.id
                ),
                managing("opening", maria, date="2026-01-05", **expense),
            ),
        ]

    def _press(self, role, screen):
        model, values, button = screen
        getattr(self._as(role, self.env[model]).create(values), button)()

    def _get_allowed(self, operation):
        """Which roles an operation is open to."""
        return {
            role
            for role in self.users
            if not self._is_refused(partial(operation, role))
        }

    def test_over_rpc(self):
        for operation in self._operations():
            with self.subTest(operation=operation.name):
                allowed = self._get_allowed(
                    lambda role, o=operation: o.call(partial(self._as, role))
                )
                self.assertEqual(
                    (operation.name, allowed), (operation.name, operation.allowed)
                )

    def test_on_the_screens(self):
        for operation in self._operations():
            if operation.screen:
                with self.subTest(operation=operation.name):
                    allowed = self._get_allowed(
                        lambda role, o=operation: self._press(role, o.screen)
                    )
                    self.assertEqual(
                        (operation.name, allowed), (operation.name, operation.allowed)
                    )

    # Another company ---------------------------------------------------------

    def test_nothing_in_another_company(self):
        """Neither its customers and orders, nor the own customers there."""
        there = self.other["company"]
        cash = self.other["default_journal_cash"].inbound_payment_method_line_ids[:1]
        out = self.other["default_journal_cash"].outbound_payment_method_line_ids[:1]
        expense = self.other["default_account_expense"]
        payments = [self._pay(55.0, cash)]
        operations = {
            "close": lambda as_role: as_role(self.foreign_order).close_order(payments),
            "reopen": lambda as_role: as_role(self.foreign_order).reopen_order("why"),
            "audit": lambda as_role: as_role(self.env["fiado.wallet"], there).audit(),
        }
        for name, customer, company in (
            ("their customer", self.foreigner, None),
            ("their customer, there", self.foreigner, there),
            ("our customer, there", self.maria, there),
        ):
            operations |= {
                f"{name}: {method}": partial(
                    self._call_as, customer, company, method, values
                )
                for method, values in {
                    "fiado_statement": (),
                    "fiado_receive": (5.0, cash.id),
                    "fiado_pay_out": (5.0, out.id, "why"),
                    "fiado_forgive": (5.0, "why"),
                    "fiado_renegotiate": (self.terms.id, "why"),
                    "fiado_charge": (),
                    "fiado_adjust": (5.0, expense.id, "why"),
                    "fiado_transfer": (self.joana.id, 5.0, "why"),
                    "fiado_open_balance": (5.0, "2026-01-05", expense.id),
                }.items()
            }
        for name, operation in operations.items():
            with self.subTest(operation=name):
                self.assertFalse(
                    self._get_allowed(
                        lambda role, o=operation: o(partial(self._as, role))
                    )
                )

    def test_screens_show_nothing_of_another_company(self):
        there = self.other["company"]
        self.foreigner.with_company(there).sudo().fiado_adjust(
            -7.0, self.other["default_account_expense"].id, "why"
        )
        screens = {
            "sale.order.close": {"order_id": self.foreign_order.id},
            "fiado.wallet.receive": {
                "partner_id": self.foreigner.id,
                "company_id": there.id,
            },
            "fiado.wallet.adjust": {
                "partner_id": self.foreigner.id,
                "company_id": there.id,
            },
            "sale.order.reopen": {"order_id": self.foreign_order.id, "reason": "why"},
        }
        for model, values in screens.items():
            names = [
                name
                for name in (
                    "amount_total",
                    "wallet_debt",
                    "payment_form_ids",
                    "forecast",
                )
                if name in self.env[model]._fields
            ]
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._as("manager", self.env[model]).create(values).read(names)
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._as("manager", self.env[model]).onchange(
                    values, [], {name: {} for name in (*values, *names)}
                )

    def test_orders_of_others(self):
        """Who sees only own orders closes, reopens and sees no other's."""
        group = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.manager.group_ids -= group
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman")
        order = self._order(user=self.cashier, user_id=self.cashier.id)
        operations = (
            lambda: self._as("manager", order).close_order([self._pay(55.0)]),
            lambda: self._as("manager", order).reopen_order("why"),
            lambda: (
                self._as("manager", self.env["sale.order.close"])
                .create({"order_id": order.id})
                .amount_total
            ),
        )
        for operation in operations:
            self.assertTrue(self._is_refused(operation))

    # Reading -----------------------------------------------------------------

    def test_read_models(self):
        for model in ("fiado.wallet", "fiado.wallet.entry", "fiado.payment"):
            for role in self.users:
                records = self._as(role, self.env[model])
                own = self.users[role].partner_id.commercial_partner_id
                try:
                    found = records.search([])
                    partners = found.partner_id
                except AccessError:
                    found, partners = records, own.browse()
                with self.subTest(model=model, role=role):
                    if role in READERS:
                        self.assertTrue(found)
                    else:
                        self.assertLessEqual(set(partners.ids), set(own.ids))

    def test_read_models_are_not_written(self):
        for model in ("fiado.wallet", "fiado.wallet.entry", "fiado.payment"):
            record = self.env[model].search([], limit=1)
            self.assertTrue(record)
            for role in self.users:
                as_role = self._as(role, record)
                for operation in (
                    partial(as_role.write, {"amount": 1.0}),
                    as_role.unlink,
                    partial(as_role.create, {"partner_id": self.maria.id}),
                ):
                    with self.subTest(model=model, role=role):
                        self.assertTrue(self._is_refused(operation))

    def test_answers_are_nobodys(self):
        self.maria.with_user(self.helper).fiado_receive(1.0, self.cash.id, "r")
        answered = self.env["fiado.request"].sudo().search([("reference", "=", "r")])
        self.assertTrue(answered)
        for role in self.users:
            for operation in (
                partial(self._as(role, answered).read, ["answer"]),
                partial(self._as(role, answered).write, {"reference": "s"}),
                self._as(role, answered).unlink,
                partial(
                    self._as(role, answered).create,
                    {"company_id": self.company.id, "reference": "t"},
                ),
            ):
                with self.subTest(role=role):
                    self.assertTrue(self._is_refused(operation))


@tagged("post_install", "-at_install")
class TestPublicMethods(RightsCommon):
    """What RPC reaches: all of it is known, and nothing elevates what it is given."""

    def _get_public_methods(self):
        """The public methods that the addon's code defines, by model."""
        found = {}
        for model_name, model_class in self.env.registry.items():
            defined = {
                name
                for base in model_class.mro()
                if base.__module__.startswith("odoo.addons.bemp_fiado.")
                for name, value in vars(base).items()
                if callable(value) and not hasattr(BaseModel, name)
            }
            public = {name for name in defined if self._is_public(model_name, name)}
            if public:
                found[model_name] = public
        return found

    def _is_public(self, model_name, name):
        try:
            get_public_method(self.env[model_name], name)
        except (AccessError, AttributeError):
            return False
        return True

    def test_all_are_known(self):
        known = defaultdict(set)
        for table in (CHECKED, READING, SCREENS):
            for model_name, names in table.items():
                known[model_name] |= {n for n in names if not hasattr(BaseModel, n)}
        self.assertEqual(
            self._get_public_methods(), {model: n for model, n in known.items() if n}
        )

    def test_checked_ones_refuse_who_has_no_rights(self):
        """Each refuses before it looks at its values."""
        payment = self.env["account.payment"].search(
            [("fiado_origin", "!=", False)], limit=1
        )
        records = {
            "account.move": self.closed_order.sudo().invoice_ids[:1],
            "account.payment": payment,
            "fiado.payment": self.env["fiado.payment"].browse(payment.id),
            "res.partner": self.maria,
            "sale.order": self.open_order,
        }
        values = {
            **{"get_figures": ("2026-01-01", "2026-12-31")},
            **{"close_order": ([],), "reopen_order": ("why",), "create": ({},)},
            **{"fiado_receive": (1.0, 1), "fiado_pay_out": (1.0, 1, "why")},
            **{"fiado_forgive": (1.0, "why"), "fiado_adjust": (1.0, 1, "why")},
            **{"fiado_transfer": (1, 1.0, "why"), "undo": ("why",)},
            **{"fiado_open_balance": (1.0, "2026-01-05", 1)},
            **{"fiado_renegotiate": (1, "why")},
            **{"fiado_charge": ()},
            **{"try_loading": ("generic_coa", self.company.id)},
        }
        for model_name, names in (*CHECKED.items(), *READING.items()):
            record = records.get(model_name, self.env[model_name])
            for name in names:
                for role in ("public", "portal", "employee"):
                    method = getattr(self._as(role, record), name)
                    with (
                        self.subTest(model=model_name, method=name, role=role),
                        self.assertRaises(AccessError),
                    ):
                        method(*values.get(name, ()))

    def test_a_payment_is_cancelled_by_managers(self):
        payment = self.env["fiado.payment"].search([], limit=1)
        cancelling = {
            role
            for role in self.users
            if not self._is_refused(self._as(role, payment).action_cancel_payment)
        }
        self.assertEqual(cancelling, MANAGERS)


@tagged("post_install", "-at_install")
class TestForged(RightsCommon):
    """Nobody writes what only the wallet's operations write, on whatever road."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # All the rights that Odoo gives but the system's own.
        cls.accountant = cls._new_limited_user(
            "chief",
            *("base.group_user", "account.group_account_manager"),
            *("sales_team.group_sale_manager", "bemp_fiado.group_fiado_manager"),
        )
        cls.users["chief"] = cls.accountant

    def test_origin_order_and_reference(self):
        forged = {
            "fiado_origin": "opening",
            "fiado_order_id": self.open_order.id,
            "fiado_reference": "forged",
        }
        for model, values in (
            ("account.move", {"move_type": "entry"}),
            ("account.payment", {"amount": 1.0, "partner_id": self.maria.id}),
        ):
            records = self._as("chief", self.env[model])
            draft = records.create(values)
            for name in forged.keys() & records._fields.keys():
                value = forged[name]
                with self.subTest(model=model, field=name):
                    with self.assertRaises(AccessError):
                        records.create({**values, name: value})
                    with self.assertRaises(AccessError):
                        draft.write({name: value})
                    with self.assertRaises(AccessError):
                        draft.copy({name: value})
                    with self.assertRaises(AccessError):
                        draft.web_save({name: value}, {})
                    made = records.with_context(**{f"default_{name}": value})
                    self.assertFalse(made.create(values)[name])
                    self.assertFalse(made.sudo().create(values)[name])

    def test_user_default(self):
        self.env["ir.default"].with_user(self.accountant).set(
            "account.move", "fiado_origin", "opening", user_id=True
        )
        self.env["ir.default"].with_user(self.accountant).set(
            "sale.order", "closing_state", "closed", user_id=True
        )
        move = self._as("chief", self.env["account.move"]).create(
            {"move_type": "entry"}
        )
        self.assertFalse(move.fiado_origin)
        self.assertEqual(self._order(user=self.accountant).closing_state, "open")

    def test_closing_state(self):
        order = self._as("chief", self.open_order)
        for operation in (
            partial(order.write, {"closing_state": "closed"}),
            partial(self._order, user=self.accountant, closing_state="closed"),
            partial(order.copy, {"closing_state": "closed"}),
            partial(order.web_save, {"closing_state": "closed"}, {}),
        ):
            with self.assertRaises(AccessError):
                operation()
        orders = order.with_context(default_closing_state="closed")
        made = orders.create({"partner_id": self.maria.id})
        self.assertEqual(made.closing_state, "open")

    def test_an_invoice_of_no_closing(self):
        """Odoo makes invoices elevated, in its caller's context."""
        order = self._as("chief", self.open_order).with_context(
            fiado_closing=True,
            default_fiado_origin="order",
            default_fiado_order_id=self.open_order.id,
        )
        order.action_confirm()
        wizard = order.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)]}
        )
        wizard.create_invoices()
        self.assertRecordValues(
            order.invoice_ids, [{"fiado_order_id": False, "fiado_origin": False}]
        )

    def test_a_wallet_move(self):
        """Posted ones stay as they are for who has all rights."""
        move = self.env["account.move"].search(
            [("journal_id", "=", self.company.fiado_journal_id.id)], limit=1
        )
        move = self._as("chief", move).with_context(
            fiado_release=True, bypass_lock_check=True, skip_readonly_check=True
        )
        item = move.line_ids[:1]
        for operation in (
            partial(move.write, {"date": "2026-01-01"}),
            partial(move.write, {"state": "draft"}),
            move.button_draft,
            move.button_cancel,
            move.unlink,
            partial(item.write, {"balance": 1000.0}),
            partial(item.write, {"account_id": self.expense.id}),
            item.unlink,
        ):
            with self.assertRaises(UserError):
                operation()
        self.assertTiesOut()


@tagged("post_install", "-at_install")
class TestRawChange(RightsCommon):
    """What is changed behind the ORM's back is found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.fiado_journal_id.restrict_mode_hash_table = True
        cls._close(cls._order(), 30.0, use_balance=True)
        cls.move = cls.env["account.move"].search(
            [("journal_id", "=", cls.company.fiado_journal_id.id)],
            order="id desc",
            limit=1,
        )
        cls.item = cls.move.line_ids.filtered(
            lambda line: line.account_id == cls.debt_account
        )

    def setUp(self):
        super().setUp()
        self.assertTrue(self.move.inalterable_hash)

    def _get_hash_result(self):
        self.env.invalidate_all()
        report = self.company._check_hash_integrity()
        name = self.company.fiado_journal_id.name
        [result] = [
            row
            for row in report["results"]
            if name in row["journal_name"] and row["status"] != "no_data"
        ]
        return result["status"]

    def test_amount(self):
        self.assertEqual(self._get_hash_result(), "verified")
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = 5, debit = 5 WHERE id = %s",
            [self.item.id],
        )
        self.assertEqual(self._get_hash_result(), "corrupted")
        self.assertEqual(
            [row["check"] for row in self.env["fiado.wallet"].audit()], ["open_items"]
        )

    def test_customer(self):
        self.env.cr.execute(
            "UPDATE account_move_line SET partner_id = %s WHERE id = %s",
            [self.joana.id, self.item.id],
        )
        self.assertEqual(self._get_hash_result(), "corrupted")

    def test_open_amount(self):
        """Not part of Odoo's hash: the audit finds it."""
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 5 WHERE id = %s",
            [self.item.id],
        )
        self.assertEqual(
            [
                (row["check"], row["partner_id"])
                for row in self.env["fiado.wallet"].audit()
            ],
            [("open_items", self.maria.id)],
        )

    def test_deleted_item(self):
        self.env.cr.execute(
            "DELETE FROM account_partial_reconcile WHERE %s IN (debit_move_id, "
            "credit_move_id)",
            [self.item.id],
        )
        self.env.cr.execute(
            "DELETE FROM account_move_line WHERE id = %s", [self.item.id]
        )
        self.assertEqual(self._get_hash_result(), "corrupted")

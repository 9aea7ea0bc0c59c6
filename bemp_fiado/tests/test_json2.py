import json
from datetime import datetime, timedelta
from http import HTTPStatus

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_rights import FIADO, MANAGERS, READERS, SALES, RightsCommon


@tagged("post_install", "-at_install")
class TestJson2(RightsCommon, HttpCase):
    """Who may do what with an API key: as everywhere else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users.pop("public")
        # As an owner, who may change contacts, too; the cashier is only held by rules.
        for role in ("cashier", "manager"):
            cls.users[role].group_ids += cls.env.ref("base.group_partner_manager")
        cls.users["own"] = new_test_user(
            cls.env,
            login="fiado_own",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.everybody = set(cls.users)
        cls.keys = {role: cls._make_key(user) for role, user in cls.users.items()}
        for order in (cls.open_order, cls.closed_order, cls.limited_order):
            order.sudo().user_id = cls.manager
        cls.internal = cls._order(user=cls.cashier, order_type="internal")
        cls.there = cls.other["company"]
        cls.maria.with_company(cls.there).sudo().fiado_adjust(
            40.0, cls.other["default_account_expense"].id, "why"
        )
        adjusted = cls.joana.with_company(cls.company).with_user(cls.manager)
        answer = adjusted.fiado_adjust(5.0, cls.expense.id, "why")
        cls.adjustment = (
            cls.env["fiado.wallet.entry"]
            .search([("move_id", "in", answer["move_ids"])], limit=1)
            .id
        )
        cls.env.flush_all()

    @classmethod
    def _make_key(cls, user):
        expires = datetime.now() + timedelta(days=0.5)
        keys = cls.env["res.users.apikeys"].with_user(user).sudo(False)
        return keys.sudo()._generate("rpc", "test", expires)

    def _call(self, role, model, method, ids=(), context=None, **arguments):
        """The answer, and whether it is a refusal for lack of rights; what it did is
        undone."""
        body = {"ids": list(ids), "context": {"lang": "en_US", **(context or {})}}
        if not ids:
            del body["ids"]
        with self.cr.savepoint() as savepoint, mute_logger("odoo.http"):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(body | arguments),
                headers={
                    "Authorization": f"Bearer {self.keys[role]}",
                    "Content-Type": "application/json",
                },
            )
            savepoint.rollback()
        self.env.invalidate_all()
        return response.status_code, response.json()

    def _is_allowed(self, role, *args, **kwargs):
        status, answer = self._call(role, *args, **kwargs)
        if status == HTTPStatus.OK:
            return True
        message = answer["message"]
        if status == HTTPStatus.FORBIDDEN or "ask who" in message:
            return False
        self.fail(f"{role}: {status} {answer['name']} {message}")

    def _assertAllowed(self, allowed, *args, **kwargs):
        found = {role for role in self.users if self._is_allowed(role, *args, **kwargs)}
        self.assertEqual(found, allowed, (*args, kwargs))

    def test_matrix(self):
        own = {"own"}
        maria, joana = self.maria.ids, self.joana.ids
        screen = {"partner_id": self.maria.id, "company_id": self.there.id}
        receive = "fiado.wallet.receive"
        order = self.open_order.ids
        calls = {
            "read wallets": (
                READERS | own,
                ("fiado.wallet", "search_read"),
                {"domain": []},
            ),
            "read a balance": (
                READERS | own,
                ("res.partner", "read", maria),
                {"fields": ["fiado_balance"]},
            ),
            "read entries": (
                READERS | own,
                ("fiado.wallet.entry", "search_read"),
                {"domain": []},
            ),
            "read a statement": (
                READERS | own,
                ("res.partner", "fiado_statement", maria),
                {},
            ),
            "read payments": (
                READERS | own,
                ("fiado.payment", "search_read"),
                {"domain": []},
            ),
            "read the wallet of an order": (
                READERS,
                ("sale.order", "read", order),
                {"fields": ["wallet_debt"]},
            ),
            "read whether fiado is refused": (
                self.everybody - {"portal"},
                ("res.partner", "read", maria),
                {"fields": ["no_fiado"]},
            ),
            "refuse fiado": (
                MANAGERS,
                ("res.partner", "write", maria),
                {"vals": {"no_fiado": True}},
            ),
            "refuse fiado to a new one": (
                MANAGERS,
                ("res.partner", "create"),
                {"vals_list": [{"name": "Ana", "no_fiado": True}]},
            ),
            "refuse fiado to a new contact": (
                MANAGERS,
                ("res.partner", "write", maria),
                {
                    "vals": {
                        "child_ids": [Command.create({"name": "Ana", "no_fiado": True})]
                    }
                },
            ),
            "change an order's type": (
                MANAGERS,
                ("sale.order", "write", self.internal.ids),
                {"vals": {"order_type": "service"}},
            ),
            "close another's order": (
                SALES,
                ("sale.order", "close_order", order),
                {"payments": [self._pay(55.0)]},
            ),
            "leave debt": (
                FIADO,
                ("sale.order", "close_order", order),
                {"payments": [], "use_balance": True},
            ),
            "open another's order on the screen": (
                SALES,
                ("sale.order.close", "create"),
                {"vals_list": [{"order_id": self.open_order.id}]},
            ),
            "undo": (
                MANAGERS,
                ("fiado.wallet.entry", "undo", [self.adjustment]),
                {"reason": "why"},
            ),
            "transfer": (
                MANAGERS,
                ("res.partner", "fiado_transfer", joana),
                {"partner_id": self.maria.id, "amount": 5.0, "reason": "why"},
            ),
            "receive": (
                SALES | own,
                ("res.partner", "fiado_receive", maria),
                {"amount": 5.0, "payment_method_line_id": self.cash.id},
            ),
            "screen of another company": (
                set(),
                (receive, "create"),
                {"vals_list": [screen]},
            ),
            "screen of another company, shown": (
                set(),
                (receive, "onchange"),
                {
                    "values": {},
                    "field_names": [],
                    "fields_spec": {"wallet_credit": {}, "company_id": {}},
                    "context": {f"default_{k}": v for k, v in screen.items()},
                },
            ),
            "defaults of another company": (
                set(),
                (receive, "default_get"),
                {
                    "fields": ["company_id"],
                    "context": {"default_company_id": self.there.id},
                },
            ),
            "balance in another company": (
                set(),
                ("res.partner", "read", maria),
                {
                    "fields": ["fiado_balance"],
                    "context": {"allowed_company_ids": self.there.ids},
                },
            ),
        }
        for name, (allowed, call, arguments) in calls.items():
            with self.subTest(call=name):
                self._assertAllowed(allowed, *call, **arguments)

    def test_a_colleagues_screen(self):
        screen = self._as("manager", self.env["fiado.wallet.receive"]).create(
            {"partner_id": self.maria.id}
        )
        self.env.flush_all()
        call = ("fiado.wallet.receive", "read", screen.ids)
        self._assertAllowed(MANAGERS, *call, fields=["wallet_debt"])

    def test_payments_of_colleagues(self):
        for role, sees in (("own", False), ("helper", True), ("accountant", True)):
            status, answer = self._call(
                role, "fiado.payment", "search_read", domain=[], fields=["amount"]
            )
            self.assertEqual((status, bool(answer)), (HTTPStatus.OK, sees), role)

    def test_own_order_of_a_customer(self):
        order = self._order(user=self.manager, partner=self.users["portal"].partner_id)
        order.close_order([self._pay(30.0)], use_balance=True)
        self.env.flush_all()
        names = ["amount_total", "closing_state", "fiado_enabled", "order_type"]
        status, [values] = self._call(
            "portal", "sale.order", "read", order.ids, fields=names
        )
        self.assertEqual(status, HTTPStatus.OK)
        self.assertEqual(values["amount_total"], 55.0)
        for name in ("wallet_debt", "wallet_entry_ids", "closing_payment_ids"):
            status, _answer = self._call(
                "portal", "sale.order", "read", order.ids, fields=[name]
            )
            self.assertEqual(status, HTTPStatus.FORBIDDEN)

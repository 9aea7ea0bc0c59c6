from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestButtons(FiadoCommon):
    """What is offered to whom on the screens of orders, customers and wallets."""

    def _view(self, model, view, user):
        ref = f"bemp_fiado.{view}" if "." not in view else view
        view_id = self.env.ref(ref).id
        view_type = self.env["ir.ui.view"].browse(view_id).type
        arch = self.env[model].with_user(user).get_view(view_id, view_type)["arch"]
        return etree.fromstring(arch)

    def _buttons(self, *args):
        return {
            node.get("name") for node in self._view(*args).iter("button", "a", "field")
        }

    def test_wallet(self):
        view = ("res.partner", "res_partner_view_form_wallet")
        everybody = {
            "action_fiado_receive",
            "action_fiado_print_statement",
            "action_fiado_send_statement",
            "action_fiado_remind",
            "action_fiado_remind_whatsapp",
        }
        helper = self._buttons(*view, self.helper)
        self.assertLessEqual(everybody, helper)
        self.assertNotIn("action_fiado_manage", helper)
        manager = self._buttons(*view, self.manager)
        self.assertLessEqual(everybody | {"action_fiado_manage"}, manager)

    def test_order(self):
        view = ("sale.order", "sale.view_order_form")
        managing = {"action_reopen_order", "action_cancel_payment"}
        self.assertFalse(managing & self._buttons(*view, self.helper))
        self.assertLessEqual(managing, self._buttons(*view, self.manager))

    def test_partner(self):
        employee = self._new_user("employee")
        employee.group_ids = [Command.set([self.ref("base.group_user")])]
        for name, view in (
            ("fiado_debt", "base.view_partner_tree"),
            ("fiado_credit", "base.view_partner_tree"),
            ("fiado_entry_ids", "base.view_partner_form"),
        ):
            with self.subTest(field=name):
                self.assertIn(name, self._buttons("res.partner", view, self.helper))
                self.assertNotIn(name, self._buttons("res.partner", view, employee))

    def test_screens_open_for_the_customer(self):
        self._leave_debt(25.0)
        son = self.env["res.partner"].create(
            {"name": "Son", "parent_id": self.maria.id}
        )
        son = son.with_user(self.manager).with_company(self.company)
        for action, model in (
            (son.action_fiado_receive(), "fiado.wallet.receive"),
            (son.action_fiado_manage(), "fiado.wallet.adjust"),
            (son.action_fiado_print_statement(), "fiado.wallet.statement"),
            (son.action_fiado_send_statement(), "fiado.wallet.statement"),
        ):
            with self.subTest(model=model):
                self.assertEqual(action["res_model"], model)
                self.assertEqual(action["context"]["default_partner_id"], self.maria.id)

    def test_cancel_payment(self):
        order = self._order()
        self._close(order, 55.0)
        self.env.invalidate_all()
        order.closing_payment_ids.with_user(self.manager).action_cancel_payment()
        self.assertEqual(self._wallet(), (-55.0, 55.0, 0.0))
        self.env.invalidate_all()
        self.assertRecordValues(
            order.closing_payment_ids.sorted("id"),
            [
                {"amount": 55.0, "state": "canceled"},
                {"amount": -55.0, "state": "canceled"},
            ],
        )
        with self.assertRaises(UserError):
            order.closing_payment_ids.sorted("id")[1].with_user(
                self.manager
            ).action_cancel_payment()
        self.assertTiesOut()

    def test_new_internal_sale(self):
        action = self.env.ref("bemp_fiado.sale_order_action_new_internal")
        self.assertEqual(action.view_mode, "form")
        order = (
            self.env["sale.order"]
            .with_user(self.cashier)
            .with_context(default_order_type="internal")
            .create({"partner_id": self.maria.id})
        )
        self.assertEqual(order.order_type, "internal")

    def test_menus(self):
        menus = self.env.ref("bemp_fiado.bemp_fiado_menu_root").child_id
        self.assertEqual(
            menus.with_context(lang="en_US").sorted("sequence").mapped("name"),
            [
                "Service Orders",
                "Dashboard",
                "Customers in Debt",
                "Wallets",
                "Entries",
                "Receive",
                "Reports",
                "Configuration",
            ],
        )

    def test_entry_opens_its_order(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        entry = self._entries(user=self.helper)
        action = entry.action_open_order()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (order._name, order.id)
        )

    def test_entries_for_accounting(self):
        """What the export template reads, by a cashier."""
        self._leave_debt(25.0)
        maria = self.maria.with_user(self.manager).with_company(self.company)
        maria.fiado_receive(40.0, self.cash.id)
        joana = self.env["res.partner"].create({"name": "Joana"})
        maria.fiado_transfer(joana.id, 15.0, "why")
        self.helper.group_ids = [Command.link(self.ref("base.group_allow_export"))]
        template = self.env.ref("bemp_fiado.ir_exports_wallet_entry")
        self.assertEqual(template.resource, "fiado.wallet.entry")
        names = template.export_fields.mapped("name")
        rows = self._entries(user=self.helper).export_data(names)["datas"]
        code, counterpart = names.index("account_code"), names.index("counterpart")
        self.assertEqual(
            [(row[code], row[counterpart]) for row in rows],
            [
                (self.debt_account.code, self.receivable.code),
                (self.debt_account.code, self.receivable.code),
                (self.credit_account.code, self.receivable.code),
                (self.credit_account.code, self.credit_account.code),
            ],
        )

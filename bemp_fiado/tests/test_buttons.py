from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

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

    def test_payments_of_an_order_are_those_that_stand(self):
        """What was taken back is listed, and adds nothing to the total. Where the order
        was made out to somebody else meanwhile, each row says whose it is."""
        joana = self.env["res.partner"].create({"name": "Joana"})
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        order.with_user(self.manager).reopen_order("Wrong customer")
        order.partner_id = order.partner_invoice_id = joana
        self._close(order, 45.0, use_balance=True)
        self.env.invalidate_all()
        payments = order.with_user(self.helper).closing_payment_ids
        self.assertEqual(sum(payments.mapped("amount")), 45.0)
        for rows in (payments, order.with_user(self.helper).wallet_entry_ids):
            self.assertEqual(rows.partner_id, self.maria | joana)
        arch = self._view("sale.order", "sale.view_order_form", self.helper)
        for name in ("closing_payment_ids", "wallet_entry_ids"):
            [field] = arch.xpath(f"//page[@name='closing']//field[@name='{name}']")
            with self.subTest(field=name):
                self.assertEqual(field.get("mode"), "list,kanban")
                self.assertNotIn("hide_partner", field.get("context", ""))
                [partner] = field.xpath("list/field[@name='partner_id']")
                self.assertFalse(partner.get("column_invisible"))

    def test_an_order_of_notes_alone_opens_no_payment_screen(self):
        order = self._order()
        order.order_line = [
            Command.clear(),
            Command.create({"display_type": "line_section", "name": "Hair"}),
            Command.create({"display_type": "line_note", "name": "Short"}),
        ]
        with self.assertRaisesRegex(UserError, "Nothing is on this order yet"):
            order.action_close_order()

    def test_the_banner_has_no_address(self):
        """The web client reads what an onchange returns in the context of the field
        that changed: the customer, with the address."""
        self._leave_debt(25.0)
        self.maria.write({"street": "Rua da Aurora, 100", "city": "Recife"})
        arch = self._view("sale.order", "sale.view_order_form", self.cashier)
        banners = arch.xpath("//field[@name='wallet_partner_id'][not(@invisible='1')]")
        self.assertEqual(len(banners), 2)
        orders = self._order().browse().with_context(show_address=1)
        for banner in banners:
            spec = {"fields": {"display_name": {}}}
            spec["context"] = safe_eval(banner.get("context"))
            values = orders.onchange(
                {"partner_id": self.maria.id},
                ["partner_id"],
                {"partner_id": {"fields": {}}, "wallet_partner_id": spec},
            )["value"]
            self.assertEqual(values["wallet_partner_id"]["display_name"], "Maria")

    def test_invoices_are_for_who_may_read_them(self):
        accountant = self._new_user("accountant", "account.group_account_invoice")
        for view in ("sale.view_order_form", "sale_order_view_form_counter"):
            with self.subTest(view=view):
                self.assertNotIn(
                    "action_view_invoice",
                    self._buttons("sale.order", view, self.helper),
                )
                self.assertIn(
                    "action_view_invoice", self._buttons("sale.order", view, accountant)
                )

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
                "Reminders Due Today",
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

    def test_a_row_opens_what_is_behind_it(self):
        self._close(self._order(), 30.0, use_balance=True)
        maria = self.maria.with_user(self.helper).with_company(self.company)
        maria.fiado_receive(5.0, self.cash.id)
        by_order, received = self._entries(user=self.helper)
        for view in ("fiado_wallet_entry_view_list", "fiado_wallet_entry_view_kanban"):
            arch = self._view("fiado.wallet.entry", view, self.helper)
            self.assertEqual(arch.get("action"), "action_open_document")
        action = by_order.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("sale.order", by_order.sale_order_id.id),
        )
        action = received.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", maria.id)
        )

    def test_empty_lists_say_whether_something_was_searched_for(self):
        for model, name in (
            ("fiado.wallet", "fiado_wallet_action"),
            ("fiado.wallet", "fiado_wallet_action_debt"),
            ("fiado.wallet", "fiado_wallet_action_overdue"),
            ("fiado.wallet.entry", "fiado_wallet_entry_action"),
            ("fiado.wallet.balance", "fiado_wallet_balance_action"),
            ("fiado.credit.state", "fiado_credit_state_action"),
            ("fiado.billing", "fiado_billing_action"),
            ("fiado.payment", "fiado_payment_action"),
            ("fiado.reminder", "fiado_reminder_action"),
            ("fiado.reminder.due", "fiado_reminder_due_action"),
            ("fiado.reminder.stage", "fiado_reminder_stage_action"),
            ("sale.order", "sale_order_action_counter"),
        ):
            views = {
                view: id_ for id_, view in self.env.ref(f"bemp_fiado.{name}").views
            }
            for view_type in ("list", "kanban"):
                view = self.env[model].sudo().get_view(views[view_type], view_type)
                with self.subTest(action=name, view=view_type):
                    self.assertEqual(
                        etree.fromstring(view["arch"]).get("js_class"),
                        f"fiado_{view_type}",
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

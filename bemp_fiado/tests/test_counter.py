from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestCounter(FiadoCommon):
    """What the counter's lists and forms say of orders."""

    def _read(self, order, user=None):
        self.env.invalidate_all()
        order = order.with_user(user or self.cashier)
        return order.counter_state, order.left_on_fiado

    def test_states_and_what_is_on_fiado(self):
        order = self._order()
        self.assertEqual(self._read(order), ("open", 0.0))
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._read(order), ("closed", 25.0))
        order.with_user(self.manager).reopen_order("Wrong")
        self.assertEqual(self._read(order), ("open", 0.0))
        self._close(order, 45.0, use_balance=True)
        self.assertEqual(self._read(order), ("closed", 10.0))
        canceled = self._order()
        canceled.action_cancel()
        self.assertEqual(self._read(canceled), ("cancel", 0.0))

    def test_old_debt_that_is_paid_is_none_of_the_order(self):
        self._leave_debt(20.0)
        order = self._order()
        self._close(order, 70.0, use_balance=True, debt_paid=15.0)
        self.assertEqual(self._read(order), ("closed", 0.0))

    def test_a_payment_that_bounces_is_on_fiado(self):
        order = self._order()
        answer = self._close(order, 55.0)
        self.env["fiado.payment"].with_user(self.manager).browse(
            answer["payment_ids"]
        ).action_cancel_payment()
        self.assertEqual(self._read(order), ("closed", 55.0))

    def test_filter(self):
        on_fiado, paid, reopened = self._order(), self._order(), self._order()
        self._close(on_fiado, 30.0, use_balance=True)
        self._close(paid, 55.0)
        self._close(reopened, use_balance=True)
        reopened.with_user(self.manager).reopen_order("Wrong")
        orders = on_fiado | paid | reopened
        found = orders.search([("id", "in", orders.ids), ("left_on_fiado", ">", 0)])
        self.assertEqual(found, on_fiado)

    def test_the_list_costs_the_same_for_all_its_rows(self):
        orders = self.env["sale.order"].with_user(self.cashier)
        orders = orders.union(*(self._order() for _number in range(8)))
        for order in orders[:3]:
            self._close(order, 30.0, use_balance=True)

        def count(rows):
            self.env.flush_all()
            self.env.invalidate_all()
            rows.mapped("closing_state")
            before = self.env.cr.sql_log_count
            rows.mapped("left_on_fiado")
            return self.env.cr.sql_log_count - before

        count(orders)
        self.assertEqual(count(orders), count(orders[:1]))
        self.assertLessEqual(count(orders), 3)

    def test_only_who_sells_reads_it(self):
        order = self._order()
        employee = self._new_employee()
        with self.assertRaises(AccessError):
            order.with_user(employee).read(["left_on_fiado"])

    def _new_employee(self):
        return self.env["res.users"].create(
            {
                "name": "Employee",
                "login": "fiado_employee",
                "group_ids": [Command.link(self.env.ref("base.group_user").id)],
            }
        )

    def test_a_reopened_order_gets_another_customer(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        order.with_user(self.manager).reopen_order("Wrong customer")
        other = self.env["res.partner"].create({"name": "João"})
        form = Form(
            order.with_user(self.cashier),
            view="bemp_fiado.sale_order_view_form_counter",
        )
        form.partner_id = other
        form.save()
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))
        self.assertEqual(self._wallet(other), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_an_empty_order_opens_no_payment_screen(self):
        order = self._order()
        order.order_line.unlink()
        with self.assertRaises(UserError) as refusal:
            order.action_close_order()
        self.assertIn("add a service", str(refusal.exception))

    def test_overdue_is_said_on_the_order(self):
        with freeze_time("2026-01-01 15:00:00"):
            self._leave_debt(20.0)
        order = self._order()
        self.assertEqual(order.wallet_days_overdue, 38)
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        self.assertEqual(maria.fiado_days_overdue, 38)
        wallet = self.env.ref("bemp_fiado.res_partner_view_form_wallet")
        self.assertIn("fiado_days_overdue", wallet.arch)
        with freeze_time("2026-01-15 15:00:00"):
            self.env.invalidate_all()
            self.assertEqual(maria.fiado_days_overdue, 0)
            self.assertEqual(order.wallet_days_overdue, 0)

    def test_a_reminder_leaves_a_trace(self):
        self._leave_debt(20.0)
        self.maria.phone = "+1 202-555-0148"
        maria = self.maria.with_user(self.cashier).with_company(self.company)
        maria.with_context(lang="en_US").action_fiado_remind_whatsapp()
        message = self.maria.message_ids[:1]
        self.assertIn("Reminded by WhatsApp", message.body)
        self.assertEqual(message.author_id, self.cashier.partner_id)

    def test_form(self):
        form = Form(
            self.env["sale.order"]
            .with_user(self.cashier)
            .with_context(default_order_type="internal"),
            view="bemp_fiado.sale_order_view_form_counter",
        )
        form.partner_id = self.maria
        with form.order_line.new() as line:
            line.product_id = self.haircut
        order = form.save()
        self.assertEqual(order.order_type, "internal")
        self.assertEqual(order.amount_total, 55.0)


@tagged("post_install", "-at_install")
class TestFindCustomers(FiadoCommon):
    """A customer is found by what the cashier knows of him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.br")
        cls.joana, cls.bento = cls.env["res.partner"].create(
            [
                {
                    "name": "Joana Prado",
                    "phone": "(81) 98811-2040",
                    "email": "joana@example.com",
                },
                {"name": "Bento Reis", "phone": "+55 81 3222-4050"},
            ]
        )
        # As it is stored, with or without points, depends on who typed it.
        cls.joana.vat = "390.533.447-05"
        cls.bento.vat = "39053344705"

    def _find(self, value):
        partners = self.env["res.partner"].with_user(self.cashier)
        found = partners.with_company(self.company).name_search(value)
        return partners.browse(row[0] for row in found)

    def test_by_phone(self):
        for value in (
            "98811",
            "98811-2040",
            "988112040",
            "81 98811 2040",
            "(81)988112040",
            "081988112040",
            "+55 81 98811-2040",
            "5581988112040",
        ):
            with self.subTest(value=value):
                self.assertEqual(self._find(value), self.joana)
        for value in ("3222-4050", "(81) 3222-4050", "+558132224050"):
            with self.subTest(value=value):
                self.assertEqual(self._find(value), self.bento)

    def test_by_tax_number(self):
        for value in ("39053344705", "390.533.447-05"):
            with self.subTest(value=value):
                self.assertEqual(self._find(value), self.joana | self.bento)

    def test_by_name_and_email(self):
        self.assertEqual(self._find("joana pr"), self.joana)
        self.assertEqual(self._find("joana@example"), self.joana)
        self.assertFalse(self._find("98811-2041"))

    def test_in_the_contacts(self):
        search = self.env["res.partner"].get_view(
            self.env.ref("base.view_res_partner_filter").id, "search"
        )["arch"]
        self.assertIn("display_name", search)

    def test_who_is_not_found_is_created_with_the_phone(self):
        partners = self.env["res.partner"].with_user(self.cashier)
        form = Form(
            partners.with_context(default_name="(81) 97777-0000").with_company(
                self.company
            ),
            view="bemp_fiado.res_partner_view_form_counter",
        )
        self.assertEqual((form.name, form.phone), (False, "+55 81 97777-0000"))
        form.name = "Rita"
        rita = form.save()
        self.assertEqual(self._find("97777-0000"), rita)
        form = Form(
            partners.with_context(default_name="Rita"),
            view="bemp_fiado.res_partner_view_form_counter",
        )
        self.assertEqual((form.name, form.phone), ("Rita", False))


@tagged("post_install", "-at_install")
class TestLimitOfACustomer(FiadoCommon):
    """The limit is Odoo's own; who manages wallets needs no accounting for it."""

    def _customer(self, user):
        self.env.invalidate_all()
        return self.maria.with_user(user).with_company(self.company)

    def test_limit_and_what_is_free(self):
        # Contacts are changed by who may.
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self.company.account_use_credit_limit = True
        self._customer(self.manager).fiado_limit = 100.0
        self.assertEqual(self.maria.with_company(self.company).credit_limit, 100.0)
        self._leave_debt(30.0)
        maria = self._customer(self.cashier)
        self.assertTrue(maria.fiado_has_limits)
        self.assertEqual((maria.fiado_limit, maria.fiado_headroom), (100.0, 70.0))

    def test_cashiers_do_not_set_it(self):
        self.cashier.group_ids += self.env.ref("base.group_partner_manager")
        self.company.account_use_credit_limit = True
        with self.assertRaises(AccessError):
            self._customer(self.cashier).fiado_limit = 100.0
        with self.assertRaises(AccessError):
            self._customer(self.cashier).write({"fiado_limit": 100.0})
        self.assertFalse(self.maria.with_company(self.company).credit_limit)

    def test_nowhere_without_limits(self):
        self.assertFalse(self._customer(self.cashier).fiado_has_limits)

    def test_negative_is_refused(self):
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self.company.account_use_credit_limit = True
        with self.assertRaises(UserError):
            self._customer(self.manager).fiado_limit = -5.0

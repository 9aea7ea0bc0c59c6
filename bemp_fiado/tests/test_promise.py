from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .test_reminders import ReminderCommon

# A Wednesday, the day before which Maria's debt was due.
TODAY = "2026-04-08 13:00:00"


@tagged("post_install", "-at_install")
class TestPromise(ReminderCommon):
    """ "I pay on Friday" holds reminders until then, and shows where it is needed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-05 15:00:00"):
            cls._leave(cls, 25.0)

    def _leave(self, amount):
        order = self._order()
        order.order_line.price_unit = amount
        order.close_order([], use_balance=True)

    def _customer(self, user=None):
        self.env.invalidate_all()
        customer = self.maria.with_user(user or self.cashier)
        return customer.with_company(self.company).with_context(
            lang="en_US", tz="America/Sao_Paulo"
        )

    def _promise(self, day):
        self._customer()._fiado_promise_to_pay(fields.Date.to_date(day))
        self.env.flush_all()

    def test_shop_without_wallets(self):
        """Where the feature was never switched on, nobody promised anything: orders are
        typed as ever."""
        other = self.setup_other_company()["company"]
        self.assertFalse(other.fiado_debt_account_id)
        self.helper.company_ids |= other
        orders = self.env["sale.order"].with_user(self.helper)
        order = Form(orders.with_context(allowed_company_ids=other.ids))
        order.partner_id = self.maria
        self.assertFalse(order.save().wallet_promise)

    @freeze_time(TODAY)
    def test_choices(self):
        for action, day in (
            ("action_tomorrow", "2026-04-09"),
            ("action_friday", "2026-04-10"),
            ("action_week", "2026-04-15"),
        ):
            screen = self._screen()
            with self.subTest(action=action):
                getattr(screen, action)()
                self.assertEqual(
                    self._customer().fiado_promised_on, fields.Date.to_date(day)
                )
        screen = self._screen()
        screen.date = "2026-04-20"
        screen.action_date()
        self.assertEqual(
            self._customer().fiado_promise,
            "Promised to pay on Monday, 04/20/2026 "
            f"(noted by {self.cashier.name} on 04/08/2026)",
        )
        # The last one counts.
        live = self.env["fiado.promise"].sudo().search([])
        self.assertEqual(len(live.filtered(lambda p: p.partner_id == self.maria)), 1)

    def _screen(self):
        action = self._customer().action_fiado_promise()
        screens = self.env["fiado.promise.note"].with_user(self.cashier)
        screens = screens.with_context(
            **action["context"], lang="en_US", tz="America/Sao_Paulo"
        )
        return Form(screens).save()

    def test_next_friday(self):
        for today, friday in (
            ("2026-04-08", "2026-04-10"),
            ("2026-04-10", "2026-04-17"),  # on a Friday, the next one
            ("2026-04-11", "2026-04-17"),
        ):
            with freeze_time(f"{today} 15:00:00"):
                days = self._customer()._get_fiado_promise_days()
                self.assertEqual(days["friday"], fields.Date.to_date(friday))

    def test_holds_reminders_until_then(self):
        with freeze_time("2026-04-02 13:00:00"):
            self._promise("2026-04-10")
        # Due on 4 April: that day and until the promised one nobody reminds.
        for day in ("2026-04-04", "2026-04-09", "2026-04-10"):
            self.assertFalse(self._run_job_on(day))
        self.assertEqual(len(self._run_job_on("2026-04-11")), 1)
        self.assertEqual(self._facts().filtered(lambda f: f.days == 7).channel, "email")

    def test_fades_when_it_is_paid(self):
        with freeze_time(TODAY):
            self._promise("2026-04-24")
            self.assertTrue(self._customer().fiado_promise)
            self._customer().fiado_receive(10.0, self.cash.id)
            # In part: the rest was promised.
            self.assertTrue(self._customer().fiado_promise)
            self._customer().fiado_receive(15.0, self.cash.id)
            self.assertFalse(self._customer().fiado_promise)
        # What is left later that was not spoken of.
        self.company.fiado_days = 0
        with freeze_time("2026-04-15 13:00:00"):
            self._leave(40.0)
            self.env.flush_all()
            self.assertFalse(self._customer().fiado_promise)
            self.assertFalse(self._due().promised_on)
        self.assertEqual(len(self._run_job_on("2026-04-16")), 1)

    def test_fades_when_the_day_has_passed(self):
        with freeze_time(TODAY):
            self._promise("2026-04-10")
        for day, holds in (("2026-04-10", True), ("2026-04-11", False)):
            with freeze_time(f"{day} 15:00:00"):
                self.assertEqual(bool(self._customer().fiado_promise), holds)

    @freeze_time(TODAY)
    def test_shows_on_the_list_and_the_till(self):
        self._promise("2026-04-10")
        row = self._due()
        self.assertEqual(row.promised_on, fields.Date.to_date("2026-04-10"))
        self.assertEqual(row.promise_user_id, self.cashier)
        wallet = self.env["fiado.wallet"].with_user(self.cashier)
        wallet = wallet.search([("partner_id", "=", self.maria.id)])
        self.assertEqual(wallet.promised_on, fields.Date.to_date("2026-04-10"))
        order = self._order()
        self.assertIn("Friday, 04/10/2026", order.wallet_promise)
        receive = self.env["fiado.wallet.receive"].with_user(self.cashier)
        receive = receive.with_context(
            lang="en_US",
            default_partner_id=self.maria.id,
            default_company_id=self.company.id,
        )
        self.assertIn("Friday, 04/10/2026", Form(receive).wallet_promise)
        close = self.env["sale.order.close"].with_user(self.cashier)
        close = close.with_context(lang="en_US", default_order_id=order.id)
        self.assertIn("Friday, 04/10/2026", Form(close).wallet_promise)

    @freeze_time(TODAY)
    def test_one_click_on_the_list_and_back(self):
        with freeze_time("2026-04-04 13:00:00"):
            row = self._due()
            self.assertEqual(row.partner_id, self.maria)
            row.with_context(lang="en_US").action_promise_friday()
            self.assertEqual(self._due().promised_on, fields.Date.to_date("2026-04-10"))
            self.assertIn("Promised to pay on Friday", self.maria.message_ids[0].body)
            self.assertEqual(
                self.maria.message_ids[0].author_id, self.cashier.partner_id
            )
            self._due().action_withdraw_promise()
            self.assertFalse(self._due().promised_on)
            with self.assertRaisesRegex(UserError, "no promise"):
                self._customer().action_fiado_withdraw_promise()

    @freeze_time(TODAY)
    def test_refused(self):
        for day in (False, "2026-04-07", "2030-01-01"):
            with self.assertRaisesRegex(UserError, "from today on"):
                self._promise(day)
        with self.assertRaisesRegex(UserError, "owes nothing"):
            self.joana.with_user(self.cashier).with_company(
                self.company
            )._fiado_promise_to_pay(fields.Date.to_date("2026-04-10"))
        employee = new_test_user(
            self.env,
            login="fiado_employee",
            groups="base.group_user",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            self._customer(employee)._fiado_promise_to_pay(
                fields.Date.to_date("2026-04-10")
            )
        with self.assertRaises(AccessError):
            self.env["fiado.promise"].with_user(self.cashier).create({})

    @freeze_time(TODAY)
    def test_merged_customers(self):
        """What was sent to one of them isn't sent again, and the newest promise and the
        wish for no reminders stay."""
        with freeze_time("2026-03-05 15:00:00"):
            self._leave_debt(40.0, self.joana)
        self.env.flush_all()
        for customer, day in ((self.maria, "2026-04-10"), (self.joana, "2026-04-15")):
            customer = customer.with_user(self.cashier).with_company(self.company)
            customer.action_fiado_called()
            customer._fiado_promise_to_pay(fields.Date.to_date(day))
        self.joana.no_fiado_reminder = True
        facts = len(self._facts())
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.maria | self.joana).ids, self.maria, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertEqual(len(self._facts()), facts)
        self.assertEqual(
            self._customer().fiado_promised_on, fields.Date.to_date("2026-04-15")
        )
        self.assertTrue(self.maria.no_fiado_reminder)
        self.assertFalse(self._due().stage_id)

    @freeze_time(TODAY)
    def test_of_a_contact_it_is_the_holders(self):
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": self.maria.id}
        )
        child.with_user(self.cashier).with_company(self.company)._fiado_promise_to_pay(
            fields.Date.to_date("2026-04-10")
        )
        self.assertTrue(self._customer().fiado_promise)

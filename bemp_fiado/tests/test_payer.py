from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestPayer(FiadoCommon):
    """One wallet for several people: who takes something, and who pays for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana = cls.env["res.partner"].create({"name": "Ana"})
        cls.daughter = cls.env["res.partner"].create(
            {"name": "Bia", "parent_id": cls.maria.id}
        )
        # Cashiers choose who pays an order; for good does who edits contacts.
        cls.editor = cls._new_user("editor", "base.group_partner_manager")

    def setUp(self):
        super().setUp()
        self.startClassPatcher(freeze_time("2026-03-10 15:00:00"))

    def _let_maria_pay(self, partner=None):
        (partner or self.ana).with_user(self.editor).fiado_payer_id = self.maria

    def _get_statement(self):
        holder = self.maria.with_user(self.helper).with_company(self.company)
        return [
            (line["amount"], line["balance_after"], line["taken_by"])
            for line in holder.fiado_statement()["entries"]
        ]

    # -------------------------------------------------------------------------
    # WHO PAYS
    # -------------------------------------------------------------------------

    def test_for_good(self):
        self._let_maria_pay()
        order = self._order(partner=self.ana)
        self.assertEqual(order.wallet_partner_id, self.maria)
        self.assertEqual(order.payer_id, self.maria)
        answer = self._close(order, 30.0, use_balance=True)
        self.assertEqual(answer["balance"], -25.0)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self._wallet(self.ana), (0.0, 0.0, 0.0))
        items = self._wallet_items(order)
        self.assertEqual(items.partner_id, self.maria)
        self.assertEqual(self._get_statement(), [(-25.0, -25.0, "Ana")])
        self.assertFalse(self.env["fiado.wallet"].audit())

    def test_what_is_the_customers_own_stays(self):
        self.ana.vat = "12345"
        self.ana.street = "Own street"
        self._leave_debt(10.0, self.ana)
        self._let_maria_pay()
        self._leave_debt(25.0, self.ana)
        self.assertEqual(self._wallet(self.ana), (-10.0, 10.0, 0.0))
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(self.ana.commercial_partner_id, self.ana)
        self.assertEqual((self.ana.vat, self.ana.street), ("12345", "Own street"))
        # Who pays alone again does so from the next order on.
        self.ana.with_user(self.editor).fiado_payer_id = False
        self._leave_debt(5.0, self.ana)
        self.assertEqual(self._wallet(self.ana), (-15.0, 15.0, 0.0))
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_on_one_order(self):
        """In one step, before anything is saved, and taken back the same way."""
        self._leave_debt(25.0)
        form = Form(
            self.env["sale.order"].with_user(self.cashier).with_company(self.company)
        )
        form.partner_id = self.ana
        self.assertFalse(form.payer_id)
        self.assertEqual(form.wallet_debt, 0.0)
        form.payer_id = self.maria
        self.assertEqual(form.wallet_debt, 25.0)
        with form.order_line.new() as line:
            line.product_id = self.haircut
        order = form.save()
        self.assertEqual(order.partner_invoice_id, self.maria)
        order.payer_id = False
        self.assertEqual(order.wallet_partner_id, self.ana)
        order.payer_id = self.maria
        self._close(order, use_balance=True)
        self.assertEqual(self._wallet(), (-80.0, 80.0, 0.0))
        self.assertEqual(
            self._get_statement(), [(-25.0, -25.0, False), (-55.0, -80.0, "Ana")]
        )
        with self.assertRaisesRegex(UserError, "is closed"):
            order.payer_id = False
        self.assertFalse(self._order(partner=self.ana).payer_id)

    def test_another_customer_another_payer(self):
        self._let_maria_pay()
        form = Form(self._order(partner=self.ana))
        self.assertEqual(form.payer_id, self.maria)
        form.partner_id = self.daughter
        self.assertFalse(form.payer_id)
        self.assertEqual(form.save().wallet_partner_id, self.maria)

    def test_contacts_of_a_payer(self):
        """A firm's invoice address gets the invoice; its wallet is the firm's."""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        desk = self.env["res.partner"].create(
            {"name": "Invoices", "parent_id": firm.id, "type": "invoice"}
        )
        self.ana.fiado_payer_id = firm
        child = self.env["res.partner"].create(
            {"name": "Carla", "parent_id": self.ana.id}
        )
        for customer in (self.ana, child):
            order = self._order(partner=customer)
            self.assertEqual(order.partner_invoice_id, desk)
            self.assertEqual(order.wallet_partner_id, firm)
            self.assertEqual(order.payer_id, desk)

    def test_one_step_no_chain(self):
        """Who pays is who was chosen, not whoever pays for that one."""
        joana = self.env["res.partner"].create({"name": "Joana"})
        self.maria.fiado_payer_id = joana
        self._let_maria_pay()
        self.assertEqual(self._order(partner=self.ana).wallet_partner_id, self.maria)

    def test_who_can_not_pay(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for values in (
            {"active": False},
            {"company_id": other.id},
            {"parent_id": self.ana.id},
        ):
            with self.subTest(values=values):
                payer = self.env["res.partner"].create({"name": "Payer", **values})
                self.ana.fiado_payer_id = payer
                order = self._order(partner=self.ana)
                self.assertEqual(order.wallet_partner_id, self.ana)
        self._let_maria_pay()
        self.company.fiado_enabled = False
        self.assertEqual(self._order(partner=self.ana).wallet_partner_id, self.ana)

    def test_merged_with_the_payer(self):
        self._let_maria_pay()
        self._leave_debt(25.0, self.ana)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.ana | self.maria).ids, self.maria
        )
        self.assertFalse(self.maria.fiado_payer_id)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertFalse(self.env["fiado.wallet"].audit())

    # -------------------------------------------------------------------------
    # ONE LIMIT
    # -------------------------------------------------------------------------

    def test_one_limit(self):
        """Whoever takes it: the holder, one of the family, one who is paid for."""
        self.company.account_use_credit_limit = True
        self.maria.credit_limit = 100.0
        self.ana.credit_limit = 1000.0
        self._let_maria_pay()
        self._leave_debt(30.0)
        self._leave_debt(30.0, self.daughter)
        self._leave_debt(30.0, self.ana)
        for customer in (self.maria, self.daughter, self.ana):
            with (
                self.subTest(customer=customer.name),
                self.assertRaisesRegex(
                    UserError, r"^Maria has \$.10.00 free of a limit of \$.100.00"
                ),
            ):
                self._close(self._order(partner=customer), use_balance=True)
        self.assertEqual(self._wallet(), (-90.0, 90.0, 0.0))

    def test_marks_of_both(self):
        """Neither who takes it nor who pays may be marked for no fiado."""
        self._let_maria_pay()
        for customer in (self.ana, self.maria):
            with self.subTest(customer=customer.name):
                customer.sudo().no_fiado = True
                with self.assertRaises(UserError):
                    self._close(self._order(partner=self.ana), use_balance=True)
                customer.sudo().no_fiado = False

    # -------------------------------------------------------------------------
    # WHO TOOK IT
    # -------------------------------------------------------------------------

    def test_entries_name_who_took_it(self):
        self._leave_debt(10.0)
        holder = self.maria.with_user(self.helper).with_company(self.company)
        self.assertFalse(holder.fiado_is_shared)
        self._let_maria_pay()
        self._leave_debt(25.0, self.ana)
        self._leave_debt(5.0, self.daughter)
        holder.invalidate_recordset()
        self.assertTrue(holder.fiado_is_shared)
        entries = self._entries(user=self.helper)
        self.assertEqual(entries.mapped("taken_by"), [False, "Ana", "Bia"])

    def _get_slip(self, order):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "bemp_fiado.closing_slip", order.ids
        )
        return " ".join(html.decode().split())

    def test_slip_names_who_took_it(self):
        self._let_maria_pay()
        order = self._order(partner=self.ana)
        self._close(order, 30.0, use_balance=True)
        slip = self._get_slip(order)
        self.assertRegex(slip, r"On the wallet of <span[^>]*>Maria</span>")
        self.assertRegex(slip, r'border-top[^>]*"> Ana, for Maria </div>')
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        slip = self._get_slip(order)
        self.assertNotIn("On the wallet of", slip)
        self.assertRegex(slip, r'border-top[^>]*"> Maria </div>')


@tagged("post_install", "-at_install")
class TestPayerTour(FiadoCommon, HttpCase):
    def test_at_the_counter(self):
        ana = self.env["res.partner"].create({"name": "Ana"})
        self._leave_debt(25.0)
        order = self._order(partner=ana)
        url = f"/odoo/action-bemp_fiado.sale_order_action_counter/{order.id}"
        self.start_tour(url, "fiado_payer", login=self.cashier.login)
        self.env.invalidate_all()
        self.assertEqual(order.wallet_partner_id, self.maria)

from unittest.mock import patch

from odoo.tests import Form, HttpCase, tagged

from .test_pay_code import PayCodeCommon


class PayCodeTillCommon(PayCodeCommon):
    """Maria owes 25, and there are two forms besides cash: Pix and cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash.name, cls.pix.name = "Till", "PIX do salão"
        cls.card = cls.pix.copy({"name": "Card", "journal_id": cls.bank_journal.id})
        cls._leave_debt(25.0)

    def _open(self, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        screens = self.env["fiado.wallet.receive"].with_user(self.cashier)
        screens = screens.with_company(self.company)
        return Form(screens.with_context(lang="en_US", **context))

    def _choose(self, screen, form):
        screen._view["modifiers"]["payment_method_line_id"]["invisible"] = "False"
        screen.payment_method_line_id = form

    def _get_shown(self, screen):
        """The amount of the code on the screen, which all of it says; ``None`` where
        there is no code."""
        if not screen.pay_code_image:
            self.assertFalse(screen.pay_code_text)
            return None
        fields = self._parse(screen.pay_code_text)
        self.assertEqual(float(fields["54"]), screen.pay_code_amount)
        image = screen.pay_code_image
        image = image.decode() if isinstance(image, bytes) else image
        self.assertEqual(self._decode(f",{image}"), screen.pay_code_text)
        return screen.pay_code_amount


@tagged("post_install", "-at_install")
class TestPayCodeTill(PayCodeTillCommon):
    """Who receives money shows the code of it."""

    def test_shows_once_pix_is_chosen(self):
        screen = self._open(partner_id=self.maria.id)
        self.assertTrue(screen.has_pay_code)
        self.assertIsNone(self._get_shown(screen))
        self._choose(screen, self.pix)
        self.assertEqual(self._get_shown(screen), 25.0)
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 10.0
        self.assertEqual(self._get_shown(screen), 10.0)
        self._choose(screen, self.cash)
        self.assertEqual(self._get_shown(screen), 10.0)
        screen.save().action_receive_without_receipt()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

    def test_other_forms_show_none(self):
        for form in (self.cash, self.card):
            screen = self._open(partner_id=self.maria.id)
            self._choose(screen, form)
            self.assertIsNone(self._get_shown(screen))

    def test_shown_by_hand(self):
        """What isn't paid in cash, whatever the form is called."""
        screen = self._open(partner_id=self.maria.id)
        screen.show_pay_code = True
        self.assertEqual(self._get_shown(screen), 25.0)
        screen.amount = 60.0  # the rest is credit
        self.assertEqual(self._get_shown(screen), 60.0)
        self._choose(screen, self.cash)
        self.assertIsNone(self._get_shown(screen))
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 40.0
        self.assertEqual(self._get_shown(screen), 20.0)
        screen.show_pay_code = False
        self.assertIsNone(self._get_shown(screen))
        screen.amount = 0.0
        screen.show_pay_code = True
        self.assertIsNone(self._get_shown(screen))

    def test_the_journal_of_the_account(self):
        """Where no form is called Pix."""
        self.pix.name = "By phone"
        self.card.journal_id = self.bank_journal.copy()
        self.bank_journal.bank_account_id = self.bank
        for form, amount in ((self.pix, 25.0), (self.card, None)):
            screen = self._open(partner_id=self.maria.id)
            self._choose(screen, form)
            self.assertEqual(self._get_shown(screen), amount)

    def test_no_key(self):
        self.bank.proxy_type = "none"
        screen = self._open(partner_id=self.maria.id)
        self.assertFalse(screen.has_pay_code)
        self._choose(screen, self.pix)
        self.assertIsNone(self._get_shown(screen))

    def test_no_query_for_what_is_typed(self):
        """Where no code shows none is looked for, and where one does, its account is
        read for each amount and nothing else."""
        hidden = self._count_typing(self.cash)
        with patch.object(
            self.env.registry["res.company"],
            "_get_fiado_pay_account",
            return_value=(self.bank.browse(), False, False),
        ) as looked_for:
            self.assertEqual(self._count_typing(self.cash), hidden)
        self.assertEqual(looked_for.call_count, 2)  # as each screen opened
        self.assertLessEqual(self._count_typing(self.pix), hidden + 5)

    def _count_typing(self, form):
        for _round in range(2):  # the first one reads what a worker reads once
            screen = self._open(partner_id=self.maria.id)
            self._choose(screen, form)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            screen.amount = 20.0
        return self.env.cr.sql_log_count - start


@tagged("post_install", "-at_install")
class TestPayCodeClosing(PayCodeTillCommon):
    """Whoever closes an order shows the code of what is paid by it."""

    def _close_screen(self, order=None):
        screens = self.env["sale.order.close"].with_user(self.cashier)
        order = order or self._order()
        return Form(
            screens.with_context(lang="en_US", default_order_id=order.id),
            "bemp_fiado.sale_order_close_view_form",
        )

    def test_shows_once_pix_is_chosen(self):
        order = self._order()
        screen = self._close_screen(order)
        self.assertIsNone(self._get_shown(screen))
        self._choose(screen, self.pix)
        self.assertEqual(self._get_shown(screen), 55.0)
        screen.save().action_close_order()
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_next_to_cash(self):
        """Thirty are paid in cash, and what is owed from before with the rest."""
        screen = self._close_screen()
        screen.pay_all_debt = True
        self._choose(screen, self.cash)
        self.assertIsNone(self._get_shown(screen))
        with screen.payment_ids.edit(0) as payment:
            payment.amount = 30.0
        self._choose(screen, self.pix)
        self.assertEqual(self._get_shown(screen), 50.0)
        with screen.payment_ids.edit(1) as payment:
            payment.amount = 20.0
        self.assertEqual(self._get_shown(screen), 20.0)
        screen.payment_ids.remove(1)
        self.assertIsNone(self._get_shown(screen))

    def test_other_forms_show_none(self):
        for form in (self.cash, self.card):
            screen = self._close_screen()
            self._choose(screen, form)
            self.assertIsNone(self._get_shown(screen))

    def test_no_key(self):
        self.bank.proxy_type = "none"
        screen = self._close_screen()
        self._choose(screen, self.pix)
        self.assertIsNone(self._get_shown(screen))

    def test_other_currency(self):
        """A code is of the company's currency."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id, "company_id": self.company.id}
        )
        screen = self._close_screen(self._order(pricelist_id=pricelist.id))
        self._choose(screen, self.pix)
        self.assertEqual(len(screen.payment_ids), 1)
        self.assertIsNone(self._get_shown(screen))

    def test_no_query_for_what_is_typed(self):
        """Where no code shows, its account is looked for as the screen opens."""
        screen = self._close_screen()
        self._choose(screen, self.cash)
        with (
            patch.object(
                self.env.registry["res.company"], "_get_fiado_pay_account"
            ) as looked_for,
            screen.payment_ids.edit(0) as payment,
        ):
            payment.amount = 20.0
        looked_for.assert_not_called()


@tagged("post_install", "-at_install")
class TestPayCodeTour(PayCodeTillCommon, HttpCase):
    """The code in the browser, from the wallet to the receipt, and from the order to
    its slip."""

    def test_close_by_code(self):
        order = self._order()
        self.env.flush_all()
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "fiado_close_by_code",
            login=self.cashier.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.closing_state, "closed")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_receive_by_code(self):
        self.env.flush_all()
        self.start_tour(
            f"/odoo/action-bemp_fiado.res_partner_action_wallet/{self.maria.id}",
            "fiado_receive_by_code",
            login=self.cashier.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self._wallet(), (0.0, 0.0, 0.0))

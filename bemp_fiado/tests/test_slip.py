from urllib.parse import unquote

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestSlip(FiadoCommon):
    """The paper of a closing says what was done, and what is owed now."""

    def _slip(self, order):
        self.env.invalidate_all()
        slip = order.with_user(self.helper)._get_slip()
        figures = ("paid_before", "debt_paid", "credit_used", "debt_left")
        figures += ("credit_left", "before", "after")
        return {name: slip[name] for name in figures if slip[name]}

    def _render(self, order, report="closing_slip", lang="en_US"):
        content, _type = (
            self.env["ir.actions.report"]
            .with_user(self.helper)
            .with_context(lang=lang)
            ._render_qweb_html(f"bemp_fiado.{report}", order.ids)
        )
        return " ".join(html.fromstring(content).text_content().split())

    def test_debt_left(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        self.assertEqual(self._slip(order), {"debt_left": 25.0, "after": -25.0})
        for report in ("closing_slip", "closing_slip_a4"):
            text = self._render(order, report)
            for words in (
                order.name,
                "Maria",
                "Haircut $ 55.00",
                "Total $ 55.00",
                "Cash $ 30.00",
                "On fiado, due on 04/09/2026 $ 25.00",
                "Balance before owes nothing Balance now owes $ 25.00",
                "I acknowledge the debt of $ 25.00, due on 04/09/2026.",
            ):
                self.assertIn(words, text)

    def test_paid_in_full(self):
        order = self._order()
        self._close(order, 55.0)
        self.assertEqual(self._slip(order), {})
        text = self._render(order)
        self.assertNotIn("acknowledge", text)
        self.assertNotIn("Balance", text)

    def test_old_debt_and_surplus(self):
        self._leave_debt(20.0)
        order = self._order()
        self._close(order, 80.0, use_balance=True, debt_paid=20.0)
        self.assertEqual(
            self._slip(order),
            {"debt_paid": 20.0, "credit_left": 5.0, "before": -20.0, "after": 5.0},
        )

    def test_credit_used(self):
        self._leave_credit(15.0)
        order = self._order()
        self._close(order, 40.0, credit_used=15.0)
        self.assertEqual(self._slip(order), {"credit_used": 15.0, "before": 15.0})

    def test_paid_in_advance(self):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.maria.id,
                "amount": 20.0,
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
            }
        )
        payment.action_post()
        order = self._order()
        self._close(order, 25.0, use_balance=True, advance_used=20.0)
        self.assertEqual(
            self._slip(order), {"paid_before": 20.0, "debt_left": 10.0, "after": -10.0}
        )

    def test_reprint_says_the_same(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        paid = self._order()
        self._close(paid, 55.0)
        before = self._render(order), self._render(paid)
        with freeze_time("2026-03-12 15:00:00"):
            self._leave_debt(90.0)
            maria = self.maria.with_user(self.cashier).with_company(self.company)
            maria.fiado_receive(10.0, self.cash.id)
            self.assertEqual((self._render(order), self._render(paid)), before)

    def test_closed_again_says_the_last(self):
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        order.with_user(self.manager).reopen_order("Wrong")
        self._close(order, 45.0, use_balance=True)
        self.assertEqual(self._slip(order), {"debt_left": 10.0, "after": -10.0})
        slip = order.with_user(self.helper)._get_slip()
        self.assertEqual(slip["payments"].mapped("amount"), [45.0])

    def test_the_screen_says_it_and_prints(self):
        order = self._order()
        screen = self.env["sale.order.close"].with_user(self.cashier)
        screen = screen.with_context(lang="en_US", default_order_id=order.id).create({})
        screen.use_balance = True
        self.maria.phone = "+1 202-555-0148"
        action = screen.action_close_and_print()
        params = action["params"]
        self.assertEqual(
            params["message"], "$\xa055.00 on the tab of Maria, due on 04/09/2026"
        )
        self.assertEqual(
            unquote(params["print"]),
            f'/report/html/bemp_fiado.closing_slip/{order.id}?context={{"lang":+"en_US"}}',
        )
        self.assertIn("wa.me/12025550148?text=", params["whatsapp"])
        self.assertEqual(params["next"], {"type": "ir.actions.act_window_close"})
        again = order.with_user(self.helper).action_print_slip()["params"]
        self.assertEqual(again["print"], params["print"])

    def test_in_portuguese(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        text = self._render(order, lang="pt_BR")
        self.assertIn("Reconheço a dívida de", text)
        self.assertIn("com vencimento em 09/04/2026", text)

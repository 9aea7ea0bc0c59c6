from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestRefund(FiadoCommon):
    """What is open of a credit note is left in the customer's wallet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_clerk("clerk", "bemp_fiado.group_fiado_user")
        cls.plain_clerk = cls._new_clerk("plain_clerk")

    @classmethod
    def _new_clerk(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=f"fiado_{login}",
            groups=",".join(["account.group_account_invoice", *groups]),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _refund(self, amount=55.0, partner=None, post=True, user=None, **values):
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": (partner or self.maria).id,
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.haircut.id,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            refund.action_post()
        return self._as(refund, user)

    def _as(self, moves, user=None):
        return moves.with_user(user or self.clerk).with_context(
            lang="en_US", allowed_company_ids=self.company.ids
        )

    def _wallet_lines(self):
        move = self.env["account.move"].search(
            [
                ("journal_id", "=", self.company.fiado_journal_id.id),
                ("fiado_origin", "=", "refund"),
            ]
        )
        return move.line_ids.sorted("id")

    def assertLeft(self, refund):
        self.env.invalidate_all()
        # Odoo's word for a credit note that an entry settles.
        self.assertIn(refund.payment_state, ("paid", "reversed"))
        self.assertEqual(refund.amount_residual, 0.0)
        self.assertFalse(refund.show_leave_in_wallet)
        self.assertEqual(self._receivable_open()[0], 0.0)
        self.assertTiesOut()

    def assertRefused(self, refund, sentence):
        self.assertFalse(refund.show_leave_in_wallet)
        before = self._count()
        with self.assertRaises(UserError) as refusal:
            refund.action_leave_in_wallet()
        self.assertEqual(str(refusal.exception), sentence)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertTiesOut()

    def test_becomes_credit(self):
        refund = self._refund()
        self.assertTrue(refund.show_leave_in_wallet)
        refund.action_leave_in_wallet()
        self.assertLeft(refund)
        self.assertRecordValues(
            self._wallet_lines(),
            [
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 55.0},
                {"account_id": self.receivable.id, "debit": 55.0, "credit": 0.0},
            ],
        )
        self.assertRecordValues(
            self._entries(user=self.clerk),
            [
                {
                    "kind": "credit",
                    "origin": "refund",
                    "amount": 55.0,
                    "balance_after": 55.0,
                    "user_id": self.clerk.id,
                }
            ],
        )

    def test_pays_debt_first(self):
        self._leave_debt(25.0)
        refund = self._refund()
        refund.action_leave_in_wallet()
        self.assertLeft(refund)
        self.assertRecordValues(
            self._wallet_lines(),
            [
                {"account_id": self.debt_account.id, "debit": 0.0, "credit": 25.0},
                {"account_id": self.credit_account.id, "debit": 0.0, "credit": 30.0},
                {"account_id": self.receivable.id, "debit": 55.0, "credit": 0.0},
            ],
        )
        self.assertEqual(self._wallet(), (30.0, 0.0, 30.0))
        self.assertRecordValues(
            self._open_items(),
            [{"account_id": self.credit_account.id, "amount_residual": -30.0}],
        )

    def test_invoice_closed_on_fiado(self):
        """Of 55 the customer paid 30: the whole credit note settles the 25 that are
        missing, and gives the 30 back as credit."""
        order = self._order()
        self._close(order, 30.0, use_balance=True)
        invoice = order.sudo().invoice_ids
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        refund = self._as(wizard.new_move_ids)
        refund.action_post()
        self.assertEqual(refund.amount_residual, 55.0)
        refund.action_leave_in_wallet()
        self.assertLeft(refund)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self._wallet(), (30.0, 0.0, 30.0))
        self.assertEqual(self._receivable_open(), (0.0, 0.0))

    def test_what_is_open_of_it(self):
        refund = self._refund()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.maria.id,
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.beard.id,
                            "price_unit": 40.0,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        receivables = (invoice | refund.sudo()).line_ids.filtered(
            lambda line: line.account_id == self.receivable
        )
        receivables.reconcile()
        refund.action_leave_in_wallet()
        self.assertLeft(refund)
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))

    def test_contact_of_a_customer(self):
        child = self.env["res.partner"].create(
            {"name": "Maria's son", "parent_id": self.maria.id, "type": "other"}
        )
        refund = self._refund(partner=child)
        refund.action_leave_in_wallet()
        self.assertLeft(refund)
        self.assertEqual(self._wallet(), (55.0, 0.0, 55.0))

    def test_button(self):
        refund = self._refund()
        arch = Form(refund)._view["tree"]
        [button] = arch.xpath("//button[@name='action_leave_in_wallet']")
        self.assertEqual(button.get("invisible"), "not show_leave_in_wallet")
        invoice = self._refund(move_type="out_invoice")
        self.assertFalse(invoice.show_leave_in_wallet)

    # Refused -----------------------------------------------------------------

    def test_feature_off(self):
        refund = self._refund()
        self.company.fiado_enabled = False
        self.assertRefused(
            refund,
            "Fiado is switched off in this shop: pay the credit note out, or match it "
            "with an invoice. The owner switches Fiado on in the settings.",
        )

    def test_walk_in(self):
        self.assertRefused(
            self._refund(partner=self.walk_in),
            "Unidentified customer: pay the credit note out, or match it with an "
            "invoice.",
        )

    def test_user_without_the_group(self):
        self.assertRefused(
            self._refund(user=self.plain_clerk),
            "You may not leave a credit note in a customer's wallet: pay it out, or "
            "ask who may.",
        )

    def test_user_without_accounting_rights(self):
        refund = self._refund(user=self.cashier)
        before = self._count()
        with self.assertRaises(AccessError):
            refund.action_leave_in_wallet()
        self.assertEqual(self._count(), before)

    def test_draft(self):
        self.assertRefused(
            self._refund(post=False),
            "Confirm the credit note first, then leave it there.",
        )

    def test_nothing_open(self):
        refund = self._refund()
        refund.action_leave_in_wallet()
        self.env.invalidate_all()
        self.assertRefused(
            refund,
            f"Nothing of {refund.name} is open: it was paid out or matched already.",
        )

    def test_other_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertRefused(
            self._refund(currency_id=euro.id),
            "This credit note is in EUR, but the wallets are in USD: pay it out, or "
            "match it with an invoice.",
        )

    def test_no_credit_note_of_a_customer(self):
        for move_type, number in (("out_invoice", "/"), ("in_refund", "RBILL/26/1")):
            self.assertRefused(
                self._refund(move_type=move_type, name=number),
                "Only credit notes of customers are left in wallets.",
            )

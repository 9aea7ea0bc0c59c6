from psycopg2 import errors

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestWalletMoves(FiadoCommon):
    """Wallet moves are only reversed, whoever asks, on whatever road."""

    hashed = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.fiado_journal_id.restrict_mode_hash_table = cls.hashed
        cls.order = cls._order()
        answer = cls.order.close_order([cls._pay(30.0)], use_balance=True)
        cls.move = cls.env["account.move"].sudo().browse(answer["move_ids"])
        cls.debt_item = cls.move.line_ids.filtered(
            lambda line: line.account_id == cls.debt_account
        )

    def assertOnlyReversed(self, change):
        before = self.move.line_ids.read(["balance", "account_id", "partner_id"])
        with self.assertRaises(UserError):
            change()
        self.env.invalidate_all()
        self.assertEqual(
            self.move.line_ids.read(["balance", "account_id", "partner_id"]), before
        )
        self.assertEqual(self.move.state, "posted")
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))

    def test_hashed_or_not(self):
        self.assertEqual(bool(self.move.inalterable_hash), self.hashed)

    def test_not_reset_nor_cancelled(self):
        self.assertOnlyReversed(self.move.button_draft)
        self.assertOnlyReversed(self.move.button_cancel)
        self.assertOnlyReversed(lambda: self.move.write({"state": "draft"}))

    def test_not_deleted(self):
        forced = self.move.with_context(force_delete=True, dynamic_unlink=True)
        self.assertOnlyReversed(self.move.unlink)
        self.assertOnlyReversed(forced.unlink)
        self.assertOnlyReversed(forced.line_ids.unlink)

    def test_not_changed(self):
        forced = self.move.with_context(skip_readonly_check=True)
        for vals in (
            {"date": "2026-01-01"},
            {"name": "X"},
            {"ref": "X"},
            {"journal_id": self.company_data["default_journal_misc"].id},
            {"partner_id": self.partner_b.id},
            {"fiado_origin": "transfer"},
            {"fiado_order_id": False},
            {"fiado_reference": "X"},
            {"line_ids": [Command.update(self.debt_item.id, {"debit": 1.0})]},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals):
                self.assertOnlyReversed(lambda vals=vals: forced.write(vals))

    def test_items_not_changed(self):
        forced = self.debt_item.with_context(
            check_move_validity=False, skip_readonly_check=True, bypass_lock_check=True
        )
        for vals in (
            {"balance": 1.0},
            {"debit": 1.0},
            {"amount_currency": 1.0},
            {"account_id": self.receivable.id},
            {"partner_id": self.partner_b.id},
            {"date_maturity": "2030-01-01"},
            {"name": "X"},
        ):
            with self.subTest(vals=vals):
                self.assertOnlyReversed(lambda vals=vals: forced.write(vals))

    def test_no_items_added(self):
        self.assertOnlyReversed(
            lambda: self.env["account.move.line"].create(
                [
                    {
                        "move_id": self.move.id,
                        "account_id": account.id,
                        "partner_id": self.maria.id,
                        "balance": balance,
                    }
                    for account, balance in (
                        (self.debt_account, -25.0),
                        (self.receivable, 25.0),
                    )
                ]
            )
        )

    def test_not_reversed_by_hand(self):
        for cancel in (False, True):
            self.assertOnlyReversed(
                lambda cancel=cancel: self.move._reverse_moves(
                    [{"date": self.move.date}], cancel=cancel
                )
            )

    def test_origin_not_forged(self):
        accountant = self.env.user
        self.assertFalse(self.env.su)
        self.assertTrue(accountant.has_group("account.group_account_manager"))
        vals = {"fiado_origin": "order", "fiado_order_id": self.order.id}
        with self.assertRaises(AccessError):
            self.env["account.move"].create({"move_type": "entry", **vals})
        draft = self.env["account.move"].create({"move_type": "entry"})
        with self.assertRaises(AccessError):
            draft.write(vals)
        with self.assertRaises(AccessError):
            self.env["account.payment"].create(
                {"amount": 1.0, "fiado_order_id": self.order.id}
            )
        with self.assertRaises(AccessError):
            self.order.write({"closing_state": "open"})
        with self.assertRaises(AccessError):
            self._order(closing_state="closed")

    def test_wallet_account_needs_a_customer(self):
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create({"account_id": self.debt_account.id, "debit": 5.0}),
                    Command.create({"account_id": self.income.id, "credit": 5.0}),
                ],
            }
        )
        with self.assertRaises(UserError) as refusal:
            move.action_post()
        self.assertEqual(
            str(refusal.exception),
            f"{self.debt_account.display_name} holds the customers' wallets: choose a "
            "customer on each of its lines.",
        )

    def test_manual_entry_is_in_the_wallet(self):
        contact = self.env["res.partner"].create(
            {"name": "Maria's son", "parent_id": self.maria.id, "type": "other"}
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.debt_account.id,
                            "partner_id": contact.id,
                            "debit": 5.0,
                        }
                    ),
                    Command.create({"account_id": self.income.id, "credit": 5.0}),
                ],
            }
        )
        move.action_post()
        self.assertEqual(self._wallet(), (-30.0, 30.0, 0.0))
        self.assertEqual(self._entries()[-1].origin, "accounting")

    def test_closed_order_stays(self):
        with self.assertRaises(UserError):
            self.order.action_unlock()
        with self.assertRaises(UserError):
            self.order.action_cancel()
        self.assertTrue(self.order.locked)


@tagged("post_install", "-at_install")
class TestWalletMovesHashed(TestWalletMoves):
    hashed = True


@tagged("post_install", "-at_install")
class TestWalletLock(BaseCase):
    def test_concurrent_operation_fails_to_serialise(self):
        registry = Registry(get_db_name())
        with registry.cursor() as first, registry.cursor() as second:
            partner_id = (
                api.Environment(first, SUPERUSER_ID, {}).ref("base.main_partner").id
            )
            # Each has its snapshot, then the first one moves the wallet.
            second.execute("SELECT 1")
            for cursor, outcome in (
                (first, None),
                (second, errors.SerializationFailure),
            ):
                env = api.Environment(cursor, SUPERUSER_ID, {})
                partner = env["res.partner"].browse(partner_id)
                if outcome is None:
                    env["fiado.ledger"]._lock(partner)
                    cursor.commit()
                else:
                    with self.assertRaises(outcome), cursor._obj.connection.cursor():
                        env["fiado.ledger"]._lock(partner)
                    cursor.rollback()

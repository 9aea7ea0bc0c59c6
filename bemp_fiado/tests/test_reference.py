from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestReference(FiadoCommon):
    """A reference makes a call safe to send again."""

    def test_same_call_is_answered_again(self):
        order = self._order()
        answer = self._close(order, 30.0, use_balance=True, reference="till-1/42")
        before = self._count()
        again = self._close(order, 30.0, use_balance=True, reference="till-1/42")
        self.assertEqual(again, answer)
        self.assertEqual(self._count(), before)
        self.assertEqual(self._entries().reference, "till-1/42")

    def test_answer_without_a_wallet_move(self):
        order = self._order()
        answer = self._close(order, 55.0, reference="till-1/43")
        self.assertEqual(answer["move_ids"], [])
        self.assertEqual(self._close(order, 55.0, reference="till-1/43"), answer)

    def test_other_values_are_refused(self):
        order, other = self._order(), self._order()
        self._close(order, 30.0, use_balance=True, reference="till-1/44")
        before = self._count()
        for closing in (
            lambda: self._close(order, 31.0, use_balance=True, reference="till-1/44"),
            lambda: self._close(other, 30.0, use_balance=True, reference="till-1/44"),
        ):
            with self.assertRaises(UserError) as refusal:
                closing()
            self.assertEqual(
                str(refusal.exception),
                "The reference till-1/44 was already used for something else. "
                "Use a new reference.",
            )
        self.assertEqual(self._count(), before)

    def test_refused_call_leaves_its_reference_free(self):
        order = self._order()
        with self.assertRaises(UserError):
            self._close(order, 30.0, reference="till-1/45")
        self._close(order, 30.0, use_balance=True, reference="till-1/45")
        self.assertEqual(self._wallet()[0], -25.0)

    def test_bad_references(self):
        order = self._order()
        for reference in ("x" * 257, 42, ["a"], "a\0b"):
            with self.subTest(reference=reference), self.assertRaises(UserError) as e:
                self._close(order, 55.0, reference=reference)
            self.assertEqual(
                str(e.exception),
                "The reference must be a text of at most 256 characters.",
            )

from collections import Counter
from cProfile import Profile
from pathlib import Path
from types import CodeType
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon
from .test_cost import without_overrides

MODELS = str(Path(__file__).parents[1] / "models")
OVERRIDDEN = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "res.partner",
)


@tagged("post_install", "-at_install")
class TestOrdinaryEntries(FiadoCommon):
    """What moves no wallet costs no query more than without the addon, and no step for
    each item; in a shop with wallets, too."""

    def _create_entry(self, pairs=1):
        parts = [(self.income, 10.0), (self.cash_account, -10.0)] * pairs
        return self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": fields.Date.from_string("2026-03-10"),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partner_a.id,
                            "name": str(number),
                            "balance": balance,
                        }
                    )
                    for number, (account, balance) in enumerate(parts)
                ],
            }
        )

    def _create_bill(self, lines=1):
        return self.init_invoice(
            "in_invoice",
            partner=self.partner_a,
            invoice_date="2026-03-10",
            amounts=[100.0] * lines,
        )

    # What is done with each ---------------------------------------------------

    def _post(self, move):
        move.action_post()

    def _write(self, move):
        move.write({"ref": "Other", "narration": "Other"})
        move.line_ids[0].write({"name": "Other", "partner_id": self.partner_b.id})

    def _read(self, move):
        move.read(["name", "state", "amount_total", "line_ids"])
        move.line_ids.read(["name", "balance", "amount_residual", "reconciled"])

    def _write_posted(self, move):
        move.action_post()
        self._write(move)

    def _reset(self, move):
        move.action_post()
        move.button_draft()

    def _unlink(self, move):
        move.unlink()

    def _pay(self, move):
        move.action_post()
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({})._create_payments()

    def _unmatch(self, move):
        self._pay(move)
        move.line_ids.remove_move_reconcile()

    # Queries ------------------------------------------------------------------

    def _count_queries(self, create, act):
        # Each counts on the same books: Odoo reads earlier entries along with one, and
        # which of them depends on who reads first.
        with self.env.cr.savepoint() as savepoint:
            queries = self._get_queries(create, act)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return queries

    def _get_queries(self, create, act):
        move = create()
        self.env.flush_all()
        self.env.invalidate_all()
        queries = []
        execute = type(self.env.cr).execute

        def keep(cr, query, *args, **kwargs):
            queries.append(" ".join(str(getattr(query, "code", query)).split()))
            return execute(cr, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", keep):
            act(move)
            self.env.flush_all()
        return queries

    def _assert_no_query_more(self, create, *acts):
        for act in acts:
            with self.subTest(act=act.__name__):
                own, plain = [], []
                # Now and then Odoo reads something that a worker reads once.
                for _round in range(3):
                    own.append(self._count_queries(create, act))
                    with without_overrides(self.env.registry, *OVERRIDDEN):
                        plain.append(self._count_queries(create, act))
                own, plain = min(own, key=len), min(plain, key=len)
                more = Counter(own) - Counter(plain)
                self.assertLessEqual(len(own), len(plain), f"{act.__name__}: {more}")

    def test_journal_entry_costs_no_query(self):
        self._assert_no_query_more(
            self._create_entry,
            *(self._post, self._write, self._read, self._write_posted, self._unlink),
        )

    def test_vendor_bill_costs_no_query(self):
        self._assert_no_query_more(
            self._create_bill,
            *(self._post, self._write, self._read, self._write_posted, self._unlink),
            *(self._reset, self._pay, self._unmatch),
        )

    def test_creation_costs_no_query(self):
        def create(_move):
            self._create_entry()
            self._create_bill()

        self._assert_no_query_more(self.env["account.move"].browse, create)

    # Steps --------------------------------------------------------------------

    def _count_steps(self, act, move):
        """How often something of the addon's models is called."""
        self.env.flush_all()
        with Profile() as profile:
            act(move)
            self.env.flush_all()
        calls = Counter()
        for entry in profile.getstats():
            code = entry.code
            if (
                isinstance(code, CodeType)
                and code.co_filename.startswith(MODELS)
                # What Odoo itself calls once for each item may be called so.
                and code.co_name not in ("create", "unlink", "write")
            ):
                calls[code.co_name] += entry.callcount
        return calls

    def test_no_step_for_each_item(self):
        for create in (self._create_entry, self._create_bill):
            for act in (
                *(self._post, self._write_posted, self._unlink, self._reset),
                *([self._unmatch] if create == self._create_bill else []),
            ):
                with self.subTest(create=create.__name__, act=act.__name__):
                    self._count_steps(act, create(1))
                    few = self._count_steps(act, create(2))
                    self.assertEqual(self._count_steps(act, create(20)), few)

    def test_no_step_for_each_item_that_is_made(self):
        def create(number):
            return lambda _move: self._create_entry(number)

        few = self._count_steps(create(2), None)
        self.assertEqual(self._count_steps(create(20), None), few)

import logging
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FiadoCommon

_logger = logging.getLogger(__name__)

# FIADO_ACTIONS=2000 FIADO_SEED=7 scripts/test -k TestNativeActions looks further.
ACTIONS = int(os.environ.get("FIADO_ACTIONS", 60))
SEED = os.environ.get("FIADO_SEED", "1")
PER_LIFE = 3
START = datetime(2026, 1, 20, 15)


class NothingToPress(Exception):
    """There is no paper with this button."""


@dataclass(eq=False)
class Page:
    """What the notebook says of one movement: whose wallets it moved by how much, and
    the papers that it settled."""

    movements: dict
    papers: object
    order: object = None
    given: dict = field(default_factory=dict)
    returns: object = None
    # Of advances that are not used up.
    used: dict = field(default_factory=dict)


@tagged("post_install", "-at_install")
class TestNativeActions(FiadoCommon):
    """Whatever an accountant presses after whatever a cashier did: the wallets, the
    receivables, the orders and their papers are what a notebook would say, and all is
    taken back on the one button for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.firm.id}
        )
        cls.other = cls.env["res.partner"].create({"name": "João"})
        cls.holders = cls.maria | cls.other | cls.firm | cls.contact
        cls.cash_out = cls.cash_journal.outbound_payment_method_line_ids[:1]
        cls.bookkeeper = cls._new_user(
            "bookkeeper",
            "account.group_account_manager",
            "sales_team.group_sale_manager",
        )
        cls.owner = cls._new_user(
            "owner",
            "account.group_account_manager",
            "sales_team.group_sale_manager",
            "bemp_fiado.group_fiado_manager",
        )

    def test_whatever_is_pressed(self):
        self.tally = Counter()
        starts = sorted(name for name in dir(self) if name.startswith("_start_"))
        for life in range(-(-ACTIONS // PER_LIFE)):
            start = starts[life % len(starts)]
            self.story = [f"seed {SEED}, life {life}", start]
            with self.env.cr.savepoint() as savepoint:
                try:
                    self._live(start, random.Random(f"{SEED}/{life}"))
                except Exception as fault:
                    fault.add_note("\n".join(self.story))
                    raise
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_cache()
        for name, count in sorted(self.tally.items()):
            _logger.info("%5d %s", count, name)
        # It isn't one great refusal, and not one great permission.
        self.assertGreater(self.tally["accepted"], ACTIONS / 10)
        self.assertGreater(self.tally["refused"], ACTIONS / 10)

    # A life --------------------------------------------------------------------

    def _live(self, start, rng):
        self.rng = rng
        self.pages = []
        self.made_by = {}
        self.days = {}
        self.day = START
        self.user = self.owner
        with freeze_time(self.day):
            if rng.random() < 0.25:
                journals = self.cash_journal | self.company_data["default_journal_sale"]
                journals.restrict_mode_hash_table = True
                self.story.append("journals secured by hash")
            self._turn_page(getattr(self, start))
            self._check()
        if rng.random() < 0.25:
            self.company.sudo().fiscalyear_lock_date = "2026-01-31"
            self.story.append("January locked")
        self.day += timedelta(days=20)
        names = sorted(name for name in dir(self) if name.startswith("_press_"))
        for _action in range(PER_LIFE):
            self.day += timedelta(days=1)
            with freeze_time(self.day):
                self.user = rng.choice((self.bookkeeper, self.owner))
                while not self._press(rng.choice(names)):
                    pass
        self.day += timedelta(days=1)
        with freeze_time(self.day):
            self.user = self.owner
            self._take_all_back()

    def _press(self, name):
        before = self._see()
        self.story.append(f"{self.day:%d/%m} {self.user.login} {name}")
        try:
            with self.env.cr.savepoint():
                self._turn_page(getattr(self, name))
                self.env.flush_all()
        except NothingToPress:
            self.story.pop()
            self.env.invalidate_all(flush=False)
            return False
        except UserError as refusal:
            self.tally["refused"] += 1
            self.story.append(f"    refused: {refusal}")
            self.env.invalidate_all(flush=False)
            self.assertEqual(self._see(), before)
        else:
            self.tally["accepted"] += 1
            self.tally[name] += 1
        self._check()
        return True

    def _turn_page(self, action):
        """Do something, and note which movements it made."""
        known = self._get_wallet_moves()
        page = action()
        for move in self._get_wallet_moves() - known:
            self.made_by.setdefault(move.id, page)
        if page and page not in self.pages:
            self.pages.append(page)

    def _take_all_back(self):
        """Nothing is a dead end: each movement is taken back on its button."""
        for page in self.pages:
            if not page.movements:
                continue
            if page.order:
                self.story.append(f"reopens {page.order.name}")
                self._turn_page(lambda page=page: self._reopened(page.order))
            else:
                moves = self._get_wallet_moves().filtered(
                    lambda move, page=page: (
                        self.made_by[move.id] is page and move._is_fiado_standing()
                    )
                )
                for move in moves.sudo(False):
                    self.story.append(f"takes back {move.name}")
                    self._turn_page(lambda move=move: self._taken_back(move))
            self._check()
        for holder in self._get_holders():
            self.assertEqual(self._wallet(holder)[0], 0.0)

    # What the notebook says ------------------------------------------------------

    def _check(self):
        self.env.invalidate_all()
        self.assertTiesOut()
        papers = self._get_settled()
        for page in self.pages:
            if page.order:
                self.assertEqual(
                    page.order.closing_state, "closed" if page.movements else "open"
                )
            for payment in self.env["account.payment"].browse(page.given):
                if page.movements:
                    self.assertEqual(
                        payment.amount,
                        abs(payment.move_id.amount_total_signed),
                        payment.name,
                    )
        for paper in papers:
            self.assertEqual(paper.state, "posted", paper.name)
            self.assertEqual(paper.amount_residual, 0.0, paper.name)
        for holder in self._get_holders():
            expected = round(
                sum(page.movements.get(holder, 0.0) for page in self.pages), 2
            )
            self.assertEqual(
                self._wallet(holder),
                (expected, max(-expected, 0.0), max(expected, 0.0)),
                holder.name,
            )
        # A contact that leaves its firm takes papers along, but no wallet.
        for group in (self.maria, self.other, self.firm | self.contact):
            self.assertEqual(
                self._receivable_balance(group), self._free_balance(group, papers)
            )
        self._check_days()

    def _get_settled(self):
        pages = (page.papers for page in self.pages if page.movements)
        return self.env["account.move"].union(*pages)

    def _get_holders(self):
        return self.holders.filtered(lambda p: p == p.commercial_partner_id)

    def _free_balance(self, holders, settled):
        """What papers that no wallet stands on leave on the receivable."""
        papers = self.env["account.move"].search(
            [
                ("partner_id", "in", holders.ids),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ]
        )
        # Payments, and what accountants made of those that no wallet stands on.
        entries = self.env["account.move"].search(
            [
                ("line_ids.partner_id", "in", holders.ids),
                ("move_type", "=", "entry"),
                ("journal_id", "!=", self.company.fiado_journal_id.id),
            ]
        )
        total = sum((papers - settled).mapped("amount_total_signed"))
        for page in self.pages:
            if page.used and page.movements and page.order.partner_id in holders:
                total += sum(page.used.values())
        return round(total + self._sum_receivable((entries - settled).line_ids), 2)

    def _receivable_balance(self, holders):
        partners = [("partner_id", "in", holders.ids)]
        return self._sum_receivable(self.env["account.move.line"].search(partners))

    def _sum_receivable(self, items):
        posted = items.filtered(
            lambda item: (
                item.account_id == self.receivable and item.parent_state == "posted"
            )
        )
        return round(sum(posted.mapped("balance")), 2)

    def _check_days(self):
        """The till of a past day says what it said."""
        today = self.day.date()
        for day in {START.date(), today - timedelta(days=1)}:
            rows = self.env["fiado.payment"].search(
                [("date", "=", day), ("is_booked", "=", True)]
            )
            till = sorted(rows.mapped("company_amount"))
            if day < today:
                self.assertEqual(self.days.setdefault(day, till), till, day)

    def _see(self):
        self.env.invalidate_all()
        return (
            self._count(),
            [self._wallet(holder) for holder in self.holders],
            sorted(self.env["account.move"].search([]).mapped("state")),
            sorted(self.env["account.payment"].search([]).mapped("state")),
        )

    def _get_wallet_moves(self):
        journal = self.company.fiado_journal_id
        return self.env["account.move"].search([("journal_id", "=", journal.id)])

    # Starts ----------------------------------------------------------------------

    def _as_user(self, record, user=None):
        return (
            record.with_user(user or self.user)
            .with_company(self.company)
            .with_context(lang="en_US")
        )

    def _closed(self, order, movement, *amounts, papers=(), **values):
        answer = self._close(order, *amounts, use_balance=True, **values)
        payments = self.env["account.payment"].browse(answer["payment_ids"])
        holder = order.partner_invoice_id.commercial_partner_id
        given = {payment.id: payment.amount for payment in payments}
        papers = order.sudo().invoice_ids | payments.move_id | self._moves(papers)
        return Page({holder: movement}, papers.sudo(False), order, given)

    def _moves(self, papers):
        return self.env["account.move"].union(*papers)

    def _start_close_in_debt(self):
        return self._closed(self._order(), -45.0, 10.0)

    def _start_close_without_money(self):
        return self._closed(self._order(), -55.0)

    def _start_close_with_surplus(self):
        return self._closed(self._order(), 25.0, 80.0)

    def _start_close_exactly(self):
        return self._closed(self._order(), 0.0, 55.0)

    def _start_close_of_a_contact(self):
        order = self._order(partner=self.contact)
        return self._closed(order, -45.0, 10.0)

    def _start_close_with_old_debt(self):
        self._turn_page(self._start_close_without_money)
        return self._closed(self._order(), 20.0, 75.0, debt_paid=20.0)

    def _start_close_with_credit(self):
        self._turn_page(self._start_close_with_surplus)
        return self._closed(self._order(), -25.0, 30.0, credit_used=25.0)

    def _start_close_after_a_down_payment(self):
        order = self._order()
        order.action_confirm()
        self._as_user(self.env["sale.advance.payment.inv"]).create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "fixed",
                "fixed_amount": 30.0,
            }
        ).create_invoices()
        self._as_user(order).invoice_ids.action_post()
        return self._closed(order, -15.0, 40.0)

    def _start_close_paid_in_advance(self):
        payment = self._native_payment(20.0)
        order = self._order()
        papers = [payment.move_id]
        page = self._closed(order, -10.0, 25.0, advance_used=20.0, papers=papers)
        page.given[payment.id] = 20.0
        return page

    def _start_close_with_a_part_of_an_advance(self):
        payment = self._native_payment(80.0)
        page = self._closed(self._order(), 0.0, advance_used=55.0)
        page.given[payment.id] = 55.0
        page.used[payment.id] = 55.0
        return page

    def _start_receive(self):
        self._turn_page(self._start_close_without_money)
        answer = self._as_user(self.maria)._fiado_receive(
            [self._pay(20.0), self._pay(40.0, self.pix)]
        )
        return self._answered({self.maria: 60.0}, answer)

    def _start_pay_out(self):
        self._turn_page(self._start_close_with_surplus)
        answer = self._as_user(self.maria).fiado_pay_out(20.0, self.cash_out.id, "why")
        return self._answered({self.maria: -20.0}, answer)

    def _start_managing(self):
        maria = self._as_user(self.maria)
        for amount, operation in (
            (-70.0, lambda: maria.fiado_adjust(-70.0, self.income.id, "why")),
            (30.0, lambda: maria.fiado_forgive(30.0, "why")),
            (
                -5.0,
                lambda: maria.fiado_open_balance(-5.0, "2026-01-15", self.income.id),
            ),
        ):
            self._turn_page(
                lambda amount=amount, operation=operation: self._answered(
                    {self.maria: amount}, operation()
                )
            )
        answer = maria.fiado_transfer(self.other.id, -40.0, "why")
        return self._answered({self.maria: 40.0, self.other: -40.0}, answer)

    def _start_pay_wizard_in_debt(self):
        return self._paid_through_wizard(self._new_invoice(100.0), 30.0)

    def _start_pay_wizard_with_surplus(self):
        return self._paid_through_wizard(self._new_invoice(55.0), 60.0)

    def _start_credit_note(self):
        invoice = self._new_invoice(100.0)
        self._paid_through_wizard(invoice, 100.0, use_balance=False)
        note = self._as_user(invoice)._reverse_moves()
        note.action_post()
        return self._left_in_wallet(note)

    def _start_return_left_as_debt_is_open(self):
        page = self._start_close_in_debt()
        self._turn_page(lambda: page)
        invoice = page.papers.filtered(lambda paper: paper.move_type == "out_invoice")
        note = self._as_user(invoice)._reverse_moves()
        note.invoice_line_ids.price_unit = 20.0
        note.action_post()
        return self._left_in_wallet(note)

    def _start_return_of_an_order(self):
        self._turn_page(self._start_close_exactly)
        papers = self.pages[-1].papers
        invoice = papers.filtered(lambda paper: paper.move_type == "out_invoice")
        note = self._as_user(invoice)._reverse_moves()
        note.action_post()
        return self._left_in_wallet(note)

    def _answered(self, movements, answer):
        payments = self.env["account.payment"].browse(answer.get("payment_ids", []))
        sign = {"inbound": 1, "outbound": -1}
        given = {p.id: sign[p.payment_type] * p.amount for p in payments}
        return Page(movements, payments.move_id, given=given)

    def _new_invoice(self, amount):
        invoice = self.init_invoice("out_invoice", self.maria, amounts=[amount])
        invoice.invoice_line_ids.tax_ids = False
        invoice.action_post()
        return invoice

    def _native_payment(self, amount):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.maria.id,
                "amount": amount,
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
            }
        )
        payment.action_post()
        return payment

    def _paid_through_wizard(self, invoice, amount, use_balance=True):
        residual = invoice.amount_residual
        known = self.env["account.payment"].search([])
        wizard = self._as_user(self.env["account.payment.register"]).with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create(
            {
                "amount": amount,
                "journal_id": self.cash_journal.id,
                "payment_method_line_id": self.cash.id,
                "fiado_use_balance": use_balance,
            }
        ).action_create_payments()
        payment = self.env["account.payment"].search([]) - known
        movement = round(amount - residual, 2)
        if not use_balance or not movement:
            return None
        papers = self._as_user(invoice | payment.move_id, self.env.user)
        # All that the wizard did is undone with its payment.
        return Page({self.maria: movement}, papers, given={payment.id: movement})

    def _left_in_wallet(self, note):
        amount = note.amount_residual
        note.action_leave_in_wallet()
        note = self._as_user(note, self.env.user)
        holder = note.commercial_partner_id
        returned = note.line_ids.sale_line_ids.order_id
        return Page({holder: amount}, note, returns=returned)

    # What is pressed ---------------------------------------------------------------

    def _any(self, records):
        if not records:
            raise NothingToPress
        record = self.rng.choice(list(records))
        name = record.display_name if record._name != "account.move.line" else ""
        self.story.append(f"    {record} {name}")
        return self._as_user(record)

    def _any_move(self, *domain):
        partners = [("commercial_partner_id", "in", self.holders.ids)]
        return self._any(self.env["account.move"].search([*partners, *domain]))

    def _any_invoice(self, *domain):
        return self._any_move(
            ("move_type", "in", ("out_invoice", "out_refund")), *domain
        )

    def _any_payment(self):
        partners = [("partner_id", "in", self.holders.ids)]
        return self._any(self.env["account.payment"].search(partners))

    def _any_settled_payment(self):
        """Odoo itself tears others from their entries."""
        payment = self._any_payment()
        if payment.move_id not in self._get_settled():
            raise NothingToPress
        return payment

    def _any_order(self):
        partners = [("partner_id", "in", self.holders.ids)]
        return self._any(self.env["sale.order"].search(partners))

    def _any_receivable(self):
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "in", self.holders.ids),
                (
                    "account_id",
                    "in",
                    (self.receivable | self.debt_account | self.credit_account).ids,
                ),
            ]
        )
        return self._any(items)

    def _press_reset_to_draft(self):
        self._any_move().button_draft()

    def _press_cancel(self):
        self._any_move().button_cancel()

    def _press_cancel_drafts(self):
        self._any_move(("state", "=", "draft")).button_cancel()

    def _press_post(self):
        self._any_move(("state", "=", "draft")).action_post()

    def _press_delete(self):
        self._any_move().unlink()

    def _press_delete_by_force(self):
        self._any_move().with_context(force_delete=True).unlink()

    def _press_write_state(self):
        state = self.rng.choice(("draft", "cancel"))
        self._any_move().write({"state": state})

    def _press_write_customer(self):
        self._any_move().write({"partner_id": self.other.id})

    def _press_write_item(self):
        item = self._any_receivable()
        papers = self._get_settled()
        if item.move_id not in papers | self._get_wallet_moves():
            raise NothingToPress
        item.write(
            self.rng.choice(
                (
                    {"parent_state": "draft"},
                    {"reconciled": not item.reconciled},
                    {"amount_residual": 0.0},
                    {"account_id": self.income.id},
                    {"partner_id": self.other.id},
                    {"debit": 3.0},
                )
            )
        )

    def _press_x_of_the_payments_widget(self):
        item = self._any_receivable()
        partials = item.matched_debit_ids | item.matched_credit_ids
        item.move_id.js_remove_outstanding_partial(self._any(partials).id)

    def _press_unlink_partial(self):
        item = self._any_receivable()
        self._any(item.matched_debit_ids | item.matched_credit_ids).unlink()

    def _press_unreconcile(self):
        self._any_receivable().remove_move_reconcile()

    def _press_add_outstanding(self):
        invoice = self._any_invoice(("state", "=", "posted"))
        items = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.receivable.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("balance", "<" if invoice.move_type == "out_invoice" else ">", 0.0),
                ("partner_id", "=", invoice.commercial_partner_id.id),
            ]
        )
        invoice.js_assign_outstanding_line(self._any(items).id)

    def _press_reverse(self):
        method = self.rng.choice(("refund_moves", "modify_moves"))
        move = self._any_move(("state", "=", "posted"))
        self.story.append(f"    {method}")
        wizard = (
            self._as_user(self.env["account.move.reversal"])
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        getattr(wizard, method)()

    def _press_pay_wizard(self):
        invoice = self._any_invoice(("state", "=", "posted"))
        amount = round(invoice.amount_residual * self.rng.choice((0.5, 1.0, 1.5)), 2)
        if invoice.move_type == "out_invoice":
            use_balance = self.rng.random() < 0.5
        else:
            use_balance = False
        return self._paid_through_wizard(invoice, amount, use_balance)

    def _press_leave_in_wallet(self):
        return self._left_in_wallet(self._any_invoice(("move_type", "=", "out_refund")))

    def _press_new_payment(self):
        self._native_payment(self.rng.choice((5.0, 15.0)))

    def _press_payment_to_draft(self):
        self._any_payment().action_draft()

    def _press_payment_cancel(self):
        return self._payment_gone(self._any_payment(), "action_cancel")

    def _press_payment_reject(self):
        return self._payment_gone(self._any_payment(), "action_reject")

    def _press_payment_validate(self):
        self._any_settled_payment().action_validate()

    def _press_payment_sent(self):
        self._any_payment().mark_as_sent()

    def _press_payment_delete(self):
        self._any_payment().unlink()

    def _press_payment_state(self):
        state = self.rng.choice(("draft", "paid", "canceled", "rejected", "in_process"))
        self._any_settled_payment().write({"state": state})

    def _press_payment_customer(self):
        self._any_settled_payment().write({"partner_id": self.other.id})

    def _press_payment_amount(self):
        payment = self._any_settled_payment()
        payment.write(
            self.rng.choice(
                (
                    {"amount": 3.0},
                    {"date": "2026-01-02"},
                    {"journal_id": self.bank_journal.id},
                    {"payment_type": "outbound"},
                )
            )
        )

    def _payment_gone(self, payment, method):
        getattr(payment, method)()
        for page in self.pages:
            amount = page.given.pop(payment.id, 0.0)
            page.used.pop(payment.id, 0.0)
            if amount and page.movements:
                holder = next(iter(page.movements))
                page.movements[holder] = round(page.movements[holder] - amount, 2)
                page.papers -= payment.move_id.sudo(False)
                if not page.order and not page.given:
                    page.movements = {}
                return page
        return None

    def _press_match_statement(self):
        payment = self._any_payment()
        outstanding = payment.move_id.line_ids.filtered(
            lambda line: line.account_type not in ("asset_receivable", "asset_cash")
        )
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": payment.journal_id.id,
                "amount": payment.amount,
                "date": payment.date,
                "partner_id": payment.partner_id.id,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        line.move_id.write(
            {
                "line_ids": [
                    Command.update(
                        suspense.id,
                        {"account_id": self._any(outstanding).account_id.id},
                    )
                ]
            }
        )
        (suspense | outstanding[:1]).reconcile()

    def _press_order_cancel(self):
        self._any_order().action_cancel()

    def _press_order_draft(self):
        self._any_order().action_draft()

    def _press_order_unlock(self):
        self._any_order().action_unlock()

    def _press_order_delete(self):
        self._any_order().unlink()

    def _press_order_invoice(self):
        self._any_order()._create_invoices()

    def _press_order_down_payment(self):
        self._as_user(self.env["sale.advance.payment.inv"]).create(
            {
                "sale_order_ids": self._any_order().ids,
                "advance_payment_method": "fixed",
                "fixed_amount": 7.0,
            }
        ).create_invoices()

    def _press_order_write(self):
        self._any_order().write(
            self.rng.choice(
                (
                    {"partner_id": self.other.id},
                    {"partner_invoice_id": self.other.id},
                    {"closing_state": "open"},
                    {"currency_id": self.env.ref("base.EUR").id},
                )
            )
        )

    def _press_order_line(self):
        line = self._any_order().order_line[:1]
        line.write(self.rng.choice(({"price_unit": 1.0}, {"product_uom_qty": 3.0})))

    def _press_order_line_delete(self):
        self._any_order().order_line.unlink()

    def _press_contact_leaves_the_firm(self):
        self._as_user(self.contact).write({"parent_id": False})

    def _press_contact_is_a_company(self):
        self._as_user(self.contact).write({"is_company": True})

    def _press_reopen(self):
        return self._reopened(self._any_order())

    def _press_undo(self):
        return self._taken_back(self._any(self._get_wallet_moves()))

    def _reopened(self, order):
        self._as_user(order).reopen_order("why")
        pages = [page for page in self.pages if order in (page.order, page.returns)]
        for page in pages:
            page.movements = {}
        return next(page for page in pages if page.order)

    def _taken_back(self, move):
        entries = self._as_user(self.env["fiado.wallet.entry"])
        entries.search([("move_id", "=", move.id)], limit=1).undo("why")
        page = self.made_by[move.id]
        page.movements = {}
        return page

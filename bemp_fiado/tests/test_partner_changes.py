from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import FiadoCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 15:00:00")
class TestPartnerChanges(FiadoCommon):
    """The wallet follows the customer, whatever happens to the contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create({"name": "Maria S."})
        cls.clerk = new_test_user(
            cls.env,
            login="fiado_contacts",
            groups="base.group_user,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _merge(self, *partners, into):
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(self.clerk)
            .with_context(lang="en_US")
            .create({})
        )
        ids = [partner.id for partner in (*partners, into)]
        wizard._merge(ids, into.with_user(self.clerk))
        self.env.invalidate_all()

    # Merging -----------------------------------------------------------------

    def test_merge_adds_up(self):
        self._leave_debt(25.0)
        self._leave_debt(10.0, self.double)
        self._merge(self.double, into=self.maria)
        self.assertFalse(self.double.exists())
        self.assertEqual(self._wallet(), (-35.0, 35.0, 0.0))
        self.assertEqual(len(self._entries()), 2)
        self.assertTiesOut()

    def test_merge_matches_debt_and_credit(self):
        self._leave_debt(25.0)
        self._leave_credit(40.0, self.double)
        self._merge(self.double, into=self.maria)
        self.assertEqual(self._wallet(), (15.0, 0.0, 15.0))
        self.assertRecordValues(
            self._entries()[2:],
            [
                {"kind": "debt_paid", "origin": "accounting", "amount": 25.0},
                {"kind": "credit_used", "origin": "accounting", "amount": -25.0},
            ],
        )
        self.assertRecordValues(
            self._open_items(),
            [{"account_id": self.credit_account.id, "amount_residual": -15.0}],
        )
        self.assertTiesOut()

    def test_merge_into_a_contact_of_a_company(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Maria at the firm", "parent_id": firm.id}
        )
        self._leave_debt(25.0)
        self._leave_credit(10.0, firm)
        self._merge(self.maria, into=contact)
        self.assertEqual(self._wallet(firm), (-15.0, 15.0, 0.0))
        self.assertEqual(self._entries(firm).mapped("amount")[:2], [-25.0, 10.0])
        self.assertTiesOut()

    def test_merge_refused_when_secured(self):
        self.company.fiado_journal_id.restrict_mode_hash_table = True
        self._leave_debt(25.0)
        before = self._count()
        with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
            self._merge(self.maria, into=self.double)
        self.assertEqual(
            str(refusal.exception),
            "Maria has wallet entries that are secured with a hash, so it can't be "
            "merged. Transfer the wallet's balance to Maria S. instead, then archive "
            "Maria.",
        )
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        # The other way round nothing that is secured changes.
        self._merge(self.double, into=self.maria)
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_merge_refused_for_the_walk_in_customer(self):
        self._leave_debt(25.0)
        for source, into in ((self.maria, self.walk_in), (self.walk_in, self.maria)):
            with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
                self._merge(source, into=into)
            self.assertEqual(
                str(refusal.exception),
                f"{self.walk_in.display_name} stands for all customers that are not "
                "known, so it can't be merged with one that is.",
            )
        self.env.invalidate_all()
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    # Archiving and deleting --------------------------------------------------

    def test_archived(self):
        self._leave_debt(25.0)
        self.maria.active = False
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertEqual(len(self._entries(user=self.helper)), 1)
        wallets = self.env["fiado.wallet"].with_user(self.helper).search([])
        self.assertRecordValues(
            wallets, [{"partner_id": self.maria.id, "balance": -25.0}]
        )
        self.assertEqual(wallets.partner_id.display_name, "Maria")
        self.assertTiesOut()

    def test_deleted(self):
        self._leave_debt(25.0)
        maria = self.maria.with_user(self.clerk).with_context(lang="en_US")
        with self.assertRaises(UserError) as refusal:
            maria.unlink()
        self.assertEqual(
            str(refusal.exception),
            "The partner cannot be deleted because it is used in Accounting",
        )
        self.assertEqual(self._wallet(), (-25.0, 25.0, 0.0))
        self.assertTiesOut()

    def test_deleted_who_is_on_an_entry_only(self):
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.debt_account.id,
                            "partner_id": self.maria.id,
                            "debit": 5.0,
                        }
                    ),
                    Command.create({"account_id": self.income.id, "credit": 5.0}),
                ],
            }
        ).action_post()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.maria.unlink()
        self.env.invalidate_all()
        self.assertEqual(self._wallet(), (-5.0, 5.0, 0.0))
        self.assertTiesOut()

    # Another commercial partner ----------------------------------------------

    def test_parent_changed(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self._leave_debt(25.0)
        self._leave_credit(10.0, firm)
        self.maria.with_user(self.clerk).parent_id = firm
        self.assertEqual(self._wallet(firm), (-15.0, 15.0, 0.0))
        self.assertEqual(self._wallet(), (-15.0, 15.0, 0.0))
        self.assertTrue(all(self._entries(firm).mapped("amount")))
        self.assertFalse(self._open_items())
        self.assertEqual(len(self._open_items(firm)), 1)
        self.assertTiesOut()

    def test_parent_removed(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Maria at the firm", "parent_id": firm.id}
        )
        self._leave_debt(25.0, contact)
        contact.with_user(self.clerk).parent_id = False
        # The debt was the firm's.
        self.assertEqual(self._wallet(firm), (-25.0, 25.0, 0.0))
        self.assertEqual(self._wallet(contact), (0.0, 0.0, 0.0))
        self.assertTiesOut()

    def test_no_firm_any_more(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        branch = self.env["res.partner"].create(
            {"name": "Firm, north", "is_company": True, "parent_id": firm.id}
        )
        self._leave_credit(10.0, firm)
        self._leave_debt(25.0, branch)
        self.assertEqual(self._wallet(branch), (-25.0, 25.0, 0.0))
        branch.with_user(self.clerk).is_company = False
        self.assertEqual(self._wallet(firm), (-15.0, 15.0, 0.0))
        self.assertEqual(len(self._open_items(firm)), 1)
        self.assertTiesOut()

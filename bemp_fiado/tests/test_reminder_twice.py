import threading
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL

# Longer than any of this takes: who still waits then, waits for ever.
PATIENCE = 30


@tagged("post_install", "-at_install")
class TestReminderTwice(BaseCase):
    """Two that remind the same customer at the same moment: one of them does."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner_id = env.ref("base.main_partner").id
            self.company_id = env.ref("base.main_company").id
            stage = env["fiado.reminder.stage"].create(
                {"company_id": self.company_id, "days": 3000}
            )
            self.stage_id = stage.id
        self.addCleanup(self._clean_up)
        self.cursors = [self.registry.cursor() for _number in range(2)]
        for cursor in self.cursors:
            self.addCleanup(cursor.close)
            self.addCleanup(cursor.rollback)
            # Both have looked before either acts.
            cursor.execute("SELECT count(*) FROM fiado_reminder")
        # The customer's debt, on which there is nothing to decide here.
        reached = SQL(
            "SELECT %s AS partner_id, %s AS company_id, DATE '2026-04-09' AS due_date,"
            " %s AS stage_id, 3000 AS days, 'email' AS channel",
            self.partner_id,
            self.company_id,
            self.stage_id,
        )
        self.startPatcher(
            patch.object(
                self.registry["fiado.reminder.due"],
                "_get_reached_query",
                lambda _due, _partner_ids: reached,
            )
        )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            for table, column in (
                ("fiado_reminder", "stage_id"),
                ("fiado_reminder_stage", "id"),
            ):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        self.stage_id,
                    )
                )

    def _record(self, cursor):
        env = api.Environment(cursor, SUPERUSER_ID, {})
        return env["fiado.reminder"]._record(
            env["res.partner"].browse(self.partner_id),
            env["res.company"].browse(self.company_id),
            "email",
        )

    def _record_in_thread(self, cursor):
        """Returns the thread, what it records and what it runs into."""
        found, caught = [], []

        def record():
            try:
                found.append(self._record(cursor))
            except SerializationFailure as error:
                caught.append(error)

        thread = threading.Thread(target=record, daemon=True)
        thread.start()
        thread.join(0.5)
        # It waits for what becomes of the first.
        self.assertTrue(thread.is_alive())
        return thread, found, caught

    def _count(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM fiado_reminder WHERE stage_id = %s",
                [self.stage_id],
            )
            return cr.fetchone()[0]

    def test_two_at_once(self):
        first, second = self.cursors
        self.assertEqual(len(self._record(first)), 1)
        thread, found, caught = self._record_in_thread(second)
        first.commit()
        thread.join(PATIENCE)
        # Nothing was sent: Odoo runs it again, and finds nobody to remind.
        self.assertTrue(caught)
        self.assertFalse(found)
        second.rollback()
        self.assertFalse(self._record(second))
        self.assertEqual(self._count(), 1)

    def test_the_first_one_crashes(self):
        first, second = self.cursors
        self.assertEqual(len(self._record(first)), 1)
        thread, found, caught = self._record_in_thread(second)
        first.rollback()
        thread.join(PATIENCE)
        self.assertFalse(caught)
        self.assertEqual(len(found[0]), 1)
        second.commit()
        self.assertEqual(self._count(), 1)

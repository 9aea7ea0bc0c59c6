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
class TestOnlineTwice(BaseCase):
    """The provider, the job and the browser notice one payment at the same moment, each
    on a connection of its own: it is received once."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            provider = env["payment.provider"].create(
                {"name": "Twice", "code": "none", "company_id": env.company.id}
            )
            tx = env["payment.transaction"].create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": env.ref("payment.payment_method_unknown").id,
                    "reference": "FIADO-TWICE",
                    "amount": 25.0,
                    "currency_id": env.company.currency_id.id,
                    "partner_id": env.company.partner_id.id,
                    "fiado_partner_id": env.company.partner_id.id,
                    "state": "done",
                }
            )
            self.created = {
                "payment_transaction": tx.id,
                "payment_provider": provider.id,
            }
        self.addCleanup(self._clean_up)
        self.cursors = [self.registry.cursor() for _number in range(3)]
        for cursor in self.cursors:
            self.addCleanup(cursor.close)
            self.addCleanup(cursor.rollback)
            # All have looked before one of them acts.
            cursor.execute("SELECT count(*) FROM fiado_request")
        self.received = []
        # What receiving posts is nothing to decide here.
        self.startPatcher(
            patch.object(
                self.registry["payment.transaction"],
                "_fiado_receive",
                lambda tx, amount: self._receive(tx.env.cr, amount),
            )
        )

    def _receive(self, cursor, amount):
        self.received.append((cursor, amount))
        return {"payment_ids": []}

    def _clean_up(self):
        with self.registry.cursor() as cr:
            reference = f"payment.transaction/{self.created['payment_transaction']}"
            cr.execute("DELETE FROM fiado_request WHERE reference = %s", [reference])
            for table, record_id in self.created.items():
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE id = %s", SQL.identifier(table), record_id
                    )
                )

    def _notice(self, cursor):
        env = api.Environment(cursor, SUPERUSER_ID, {})
        tx = env["payment.transaction"].browse(self.created["payment_transaction"])
        tx._create_payment()

    def _notice_in_thread(self, cursor):
        """Returns the thread and what it runs into."""
        caught = []

        def notice():
            try:
                self._notice(cursor)
            except SerializationFailure as error:
                caught.append(error)

        thread = threading.Thread(target=notice, daemon=True)
        thread.start()
        thread.join(0.5)
        # It waits for what becomes of the first.
        self.assertTrue(thread.is_alive())
        return thread, caught

    def test_three_at_once(self):
        first, *others = self.cursors
        self._notice(first)
        waiting = [self._notice_in_thread(cursor) for cursor in others]
        first.commit()
        for cursor, (thread, caught) in zip(others, waiting, strict=True):
            thread.join(PATIENCE)
            # Nothing was received: Odoo runs it again, and finds the answer.
            self.assertTrue(caught)
            cursor.rollback()
            self._notice(cursor)
            cursor.commit()
        self.assertEqual(self.received, [(first, 25.0)])

    def test_the_first_one_crashes(self):
        first, second, _third = self.cursors
        self._notice(first)
        thread, caught = self._notice_in_thread(second)
        first.rollback()
        thread.join(PATIENCE)
        self.assertFalse(caught)
        second.commit()
        self.assertEqual(self.received, [(first, 25.0), (second, 25.0)])

import threading
import time
from unittest.mock import patch

from psycopg2.pool import PoolError

from odoo import SUPERUSER_ID, api, sql_db
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

from .. import turns

LEDGER = "odoo.addons.bemp_fiado.models.fiado_ledger_lock"
# Longer than any of this takes: who still waits then, waits for ever.
PATIENCE = 30


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Calls on one wallet run one after another, in the order in which they came."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.cursors = [self.registry.cursor() for _number in range(3)]
        for cursor in self.cursors:
            self.addCleanup(cursor.close)
            # Odoo does, when it gives a call up.
            self.addCleanup(cursor.rollback)
        self.startPatcher(patch(f"{LEDGER}.request", True))

    def _take_turn(self, cursor):
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["fiado.ledger"]._take_turn(env.ref("base.main_partner"))

    def _wait_for_turn(self, cursor):
        """Take a turn in a thread; returns the thread and what it runs into."""
        caught = []

        def wait():
            try:
                self._take_turn(cursor)
            except ConcurrencyError as error:
                caught.append(error)

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        return thread, caught

    def test_in_their_order(self):
        first, second, third = self.cursors
        self._take_turn(first)
        thread, caught = self._wait_for_turn(second)
        thread.join(0.5)
        self.assertTrue(thread.is_alive())
        first.commit()
        thread.join(PATIENCE)
        self.assertTrue(caught)
        # As Odoo does before it runs the second call again: that keeps its turn.
        second.rollback()
        thread, caught = self._wait_for_turn(third)
        thread.join(0.5)
        self.assertTrue(thread.is_alive())
        self._take_turn(second)
        second.commit()
        thread.join(PATIENCE)
        self.assertTrue(caught)

    def test_given_back_when_it_fails(self):
        first, second, third = self.cursors
        self._take_turn(first)
        thread, _caught = self._wait_for_turn(second)
        first.rollback()
        thread.join(PATIENCE)
        second.rollback()
        # The second try is refused before it moves anything.
        second.rollback()
        self._take_turn(third)

    def test_who_has_written_does_not_wait(self):
        first, second, _third = self.cursors
        self._take_turn(first)
        second.execute("CREATE TEMPORARY TABLE written (id int) ON COMMIT DROP")
        self._take_turn(second)

    def test_sixty_at_once(self):
        """Those who wait hold a connection each, and one more between them."""
        calls, pool = 60, sql_db._Pool
        used = sum(connection._pool_in_use for connection in pool._connections)
        self.startPatcher(patch.object(pool, "_maxconn", used + calls + 1))
        cursors = [self.registry.cursor() for _number in range(calls)]
        for cursor in cursors:
            self.addCleanup(cursor.close)
            self.addCleanup(cursor.rollback)
        done, errors, inside = [], [], threading.Lock()

        def call(number, cursor):
            try:
                for _attempt in range(5):
                    try:
                        self._take_turn(cursor)
                        break
                    except ConcurrencyError:
                        cursor.rollback()
                else:
                    self.fail("given up")
                self.assertTrue(inside.acquire(blocking=False))
                time.sleep(0.01)
                inside.release()
                done.append(number)
                cursor.commit()
            except Exception as error:
                errors.append(error)
                cursor.rollback()

        threads = [
            threading.Thread(target=call, args=pair, daemon=True)
            for pair in enumerate(cursors)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(errors, [])
        self.assertEqual(sorted(done), list(range(calls)))
        self.assertFalse(turns._lines)

    def test_who_waits_too_long_is_told(self):
        first, second, third = self.cursors
        self.startPatcher(patch.object(turns, "PATIENCE", 0.2))
        self._take_turn(first)
        for cursor in (second, third):
            with self.assertRaisesRegex(UserError, "Try again in a moment"):
                self._take_turn(cursor)
            cursor.rollback()
        self.assertFalse(turns._lines)
        first.commit()
        self._take_turn(second)

    def test_who_gets_no_connection_is_told(self):
        first, second, third = self.cursors
        self._take_turn(first)
        with (
            patch.object(self.registry, "cursor", side_effect=PoolError("Full")),
            self.assertRaisesRegex(UserError, "Try again in a moment"),
        ):
            self._take_turn(second)
        self.assertFalse(turns._lines)
        first.commit()
        self._take_turn(third)

"""Calls that come together are served one after another.

Whoever waits for a lock sees what was there before the wait, and has to run again: Odoo
does that, up to five times, each after a pause. With many at one wallet somebody might
be faster each time, until Odoo gives the call up. So the lock is waited for, and kept
while Odoo runs the call again, in a second transaction.

That takes a second connection, of which a process has few. So those who wait in one
process stand in line there, and only the first of them waits at the lock.
"""

import threading
import time
import weakref
from collections import deque

from psycopg2 import OperationalError
from psycopg2.errors import LockNotAvailable
from psycopg2.pool import PoolError

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

# For how many seconds a call waits before it is refused: less than Odoo lets it run.
PATIENCE = 90

# The lock that is kept for a call, by the call's cursor.
_kept = weakref.WeakKeyDictionary()
# Those of this process who wait for a lock or keep one that they waited for, in the
# order in which they came, by database and lock.
_lines = {}
_lines_guard = threading.Lock()


def take_turn(env, space, number):
    """Go on if nobody else has the turn; otherwise wait for it and run again.

    :param int space: what the numbers belong to, as PostgreSQL's advisory locks have it
    :param int number: whose turn it is
    :raises ConcurrencyError: run again, it is this call's turn now
    :raises UserError: too many came first
    """
    key = (space, number)
    if _kept.get(env.cr) == key or _is_free(env, key):
        return
    _wait(env, key)
    raise ConcurrencyError("Somebody else came first.")


def _is_free(env, key):
    # Who has written something already must not wait while others wait for that.
    [(is_free,)] = env.execute_query(
        SQL(
            """
            SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NOT NULL THEN TRUE
                        WHEN %s THEN FALSE
                        ELSE pg_try_advisory_xact_lock(%s, %s) END
            """,
            (env.cr.dbname, *key) in _lines,
            *key,
        )
    )
    return is_free


def _wait(env, key):
    cr = env.cr
    end = time.monotonic() + PATIENCE
    place = Place((cr.dbname, *key))
    try:
        if not place.came_first.wait(PATIENCE):
            raise _get_refusal(env)
        waiting = _open_second_connection(env)
    except BaseException:
        place.leave()
        raise

    def give_back():
        _kept.pop(cr, None)
        try:
            waiting.close()
        finally:
            place.leave()

    def keep():
        # That was Odoo's own, before it runs the call again.
        cr.prerollback.add(give_back)
        cr.postcommit.add(give_back)

    try:
        left = max(round((end - time.monotonic()) * 1000), 1)
        waiting.execute(SQL("SELECT set_config('lock_timeout', %s, TRUE)", f"{left}ms"))
        waiting.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", *key), log_exceptions=False
        )
    except LockNotAvailable:
        give_back()
        raise _get_refusal(env) from None
    except BaseException:
        give_back()
        raise
    _kept[cr] = key
    cr.postcommit.add(give_back)
    cr.postrollback.add(keep)


def _open_second_connection(env):
    try:
        return env.registry.cursor()
    except (PoolError, OperationalError):
        raise _get_refusal(env) from None


def _get_refusal(env):
    return UserError(
        env._(
            "Others are moving this customer's wallet right now, and nothing was done "
            "here. Try again in a moment."
        )
    )


class Place:
    """A place in the line of those who wait for a lock."""

    def __init__(self, key):
        self.key = key
        self.came_first = threading.Event()
        with _lines_guard:
            line = _lines.setdefault(key, deque())
            line.append(self)
            line[0].came_first.set()

    def leave(self):
        with _lines_guard:
            line = _lines[self.key]
            line.remove(self)
            if line:
                line[0].came_first.set()
            else:
                del _lines[self.key]

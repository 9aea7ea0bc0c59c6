"""Calls that come together are served one after another.

Whoever waits for a lock sees what was there before the wait, and has to run again: Odoo
does that, up to five times, each after a pause. With many at one wallet somebody might
be faster each time, until Odoo gives the call up. So the lock is waited for, and kept
while Odoo runs the call again, in a second transaction.
"""

import weakref

from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

# The lock that is kept for a call, by the call's cursor.
_kept = weakref.WeakKeyDictionary()


def take_turn(env, space, number):
    """Go on if nobody else has the turn; otherwise wait for it and run again.

    :param int space: what the numbers belong to, as PostgreSQL's advisory locks have it
    :param int number: whose turn it is
    :raises ConcurrencyError: run again, it is this call's turn now
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
            SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL
                        THEN pg_try_advisory_xact_lock(%s, %s) ELSE TRUE END
            """,
            *key,
        )
    )
    return is_free


def _wait(env, key):
    cr = env.cr
    waiting = env.registry.cursor()

    def give_back():
        _kept.pop(cr, None)
        waiting.close()

    def keep():
        # That was Odoo's own, before it runs the call again.
        cr.prerollback.add(give_back)
        cr.postcommit.add(give_back)

    try:
        waiting.execute(SQL("SELECT pg_advisory_xact_lock(%s, %s)", *key))
    except BaseException:
        waiting.close()
        raise
    _kept[cr] = key
    cr.postcommit.add(give_back)
    cr.postrollback.add(keep)

"""How the operations grow with the entries that the ledger holds. Runs inside Odoo."""

from functools import partial

from benchmarks.closing import PRICE
from benchmarks.measuring import in_turns
from benchmarks.operations import AMOUNT

from odoo.tools import SQL

from .points import from_medians
from .processor import ProcessorClock
from .wallets import PART_PAID, GrowthTill

PANEL = "entries"
SMALLEST = 10_000
CUSTOMERS = 1_000


def measure(env, rounds, largest):
    till = GrowthTill(env)
    debtor = till.create_customer("Debtor", debts=1)
    creditor = till.create_customer("Creditor")
    history = History(env, till)
    flows = {
        "closing, debt left": partial(till.closing_of, debtor, 1, PART_PAID),
        "closing, paid in full": partial(till.closing_of, debtor, 1, PRICE),
        "settling a debt": partial(till.receiving_from, debtor, 1, AMOUNT),
        "selling credit": partial(till.receiving_from, creditor, 0, AMOUNT),
        "reading a balance": partial(till.reading_of, debtor, 1),
    }
    clock = ProcessorClock(env)
    points = []
    for size in _get_sizes(largest):
        history.grow_to(size)
        medians = in_turns(env, flows, rounds, clocks=[clock])
        points += from_medians(
            PANEL, {(line, size): median for line, median in medians.items()}
        )
    return points


def _get_sizes(largest):
    sizes = [0]
    size = SMALLEST
    while size <= largest:
        sizes.append(size)
        size *= 10
    return sizes


class History:
    """Settled debts of many customers.

    Two real entries, a debt and its settlement, are repeated by SQL: posting a million
    of them would take days.
    """

    def __init__(self, env, till):
        self.env = env
        self.size = 0
        self.customers = env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(CUSTOMERS)]
        )
        model = till.create_customer("Model", debts=1)
        till.set_debts(model, 0)
        self.moves = env["account.move"].search(
            [
                ("partner_id", "=", model.id),
                ("journal_id", "=", env.company.fiado_journal_id.id),
            ],
            order="id",
        )

    def grow_to(self, size):
        added, self.size = size - self.size, size
        if not added:
            return
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT MAX(sequence_number) FROM account_move WHERE journal_id = %s",
            [self.moves.journal_id.id],
        )
        [before] = self.env.cr.fetchone()
        self._copy_moves(before, added)
        self._copy_items(before)
        self.env.cr.execute("ANALYZE account_move, account_move_line")
        self.env.cr.commit()
        self.env.invalidate_all()

    def _copy_moves(self, before, added):
        customer = self._get_customer(SQL("number"))
        changed = {
            "name": SQL(
                "item.sequence_prefix || lpad((%s + number)::text, 7, '0')", before
            ),
            "sequence_number": SQL("%s + number", before),
            "partner_id": customer,
            "commercial_partner_id": customer,
        }
        self._insert(
            "account.move",
            changed,
            SQL(
                """
                account_move item, generate_series(1, %s) number
                 WHERE item.id = %s
                """,
                added,
                self._get_model(SQL("number")),
            ),
        )

    def _copy_items(self, before):
        number = SQL("(move.sequence_number - %s)", before)
        changed = {
            "move_id": SQL("move.id"),
            "move_name": SQL("move.name"),
            "partner_id": SQL("move.partner_id"),
        }
        self._insert(
            "account.move.line",
            changed,
            SQL(
                """
                account_move_line item, account_move move
                 WHERE move.journal_id = %s
                   AND move.sequence_number > %s
                   AND item.move_id = %s
                """,
                self.moves.journal_id.id,
                before,
                self._get_model(number),
            ),
        )

    def _get_model(self, number):
        """Which of the two moves is repeated with this number."""
        return SQL("(%s)[1 + (%s - 1) %% 2]", self.moves.ids, number)

    def _get_customer(self, number):
        """A debt and its settlement are one customer's."""
        return SQL(
            "(%s)[1 + (%s - 1) / 2 %% %s]", self.customers.ids, number, CUSTOMERS
        )

    def _insert(self, model, changed, source):
        """Insert copies of the rows ``item`` of a source, with changed columns."""
        kept = [
            SQL.identifier(name)
            for name, field in self.env[model]._fields.items()
            if field.store and field.column_type and name not in ("id", *changed)
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, %s FROM %s",
                SQL.identifier(self.env[model]._table),
                SQL(", ").join(map(SQL.identifier, changed)),
                SQL(", ").join(kept),
                SQL(", ").join(changed.values()),
                SQL(", ").join(SQL("item.%s", name) for name in kept),
                source,
            )
        )

"""A ledger of a million entries, made by SQL, for the benchmarks that need one.

One real closing is made; each document of the history is a copy of one of its rows with
other amounts, dates and customers. So every entry has all that stands behind it in a
shop: the order and its invoice, the payment, the balanced wallet move, and what each
settled. ``fiado.wallet.audit()`` finds no difference in it.
"""

import contextlib
from dataclasses import dataclass, field

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.bemp_fiado.hooks import find_documents

ENTRIES = 1_000_000
WALLETS = 200_000
DEBTORS = 50_000
# The first wallet has as many entries; it is one of those in debt.
LONG = 10_000
DAYS = 900
# The debts that are still open, and so their debtors' history, are younger.
DEBTORS_DAYS = 200

CITIES = ("São Paulo", "Rio de Janeiro", "Salvador", "Fortaleza", "Belo Horizonte")


@dataclass(frozen=True)
class Step:
    """One movement of a wallet: what was billed, what was paid for it, and how much of
    which earlier steps it settled."""

    billed: int
    paid: int
    settles: dict = field(default_factory=dict)

    @property
    def amount(self):
        return self.paid - self.billed


# What happens to a wallet, and gives it how many entries.
PATTERNS = {
    "owes one": [
        *(Step(55, 30), Step(0, 25, {0: 25})),
        *(Step(55, 20), Step(0, 35, {2: 35})),
        Step(40, 0),
    ],
    "owes three": [
        *(Step(55, 25), Step(0, 10, {0: 10})),
        *(Step(30, 0), Step(55, 30), Step(20, 5)),
    ],
    "has credit": [
        *(Step(55, 30), Step(0, 25, {0: 25})),
        *(Step(0, 100), Step(55, 60), Step(40, 0, {2: 40})),
    ],
    "settled": [
        *(Step(55, 30), Step(20, 0), Step(0, 45, {0: 25, 1: 20})),
        *(Step(0, 50), Step(50, 0, {3: 50})),
    ],
    "settled in four": [
        *(Step(55, 30), Step(0, 25, {0: 25})),
        *(Step(0, 40), Step(40, 0, {2: 40})),
    ],
    "owes after four": [
        *(Step(55, 30), Step(0, 25, {0: 25})),
        *(Step(55, 35), Step(40, 0)),
    ],
}
CREDITORS = 20_000

NULL = SQL("NULL")


def create(env):
    """Fill the database; takes minutes.

    :return: the customer with the long statement
    :raises RuntimeError: what was made isn't what was to be made
    """
    template = _create_template(env)
    env.flush_all()
    with _without_indexes(env.cr, _TABLES):
        long_customer = _create_customers(env, template)
        _create_steps(env)
        _number_documents(env, template)
        _create_documents(env, template)
        _create_matches(env)
    find_documents(env)
    _move_sequences(env)
    env.cr.commit()
    env.invalidate_all()
    _vacuum(env.cr)
    _check(env)
    return long_customer


# -----------------------------------------------------------------------------
# WHAT IS COPIED
# -----------------------------------------------------------------------------


class _Template:
    """A closed order of 55 of which 30 were paid, and the records that it made."""

    def __init__(self, env, order):
        company = env.company
        self.customer = order.partner_id
        self.order = order
        self.order_line = order.order_line
        self.invoice = order.invoice_ids
        self.payment = env["account.payment"].search(
            [("fiado_order_id", "=", order.id)]
        )
        self.payment_move = self.payment.move_id
        self.wallet_move = order.wallet_entry_ids.move_id
        debt = company.fiado_debt_account_id

        def item(move, of_receivable):
            return move.line_ids.filtered(
                lambda line: (
                    (
                        line.account_type == "asset_receivable"
                        and line.account_id != debt
                    )
                    == of_receivable
                )
            )

        self.items = (
            item(self.invoice, False),
            item(self.invoice, True),
            item(self.payment_move, False),
            item(self.payment_move, True),
            item(self.wallet_move, False),
            item(self.wallet_move, True),
        )
        self.partial = item(self.wallet_move, True).matched_debit_ids


def _create_template(env):
    env.company.fiado_enabled = True
    cash = env["account.journal"].search(
        [("type", "=", "cash"), ("company_id", "=", env.company.id)], limit=1
    )
    product = env["product.product"].create(
        {
            "name": "Haircut",
            "type": "service",
            "invoice_policy": "order",
            "list_price": 55.0,
            "taxes_id": False,
        }
    )
    customer = env["res.partner"].create(
        {"name": "Maria", "phone": "+55 11 90000-0000", "city": CITIES[0]}
    )
    order = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    form = cash.inbound_payment_method_line_ids[:1]
    order.close_order(
        [{"payment_method_line_id": form.id, "amount": 30.0}], use_balance=True
    )
    return _Template(env, order)


# -----------------------------------------------------------------------------
# CUSTOMERS AND WHAT HAPPENED TO THEM
# -----------------------------------------------------------------------------


def _create_customers(env, template):
    first = _next_id(env, "res_partner")
    env.cr.execute(
        "CREATE TEMPORARY TABLE wallet AS "
        "SELECT w, %s + w AS partner_id FROM generate_series(1, %s) w",
        (first, WALLETS),
    )
    users = tuple(env["res.users"].search([("share", "=", False)]).ids)
    _copy(
        env,
        template.customer,
        SQL("wallet"),
        id=SQL("partner_id"),
        name=SQL("'Customer ' || w"),
        complete_name=SQL("'Customer ' || w"),
        commercial_partner_id=SQL("partner_id"),
        phone=SQL("'+55 11 9' || lpad(w::text, 8, '0')"),
        city=SQL("(%s::text[])[1 + w %% %s]", list(CITIES), len(CITIES)),
        user_id=SQL("(%s::int[])[1 + w %% %s]", list(users), len(users)),
    )
    return env["res.partner"].browse(first + 1)


def _create_steps(env):
    """Tables of what happened (``step``) and of what settled what (``settled``)."""
    env.cr.execute(
        SQL(
            """
            CREATE TEMPORARY TABLE pattern_step (
                pattern text, number int, steps int, billed int, paid int, open int
            );
            CREATE TEMPORARY TABLE pattern_match (
                pattern text, number int, settled int, amount int
            );
            """
        )
    )
    for pattern, steps in PATTERNS.items():
        settled = [0] * len(steps)
        for number, step in enumerate(steps):
            for earlier, amount in step.settles.items():
                settled[number] += amount
                settled[earlier] += amount
                env.cr.execute(
                    "INSERT INTO pattern_match VALUES (%s, %s, %s, %s)",
                    (pattern, number, earlier, amount),
                )
        for number, step in enumerate(steps):
            env.cr.execute(
                "INSERT INTO pattern_step VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    *(pattern, number, len(steps), step.billed, step.paid),
                    abs(step.amount) - settled[number],
                ),
            )
    env.cr.execute(
        SQL(
            """
            CREATE TEMPORARY TABLE round AS
                SELECT 1 AS w,
                       round,
                       CASE WHEN round < %(rounds)s THEN 'settled in four'
                            ELSE 'owes after four'
                       END AS pattern,
                       (%(rounds)s - round) * %(days)s / %(rounds)s AS days_ago,
                       0 AS days_between
                  FROM generate_series(1, %(rounds)s) round
             UNION ALL
                SELECT w,
                       1,
                       CASE WHEN w > %(five)s THEN 'settled in four'
                            WHEN w > %(debtors)s + %(creditors)s THEN 'settled'
                            WHEN w > %(debtors)s THEN 'has credit'
                            WHEN w %% 3 = 0 THEN 'owes three'
                            ELSE 'owes one'
                       END,
                       w::bigint * 7919 %% CASE WHEN w > %(debtors)s THEN %(days)s
                                                ELSE %(debtors_days)s
                                           END,
                       20
                  FROM generate_series(2, %(wallets)s) w;

            CREATE TEMPORARY TABLE step AS
                SELECT *, paid - billed AS amount
                  FROM (SELECT row_number() OVER (
                                   ORDER BY days_ago + days_between * (steps - number)
                                            DESC,
                                            w, round, number
                               ) AS n,
                               partner_id, w, round, number,
                               %(today)s - (days_ago
                                            + days_between * (steps - 1 - number))::int
                                   AS date,
                               billed * factor AS billed,
                               paid * factor AS paid,
                               open * factor AS open,
                               NOT EXISTS (
                                   SELECT FROM pattern_match match
                                    WHERE match.pattern = pattern_step.pattern
                                      AND match.number = pattern_step.number
                               ) AS is_new
                          FROM round
                          JOIN wallet USING (w)
                          JOIN pattern_step USING (pattern)
                    CROSS JOIN LATERAL (SELECT 1 + (w %% 500) / 100.0 AS factor) factor
                       ) step;
            ALTER TABLE step ADD PRIMARY KEY (w, round, number);

            CREATE TEMPORARY TABLE settled AS
                SELECT step.n, earlier.n AS earlier,
                       match.amount * (1 + (w %% 500) / 100.0) AS amount,
                       step.amount > 0 AS is_payment,
                       step.date
                  FROM round
                  JOIN pattern_match match USING (pattern)
                  JOIN step USING (w, round, number)
                  JOIN step earlier
                 USING (w, round)
                 WHERE earlier.number = match.settled;

            ANALYZE settled;
            """,
            rounds=LONG // 4,
            days=DAYS,
            debtors_days=DEBTORS_DAYS,
            # As many wallets have five entries as it takes to make all of them.
            five=1 + ENTRIES - LONG - 4 * (WALLETS - 1),
            debtors=DEBTORS,
            creditors=CREDITORS,
            wallets=WALLETS,
            today=fields.Date.context_today(env["res.partner"]),
        )
    )


def _number_documents(env, template):
    """A table of the steps with the numbers of their documents (``document``), which
    go on where the template's are or start again each year, as the journals have it."""
    moves = {
        "invoice": (template.invoice, SQL("billed > 0")),
        "payment": (template.payment_move, SQL("paid > 0")),
        "wallet": (template.wallet_move, SQL("TRUE")),
    }
    env.cr.execute(
        SQL(
            """
            CREATE TEMPORARY TABLE document AS
                SELECT *,
                       CASE WHEN is_new = (amount > 0) THEN %(credit)s ELSE %(debt)s
                       END AS account_id,
                       CASE WHEN billed > 0 THEN 'order' ELSE 'credit_sale' END
                           AS origin,
                       %(numbers)s
                  FROM (SELECT *, %(prefixes)s FROM step) step;
            ANALYZE document;
            """,
            debt=env.company.fiado_debt_account_id.id,
            credit=env.company.fiado_credit_account_id.id,
            prefixes=SQL(", ").join(
                SQL(
                    "replace(%s, %s, extract(year FROM date)::text) AS %s",
                    move.sequence_prefix,
                    str(move.date.year),
                    SQL.identifier(f"{name}_prefix"),
                )
                for name, (move, _where) in moves.items()
            ),
            numbers=SQL(", ").join(
                SQL(
                    """
                    CASE WHEN %(prefix)s = %(this_prefix)s THEN %(last)s ELSE 0 END
                    + count(*) FILTER (WHERE %(where)s)
                      OVER (PARTITION BY %(prefix)s ORDER BY n) AS %(number)s
                    """,
                    prefix=SQL.identifier(f"{name}_prefix"),
                    this_prefix=move.sequence_prefix,
                    last=move.sequence_number,
                    where=where,
                    number=SQL.identifier(f"{name}_number"),
                )
                for name, (move, where) in moves.items()
            ),
        )
    )


# -----------------------------------------------------------------------------
# DOCUMENTS
# -----------------------------------------------------------------------------

# The moves of a step, and their items, as they follow each other in its ids.
MOVES = ("invoice", "payment", "wallet")
(
    INVOICE_PRODUCT,
    INVOICE_RECEIVABLE,
    PAYMENT_CASH,
    PAYMENT_RECEIVABLE,
    WALLET_ITEM,
    WALLET_RECEIVABLE,
) = range(6)


class _Ids:
    """The ids of the documents of the step ``n``, as SQL."""

    def __init__(self, env):
        self._first = {
            table: _next_id(env, table)
            for table in ("account_move", "account_move_line", "account_payment")
            + ("sale_order", "sale_order_line")
        }

    def move(self, name):
        return SQL("%s + n * 3 + %s", self._first["account_move"], MOVES.index(name))

    def item(self, which, n="n"):
        return SQL(
            "%s + %s * 6 + %s",
            self._first["account_move_line"],
            SQL.identifier(n),
            which,
        )

    def one(self, table):
        return SQL("%s + n", self._first[table])

    @property
    def order_if_any(self):
        return SQL("CASE WHEN billed > 0 THEN %s END", self.one("sale_order"))


def _create_documents(env, template):
    ids = _Ids(env)
    billed, paid = SQL("WHERE billed > 0"), SQL("WHERE paid > 0")
    _create_orders(env, template, ids, billed)
    _create_moves(env, template.invoice, ids, "invoice", billed, _amounts("billed"))
    _create_moves(
        env,
        template.payment_move,
        ids,
        "payment",
        paid,
        _amounts("paid") | {"origin_payment_id": ids.one("account_payment")},
    )
    _create_payments(env, template, ids, paid)
    _create_moves(
        env, template.wallet_move, ids, "wallet", SQL(), _amounts("abs(amount)")
    )
    _create_items(env, template, ids, billed, paid)
    _create_receivable_matches(env, ids)


def _create_orders(env, template, ids, billed):
    order_id, line_id = ids.one("sale_order"), ids.one("sale_order_line")
    source = SQL("(SELECT * FROM document %s) document", billed)
    total = SQL("billed")
    _copy(
        env,
        template.order,
        source,
        id=order_id,
        name=SQL("'S' || lpad((100000 + n)::text, 8, '0')"),
        partner_id=SQL("partner_id"),
        partner_invoice_id=SQL("partner_id"),
        partner_shipping_id=SQL("partner_id"),
        date_order=SQL("date::timestamp + interval '15 hours'"),
        amount_untaxed=total,
        amount_total=total,
        access_token=NULL,
    )
    _copy(
        env,
        template.order_line,
        source,
        id=line_id,
        order_id=order_id,
        order_partner_id=SQL("partner_id"),
        price_unit=total,
        technical_price_unit=total,
        price_subtotal=total,
        price_total=total,
        price_reduce_taxexcl=total,
        price_reduce_taxinc=total,
        untaxed_amount_invoiced=total,
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
                 SELECT %s, %s FROM document WHERE billed > 0
            """,
            line_id,
            ids.item(INVOICE_PRODUCT),
        )
    )


def _amounts(expression):
    amount = SQL(expression)
    return {
        "amount_untaxed": amount,
        "amount_untaxed_signed": amount,
        "amount_untaxed_in_currency_signed": amount,
        "amount_total": amount,
        "amount_total_signed": amount,
        "amount_total_in_currency_signed": amount,
    }


def _create_moves(env, move, ids, name, where, values):
    _copy(
        env,
        move,
        SQL("(SELECT * FROM document %s) document", where),
        id=ids.move(name),
        name=_get_name(name),
        sequence_prefix=SQL.identifier(f"{name}_prefix"),
        sequence_number=SQL.identifier(f"{name}_number"),
        payment_reference=_get_name(name) if move.payment_reference else NULL,
        date=SQL("date"),
        invoice_date=SQL("date") if move.invoice_date else NULL,
        invoice_date_due=SQL("date") if move.invoice_date_due else NULL,
        partner_id=SQL("partner_id"),
        commercial_partner_id=SQL("partner_id"),
        partner_shipping_id=SQL("partner_id"),
        invoice_partner_display_name=SQL("'Customer ' || w"),
        fiado_origin=SQL("origin") if move.fiado_origin else NULL,
        fiado_order_id=ids.order_if_any,
        access_token=NULL,
        **values,
    )


def _get_name(name):
    return SQL(
        """%(prefix)s
           || lpad(%(number)s::text, greatest(5, length(%(number)s::text)), '0')""",
        prefix=SQL.identifier(f"{name}_prefix"),
        number=SQL.identifier(f"{name}_number"),
    )


def _create_payments(env, template, ids, paid):
    _copy(
        env,
        template.payment,
        SQL("(SELECT * FROM document %s) document", paid),
        id=ids.one("account_payment"),
        move_id=ids.move("payment"),
        name=SQL("'P' || n"),
        date=SQL("date"),
        partner_id=SQL("partner_id"),
        amount=SQL("paid"),
        amount_company_currency_signed=SQL("paid"),
        fiado_origin=SQL("origin"),
        fiado_order_id=ids.order_if_any,
        fiado_move_id=SQL("CASE WHEN billed = 0 THEN %s END", ids.move("wallet")),
    )


def _create_items(env, template, ids, billed, paid):
    debts_due = SQL("date + %s", env.company.fiado_days)
    sign = SQL("CASE WHEN amount < 0 THEN 1 ELSE -1 END")
    for which, move, where, balance, residual, due in (
        (INVOICE_PRODUCT, "invoice", billed, SQL("-billed"), SQL("0.0"), NULL),
        (INVOICE_RECEIVABLE, "invoice", billed, SQL("billed"), SQL("0.0"), SQL("date")),
        (PAYMENT_CASH, "payment", paid, SQL("paid"), SQL("0.0"), SQL("date")),
        (PAYMENT_RECEIVABLE, "payment", paid, SQL("-paid"), SQL("0.0"), SQL("date")),
        (
            *(WALLET_ITEM, "wallet", SQL(), SQL("-amount")),
            SQL("%s * open", sign),
            SQL(
                "CASE WHEN account_id = %s AND amount < 0 THEN %s ELSE date END",
                env.company.fiado_debt_account_id.id,
                debts_due,
            ),
        ),
        (WALLET_RECEIVABLE, "wallet", SQL(), SQL("amount"), SQL("0.0"), SQL("date")),
    ):
        item = template.items[which]
        source = SQL(
            "(SELECT *, %s AS item_balance, %s AS item_residual FROM document %s) "
            "document",
            balance,
            residual,
            where,
        )
        _create_move_items(env, item, source, ids, which, move, due)


def _create_move_items(env, item, source, ids, which, move, due):
    extra = {}
    if which == WALLET_ITEM:
        extra["account_id"] = SQL("document.account_id")
    if item.reconciled or which == WALLET_ITEM:
        extra["reconciled"] = SQL("item_residual = 0")
    if item.display_type == "product" and item.price_total:
        extra |= dict.fromkeys(
            ("price_unit", "price_subtotal", "price_total"), SQL("billed")
        )
    _copy(
        env,
        item,
        source,
        id=ids.item(which),
        move_id=ids.move(move),
        move_name=_get_name(move),
        payment_id=ids.one("account_payment") if item.payment_id else NULL,
        date=SQL("date"),
        invoice_date=SQL("date") if item.invoice_date else NULL,
        date_maturity=due,
        partner_id=SQL("partner_id"),
        balance=SQL("item_balance"),
        amount_currency=SQL("item_balance"),
        debit=SQL("greatest(item_balance, 0)"),
        credit=SQL("greatest(-item_balance, 0)"),
        amount_residual=SQL("item_residual"),
        amount_residual_currency=SQL("item_residual"),
        full_reconcile_id=NULL,
        matching_number=NULL,
        **extra,
    )


# -----------------------------------------------------------------------------
# WHAT SETTLED WHAT
# -----------------------------------------------------------------------------


def _create_receivable_matches(env, ids):
    """Each step's invoice, payment and wallet move settle each other: that which
    counts against the two others is matched with both."""
    item = ids.item
    env.cr.execute(
        SQL(
            """
            CREATE TEMPORARY TABLE match AS
                SELECT %(invoice)s AS debit_id, %(payment)s AS credit_id,
                       least(billed, paid) AS amount, date
                  FROM document
                 WHERE billed > 0 AND paid > 0
             UNION ALL
                SELECT %(invoice)s, %(wallet)s, -amount, date
                  FROM document
                 WHERE amount < 0
             UNION ALL
                SELECT %(wallet)s, %(payment)s, amount, date
                  FROM document
                 WHERE amount > 0
             UNION ALL
                SELECT CASE WHEN is_payment THEN %(earlier_item)s ELSE %(item)s END,
                       CASE WHEN is_payment THEN %(item)s ELSE %(earlier_item)s END,
                       amount,
                       date
                  FROM settled
            """,
            invoice=item(INVOICE_RECEIVABLE),
            payment=item(PAYMENT_RECEIVABLE),
            wallet=item(WALLET_RECEIVABLE),
            item=item(WALLET_ITEM),
            earlier_item=item(WALLET_ITEM, "earlier"),
        )
    )


def _create_matches(env):
    partial = env["account.partial.reconcile"].search([], limit=1)
    _copy(
        env,
        partial,
        SQL("match"),
        id=SQL("nextval('account_partial_reconcile_id_seq')"),
        debit_move_id=SQL("match.debit_id"),
        credit_move_id=SQL("match.credit_id"),
        amount=SQL("match.amount"),
        debit_amount_currency=SQL("match.amount"),
        credit_amount_currency=SQL("match.amount"),
        max_date=SQL("match.date"),
        full_reconcile_id=NULL,
    )


# -----------------------------------------------------------------------------
# TOOLS
# -----------------------------------------------------------------------------

_TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "sale_order_line_invoice_rel",
)


def _copy(env, record, source, **values):
    """Copy a record's row once for each row of a source, with other values."""
    record.ensure_one()
    columns = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name not in values
    ]
    unknown = set(values) - set(record._fields)
    if unknown:
        raise RuntimeError(f"{record._name} has no {unknown}.")
    env.cr.execute(
        SQL(
            """
            INSERT INTO %(table)s (%(columns)s, %(changed)s)
                 SELECT %(copied)s, new.*
                   FROM %(table)s template, (SELECT %(values)s FROM %(source)s) new
                  WHERE template.id = %(record)s
            """,
            table=SQL.identifier(record._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            changed=SQL(", ").join(map(SQL.identifier, values)),
            copied=SQL(", ").join(SQL.identifier("template", name) for name in columns),
            values=SQL(", ").join(
                SQL(f"(%s)::{record._fields[name].column_type[1]}", value)
                for name, value in values.items()
            ),
            source=source,
            record=record.id,
        )
    )


def _next_id(env, table):
    env.cr.execute(SQL("SELECT max(id) + 1 FROM %s", SQL.identifier(table)))
    return env.cr.fetchone()[0]


def _move_sequences(env):
    for table in _TABLES:
        if table != "sale_order_line_invoice_rel":
            env.cr.execute(
                SQL(
                    "SELECT setval(%s, (SELECT max(id) FROM %s))",
                    f"{table}_id_seq",
                    SQL.identifier(table),
                )
            )


@contextlib.contextmanager
def _without_indexes(cr, tables):
    """Drop the tables' indexes and foreign keys, and create them again in the end: so
    filling takes minutes, not an hour."""
    cr.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
        """,
        (list(tables),),
    )
    foreign_keys = cr.fetchall()
    cr.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
          FROM pg_index
         WHERE indrelid = ANY(%s::regclass[])
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        """,
        (list(tables),),
    )
    indexes = cr.fetchall()
    for table, name, _definition in foreign_keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    yield
    cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _name, definition in indexes:
        cr.execute(definition)
    for table, name, definition in foreign_keys:
        # What is copied points at what is there: only what comes later is checked.
        cr.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID'
        )


def _vacuum(cr):
    """What PostgreSQL does by itself some time after so much was written."""
    cr._cnx.autocommit = True
    for table in (*_TABLES, "fiado_move_document_rel"):
        cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    cr._cnx.autocommit = False


def _check(env):
    entries = env["fiado.wallet.entry"].search_count([])
    wallets = len(env["fiado.wallet.entry"]._read_group([], ["partner_id"]))
    debtors = env["fiado.wallet"].search_count([("debt", ">", 0)])
    # The template's own is one more.
    found = (entries - 1, wallets - 1, debtors - 1)
    if found != (ENTRIES, WALLETS, DEBTORS):
        raise RuntimeError(f"The ledger has {found} entries, wallets and debtors.")
    differences = env["fiado.wallet"].audit()
    if differences:
        raise RuntimeError(f"The ledger doesn't tie out: {differences[:5]}")

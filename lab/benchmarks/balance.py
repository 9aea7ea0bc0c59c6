"""Reading a balance: of a customer with few settled entries and of one with many."""

from odoo.tools import SQL

from .measuring import in_turns, tell

SETTLED = (10, 10_000)


def main(env):
    env.company.fiado_enabled = True
    ledger = env["fiado.ledger"]
    flows = {}
    for number in SETTLED:
        customer = env["res.partner"].create({"name": f"{number} settled entries"})
        _create_entries(env, customer, number)
        flows[f"{number} settled entries"] = lambda customer=customer: _read(
            ledger, customer
        )
    env.cr.execute("ANALYZE account_move_line")
    env.cr.commit()
    tell("one balance", in_turns(env, flows, rounds=200))


def _read(ledger, customer):
    yield
    wallet = ledger._read_wallets(customer, ledger.env.company)[customer]
    if wallet.balance != -25.0:
        raise RuntimeError(f"The balance is {wallet.balance}.")


def _create_entries(env, customer, settled):
    """Settled debts, consistent with the accounts, and one of 25 that is open.

    One real entry is repeated by SQL: the ledger reads journal items, and posting
    10,000 of them would take an hour.
    """
    ledger = env["fiado.ledger"]
    receivable = customer.property_account_receivable_id
    wallet = ledger._open_wallet(customer, env.company)
    move = ledger._create_move(wallet, -25.0, receivable, "order")
    move._post()
    env.flush_all()
    changed = (
        *("reconciled", "balance", "amount_currency", "debit", "credit"),
        *("amount_residual", "amount_residual_currency"),
    )
    columns = SQL(", ").join(
        SQL.identifier(name)
        for name, field in env["account.move.line"]._fields.items()
        if field.store and field.column_type and name not in ("id", *changed)
    )
    item = move.line_ids.filtered(
        lambda line: line.account_id == env.company.fiado_debt_account_id
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO account_move_line (%(columns)s, %(changed)s)
                 SELECT %(columns)s, TRUE, sign * 25, sign * 25,
                        CASE WHEN sign > 0 THEN 25 ELSE 0 END,
                        CASE WHEN sign < 0 THEN 25 ELSE 0 END, 0, 0
                   FROM account_move_line,
                        (SELECT CASE WHEN number %% 2 = 0 THEN 1 ELSE -1 END AS sign
                           FROM generate_series(1, %(settled)s) number) settled
                  WHERE id = %(item)s
            """,
            columns=columns,
            changed=SQL(", ").join(map(SQL.identifier, changed)),
            settled=settled,
            item=item.id,
        )
    )

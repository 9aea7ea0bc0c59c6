"""A long history, made of a short one: Odoo's own populating copies in SQL all that
happened, and the copies belong to copies of its customers."""

from odoo.tools import SQL
from odoo.tools.populate import infer_many2many_model, populate_models

# Each refers to those before it, but for what `_join_copies` mends.
MODELS = (
    *("res.partner", "sale.order", "sale.order.line", "account.payment"),
    *("account.move", "account.move.line", "account.partial.reconcile"),
)
# What Odoo appends to the texts that it varies.
SEPARATOR = ord("_")


def multiply(env, times):
    """Have all that happened to each customer happen to so many customers, on as many
    days before.

    What was matched keeps its matches, but no matching numbers, since copies would
    share them.

    :return: what is to be added to a customer's id for that of the next copy
    """
    env.flush_all()
    env.cr.execute(
        """
        UPDATE account_move_line SET matching_number = NULL, full_reconcile_id = NULL
         WHERE matching_number IS NOT NULL
        """
    )
    customer, payment = (
        _get_next_id(env, name) for name in ("res.partner", "account.payment")
    )
    models = [env[name] for name in MODELS]
    links = _get_links(env)
    populate_models(dict.fromkeys([*models, *links], times - 1), SEPARATOR)
    _join_copies(env, payment)
    _number_on(env)
    env.cr.commit()
    env.invalidate_all()
    _vacuum(env.cr, [model._table for model in (*models, *links)])
    return customer - 1


def move_each(customers, amount):
    """Move wallets without orders: a customer who is named twice, twice.

    :param float amount: negative: they owe more
    """
    env = customers[0].env
    account = env.company.fiado_loss_account_id
    env["fiado.ledger"]._operate_each(
        env.company,
        [(customer, amount, account, {}) for customer in customers],
        "adjustment",
    )


def give_to(customer, others):
    """Let a customer have had all that the others had."""
    merge = customer.env["base.partner.merge.automatic.wizard"]
    merge._update_foreign_keys_generic("res.partner", others, customer)


def _get_next_id(env, name):
    table = SQL.identifier(env[name]._table)
    [(next_id,)] = env.execute_query(SQL("SELECT max(id) + 1 FROM %s", table))
    return next_id


def _get_links(env):
    """The tables of what models that are copied have to do with each other."""
    return {
        field.relation: infer_many2many_model(env, field)
        for name in MODELS
        for field in env[name]._fields.values()
        if field.type == "many2many" and field.store and field.comodel_name in MODELS
    }.values()


def _join_copies(env, first_payment):
    """Copies of payments are made before those of their entries."""
    env.cr.execute(
        """
        UPDATE account_payment payment
           SET move_id = move.id,
               fiado_move_id = fiado_move_id + move.id - move_id
          FROM account_move move
         WHERE move.origin_payment_id = payment.id
           AND payment.id >= %s
        """,
        [first_payment],
    )


def _number_on(env):
    """Have the next documents numbered after all copies, which have their models'
    numbers."""
    env.cr.execute(
        """
        UPDATE account_move
           SET name = sequence_prefix || '900000000', sequence_number = 900000000
         WHERE id IN (SELECT DISTINCT ON (journal_id, sequence_prefix) id
                        FROM account_move
                       WHERE state = 'posted'
                    ORDER BY journal_id, sequence_prefix, sequence_number DESC, id DESC)
        """
    )


def _vacuum(cr, tables):
    """What PostgreSQL does by itself some time after so much was written."""
    cr._cnx.autocommit = True
    for table in tables:
        cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    cr._cnx.autocommit = False

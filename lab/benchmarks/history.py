"""A long history, made of a short one: Odoo's own populating copies in SQL all that
happened, and the copies belong to copies of its customers."""

from odoo.tools import SQL
from odoo.tools.populate import infer_many2many_model, populate_models

# Each refers to those before it, but for what `JOIN_COPIES` mends.
MODELS = (
    *("res.partner", "sale.order", "sale.order.line", "account.payment"),
    *("account.move", "account.move.line", "account.partial.reconcile"),
)
# What Odoo appends to the texts that it varies.
SEPARATOR = ord("_")
LAST = """
SELECT (SELECT max(id) FROM res_partner), (SELECT max(id) FROM account_payment)
"""
# What was matched keeps its matches, but no matching numbers: copies would share them.
UNNUMBER_MATCHES = """
UPDATE account_move_line SET matching_number = NULL, full_reconcile_id = NULL
 WHERE matching_number IS NOT NULL
"""
# Copies of payments are made before those of their entries.
JOIN_COPIES = """
UPDATE account_payment payment
   SET move_id = move.id, fiado_move_id = fiado_move_id + move.id - move_id
  FROM account_move move
 WHERE move.origin_payment_id = payment.id AND payment.id > %s
"""
# The next documents are numbered after all copies, which have their models' numbers.
NUMBER_ON = """
UPDATE account_move
   SET name = sequence_prefix || '900000000', sequence_number = 900000000
 WHERE id IN (SELECT DISTINCT ON (journal_id, sequence_prefix) id
                FROM account_move
               WHERE state = 'posted'
            ORDER BY journal_id, sequence_prefix, sequence_number DESC, id DESC)
"""


def multiply(env, times):
    """Have all that happened to each customer happen to so many customers, on as many
    days before.

    :return: what is to be added to a customer's id for that of the next copy
    """
    env.flush_all()
    env.cr.execute(UNNUMBER_MATCHES)
    env.cr.execute(LAST)
    [(customer, payment)] = env.cr.fetchall()
    # With the tables of what they have to do with each other.
    links = {
        field.relation: infer_many2many_model(env, field)
        for name in MODELS
        for field in env[name]._fields.values()
        if field.type == "many2many" and field.store and field.comodel_name in MODELS
    }
    models = [*(env[name] for name in MODELS), *links.values()]
    populate_models(dict.fromkeys(models, times - 1), SEPARATOR)
    env.cr.execute(JOIN_COPIES, [payment])
    env.cr.execute(NUMBER_ON)
    env.cr.commit()
    env.invalidate_all()
    # What PostgreSQL does by itself some time after so much was written.
    env.cr._cnx.autocommit = True
    for model in models:
        env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(model._table)))
    env.cr._cnx.autocommit = False
    return customer


def move_each(customers, amount):
    """Move wallets without orders: a customer who is named twice, twice.

    :param float amount: negative: they owe more
    """
    env = customers[0].env
    account = env.company.fiado_loss_account_id
    operations = [(customer, amount, account, {}) for customer in customers]
    env["fiado.ledger"]._operate_each(env.company, operations, "adjustment")


def give_to(customer, others):
    """Let a customer have had all that the others had."""
    merge = customer.env["base.partner.merge.automatic.wizard"]
    merge._update_foreign_keys_generic("res.partner", others, customer)

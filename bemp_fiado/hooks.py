"""What outlives the addon: uninstalling leaves the accounting as it is, and puts aside
what only the addon's columns say of it, until the addon is installed again."""

from odoo.tools import SQL, sql

# Whether the feature is on is not kept: who installs the addon again decides.
KEPT_FIELDS = {
    "account.move": ("fiado_origin", "fiado_order_id", "fiado_reference"),
    "account.payment": ("fiado_move_id", "fiado_order_id", "fiado_origin"),
    "fiado.request": ("company_id", "reference", "method", "values", "answer"),
    "res.company": (
        "fiado_credit_account_id",
        "fiado_days",
        "fiado_debt_account_id",
        "fiado_journal_id",
        "fiado_loss_account_id",
        "fiado_overdue_block_days",
        "fiado_walk_in_partner_id",
    ),
    "res.partner": ("no_fiado",),
    "sale.order": ("closing_state", "order_type"),
}

# Another addon that was uninstalled too gives its ids to other records later.
EXISTED = SQL("(record.create_date IS NULL OR record.create_date <= kept.kept_at)")


def post_init_hook(env):
    """Take back what an earlier installation put aside."""
    env.flush_all()
    for model, names in KEPT_FIELDS.items():
        kept = _get_kept_table(env[model])
        if sql.table_exists(env.cr, kept):
            found = sql.table_columns(env.cr, kept)
            _restore(env[model], kept, [name for name in names if name in found])
            env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(kept)))
    env.invalidate_all(flush=False)


def uninstall_hook(env):
    """Put aside what the addon's columns say, in tables of their own."""
    env.flush_all()
    for model, names in KEPT_FIELDS.items():
        kept = SQL.identifier(_get_kept_table(env[model]))
        env.cr.execute(SQL("DROP TABLE IF EXISTS %s", kept))
        env.cr.execute(
            SQL(
                "CREATE TABLE %s AS"
                " SELECT id, now() AT TIME ZONE 'UTC' AS kept_at, %s"
                " FROM %s WHERE num_nonnulls(%s) > 0",
                kept,
                _join(names),
                SQL.identifier(env[model]._table),
                _join(names),
            )
        )


def _get_kept_table(model):
    return f"fiado_kept_{model._table}"


def _restore(model, kept, names):
    values = [_get_kept_value(model, name) for name in names]
    if model._original_module == "bemp_fiado":
        # The table is new.
        query = SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s kept ORDER BY id",
            SQL.identifier(model._table),
            _join(names),
            SQL(", ").join(values),
            SQL.identifier(kept),
        )
    else:
        query = SQL(
            "UPDATE %(table)s record SET %(values)s FROM %(kept)s kept"
            " WHERE kept.id = record.id AND %(existed)s",
            existed=EXISTED,
            table=SQL.identifier(model._table),
            values=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in zip(names, values, strict=True)
            ),
            kept=SQL.identifier(kept),
        )
    model.env.cr.execute(query)


def _get_kept_value(model, name):
    """A kept value; where it was a record that was deleted meanwhile, it is empty."""
    field, column = model._fields[name], SQL.identifier("kept", name)
    if field.type != "many2one":
        return column
    comodel = SQL.identifier(model.env[field.comodel_name]._table)
    return SQL(
        "(SELECT id FROM %s record WHERE id = %s AND %s)", comodel, column, EXISTED
    )


def _join(names):
    return SQL(", ").join(map(SQL.identifier, names))

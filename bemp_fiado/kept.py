"""What only an addon's columns say, put aside in tables while the addon isn't there."""

from odoo.tools import SQL, sql

# Another addon that was uninstalled too gives its ids to other records later.
EXISTED = SQL("(record.create_date IS NULL OR record.create_date <= kept.kept_at)")


def put_aside(env, fields, prefix):
    """Put aside what fields say.

    :param dict fields: their names by model
    :param str prefix: what the names of the addon's tables begin with
    """
    env.flush_all()
    for model, names in fields.items():
        kept = SQL.identifier(_get_table(env[model], prefix))
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


def take_back(env, fields, prefix):
    """Take back what :func:`put_aside` put aside, if it did."""
    env.flush_all()
    for model, names in fields.items():
        kept = _get_table(env[model], prefix)
        if sql.table_exists(env.cr, kept):
            found = sql.table_columns(env.cr, kept)
            _restore(env[model], kept, [name for name in names if name in found])
            env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(kept)))
    env.invalidate_all(flush=False)


def _get_table(model, prefix):
    return f"{prefix}_{model._table}"


def _restore(model, kept, names):
    values = [_get_kept_value(model, name) for name in names]
    if model._name.startswith("fiado."):
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

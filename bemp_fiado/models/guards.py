def filter_changing(records, vals, names):
    """Those of the records in which writing the values changes one of these fields:
    writing what is there already is no change.

    :param set names: the fields that are guarded
    """
    will_change = records.env["account.move"]._field_will_change
    names = names & set(vals)
    return records.filtered(
        lambda record: any(will_change(record, vals, name) for name in names)
    )

"""What is behind the rows of reports."""


def open_first_readable(*records):
    """The action that opens the first of these records that there is and that the user
    may read; ``False`` where there is none."""
    for record in records:
        if record and record.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [(False, "form")],
            }
    return False

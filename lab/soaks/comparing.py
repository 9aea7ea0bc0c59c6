"""Two tellings of what there is, as plain values, compared."""

from deepdiff import DeepDiff

# How many differences are named.
MAX_NAMED = 5


def find_differences(expected, found, name, may_have_more=False):
    """Sentences of where they differ.

    :param bool may_have_more: whether dicts may have keys that were not expected
    """
    # However much differs, say what.
    options = {"threshold_to_diff_deeper": 0, "ignore_numeric_type_changes": True}
    differences = DeepDiff(expected, found, view="tree", **options)
    if may_have_more:
        differences.pop("dictionary_item_added", None)
    found = [one for kind in differences.values() for one in kind]
    for one in found[:MAX_NAMED]:
        yield f"{one.path(root=name)}: {one.t1!r} expected, {one.t2!r} found"
    if len(found) > MAX_NAMED:
        yield f"{name}: {len(found) - MAX_NAMED} more differences"

"""Printed tables in pages: wkhtmltopdf as Debian builds it repeats neither a table's
head nor a letterhead, so each page gets its own.

The unit is the height of a row with one line of text. The pages are those of A4 and
Letter: rather left with some room than flowing over.
"""

from math import ceil

FIRST_PAGE, OTHER_PAGE = 22, 29
ANOTHER_LINE = 0.75


def get_height(texts, widths):
    """The height of a row with these texts in its columns.

    :param widths: how many characters fit in a line of each column
    """
    lines = max(
        ceil(len(text or "") / width) for text, width in zip(texts, widths, strict=True)
    )
    return 1 + ANOTHER_LINE * max(lines - 1, 0)


def split_into_pages(rows, get_row_height, above=0, below=0):
    """The rows of each page of a table that has titles above it on the first one.

    :param above: the height of what stands there besides a paper's titles
    :param below: the height of what stands below the table. It isn't parted from the
        table's last row.
    """
    pages, room = [[]], FIRST_PAGE - above
    for row in rows:
        height = get_row_height(row)
        if height > room and pages[-1]:
            pages.append([])
            room = OTHER_PAGE
        pages[-1].append(row)
        room -= height
    if below > room and pages[-1]:
        last = pages[-1]
        pages.append([last.pop()] if len(last) > 1 else [])
    return pages


def shorten(names, width):
    """As many of the names as fit, with the number of the others."""
    text = ""
    for index, name in enumerate(names):
        longer = f"{text}, {name}" if text else name
        if text and len(longer) > width:
            return f"{text} +{len(names) - index}"
        text = longer
    return text

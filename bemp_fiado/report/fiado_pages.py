"""Printed tables in pages: wkhtmltopdf as Debian builds it doesn't repeat a table's
head, so each page gets a table of its own.

The unit is the height of a row with one line of text. The pages are those of A4 and
Letter in Odoo's layouts: rather left with some room than flowing over.
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


def split_into_pages(rows, get_row_height):
    """The rows of each page of a table that has titles above it on the first one."""
    pages, room = [[]], FIRST_PAGE
    for row in rows:
        height = get_row_height(row)
        if height > room and pages[-1]:
            pages.append([])
            room = OTHER_PAGE
        pages[-1].append(row)
        room -= height
    return pages

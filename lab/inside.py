"""Programs of the lab for Odoo's shell."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def program(text):
    """A program that finds the lab's modules."""
    return f"import sys\nsys.path.insert(0, {str(FOLDER)!r})\n{text}"

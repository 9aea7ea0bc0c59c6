"""Odoo's command line as a file: with several workers Odoo starts itself once more, by
the name of the file that it was started from."""

from odoo.cli.command import main

main()

"""Odoo, ready to be run: its code, its Python packages and PostgreSQL."""

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from . import (
    addons,
    cairo,
    debian,
    oca,
    odoo_source,
    postgres,
    python_packages,
    settings,
    wkhtmltopdf,
)
from .commands import run_logged, with_path

CONFIGURATION = settings.HOME / "odoo.conf"
# In a folder of its own: what lies beside a program shadows Python's modules.
LAUNCHER = settings.REPOSITORY / "scripts" / "launch" / "run_odoo.py"


@dataclass(frozen=True)
class Odoo:
    """Odoo with all that it needs, running PostgreSQL included."""

    source: odoo_source.OdooSource
    python: Path
    server: postgres.Server
    # The folder of wkhtmltopdf, where that is not the machine's.
    printer: Path | None
    # The folders with other people's addons that ours are bridges to.
    others: tuple = ()
    # Where it looks for addons, where that is not what the configuration says.
    addons_paths: tuple = ()

    @property
    def environment(self):
        variables = os.environ | self.server.environment
        variables |= {
            "ODOO_RC": str(CONFIGURATION),
            "PYTHONPATH": str(self.source.folder),
        }
        # Odoo takes this one for a database to work on.
        variables.pop("PGDATABASE", None)
        if self.addons_paths:
            variables["ODOO_ADDONS_PATH"] = ",".join(map(str, self.addons_paths))
        variables = with_path(variables, self.server.programs)
        return with_path(variables, self.printer) if self.printer else variables

    @property
    def known_addons(self):
        """The folders of addons that ours may depend on."""
        return (*self.source.addons_paths, *self.others)

    def with_addons(self, *folders, python=None):
        """An Odoo that finds its own addons, and those in these folders alone.

        :param python: the interpreter of another Python environment
        """
        return replace(
            self,
            python=python or self.python,
            addons_paths=(*self.source.addons_paths, *folders),
        )

    def command(self, *arguments):
        return [self.python, LAUNCHER, *arguments]

    def run(self, *arguments, log, failure, **options):
        """Run an Odoo command with its output in the log file `log`."""
        command = self.command(*arguments)
        run_logged(command, log, failure, env=self.environment, **options)


@contextlib.contextmanager
def ready(*more_requirements, missing=()):
    """Set everything up; yields an Odoo that works as long as the context lasts.

    :param missing: what else the machine lacks that its user needs
    """
    postgres.check_given()
    debian.require(
        [
            *missing,
            *odoo_source.missing(),
            *python_packages.missing("odoo"),
            *cairo.missing(),
        ]
    )
    source = odoo_source.get()
    python = python_packages.install("odoo", "odoo.txt", *more_requirements)
    printer = wkhtmltopdf.folder()
    others = oca.find_for_bridges(python)
    _configure(source, others)
    with postgres.running(python) as server:
        yield Odoo(source, python, server, printer, others)


def _configure(source, others):
    paths = [*source.addons_paths, *others]
    if addons.folders():
        paths.append(settings.REPOSITORY)
    options = {
        "addons_path": ",".join(map(str, paths)),
        "data_dir": settings.data_folder(),
        "http_interface": settings.ADDRESS,
        "http_port": settings.http_port(),
        # A search for "Joao" finds "João".
        "unaccent": True,
    }
    lines = [f"{name} = {value}\n" for name, value in options.items()]
    # At once: another script's Odoo may be reading it.
    unfinished = CONFIGURATION.with_name(f"{CONFIGURATION.name}.{os.getpid()}")
    unfinished.write_text("[options]\n" + "".join(lines))
    unfinished.replace(CONFIGURATION)

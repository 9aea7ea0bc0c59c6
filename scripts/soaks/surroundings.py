"""Odoo with other addons on its path than this checkout's alone."""

from dataclasses import dataclass
from pathlib import Path

from lib import odoo_command, settings


@dataclass(frozen=True)
class OdooWith(odoo_command.Odoo):
    """Odoo with a configuration file of its own."""

    configuration: Path
    addons_paths: tuple

    @property
    def environment(self):
        return super().environment | {"ODOO_RC": str(self.configuration)}


def odoo_with(odoo, name, *folders, python=None):
    """An Odoo that finds its addons, and those in these folders.

    :param str name: of the configuration file that is written for it
    :param python: the interpreter of another Python environment
    """
    configuration = settings.HOME / f"{name}.conf"
    paths = (*odoo.source.addons_paths, *folders)
    configuration.write_text(
        "[options]\n"
        f"addons_path = {','.join(map(str, paths))}\n"
        f"data_dir = {settings.data_folder()}\n"
        f"http_interface = {settings.ADDRESS}\n"
        f"http_port = {settings.http_port()}\n"
        "unaccent = True\n"
    )
    return OdooWith(
        odoo.source, python or odoo.python, odoo.server, configuration, paths
    )

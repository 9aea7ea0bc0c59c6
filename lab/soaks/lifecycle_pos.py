"""The bridge to the Point of Sale uninstalled and installed again."""

from . import bridge


def run(odoo):
    return bridge.live(odoo, "bemp_fiado_pos", refused_while="a session is open")

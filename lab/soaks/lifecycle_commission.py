"""The bridge to OCA's commissions uninstalled and installed again."""

from . import bridge


def run(odoo):
    return bridge.live(odoo, "bemp_fiado_commission")

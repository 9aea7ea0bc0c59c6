"""The bridge to OCA's commissions uninstalled and installed again."""

from . import bridge

KEPT = ("wallets", "books", "audit", "settlements")


def run(odoo):
    return bridge.live(odoo, "bemp_fiado_commission", KEPT)

from odoo import SUPERUSER_ID, api

from odoo.addons.bemp_fiado.hooks import find_documents, find_opposites


def migrate(cr, version):
    """What movements of wallets settle, and what took them back, is kept with them from
    this version on: for older ones it is what they are matched with."""
    # "No fiado" is its firm's for a contact.
    cr.execute(
        """
        UPDATE res_partner contact SET no_fiado = TRUE
          FROM res_partner firm
         WHERE firm.id = contact.commercial_partner_id
           AND firm.no_fiado
           AND contact.no_fiado IS NOT TRUE
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    find_opposites(env)
    find_documents(env)

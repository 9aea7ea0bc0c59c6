from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Companies that have wallets get the stages of the reminders, which are off until
    somebody switches them on."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].search(
        [("parent_id", "=", False), ("fiado_journal_id", "!=", False)]
    )
    companies._fiado_create_stages()

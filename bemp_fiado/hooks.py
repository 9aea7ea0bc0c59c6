"""What outlives the addon: uninstalling leaves the accounting as it is, and puts aside
what only the addon's columns say of it, until the addon is installed again."""

import logging

from odoo.tools import SQL

from .kept import put_aside, take_back

_logger = logging.getLogger(__name__)

# Whether the feature is on is not kept: who installs the addon again decides.
KEPT_FIELDS = {
    "account.move": ("fiado_origin", "fiado_order_id", "fiado_reference"),
    "account.move.line": (
        "fiado_carried_item_id",
        "fiado_charge",
        "fiado_charged_item_id",
        "fiado_part",
        "fiado_since",
    ),
    "account.payment": ("fiado_move_id", "fiado_order_id", "fiado_origin"),
    "payment.transaction": ("fiado_charged_until", "fiado_partner_id"),
    "fiado.request": ("company_id", "reference", "method", "values", "answer"),
    "res.company": (
        "fiado_cashier_waives_charges",
        "fiado_credit_account_id",
        "fiado_days",
        "fiado_debt_account_id",
        "fiado_grace_days",
        "fiado_interest",
        "fiado_interest_account_id",
        "fiado_journal_id",
        "fiado_late_fee",
        "fiado_loss_account_id",
        "fiado_overdue_block_days",
        "fiado_receipt_emails",
        "fiado_rounding_account_id",
        "fiado_walk_in_partner_id",
    ),
    "res.partner": ("fiado_payer_id", "no_fiado", "no_fiado_reminder"),
    "sale.order": ("closing_state", "order_type"),
}
# What the names of the tables begin with.
KEPT = "fiado_kept"


def post_init_hook(env):
    """Take back what an earlier installation put aside."""
    take_back(env, KEPT_FIELDS, KEPT)
    find_documents(env)
    env.invalidate_all(flush=False)


def find_documents(env):
    """Keep with each movement of a wallet the documents that it is matched with outside
    the wallets: what was not matched any more is not found."""
    env.cr.execute(
        """
        INSERT INTO fiado_move_document_rel (move_id, document_id)
             SELECT DISTINCT move.id, other.move_id
               FROM account_move move
               JOIN res_company company ON company.fiado_journal_id = move.journal_id
               JOIN account_move_line item
                 ON item.move_id = move.id
                AND item.account_id NOT IN (company.fiado_debt_account_id,
                                            company.fiado_credit_account_id)
               JOIN account_partial_reconcile partial
                 ON item.id IN (partial.debit_move_id, partial.credit_move_id)
               JOIN account_move_line matched
                 ON matched.id IN (partial.debit_move_id, partial.credit_move_id)
                AND matched.id != item.id
                 -- Payments and movements that settle one invoice belong together.
               JOIN account_partial_reconcile beside
                 ON matched.id IN (beside.debit_move_id, beside.credit_move_id)
               JOIN account_move_line other
                 ON other.id IN (beside.debit_move_id, beside.credit_move_id)
               JOIN account_move document ON document.id = other.move_id
              WHERE move.state = 'posted'
                AND document.state = 'posted'
                AND document.journal_id != move.journal_id
        ON CONFLICT DO NOTHING
        """
    )
    for name, origin in _get_moves_without_documents(env):
        _logger.warning(
            "%s (%s): its documents are not matched with it any more, so nothing keeps "
            "them from being taken away",
            name,
            origin,
        )


def _get_moves_without_documents(env):
    """The standing movements that settled documents of which none was found."""
    return env.execute_query(
        SQL(
            """
            SELECT move.name, move.fiado_origin
              FROM account_move move
              JOIN res_company company ON company.fiado_journal_id = move.journal_id
             WHERE move.state = 'posted'
               AND move.fiado_origin IN ('order', 'invoice', 'credit_sale', 'online',
                                         'refund', 'payout')
               AND NOT EXISTS (SELECT FROM account_move opposite
                                WHERE opposite.reversed_entry_id = move.id)
               AND NOT EXISTS (SELECT FROM fiado_move_document_rel
                                WHERE move_id = move.id)
          ORDER BY move.id
            """
        )
    )


def find_opposites(env):
    """Say of what earlier versions took back which movement it was the opposite of: the
    last one of the same customer and order with the same amounts, turned round."""
    _mark_reversed_invoices(env)
    env.cr.execute(
        """
        WITH movement AS (
            SELECT move.id, move.fiado_origin, move.fiado_order_id, move.journal_id,
                   move.reversed_entry_id, MIN(item.partner_id) AS partner_id,
                   SUM(item.balance) FILTER (WHERE item.account_id NOT IN (
                       company.fiado_debt_account_id, company.fiado_credit_account_id
                   )) AS amount
              FROM account_move move
              JOIN res_company company ON company.fiado_journal_id = move.journal_id
              JOIN account_move_line item ON item.move_id = move.id
             WHERE move.state = 'posted'
          GROUP BY move.id
        ), pair AS (
            SELECT taken_back.id AS id, MAX(opposite.id) AS opposite_id
              FROM movement opposite
              JOIN movement taken_back
                ON taken_back.id < opposite.id
               AND taken_back.partner_id = opposite.partner_id
               AND taken_back.journal_id = opposite.journal_id
               AND taken_back.amount = -opposite.amount
               AND taken_back.fiado_order_id IS NOT DISTINCT FROM
                   opposite.fiado_order_id
              JOIN account_move_line item ON item.move_id = opposite.id
              JOIN account_partial_reconcile partial
                ON item.id IN (partial.debit_move_id, partial.credit_move_id)
              JOIN account_move_line matched
                ON matched.id IN (partial.debit_move_id, partial.credit_move_id)
               AND matched.move_id = taken_back.id
             WHERE opposite.fiado_origin = 'reversal'
               AND opposite.reversed_entry_id IS NULL
          GROUP BY taken_back.id
        )
        UPDATE account_move SET reversed_entry_id = pair.id
          FROM pair
         WHERE account_move.id = pair.opposite_id
        """
    )


def _mark_reversed_invoices(env):
    env.cr.execute(
        """
        UPDATE account_move SET fiado_origin = 'reversal'
         WHERE fiado_order_id IS NOT NULL
           AND reversed_entry_id IS NOT NULL
           AND move_type = 'out_refund'
           AND fiado_origin IS NULL
        """
    )


def uninstall_hook(env):
    """Put aside what the addon's columns say, in tables of their own."""
    put_aside(env, KEPT_FIELDS, KEPT)

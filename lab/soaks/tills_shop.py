"""Makes a database a shop with tills for a trial, and looks into its books afterwards.
Runs inside Odoo."""

import json
import os

from odoo.fields import Command

from .shop import _create_key


def open_shop(env, wanted, file):
    """Make customers and open tills; write their ids and keys to a file.

    :param dict wanted: ``customers`` and ``tills``, numbers; ``limit`` of each customer
    """
    env.company.write({"fiado_enabled": True, "account_use_credit_limit": True})
    customers = env["res.partner"].create(
        [
            {"name": f"Customer {number}", "credit_limit": wanted["limit"]}
            for number in range(wanted["customers"])
        ]
    )
    product = env["product.product"].create(
        {"name": "Haircut", "type": "service", "taxes_id": [Command.clear()]}
    )
    made = {
        "customers": customers.ids,
        "product": product.id,
        "owner": _create_key(env.ref("base.user_admin")),
        "tills": [_open_till(env, number) for number in range(wanted["tills"])],
    }
    env.cr.commit()
    # The keys in it are nobody else's business.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as output:
        json.dump(made, output)


def _open_till(env, number):
    groups = (
        *("base.group_user", "point_of_sale.group_pos_user"),
        "bemp_fiado.group_fiado_user",
    )
    users = env["res.users"].with_context(no_reset_password=True)
    user = users.create(
        {
            "name": f"Till {number}",
            "login": f"till-{number}",
            "group_ids": [Command.set([env.ref(group).id for group in groups])],
        }
    )
    journal = env["account.journal"].create(
        {"type": "cash", "name": f"Till {number}", "code": f"T{number}"}
    )
    cash = env["pos.payment.method"].create({"name": "Cash", "journal_id": journal.id})
    config = env["pos.config"].create(
        {"name": f"Till {number}", "payment_method_ids": [Command.set(cash.ids)]}
    )
    own = config.with_user(user)
    own.open_ui()
    own.current_session_id.set_opening_control(0, None)
    return {
        "key": _create_key(user),
        "session": own.current_session_id.id,
        "cash": cash.id,
        "fiado": config.payment_method_ids.filtered("fiado").id,
    }


def close_shop(env, file):
    """Close the tills; write what is in the wallets and in the books to a file."""
    sessions = env["pos.session"].search([("state", "=", "opened")])
    for session in sessions:
        cash = session.get_closing_control_data()["default_cash_details"]
        session.post_closing_cash_details(cash["amount"])
        session.close_session_from_ui()
    env.cr.commit()
    env.invalidate_all()
    customers = env["res.partner"].search([("name", "=like", "Customer %")])
    clearing = env.company.account_default_pos_receivable_account_id
    moves = env["account.move"].search([("fiado_pos_order_id", "!=", False)])
    items = env["account.move.line"].search(
        [("account_id", "=", clearing.id), ("parent_state", "=", "posted")]
    )
    found = {
        "balances": {customer.id: customer.fiado_balance for customer in customers},
        "orders": {
            order.uuid: [order.state, len(order._get_fiado_moves())]
            for order in env["pos.order"].search([])
        },
        "moves": len(moves),
        "open": sessions.filtered(lambda session: session.state != "closed").ids,
        "clearing": round(sum(items.mapped("amount_residual")), 2),
        "audit": env["fiado.wallet"].audit(),
    }
    with open(file, "w") as output:
        json.dump(found, output)

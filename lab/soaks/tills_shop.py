"""Makes a database a shop with tills for a trial, and looks into its books afterwards.
Runs inside Odoo."""

import shops

from odoo.fields import Command


def open_shop(env, tills, number, limit):
    """Make so many customers with a limit, and open tills; returns ids and keys."""
    env.company.write({"fiado_enabled": True, "account_use_credit_limit": True})
    customers = shops.create_customers(env, [{"credit_limit": limit}] * number)
    made = {
        "customers": customers.ids,
        "product": shops.create_service(env).id,
        "tills": [_open_till(env, till) for till in range(tills)],
    }
    env.cr.commit()
    return made


def _open_till(env, number):
    groups = ("point_of_sale.group_pos_user", "bemp_fiado.group_fiado_user")
    user = shops.create_user(env, f"till-{number}", *groups)
    name = f"Till {number}"
    journal = env["account.journal"].create(
        {"type": "cash", "name": name, "code": f"T{number}"}
    )
    cash = env["pos.payment.method"].create({"name": "Cash", "journal_id": journal.id})
    config = env["pos.config"].create(
        {"name": name, "payment_method_ids": [Command.set(cash.ids)]}
    )
    own = config.with_user(user)
    own.open_ui()
    own.current_session_id.set_opening_control(0, None)
    return {
        "key": shops.create_key(user),
        "session": own.current_session_id.id,
        "cash": cash.id,
        "fiado": config.payment_method_ids.filtered("fiado").id,
    }


def close_shop(env):
    """Close the tills; returns what is in the wallets and in the books."""
    sessions = env["pos.session"].search([("state", "=", "opened")])
    for session in sessions:
        cash = session.get_closing_control_data()["default_cash_details"]
        session.post_closing_cash_details(cash["amount"])
        session.close_session_from_ui()
    env.cr.commit()
    env.invalidate_all()
    customers = env["res.partner"].search([("name", "=like", "Customer %")])
    clearing = env.company.account_default_pos_receivable_account_id
    items = env["account.move.line"].search(
        [("account_id", "=", clearing.id), ("parent_state", "=", "posted")]
    )
    return {
        "balances": {customer.id: customer.fiado_balance for customer in customers},
        "orders": {
            order.uuid: [order.state, len(order._get_fiado_moves())]
            for order in env["pos.order"].search([])
        },
        "moves": env["account.move"].search_count(
            [("fiado_pos_order_id", "!=", False)]
        ),
        "open": sessions.filtered(lambda session: session.state != "closed").ids,
        "clearing": round(sum(items.mapped("amount_residual")), 2),
        "audit": env["fiado.wallet"].audit(),
    }

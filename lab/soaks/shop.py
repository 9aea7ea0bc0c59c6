"""Makes a database a shop for a trial, and tells of its books afterwards. Runs inside
Odoo."""

from itertools import accumulate

import shops


def open_shop(env, clients, customers, orders):
    """Make customers with a limit and a credit each; orders, ``[customer's number,
    price]`` by reference; and so many users with keys.

    :return: what clients need to know of it: their keys and the owner's, and ids
    """
    env.company.write({"fiado_enabled": True, "account_use_credit_limit": True})
    form, service = shops.get_cash(env), shops.create_service(env)
    values = [{"credit_limit": limit} for limit, _credit in customers]
    partners = shops.create_customers(env, values)
    for partner, (_limit, credit) in zip(partners, customers, strict=True):
        if credit:
            partner.fiado_receive(credit, form.id)
    made = env["sale.order"].create(
        [
            shops.prepare_order(
                partners[number], service, price, client_order_ref=reference
            )
            for reference, (number, price) in orders.items()
        ]
    )
    cashiers = [
        shops.create_user(env, f"soak-{number}", *shops.CASHIER)
        for number in range(clients)
    ]
    told = {
        "form": form.id,
        "customers": partners.ids,
        "orders": dict(zip(orders, made.ids, strict=True)),
        "owner": shops.create_key(env.ref("base.user_admin")),
        "clients": [shops.create_key(cashier) for cashier in cashiers],
    }
    env.cr.commit()
    return told


def tell_books(env):
    """What the books say of calls, wallets and orders: as ``Trial`` expects it."""
    entries = env["fiado.wallet.entry"].search([], order="id")
    # What the shop was opened with has no reference.
    own = entries.filtered("reference")
    moves = env["account.move"].search([("fiado_order_id", "!=", False)])
    requests = env["fiado.request"].search([])
    return {
        "answers": {request.reference: request.answer for request in requests},
        "moves": {
            reference: sorted(rows.move_id.ids)
            for reference, rows in own.grouped("reference").items()
        },
        "cents": {
            customer.name: cents
            for customer, rows in own.grouped("partner_id").items()
            if (cents := round(sum(rows.mapped("amount")) * 100))
        },
        "orders": _tell_orders(env, moves),
        "audit": env["fiado.wallet"].audit(),
        "over the limit": [
            customer.name
            for customer, rows in entries.grouped("partner_id").items()
            if customer.credit_limit
            and round(min(accumulate(rows.mapped("amount"))), 2)
            < -customer.credit_limit
        ],
        "not posted": moves.filtered(lambda move: move.state != "posted").ids,
    }


def _tell_orders(env, moves):
    touched = moves.fiado_order_id | env["fiado.payment"].search([]).order_id
    return {
        order.client_order_ref: [
            *(order.closing_state, order.state, order.locked, order in touched),
            # Wallet moves and payments count as not paid: invoices are.
            order.invoice_ids.mapped("payment_state"),
        ]
        for order in env["sale.order"].search([])
    }

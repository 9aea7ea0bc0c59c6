"""Makes a database a shop for a trial. Runs inside Odoo."""

import shops


def open_shop(env, wanted):
    """Make customers, orders and users with keys.

    :param dict wanted: ``customers``, a list of each one's limit and credit;
        ``orders``, ``[customer's number, price]`` by reference; ``clients``, a number
    :return: what clients need to know of it: their keys and the owner's, ids, and the
        customers' limits
    """
    env.company.write({"fiado_enabled": True, "account_use_credit_limit": True})
    form = shops.get_cash(env)
    customers = shops.create_customers(
        env, [{"credit_limit": limit} for limit, _credit in wanted["customers"]]
    )
    for customer, (_limit, credit) in zip(customers, wanted["customers"], strict=True):
        if credit:
            customer.fiado_receive(credit, form.id)
    service = shops.create_service(env)
    orders = env["sale.order"].create(
        [
            shops.prepare_order(customers[number], service, price)
            for number, price in wanted["orders"].values()
        ]
    )
    cashiers = [
        shops.create_user(env, f"soak-{number}", *shops.CASHIER)
        for number in range(wanted["clients"])
    ]
    made = {
        "form": form.id,
        "customers": customers.ids,
        "limits": customers.mapped("credit_limit"),
        "orders": dict(zip(wanted["orders"], orders.ids, strict=True)),
        "owner": shops.create_key(env.ref("base.user_admin")),
        "clients": [shops.create_key(cashier) for cashier in cashiers],
    }
    env.cr.commit()
    return made

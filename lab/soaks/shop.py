"""Makes a database a shop for a trial. Runs inside Odoo."""

import datetime
import json
import os

from odoo import fields
from odoo.fields import Command


def open_shop(env, wanted, file):
    """Make customers, orders and users with keys; write their ids and keys to a file.

    :param dict wanted: ``customers``, a list of ``{"limit", "credit"}``; ``orders``, a
        dict of ``[customer's number, price]`` by reference; ``clients``, a number
    """
    env.company.write({"fiado_enabled": True, "account_use_credit_limit": True})
    env.company.fiado_journal_id.restrict_mode_hash_table = wanted.get("hashed", False)
    form = env["account.journal"].search(
        [("type", "=", "cash"), ("company_id", "=", env.company.id)], limit=1
    )
    form = form.inbound_payment_method_line_ids[:1]
    customers = _create_customers(env, wanted["customers"], form)
    made = {
        "form": form.id,
        "customers": customers.ids,
        "orders": _create_orders(env, customers, wanted["orders"]),
        "owner": _create_key(env.ref("base.user_admin")),
        "clients": [_create_client(env, number) for number in range(wanted["clients"])],
    }
    env.cr.commit()
    # The keys in it are nobody else's business.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as output:
        json.dump(made, output)


def _create_customers(env, wanted, form):
    customers = env["res.partner"].create(
        [
            {"name": f"Customer {number}", "credit_limit": values["limit"]}
            for number, values in enumerate(wanted)
        ]
    )
    for customer, values in zip(customers, wanted, strict=True):
        if values["credit"]:
            customer.fiado_receive(values["credit"], form.id)
    return customers


def _create_orders(env, customers, wanted):
    product = env["product.product"].create(
        {
            "name": "Haircut",
            "type": "service",
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
        }
    )
    orders = env["sale.order"].create(
        [
            {
                "partner_id": customers[customer].id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": price})
                ],
            }
            for customer, price in wanted.values()
        ]
    )
    return dict(zip(wanted, orders.ids, strict=True))


def _create_client(env, number):
    groups = (
        *("base.group_user", "sales_team.group_sale_salesman_all_leads"),
        "bemp_fiado.group_fiado_user",
    )
    user = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": f"Cashier {number}",
                "login": f"soak-{number}",
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
            }
        )
    )
    return _create_key(user)


def _create_key(user):
    tomorrow = fields.Datetime.now() + datetime.timedelta(days=1)
    keys = user.env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate("rpc", "soak", tomorrow)

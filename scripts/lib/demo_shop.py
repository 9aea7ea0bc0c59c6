"""Fills the demo shop. Runs inside Odoo, on a database with the addon installed."""

from dataclasses import dataclass
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.api import Environment
from odoo.fields import Command

from lib import demo_salon

WALK_IN = "Consumidor não identificado"
PROFESSIONALS = ("Joana Lima", "Rafael Nogueira", "Patrícia Alves")
SERVICES = {
    "Corte": 55.0,
    "Barba": 40.0,
    "Corte e barba": 85.0,
    "Sobrancelha": 20.0,
    "Hidratação": 70.0,
    "Escova": 60.0,
    "Coloração": 150.0,
    "Manicure": 35.0,
}
PACKAGES = {"Pacote 5 cortes": 240.0}
GOODS = {"Pomada modeladora": 45.0, "Xampu 300 ml": 38.0}
CUSTOMERS = {
    "Maria da Silva": "(81) 98811-2040",
    "José Carlos Pereira": "(81) 99702-3318",
    "Antônia Barbosa": "(81) 98634-7725",
    "Francisco Gomes": "(81) 99455-0186",
    "Luciana Ferreira": "(81) 98877-4512",
    "Paulo Henrique Rocha": "(81) 99213-6640",
    "Camila Santos": "(81) 98540-9973",
    "Severino Araújo": "(81) 99968-1207",
    "Clara da Silva": "(81) 98811-2041",
    "Rosângela Teixeira": "(81) 98706-3391",
}
# Who takes something, and on whose wallet.
PAYERS = {"Clara da Silva": "Maria da Silva"}
# Of a debt, after so many days each.
INSTALMENTS = {"Em 3 vezes": {30: 33.33, 60: 33.33, 90: 33.34}}
# Whose debts are left so.
IN_INSTALMENTS = {"Rosângela Teixeira": "Em 3 vezes"}
# Customer, services, payments by form, days ago: what is missing or too much in the
# payments goes to the wallet.
CLOSED = (
    ("Camila Santos", ("Coloração",), {"Pix": 90.0}, 140),
    ("Francisco Gomes", ("Hidratação",), {"Dinheiro": 30.0}, 75),
    ("Severino Araújo", ("Corte e barba",), {"Pix": 40.0}, 48),
    ("Rosângela Teixeira", ("Coloração", "Hidratação"), {"Pix": 70.0}, 40),
    ("Maria da Silva", ("Corte",), {"Dinheiro": 30.0}, 21),
    ("Clara da Silva", ("Manicure",), {}, 15),
    ("José Carlos Pereira", ("Corte",), {}, 12),
    ("Antônia Barbosa", ("Corte",), {"Dinheiro": 60.0}, 6),
    ("Luciana Ferreira", ("Escova", "Manicure"), {"Cartão": 95.0}, 2),
    ("Paulo Henrique Rocha", ("Barba",), {"Pix": 40.0}, 1),
)
# Customer and what is on today's order.
OPEN = (
    ("Maria da Silva", ("Barba",)),
    ("José Carlos Pereira", ("Corte", "Pomada modeladora")),
    ("Antônia Barbosa", ("Corte",)),
    ("Francisco Gomes", ("Corte e barba",)),
    ("Camila Santos", ("Coloração", "Hidratação")),
    (WALK_IN, ("Corte",)),
)


@dataclass
class Shop:
    """What the shop has, by names, and who works there."""

    env: Environment
    customers: dict
    products: dict
    forms: dict
    professionals: object
    cashier: object
    walk_in: str = WALK_IN

    def create_order(self, customer, names, professional, partner=None):
        """An order of a customer's, who is somebody else's contact with ``partner``."""
        return self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customers[customer]).id,
                "user_id": professional.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.products[name].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for name in names
                ],
            }
        )

    def close(self, order, payments, **values):
        """Whoever is at the till records it."""
        order.with_user(self.cashier).close_order(
            [
                {"payment_method_line_id": self.forms[form].id, "amount": amount}
                for form, amount in payments.items()
            ],
            use_balance=True,
            **values,
        )


def fill(env, cashier):
    """Make the empty company a salon in business; `cashier` is a login and password."""
    env = env(context=dict(env.context, lang="pt_BR", tz="America/Recife"))
    company = env.company
    _set_up_company(company)
    forms = _create_payment_forms(company)
    _switch_fiado_on(company)
    cashier = _set_up_users(env, cashier)
    products = _create_products(env)
    _set_up_point_of_sale(company, cashier, products)
    customers = _create_customers(env)
    customers[WALK_IN] = company.fiado_walk_in_partner_id
    terms = _create_payment_terms(company)
    professionals = env["res.users"].search([("name", "in", PROFESSIONALS)])
    shop = Shop(env, customers, products, forms, professionals, cashier)
    demo_salon.set_up(professionals)
    for index, (customer, names, payments, days) in enumerate(CLOSED):
        with freeze_time(fields.Datetime.now() - timedelta(days=days)):
            professional = professionals[index % len(professionals)]
            shop.close(
                shop.create_order(customer, names, professional),
                payments,
                payment_term_id=terms.get(IN_INSTALMENTS.get(customer)),
            )
    demo_salon.live_a_month(shop)
    demo_salon.subscribe(shop)
    for index, (customer, names) in enumerate(OPEN):
        shop.create_order(customer, names, professionals[index % len(professionals)])


def _set_up_company(company):
    company.write(
        {
            "name": "Salão Boa Vista",
            "street": "Rua da Aurora, 295",
            "city": "Recife",
            "zip": "50050-000",
            "state_id": company.env.ref("base.state_br_pe").id,
            "phone": "(81) 3222-4050",
            "email": "contato@salaoboavista.example",
        }
    )
    # Customers in debt pay by the Pix code of their slips and statements.
    company.env["res.partner.bank"].create(
        {
            "partner_id": company.partner_id.id,
            "acc_number": "12345-6",
            "proxy_type": "email",
            "proxy_value": "contato@salaoboavista.example",
        }
    )


def _create_payment_forms(company):
    """Dinheiro, Pix and Cartão: one journal with one form each."""
    journals = company.env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "in", ("bank", "cash"))]
    )
    accounts = company.env["account.account"]
    on_the_way = accounts.create(
        {
            "name": "Cartões a receber",
            "code": accounts._search_new_account_code("1.01.02.09.01"),
            "account_type": "asset_current",
            "reconcile": True,
        }
    )
    return {
        # What is paid in cash or by Pix is there at once, a card's money comes later.
        "Dinheiro": _create_form(journals, "Dinheiro", "cash", "Caixa"),
        "Pix": _create_form(journals, "Pix", "bank", "Banco"),
        "Cartão": _create_form(
            journals.browse(), "Cartão", "bank", "Operadora de cartões", on_the_way
        ),
    }


def _create_payment_terms(company):
    """The ways to split a debt; their ids by name."""
    terms = company.env["account.payment.term"].create(
        [
            {
                "name": name,
                "company_id": company.id,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": percent, "nb_days": days}
                    )
                    for days, percent in parts.items()
                ],
            }
            for name, parts in INSTALMENTS.items()
        ]
    )
    return {term.name: term.id for term in terms}


def _create_form(journals, name, journal_type, journal_name, account=None):
    journal = journals.filtered(lambda journal: journal.type == journal_type)[:1]
    if not journal:
        journal = journals.create({"type": journal_type, "name": journal_name})
    journal.name = journal_name
    form = journal.inbound_payment_method_line_ids[:1]
    (journal.inbound_payment_method_line_ids - form).unlink()
    form.write(
        {
            "name": name,
            "payment_account_id": (account or journal.default_account_id).id,
        }
    )
    _name_way_out(journal, name, has_one=not account)
    return form


def _name_way_out(journal, name, has_one):
    """Money goes back to customers the way it comes in, where there is one."""
    ways_out = journal.outbound_payment_method_line_ids
    way_out = ways_out[: int(has_one)]
    (ways_out - way_out).unlink()
    way_out.name = name


def _switch_fiado_on(company):
    company.fiado_enabled = True
    if not company.fiado_walk_in_partner_id:
        company.fiado_walk_in_partner_id = company.env["res.partner"].create({})
    company.fiado_walk_in_partner_id.name = WALK_IN


def _set_up_users(env, cashier):
    env.ref("base.user_admin").write(
        {
            "name": "Ana Cavalcanti",
            "lang": "pt_BR",
            "tz": "America/Recife",
            "email": "ana@salaoboavista.example",
            "group_ids": [Command.link(env.ref("sales_team.group_sale_manager").id)],
        }
    )
    login, password = cashier
    seller = env.ref("sales_team.group_sale_salesman_all_leads")
    user = _create_user(
        env,
        "Beatriz Melo",
        login,
        seller | env.ref("bemp_fiado.group_fiado_user"),
        password=password,
        action_id=env.ref("bemp_fiado.sale_order_action_counter").id,
    )
    for name in PROFESSIONALS:
        first_name = name.partition(" ")[0].lower()
        _create_user(env, name, first_name, env.ref("sales_team.group_sale_salesman"))
    _silence_bot(env["res.users"].search([]))
    return user


def _silence_bot(users):
    """On a phone, the chat by which Odoo's bot introduces itself covers the screen."""
    if "odoobot_state" in users._fields:
        users.odoobot_state = "disabled"


def _create_user(env, name, login, groups, **values):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": name,
                "login": login,
                "email": f"{login}@salaoboavista.example",
                "lang": "pt_BR",
                "tz": "America/Recife",
                "group_ids": [
                    Command.link(group.id)
                    for group in groups | env.ref("base.group_user")
                ],
                **values,
            }
        )
    )


def _create_products(env):
    kinds = ((SERVICES, "service"), (PACKAGES, "service"), (GOODS, "consu"))
    products = env["product.product"].create(
        [
            {
                "name": name,
                "type": kind,
                "list_price": price,
                # At the counter everything is invoiced when the order is closed, and
                # the price is what the customer pays.
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
            for prices, kind in kinds
            for name, price in prices.items()
        ]
    )
    return {product.name: product for product in products}


def _set_up_point_of_sale(company, cashier, products):
    """A counter with a till, where the bridge to Odoo's point of sale is."""
    env = company.env
    if "pos.config" not in env:
        return
    for product in products.values():
        product.available_in_pos = True
    env.ref("base.user_admin").group_ids |= env.ref("point_of_sale.group_pos_manager")
    cashier.group_ids |= env.ref("point_of_sale.group_pos_user")
    # A till's cash is counted by itself.
    cash = env["account.journal"].create({"type": "cash", "name": "Caixa do balcão"})
    # Nothing comes into it, or goes out of it, but by the till.
    cash.inbound_payment_method_line_ids.unlink()
    cash.outbound_payment_method_line_ids.unlink()
    [bank] = env["account.journal"].search(
        [("type", "=", "bank"), ("name", "=", "Banco")], limit=1
    )
    methods = env["pos.payment.method"].create(
        [
            {"name": "Dinheiro", "journal_id": cash.id},
            {"name": "Pix", "journal_id": bank.id},
        ]
    )
    env["pos.config"].create(
        {"name": "Balcão", "payment_method_ids": [Command.set(methods.ids)]}
    )


def _create_customers(env):
    customers = env["res.partner"].create(
        [
            {
                "name": name,
                "phone": phone,
                "city": "Recife",
                "state_id": env.ref("base.state_br_pe").id,
                "country_id": env.ref("base.br").id,
                "lang": "pt_BR",
            }
            for name, phone in CUSTOMERS.items()
        ]
    )
    customers = {customer.name: customer for customer in customers}
    for customer, payer in PAYERS.items():
        customers[customer].fiado_payer_id = customers[payer]
    return customers

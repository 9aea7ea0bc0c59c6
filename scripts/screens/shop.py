"""What the screens show that the demo shop lacks, made through the running server."""

import datetime
import re
from urllib.parse import unquote

from lib import demo, demo_check

# Who looks at the own wallet, in instalments, and who at the own commissions.
PORTAL_USER = ("rosangela", "rosangela")
PROFESSIONAL = ("joana", "joana")
IN_INSTALMENTS = "Rosângela Teixeira"
OVERDUE = "Francisco Gomes"
SETTLED, OWING, LATE = "Gil Moreira", "Helena Porto", "Ivone Brandão"
CLUB, MEMBER = "Clube do corte", "Paulo Henrique Rocha"
CHARGES = {"fiado_late_fee": 2.0, "fiado_interest": 1.0}

CUSTOMER = "Renata Moura"
LIMITED = "Sílvia Prado"
REFUSED = "Otávio Reis"
# Since how many days they owe.
DEBTORS = {"Bruna Lacerda": 27, "Caio Teles": 30, "Dalva Rocha": 38, "Enzo Paiva": 61}


def fill(database):
    """Make what the screens show.

    :return: dict of the records' ids by the names that screens call them
    """
    owner = demo_check.Client(database, *demo.OWNER)
    shop = _Shop(owner)
    records = shop.records()
    if "bemp_fiado_commission" in addons(database):
        records |= shop.commissions()
    if "bemp_fiado_subscription" in addons(database):
        records |= shop.subscriptions()
    return records


def charge(database, is_charged):
    """Charge late fee and interest from now on, or no more."""
    _Shop(demo_check.Client(database, *demo.OWNER)).charge(is_charged)


def addons(database):
    """The names of what is installed."""
    owner = demo_check.Client(database, *demo.OWNER)
    installed = [("state", "=", "installed")]
    modules = owner.search_read("ir.module.module", installed, ["name"])
    return {module["name"] for module in modules}


def orders(database, count):
    """Make orders of 55 to close; return their ids."""
    shop = _Shop(demo_check.Client(database, *demo.OWNER))
    customer = shop.customer(CUSTOMER)
    return [shop.order(customer, "Corte") for _number in range(count)]


class _Shop:
    def __init__(self, owner):
        self.owner = owner

    def records(self):
        company = self._find("res.company")
        self.owner.call(
            "res.company", "write", [company], {"account_use_credit_limit": True}
        )
        customer = self.customer(CUSTOMER)
        refused = self.customer(REFUSED, no_fiado=True)
        limited = self.customer(LIMITED, fiado_limit=40.0)
        debtor = self._find("res.partner", name="Maria da Silva")
        creditor = self._find("res.partner", name="Antônia Barbosa")
        walk_in = self._find("res.partner", name="Consumidor não identificado")
        canceled = self.order(customer, "Barba")
        self.owner.call("sale.order", "action_cancel", [canceled])
        return {
            "customer": customer,
            "debtor": debtor,
            "creditor": creditor,
            "order": self.order(customer, "Corte"),
            "order_to_close": self.order(customer, "Corte"),
            "order_canceled": canceled,
            "order_internal": self.order(customer, "Barba", order_type="internal"),
            "order_refused": self.order(refused, "Corte"),
            "order_limited": self.order(limited, "Corte"),
            "order_of_debtor": self._open_order(debtor),
            "order_of_creditor": self._open_order(creditor),
            "order_of_walk_in": self._open_order(walk_in),
            "order_paid": self._closed_order("Luciana Ferreira"),
            "order_on_fiado": self._closed_order("Maria da Silva"),
            "order_in_instalments": self._closed_order(IN_INSTALMENTS),
            "debtor_in_instalments": self._find("res.partner", name=IN_INSTALMENTS),
            **self._reminders(company),
            **self._pages(),
            **self._charges(),
            "batch": [
                self.order(self.customer("Beto Farias"), "Barba"),
                self.order(self.customer("Célia Nunes"), "Escova", "Manicure"),
                self._undelivered_order(customer),
            ],
        }

    def _reminders(self, company):
        """Switch reminders on, as if long ago; who was reminded, and who promised."""
        call = self.owner.call
        call("res.company", "write", [company], {"fiado_reminders": True})
        stages = call("fiado.reminder.stage", "search", [])
        call("fiado.reminder.stage", "write", stages, {"start_date": "2020-01-01"})
        if not call("fiado.reminder", "search_count", []):
            self._remind()
        [message] = self.owner.search_read(
            "mail.message",
            [("model", "=", "res.partner"), ("body", "ilike", "/fiado/reminders/")],
            ["body"],
            limit=1,
        )
        promised = [("promised_on", "!=", False)]
        [row] = self.owner.search_read("fiado.reminder.due", promised, ["partner_id"])
        return {
            "promiser": row["partner_id"][0],
            "stage": stages[2],
            "stop_page": re.search(r"/fiado/reminders/[\w-]+", message["body"])[0],
        }

    def _remind(self):
        call = self.owner.call
        for name, days in DEBTORS.items():
            self._owing(name, 35.0 + days, days)
        rows = call("fiado.reminder.due", "search_read", [], ["partner_id"])
        first, second, third, *others = rows
        for row in (first, *others):
            [customer, name] = row["partner_id"]
            address = f"{name.split()[0].lower()}@example.com"
            call("res.partner", "write", [customer], {"email": address})
        call("fiado.reminder.due", "action_email", [first["id"]])
        call("fiado.reminder.due", "action_called", [second["id"]])
        call("fiado.reminder.due", "action_promise_friday", [third["id"]])

    def _pages(self):
        """What customers see: whoever owes in instalments, and who just paid."""
        self._let_in(PORTAL_USER, self._find("res.partner", name=IN_INSTALMENTS))
        settled = self._owing(SETTLED, 35.0, 3)
        page = self._get_pay_page(settled)
        self._receive(settled, 35.0)
        owing = self._owing(OWING, 62.5, 45)
        return {"pay_page": self._get_pay_page(owing), "pay_page_settled": page}

    def _charges(self):
        """Who owes too long; and of this month's billing, what was charged of somebody
        else, and what was put into instalments."""
        overdue = self._find("res.partner", name=OVERDUE)
        self.charge(True)
        late = self._owing(LATE, 80.0, 70)
        self._receive(late, 50.0, charges=True)
        self.charge(False)
        term = self._find("account.payment.term", name="Em 3 vezes")
        reason = "Combinado com a cliente"
        self.owner.call("res.partner", "fiado_renegotiate", [late], term, reason)
        return {"overdue": overdue, "order_of_overdue": self._open_order(overdue)}

    def charge(self, is_charged):
        values = CHARGES if is_charged else dict.fromkeys(CHARGES, 0.0)
        self.owner.call("res.company", "write", [self._find("res.company")], values)

    def commissions(self):
        """What is there of commissions: rates, a settlement, and something that a
        professional buys."""
        login, password = PROFESSIONAL
        user = self._find("res.users", login=login)
        self.owner.call("res.users", "write", [user], {"password": password})
        [values] = self.owner.call("res.users", "read", [user], ["partner_id"])
        [professional, _name] = values["partner_id"]
        form = self._find("account.payment.method.line", is_commission_deduction=True)
        fields = ["journal_id"]
        [line] = self.owner.call("account.payment.method.line", "read", [form], fields)
        return {
            "professional": professional,
            "product": self._find("product.template", name="Corte"),
            "settlement": self._find("commission.settlement", agent_id=professional),
            "deduction_journal": line["journal_id"][0],
            "order_of_joana": self._find("sale.order", user_id=user),
            "order_for_joana": self.order(professional, "Barba", order_type="internal"),
        }

    def subscriptions(self):
        """A customer's subscription and the order of its second month."""
        subscription = self._find("sale.subscription")
        member = self._find("res.partner", name=MEMBER)
        return {
            "subscription": subscription,
            "order_of_subscription": self.order(
                member, CLUB, order_subscription_id=subscription
            ),
        }

    def _let_in(self, user, partner):
        """Give a customer a login of the portal, once."""
        login, password = user
        users = "res.users"
        if self.owner.call(users, "search_count", [("login", "=", login)]):
            return
        [data] = self.owner.search_read(
            "ir.model.data",
            [("module", "=", "base"), ("name", "=", "group_portal")],
            ["res_id"],
        )
        values = {"login": login, "password": password, "partner_id": partner}
        groups = {"group_ids": [(6, 0, [data["res_id"]])]}
        self.owner.call(
            *(users, "create", [values | groups]), context={"no_reset_password": True}
        )

    def _get_pay_page(self, customer):
        """The path of the page by which this customer pays, from a reminder."""
        action = self.owner.call(
            "res.partner", "action_fiado_remind_whatsapp", [customer]
        )
        return re.search(r"/fiado/pay/[\w-]+", unquote(action["url"]))[0]

    def _receive(self, customer, amount, **values):
        form = self._find("account.payment.method.line", name="Pix")
        self.owner.call(
            "res.partner", "fiado_receive", [customer], amount, form, **values
        )

    def _owing(self, name, amount, days):
        """A new customer who owes since so many days."""
        day = datetime.date.today() - datetime.timedelta(days=days)
        account = self._find("account.account", account_type="expense")
        customer = self.customer(name)
        self.owner.call(
            *("res.partner", "fiado_open_balance", [customer]),
            *(-amount, str(day), account),
        )
        return customer

    def customer(self, name, **values):
        [customer] = self.owner.call(
            "res.partner",
            "create",
            [{"name": name, "phone": "(81) 98700-1122"} | values],
        )
        return customer

    def _find(self, model, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.owner.search_one(model, *domain)

    def order(self, customer, *services, **values):
        lines = [
            (0, 0, {"product_id": self._find("product.product", name=service)})
            for service in services
        ]
        [order] = self.owner.call(
            "sale.order",
            "create",
            [{"partner_id": customer, "order_line": lines} | values],
        )
        return order

    def _open_order(self, customer):
        return self._find("sale.order", partner_id=customer, closing_state="open")

    def _closed_order(self, name):
        customer = self._find("res.partner", name=name)
        return self._find("sale.order", partner_id=customer, closing_state="closed")

    def _undelivered_order(self, customer):
        """An order that can't be closed as long as nothing was delivered."""
        [product] = self.owner.call(
            "product.product",
            "create",
            [{"name": "Peruca sob medida", "invoice_policy": "delivery"}],
        )
        line = {"product_id": product, "price_unit": 480.0}
        [order] = self.owner.call(
            "sale.order",
            "create",
            [{"partner_id": customer, "order_line": [(0, 0, line)]}],
        )
        return order

"""What the screens show that the demo shop lacks, made through the running server."""

import datetime
import re

from lib import demo, demo_check

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
    return _Shop(owner).records()


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
            "order_in_instalments": self._closed_order("Rosângela Teixeira"),
            "debtor_in_instalments": self._find(
                "res.partner", name="Rosângela Teixeira"
            ),
            **self._reminders(company),
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
        account = self._find("account.account", account_type="expense")
        for name, days in DEBTORS.items():
            day = datetime.date.today() - datetime.timedelta(days=days)
            customer = self.customer(name)
            call(
                *("res.partner", "fiado_open_balance", [customer]),
                *(-35.0 - days, str(day), account),
            )
        rows = call("fiado.reminder.due", "search_read", [], ["partner_id"])
        first, second, third, *others = rows
        for row in (first, *others):
            [customer, name] = row["partner_id"]
            address = f"{name.split()[0].lower()}@example.com"
            call("res.partner", "write", [customer], {"email": address})
        call("fiado.reminder.due", "action_email", [first["id"]])
        call("fiado.reminder.due", "action_called", [second["id"]])
        call("fiado.reminder.due", "action_promise_friday", [third["id"]])

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

"""Closes an order through the running server, as a cashier's browser would."""

import http.cookiejar
import itertools
import json
import urllib.request

from . import demo, web_server
from .report import Failure

CUSTOMER = "Renata Moura"
SERVICE, PRICE = "Corte", 55.0
FORM, PAID = "Dinheiro", 30.0
DEBT = PRICE - PAID


class Client:
    """A logged-in user of the running server."""

    def __init__(self, database, login, password):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        session = self.post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )
        self._context = session["user_context"]

    def call(self, model, method, *arguments, **keywords):
        """Call a public method of a model."""
        keywords.setdefault("context", self._context)
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": arguments, "kwargs": keywords},
        )

    def search_read(self, model, domain, fields, **keywords):
        return self.call(model, "search_read", domain, fields, **keywords)

    def search_one(self, model, *domain):
        found = self.call(model, "search", domain, limit=1)
        if not found:
            raise _wrong(f"no {model} with {domain}")
        return found[0]

    def post(self, path, parameters):
        """Make a JSON-RPC call; return its result."""
        call = json.dumps({"jsonrpc": "2.0", "params": parameters})
        answer = json.loads(self.get(path, call.encode()))
        if "error" in answer:
            raise _wrong(f"{path}: {answer['error']['data']['message']}")
        # Odoo leaves out what is nothing.
        return answer.get("result")

    def get(self, path, json_data=None):
        """What an address answers, as bytes."""
        headers = {"Content-Type": "application/json"} if json_data else {}
        request = urllib.request.Request(
            web_server.address() + path, json_data, headers
        )
        with self._opener.open(request, timeout=120) as response:
            return response.read()


def check(database):
    """Close an order of 55 with 30 in cash, show what came of it, and verify it."""
    cashier = Client(database, *demo.CASHIER)
    # Cashiers have no accounting rights: the owner looks into the books.
    owner = Client(database, *demo.OWNER)
    [customer] = owner.call("res.partner", "create", [{"name": CUSTOMER}])
    order, result = _close_order(cashier, customer)
    _show_order(cashier, order, result)
    _check_wallet(cashier, customer)
    _check_entries(cashier, customer)
    _check_journal_items(owner, result)
    print("All as it should be.")


def _close_order(cashier, customer):
    product = cashier.search_one("product.product", ("name", "=", SERVICE))
    form = cashier.search_one("account.payment.method.line", ("name", "=", FORM))
    line = {"product_id": product, "product_uom_qty": 1}
    [order] = cashier.call(
        "sale.order", "create", [{"partner_id": customer, "order_line": [(0, 0, line)]}]
    )
    result = cashier.call(
        *("sale.order", "close_order", [order]),
        [{"payment_method_line_id": form, "amount": PAID}],
        use_balance=True,
    )
    _verify(result["balance"], -DEBT, "the balance that closing returns")
    return order, result


def _show_order(cashier, order, result):
    fields = ["name", "amount_total", "invoice_status", "closing_state"]
    [values] = cashier.call("sale.order", "read", [order], fields)
    print(f"Order {values['name']} of {CUSTOMER}: {SERVICE} R$ {PRICE:.2f}")
    print(f"  paid ({FORM})      {PAID:10.2f}")
    print(f"  balance              {result['balance']:10.2f}")
    _verify(values["amount_total"], PRICE, "the order's total")
    _verify(values["closing_state"], "closed", "the order's state")
    _verify(values["invoice_status"], "invoiced", "the order's invoice status")


def _check_wallet(cashier, customer):
    fields = ["balance", "debt", "credit"]
    [wallet] = cashier.search_read(
        "fiado.wallet", [("partner_id", "=", customer)], fields
    )
    print(f"\nWallet of {CUSTOMER}")
    for name in fields:
        print(f"  {name:21}{wallet[name]:10.2f}")
    _verify(wallet["debt"], DEBT, "the wallet's debt")
    _verify(wallet["credit"], 0.0, "the wallet's credit")


def _check_entries(cashier, customer):
    entries = cashier.search_read(
        "fiado.wallet.entry",
        [("partner_id", "=", customer)],
        ["date", "kind", "origin", "amount", "balance_after"],
    )
    print("\nWallet entries")
    for entry in entries:
        print(
            f"  {entry['date']}  {entry['kind']:12}{entry['origin']:12}"
            f"{entry['amount']:10.2f}{entry['balance_after']:10.2f}"
        )
    _verify([entry["amount"] for entry in entries], [-DEBT], "the wallet's entries")


def _check_journal_items(owner, result):
    payments = owner.call("account.payment", "read", result["payment_ids"], ["move_id"])
    moves = [payment["move_id"][0] for payment in payments if payment["move_id"]]
    moves += result["invoice_ids"] + result["move_ids"]
    items = owner.search_read(
        "account.move.line",
        [("move_id", "in", moves), ("display_type", "not in", ("line_note",))],
        ["move_id", "account_id", "account_type", "debit", "credit", "amount_residual"],
        order="move_id, id",
    )
    print("\nJournal items")
    for move, lines in itertools.groupby(items, lambda item: item["move_id"][1]):
        print(f"  {move}")
        for line in lines:
            print(
                f"    {line['account_id'][1][:45]:46}"
                f"{line['debit']:10.2f}{line['credit']:10.2f}"
            )
    print()
    debit = sum(item["debit"] for item in items)
    credit = sum(item["credit"] for item in items)
    _verify(round(debit - credit, 2), 0.0, "debit less credit")
    owed = [
        item["amount_residual"]
        for item in items
        if item["account_type"] == "asset_receivable" and item["amount_residual"]
    ]
    _verify(owed, [DEBT], "what the customer still owes by these items")


def _verify(found, expected, what):
    if found != expected:
        raise _wrong(f"{what} is {found!r}, not {expected!r}")


def _wrong(problem):
    return Failure(
        f"The check failed: {problem}.",
        f"The server's log may tell more: {web_server.LOG}",
    )

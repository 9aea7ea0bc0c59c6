"""What the clients of a trial write down, and whether the books say the same."""

import re
import statistics
from collections import Counter, defaultdict

LIMIT = 10_000
AMOUNT = re.compile(r"[^\s\d]*\s?-?[\d.,]+\d")
NAME = re.compile(r"Customer \d+")


class Notebook:
    """Each call of an operation with its answer, in the order in which they came."""

    def __init__(self):
        self.calls = []

    def write(self, operation, answer):
        self.calls.append((operation, answer))

    def get_answers(self):
        """The answers by operation."""
        answers = defaultdict(list)
        for operation, answer in self.calls:
            answers[operation].append(answer)
        return answers

    def get_accepted(self):
        """The operations that were accepted, each with its first answer."""
        accepted = {}
        for operation, answer in self.calls:
            if answer.is_accepted:
                accepted.setdefault(operation, answer)
        return accepted

    def tell(self, seconds):
        operations = self.get_answers()
        answers = [answer for _operation, answer in self.calls]
        refused = [answer for answer in answers if answer.is_refused]
        accepted = [answer for answer in answers if answer.is_accepted]
        once = len(self.get_accepted())
        print(f"operations {len(operations)}, calls {len(answers)}, {seconds:.0f} s")
        print(f"accepted {once}, answered again {len(accepted) - once}")
        _tell_reasons(
            "refused",
            (NAME.sub("…", AMOUNT.sub("…", a.reason.splitlines()[0])) for a in refused),
        )
        _tell_reasons("failed", (a.reason for a in answers if not a.is_answer))
        latencies = sorted(answer.seconds for answer in answers)
        if len(latencies) > 1:
            cuts = statistics.quantiles(latencies, n=100)
            print(
                f"seconds to the answer: p50 {cuts[49]:.2f}, p95 {cuts[94]:.2f}, "
                f"longest {latencies[-1]:.2f}"
            )

    def find_unanswered(self):
        """Calls that were neither accepted nor refused with a sentence."""
        for operation, answer in self.calls:
            if not answer.is_answer:
                yield (
                    f"{operation.reference} was answered with {answer.status}: "
                    f"{answer.reason:.200}"
                )

    def find_other_answers(self):
        """Operations whose copies were not all answered alike."""
        for operation, answers in self.get_answers().items():
            bodies = [answer.body for answer in answers if answer.is_accepted]
            if any(body != bodies[0] for body in bodies):
                yield f"{operation.reference} was answered differently: {bodies}"
            if bodies and any(answer.is_refused for answer in answers):
                yield f"{operation.reference} was accepted and refused"


def _tell_reasons(title, reasons):
    counts = Counter(reasons)
    print(f"{title} {counts.total()}")
    for reason, count in counts.most_common():
        print(f"  {count:5}  {reason:.110}")


class Books:
    """What the shop's books say after a trial, read as the owner."""

    def __init__(self, owner):
        def read(model, *names):
            return owner.get(
                *(model, "search_read"),
                **{"domain": [], "fields": names, "limit": LIMIT, "order": "id"},
            )

        self.requests = read("fiado.request", "reference", "answer")
        self.entries = read(
            "fiado.wallet.entry", "partner_id", "amount", "reference", "move_id"
        )
        self.payments = read("fiado.payment", "order_id")
        self.orders = read(
            "sale.order", "state", "closing_state", "invoice_ids", "locked"
        )
        self.moves = read("account.move", "fiado_order_id", "state", "payment_state")
        self.differences = owner.get("fiado.wallet", "audit")

    def find_flaws(self, accepted, shop):
        """What doesn't fit to the notebook, or to itself.

        :param dict accepted: the answers of the operations that were accepted
        :param dict shop: what :func:`soaks.shop.open_shop` told
        """
        yield from (f"the audit finds {row}" for row in self.differences)
        yield from self._find_wrong_references(accepted)
        yield from self._find_wrong_wallets(accepted, shop["customers"])
        yield from self._find_passed_limits(shop)
        closed = {
            shop["orders"][operation.reference]
            for operation in accepted
            if operation.is_closing
        }
        yield from self._find_half_closed(closed)
        yield from self._find_unpaid(closed)

    def _find_wrong_references(self, accepted):
        done = {row["reference"]: row["answer"] for row in self.requests}
        noted = {
            operation.reference: answer.body for operation, answer in accepted.items()
        }
        for reference in done.keys() ^ noted.keys():
            place = "books" if reference in done else "notebook"
            yield f"{reference} is only in the {place}"
        for reference in done.keys() & noted.keys():
            if done[reference] != noted[reference]:
                yield f"{reference} is kept with another answer"
        moves = defaultdict(set)
        for entry in self.entries:
            moves[entry["reference"]].add(entry["move_id"][0])
        for reference, answer in noted.items():
            if moves[reference] != set(answer["move_ids"]):
                yield f"{reference} moved the wallet in {moves[reference]}"

    def _find_wrong_wallets(self, accepted, customers):
        expected, found = defaultdict(float), defaultdict(float)
        for operation in accepted:
            expected[customers[operation.customer]] += operation.movement
        for entry in self.entries:
            # What the shop was opened with has no reference.
            if entry["reference"]:
                found[entry["partner_id"][0]] += entry["amount"]
        for customer in expected.keys() | found.keys():
            if round(expected[customer] - found[customer], 2):
                yield (
                    f"customer {customer} has {found[customer]:.2f} from operations "
                    f"that come to {expected[customer]:.2f}"
                )

    def _find_passed_limits(self, shop):
        limits = dict(zip(shop["customers"], shop["limits"], strict=True))
        balances = defaultdict(float)
        for entry in self.entries:
            customer = entry["partner_id"][0]
            balances[customer] = round(balances[customer] + entry["amount"], 2)
            if limits.get(customer) and balances[customer] < -limits[customer]:
                yield f"customer {customer} once owed {-balances[customer]:.2f}"

    def _find_half_closed(self, closed):
        touched = {
            row[name][0]
            for rows, name in (
                (self.payments, "order_id"),
                (self.moves, "fiado_order_id"),
            )
            for row in rows
            if row[name]
        }
        for order in self.orders:
            found = order["closing_state"], order["state"], len(order["invoice_ids"])
            if order["id"] in closed:
                is_right = found == ("closed", "sale", 1) and order["locked"]
            else:
                is_right = found == ("open", "draft", 0) and order["id"] not in touched
            if not is_right:
                yield f"order {order['id']} is half closed: {order}"

    def _find_unpaid(self, closed):
        # Wallet moves and payments count as not paid: invoices are.
        invoices = {
            invoice for order in self.orders for invoice in order["invoice_ids"]
        }
        for move in self.moves:
            if not move["fiado_order_id"]:
                continue
            if move["state"] != "posted":
                yield f"journal entry {move['id']} is left as {move['state']}"
            is_closed = move["fiado_order_id"][0] in closed
            if is_closed and move["id"] in invoices and move["payment_state"] != "paid":
                yield f"invoice {move['id']} is {move['payment_state']}"

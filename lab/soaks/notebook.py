"""What the clients of a trial write down, and whether the books say the same."""

import re
import statistics
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

PAGE = 10_000
AMOUNT = re.compile(r"[^\s\d]*\s?-?[\d.,]+\d")
NAME = re.compile(r"Customer \d+")


@dataclass
class Notebook:
    """Each call of an operation with its answer, in the order in which they came."""

    calls: list = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, operation, answer):
        with self._lock:
            self.calls.append((operation, answer))

    def get_answers(self):
        """The answers by operation."""
        answers = defaultdict(list)
        for operation, answer in self.calls:
            answers[operation].append(answer)
        return answers

    def get_accepted(self):
        """The operations that were accepted, each with its answer."""
        return {
            operation: next(answer for answer in answers if answer.is_accepted)
            for operation, answers in self.get_answers().items()
            if any(answer.is_accepted for answer in answers)
        }

    # Figures -----------------------------------------------------------------

    def tell(self, seconds):
        answers = self.get_answers()
        accepted = self.get_accepted()
        replays = sum(
            max(sum(answer.is_accepted for answer in given) - 1, 0)
            for given in answers.values()
        )
        refused = Counter(
            NAME.sub("…", AMOUNT.sub("…", answer.reason.splitlines()[0]))
            for _operation, answer in self.calls
            if answer.is_refused
        )
        failed = Counter(
            answer.reason
            for _operation, answer in self.calls
            if not (answer.is_accepted or answer.is_refused)
        )
        print(f"operations {len(answers)}, calls {len(self.calls)}, {seconds:.0f} s")
        print(f"accepted {len(accepted)}, answered again {replays}")
        for title, counts in (("refused", refused), ("failed", failed)):
            print(f"{title} {counts.total()}")
            for reason, count in counts.most_common():
                print(f"  {count:5}  {reason:.110}")
        latencies = sorted(answer.seconds for _operation, answer in self.calls)
        if len(latencies) > 1:
            cuts = statistics.quantiles(latencies, n=100)
            print(
                f"seconds to the answer: p50 {cuts[49]:.2f}, p95 {cuts[94]:.2f}, "
                f"longest {latencies[-1]:.2f}"
            )

    # Checks ------------------------------------------------------------------

    def find_unanswered(self):
        """Calls that were neither accepted nor refused with a sentence."""
        for operation, answer in self.calls:
            if not (answer.is_accepted or answer.is_refused):
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


@dataclass(frozen=True)
class Books:
    """What the shop's books say after a trial, read as the owner."""

    requests: list
    entries: list
    payments: list
    orders: list
    moves: list
    differences: list

    @classmethod
    def read(cls, owner):
        def search(model, names, domain=(), **values):
            return owner.get(
                *(model, "search_read"),
                domain=list(domain),
                fields=names,
                limit=PAGE,
                **values,
            )

        return cls(
            search("fiado.request", ["reference", "answer"]),
            search(
                "fiado.wallet.entry",
                ["partner_id", "amount", "reference", "move_id"],
                order="id",
            ),
            search("fiado.payment", ["order_id", "wallet_move_id", "amount", "state"]),
            search("sale.order", ["state", "closing_state", "invoice_ids", "locked"]),
            search(
                "account.move",
                ["fiado_order_id", "fiado_reference", "state", "payment_state"],
            ),
            owner.get("fiado.wallet", "audit"),
        )

    def find_flaws(self, accepted, ids, limits):
        """What doesn't fit to the notebook, or to itself.

        :param dict accepted: the answers of the operations that were accepted
        :param dict ids: the ids of customers and orders
        :param dict limits: the limits by the ids of the customers
        """
        yield from (f"the audit finds {row}" for row in self.differences)
        yield from self._find_wrong_references(accepted)
        yield from self._find_wrong_wallets(accepted, ids)
        yield from self._find_passed_limits(limits)
        yield from self._find_half_closed(accepted, ids)

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
            if entry["reference"]:
                moves[entry["reference"]].add(entry["move_id"][0])
        for operation, answer in accepted.items():
            found = moves[operation.reference]
            if found != set(answer.body["move_ids"]):
                yield f"{operation.reference} moved the wallet in {found}"

    def _find_wrong_wallets(self, accepted, ids):
        expected, found = defaultdict(float), defaultdict(float)
        for operation in accepted:
            expected[ids["customers"][operation.customer]] += operation.movement
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

    def _find_passed_limits(self, limits):
        balances = defaultdict(float)
        for entry in self.entries:
            customer = entry["partner_id"][0]
            balances[customer] = round(balances[customer] + entry["amount"], 2)
            limit = limits.get(customer)
            if limit and balances[customer] < -limit:
                yield f"customer {customer} once owed {-balances[customer]:.2f}"

    def _find_half_closed(self, accepted, ids):
        closed = {
            ids["orders"][operation.reference]
            for operation in accepted
            if operation.is_closing
        }
        paid = {row["order_id"][0] for row in self.payments if row["order_id"]}
        moved = {
            row["fiado_order_id"][0] for row in self.moves if row["fiado_order_id"]
        }
        for order in self.orders:
            is_whole = (
                order["closing_state"] == "closed"
                and order["state"] == "sale"
                and order["locked"]
                and len(order["invoice_ids"]) == 1
            )
            is_untouched = (
                order["closing_state"] == "open"
                and order["state"] == "draft"
                and not order["invoice_ids"]
                and order["id"] not in paid | moved
            )
            if not (is_whole if order["id"] in closed else is_untouched):
                yield f"order {order['id']} is half closed: {order}"
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

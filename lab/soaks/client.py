"""A program that works with a running Odoo through its JSON-2 interface."""

import time
from dataclasses import dataclass

import httpx

from lib import web_server

# Longer than Odoo waits between its tries in the worst case.
TIMEOUT = 120


@dataclass(frozen=True)
class Answer:
    """What came back: a status of 0 means that nothing did."""

    status: int
    body: object
    seconds: float

    @property
    def is_accepted(self):
        return self.status == 200

    @property
    def is_refused(self):
        """Whether this is a sentence for the user, and no failure."""
        return (
            self.status in (403, 404, 409, 422)
            and self.body["name"].startswith("odoo.exceptions.")
            and "Traceback" not in self.body["message"]
        )

    @property
    def is_answer(self):
        """Whether the caller now knows what became of the call."""
        return self.is_accepted or self.is_refused

    @property
    def never_arrived(self):
        """Whether the call surely wasn't done, since nobody took it."""
        return self.status == 0 and self.body.startswith(httpx.ConnectError.__name__)

    @property
    def reason(self):
        if isinstance(self.body, dict) and "message" in self.body:
            return self.body["message"]
        return str(self.body)


class Client:
    def __init__(self, key, port=None):
        self.http = httpx.Client(
            base_url=web_server.address(port),
            headers={"Authorization": f"bearer {key}"},
            timeout=TIMEOUT,
            # Each call through a connection of its own, to whichever worker is free.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def call(self, model, method, ids=(), **values):
        """Call a method; whatever happens is an answer."""
        if ids:
            values["ids"] = list(ids)
        start = time.perf_counter()
        try:
            response = self.http.post(f"/json/2/{model}/{method}", json=values)
            status, body = response.status_code, response.json()
        except (httpx.HTTPError, ValueError) as error:
            status, body = 0, f"{type(error).__name__}: {error}"
        return Answer(status, body, time.perf_counter() - start)

    def get(self, model, method, ids=(), **values):
        """Call a method that must not fail; return its result."""
        answer = self.call(model, method, ids, **values)
        if not answer.is_accepted:
            raise RuntimeError(f"{model}.{method}: {answer.reason}")
        return answer.body

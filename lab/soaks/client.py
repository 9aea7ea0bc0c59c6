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
    def outcome(self):
        """``accepted``; ``refused`` with a sentence for the user; or ``failed``: then
        the caller doesn't know what became of the call."""
        if self.status == 200:
            return "accepted"
        is_sentence = (
            self.status in (403, 404, 409, 422)
            and self.body["name"].startswith("odoo.exceptions.")
            and "Traceback" not in self.reason
        )
        return "refused" if is_sentence else "failed"

    @property
    def reason(self):
        return self.body["message"]


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
            name = type(error).__name__
            status, body = 0, {"name": name, "message": f"{name}: {error}"}
        return Answer(status, body, time.perf_counter() - start)

    def get(self, model, method, ids=(), **values):
        """Call a method that must not fail; return its result."""
        answer = self.call(model, method, ids, **values)
        if answer.outcome != "accepted":
            raise RuntimeError(f"{model}.{method}: {answer.reason}")
        return answer.body

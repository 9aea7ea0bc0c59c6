"""What the web client does, without its pages: a session, and calls in it."""

import httpx

from lib import web_server


class Browser:
    def __init__(self, database, login, password):
        self.database = database
        self._http = httpx.Client(base_url=web_server.address(), timeout=120)
        self._send(
            "/web/session/authenticate", db=database, login=login, password=password
        )

    def call(self, model, method, *args, **values):
        """Call a method as the web client does; return its result."""
        return self._send(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=values,
        )

    def press(self, model, method, record):
        """Press a button on a record; return the action that it opens."""
        return self._send(
            f"/web/dataset/call_button/{model}/{method}",
            model=model,
            method=method,
            args=[[record]],
            kwargs={},
        )

    def get(self, path):
        """What is at an address: its ``text`` or its ``content``."""
        return self._http.get(path).raise_for_status()

    def _send(self, path, **params):
        call = {"jsonrpc": "2.0", "params": params}
        answer = self._http.post(path, json=call).raise_for_status().json()
        if "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

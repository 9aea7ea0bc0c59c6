"""What the web client does, without its pages: a session, and calls in it."""

import http.cookiejar
import json
import urllib.request

from lib import web_server


class Browser:
    def __init__(self, database, login, password):
        self.database = database
        cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(cookies)
        )
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
        """The text of a page."""
        with self._opener.open(web_server.address() + path, timeout=120) as response:
            return response.read().decode()

    def _send(self, path, **params):
        request = urllib.request.Request(
            web_server.address() + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=120) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

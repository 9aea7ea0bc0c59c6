"""The PDF of many customers in debt, as the web client gets it from a server: how long
it takes and how much memory."""

import contextlib
import http.cookiejar
import json
import threading
import time
import urllib.request
from pathlib import Path

from lib import web_server

DEBTORS = 1_000
BOUND = 1024  # MiB, of the server and of what it starts together
READER, PASSWORD = "report_manager", "manager"


def measure(server, database):
    """Print the PDF of the customers in debt.

    :param server: the process that serves the database
    :return: 1 if it takes too much memory, else 0
    """
    session = _Session(database)
    wallets = session.call("fiado.wallet", "search", [["debt", ">", 0]], limit=DEBTORS)
    with _peak_of_children(server.pid) as children:
        start = time.perf_counter()
        pdf = session.get(
            "/report/pdf/bemp_fiado.fiado_debtors/" + ",".join(map(str, wallets))
        )
        seconds = time.perf_counter() - start
    if not pdf.startswith(b"%PDF"):
        raise RuntimeError("The server did not send a PDF.")
    own, child = _peak(server.pid), max(children.values(), default=0)
    print(
        f"PDF of {len(wallets)} debtors: {seconds:.1f} s, {len(pdf) / 1024:.0f} KiB; "
        f"at most {own:.0f} MiB in the server and {child:.0f} MiB in wkhtmltopdf "
        f"(bound: {BOUND} MiB in all)",
        flush=True,
    )
    return int(own + child > BOUND)


class _Session:
    """A user who is logged in."""

    def __init__(self, database):
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self._post(
            "/web/session/authenticate",
            {"db": database, "login": READER, "password": PASSWORD},
        )

    def call(self, model, method, *arguments, **options):
        return self._post(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": arguments, "kwargs": options},
        )

    def get(self, path):
        with self._opener.open(web_server.address() + path) as answer:
            return answer.read()

    def _post(self, path, parameters):
        request = urllib.request.Request(
            web_server.address() + path,
            json.dumps({"params": parameters}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request) as answer:
            body = json.load(answer)
        if "error" in body:
            raise RuntimeError(body["error"]["data"]["message"])
        return body["result"]


@contextlib.contextmanager
def _peak_of_children(process):
    """Watch the children of a process; yields their peaks by process, in MiB."""
    peaks, is_over = {}, threading.Event()

    def watch():
        while not is_over.wait(0.02):
            for child in _children(process):
                with contextlib.suppress(OSError, LookupError):
                    peaks[child] = _peak(child)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        is_over.set()
        thread.join()


def _children(process):
    for task in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):
            yield from map(int, (task / "children").read_text().split())


def _peak(process):
    """The most memory that a process ever had, in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields["VmHWM"].split()[0]) / 1024

"""The PDF of many customers in debt, as the web client gets it from a server: how long
it takes and how much memory."""

import contextlib
import threading
import time

import psutil

from lib import demo_check

DEBTORS = 1_000
BOUND = 1024  # MiB, of the server and of what it starts together
READER = "report_manager"


def measure(server, database):
    """Print the PDF of the customers in debt.

    :param server: the process that serves the database
    :return: 1 if it takes too much memory, else 0
    """
    client = demo_check.Client(database, READER, READER)
    wallets = client.call("fiado.wallet", "search", [["debt", ">", 0]], limit=DEBTORS)
    with _peaks(psutil.Process(server.pid)) as peaks:
        start = time.perf_counter()
        pdf = client.get(
            "/report/pdf/bemp_fiado.fiado_debtors/" + ",".join(map(str, wallets))
        )
        seconds = time.perf_counter() - start
    if not pdf.startswith(b"%PDF"):
        raise RuntimeError("The server did not send a PDF.")
    own, child = peaks["server"], peaks["child"]
    print(
        f"PDF of {len(wallets)} debtors: {seconds:.1f} s, {len(pdf) / 1024:.0f} KiB; "
        f"at most {own:.0f} MiB in the server and {child:.0f} MiB in wkhtmltopdf "
        f"(bound: {BOUND} MiB in all)",
        flush=True,
    )
    return int(own + child > BOUND)


@contextlib.contextmanager
def _peaks(server):
    """Watch a process and its children; yields the most memory that it, and any of
    these, had, in MiB."""
    peaks, is_over = {"server": 0.0, "child": 0.0}, threading.Event()

    def watch():
        while not is_over.wait(0.02):
            for process in (server, *server.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    name = "server" if process == server else "child"
                    used = process.memory_info().rss / 1024**2
                    peaks[name] = max(peaks[name], used)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        is_over.set()
        thread.join()

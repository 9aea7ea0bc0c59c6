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
    path = "/report/pdf/bemp_fiado.fiado_debtors/" + ",".join(map(str, wallets))
    peaks, is_over = {True: 0.0, False: 0.0}, threading.Event()
    thread = threading.Thread(target=_watch, args=(server.pid, peaks, is_over))
    thread.start()
    start = time.perf_counter()
    try:
        pdf = client.get(path)
    finally:
        is_over.set()
        thread.join()
    seconds = time.perf_counter() - start
    if not pdf.startswith(b"%PDF"):
        raise RuntimeError("The server did not send a PDF.")
    print(
        f"PDF of {len(wallets)} debtors: {seconds:.1f} s, {len(pdf) / 1024:.0f} KiB; "
        f"at most {peaks[True]:.0f} MiB in the server and {peaks[False]:.0f} MiB in "
        f"wkhtmltopdf (bound: {BOUND} MiB in all)",
        flush=True,
    )
    return int(sum(peaks.values()) > BOUND)


def _watch(pid, peaks, is_over):
    """Keep the most memory, in MiB, that a process had, and that any of its children
    had."""
    server = psutil.Process(pid)
    while not is_over.wait(0.02):
        for process in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                used = process.memory_info().rss / 1024**2
                is_server = process == server
                peaks[is_server] = max(peaks[is_server], used)

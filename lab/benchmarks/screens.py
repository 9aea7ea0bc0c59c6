"""How long a cashier waits for the screens of closing an order.

Drives a browser beside a server of the demo shop, in the Python environment of
``scripts/screenshots``.
"""

import os
import statistics
import sys

from screens import browser, shop, steps

from lib import demo

ROUNDS = 10
# Seconds, on the demo shop.
BOUNDS = {"the closing dialog": 0.5, "closing with a debt": 1.2}
OPEN = "button[name=action_close_order]"
OPENED = f"{steps.CLOSING} [name=balance]"
CLOSED = "body:not(:has(.modal)) .o_form_view button[name=action_print_slip]"
# From the click to the frame after the one in which the screen is complete.
CLICK = """async ([button, drawn]) => {
    const start = performance.now();
    document.querySelector(button).click();
    do {
        await new Promise(requestAnimationFrame);
    } while (!document.querySelector(drawn));
    await new Promise(setTimeout);
    return (performance.now() - start) / 1000;
}"""


def main(database):
    opening, closing = [], []
    with browser.running() as chromium:
        window = browser.Window(chromium, demo.CASHIER, width=1400)
        for order in shop.orders(database, ROUNDS + 1):
            window.open(f"{steps.ORDERS}/{order}")
            opening.append(window.page.evaluate(CLICK, [OPEN, OPENED]))
            for step in (*steps.pay("Dinheiro", "30"), steps.tick("use_balance")):
                step(window)
            closing.append(window.page.evaluate(CLICK, [steps.CLOSE, CLOSED]))
    # The first one fills the caches.
    return tell(dict(zip(BOUNDS, (opening[1:], closing[1:]), strict=True)))


def tell(times):
    print(
        f"from click to drawn screen, medians of {ROUNDS}, on a machine with "
        f"{os.cpu_count()} cores and a load of {os.getloadavg()[0]:.1f}"
    )
    missed = False
    for name, seconds in times.items():
        median = statistics.median(seconds)
        line = f"{name:32}{median:8.2f} s   bound {BOUNDS[name]:.1f} s"
        if median > BOUNDS[name]:
            line, missed = f"{line}  MISSED", True
        print(f"{line}   ({min(seconds):.2f} to {max(seconds):.2f})")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

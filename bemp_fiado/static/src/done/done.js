import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const SHOWN_FOR = 10000;

/**
 * Prints a page through a hidden frame: no PDF is made, so a roll is as long as it has
 * to be, and the browser's own settings choose the printer.
 */
export function printPage(url) {
    const frame = document.createElement("iframe");
    frame.className = "o_fiado_print position-fixed border-0";
    // Browsers don't print what is not displayed.
    frame.style.cssText = "width: 0; height: 0; right: 0; bottom: 0;";
    return new Promise((resolve) => {
        frame.addEventListener("load", () => {
            frame.contentWindow.addEventListener("afterprint", () => frame.remove());
            frame.contentWindow.focus();
            frame.contentWindow.print();
            resolve();
        });
        frame.src = url;
        document.body.append(frame);
    });
}

/** Says what was done, offers the paper of it, and goes on with what comes next. */
async function sayDone(env, { params }) {
    const { message, slip, whatsapp, email, next } = params;
    if (message) {
        const buttons = [{ name: _t("Print"), onClick: () => printPage(slip) }];
        if (whatsapp) {
            buttons.push({
                name: _t("WhatsApp"),
                onClick: () => browser.open(whatsapp, "_blank"),
            });
        }
        if (email) {
            buttons.push({
                name: _t("E-mail"),
                onClick: async () => {
                    const call = ["fiado.wallet.entry", "action_email_receipt", [email]];
                    env.services.action.doAction(await env.services.orm.call(...call));
                },
            });
        }
        env.services.notification.add(message, {
            type: "success",
            buttons,
            autocloseDelay: SHOWN_FOR,
        });
    }
    if (params.print) {
        printPage(params.print);
    }
    return next;
}

registry.category("actions").add("bemp_fiado.done", sayDone);

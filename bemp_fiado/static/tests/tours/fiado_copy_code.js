import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const offer = (writeText) => {
    Object.defineProperty(browser.navigator, "clipboard", {
        configurable: true,
        value: { writeText },
    });
};

/** Copies the code to pay from the page of the link. */
registry.category("web_tour.tours").add("fiado_copy_code", {
    steps: () => [
        {
            trigger: ".o_fiado_copy:contains(Copy)",
            run: () => offer(() => Promise.reject(new Error("No HTTPS"))),
        },
        { trigger: ".o_fiado_copy", run: "click" },
        {
            content: "Where it may not be copied it is selected",
            trigger: "[name='pay_code_text']",
            run() {
                if (document.getSelection().toString().trim() !== this.anchor.textContent.trim()) {
                    throw new Error("The code is not selected");
                }
                offer(async (text) => {
                    document.body.dataset.copied = text;
                });
            },
        },
        { trigger: ".o_fiado_copy", run: "click" },
        { trigger: ".o_fiado_copied:not(.d-none):contains(Copied)" },
        {
            content: "What is copied is the code, whole",
            trigger: "[name='pay_code_text']",
            run() {
                if (document.body.dataset.copied !== this.anchor.textContent.trim()) {
                    throw new Error(document.body.dataset.copied);
                }
            },
        },
    ],
});

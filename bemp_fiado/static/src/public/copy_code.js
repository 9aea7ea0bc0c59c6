import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Copies the code that customers paste into their bank's app. */
export class CopyCode extends Interaction {
    static selector = ".o_fiado_copy";
    dynamicContent = {
        _root: {
            "t-on-click": this.copy,
            "t-att-class": () => ({ "btn-success": this.isCopied }),
        },
        ".o_fiado_copied": { "t-att-class": () => ({ "d-none": !this.isCopied }) },
        ".o_fiado_to_copy": { "t-att-class": () => ({ "d-none": this.isCopied }) },
    };

    setup() {
        this.isCopied = false;
    }

    async copy() {
        const code = document.querySelector("[name='pay_code_text']");
        try {
            await browser.navigator.clipboard.writeText(code.textContent.trim());
            this.isCopied = true;
        } catch {
            // Pages that don't come over HTTPS may not: then it is only selected.
            document.getSelection().selectAllChildren(code);
        }
    }
}

registry.category("public.interactions").add("bemp_fiado.copy_code", CopyCode);

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const row = (customer) => `.o_data_row:contains(${customer})`;

/** Works the list of the reminders due today: WhatsApp, a promise, e-mails for the rest. */
registry.category("web_tour.tours").add("fiado_reminders", {
    steps: () => [
        {
            content: "The strictest stage of each customer",
            trigger: `${row("Paulo")}:contains(On the day)`,
            run: () => {
                // Instead of leaving for WhatsApp.
                browser.open = (url) => {
                    document.body.dataset.opened = url;
                    return {};
                };
            },
        },
        { trigger: `${row("Paulo")} button[name='action_whatsapp']`, run: "click" },
        {
            content: "WhatsApp opens with the text for the customer's number",
            trigger: "body[data-opened^='https://wa.me/5581988112040?text=Hello']",
        },
        {
            content: "Who was reminded is gone from the list",
            trigger: `.o_list_view:has(${row("Maria")}):not(:has(${row("Paulo")}))`,
        },
        {
            content: "One click notes a promise",
            trigger: `${row("Joana")} button[name='action_promise_friday']`,
            run: "click",
        },
        { trigger: `.o_list_view:has(${row("Maria")}):not(:has(${row("Joana")}))` },
        {
            content: "The promises are listed too",
            trigger: ".o_searchview .o_facet_remove",
            run: "click",
        },
        { trigger: `${row("Joana")} [name='promised_on']:contains(/\\d/)` },
        {
            content: "All e-mails at once",
            trigger: ".o_control_panel button[name='action_send_all']",
            run: "click",
        },
        { trigger: ".modal [name='left']:contains(1)" },
        { trigger: ".modal-footer button[name='action_send']", run: "click" },
        { trigger: ".modal [name='sent']:contains(1)" },
        { trigger: ".modal-footer button:contains(Done)", run: "click" },
        {
            content: "Nobody is left but who promised",
            trigger: `.o_list_view:has(${row("Joana")}):not(:has(${row("Maria")}))`,
        },
        {
            content: "A promise is taken back",
            trigger: `${row("Joana")} button[name='action_withdraw_promise']`,
            run: "click",
        },
        { trigger: `${row("Joana")} button[name='action_called']`, run: "click" },
        { trigger: ".o_view_nocontent:contains(Nobody is to be reminded)" },
    ],
});

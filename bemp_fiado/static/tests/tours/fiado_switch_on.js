import { registry } from "@web/core/registry";

const SETTING = "#fiado_enabled .o_field_widget[name='fiado_enabled'] input";

registry.category("web_tour.tours").add("fiado_switch_on", {
    url: "/odoo/settings",
    steps: () => [
        {
            content: "The sales settings",
            trigger: ".settings_tab .tab[data-key='sale_management']",
            run: "click",
        },
        {
            content: "Fiado is off, and nothing else of it shows",
            trigger: `${SETTING}:not(:checked)`,
            run() {
                if (document.querySelector("#fiado_days, #fiado_accounts")) {
                    throw new Error("What belongs to Fiado shows while it is off");
                }
            },
        },
        {
            content: "Switch it on",
            trigger: SETTING,
            run: "click",
        },
        {
            content: "What can be set shows at once",
            trigger: "#fiado_days [name='fiado_days'] input",
            run: "edit 15",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is on, with accounts and a journal",
            trigger: `${SETTING}:checked`,
        },
        {
            trigger: "#fiado_accounts [name='fiado_debt_account_id'] input:value(/./)",
        },
        {
            trigger: "#fiado_accounts [name='fiado_journal_id'] input:value(/./)",
        },
    ],
});

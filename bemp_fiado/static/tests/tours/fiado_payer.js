import { registry } from "@web/core/registry";

/** A cashier puts a daughter's order on her mother's wallet, in one step. */
registry.category("web_tour.tours").add("fiado_payer", {
    steps: () => [
        { trigger: ".o_form_view:not(:has(.alert-danger)) button[name='action_choose_payer']", run: "click" },
        { trigger: ".o_dialog [name='payer_id'] input", run: "edit Maria" },
        { trigger: ".o-autocomplete--dropdown-item a:contains(Maria)", run: "click" },
        { trigger: ".o_dialog button[name='action_payer_chosen']", run: "click" },
        {
            content: "The mother's debt is on top",
            trigger: "body:not(:has(.o_dialog)) [name='fiado_debt']:contains(Maria)",
        },
        { trigger: "[name='payer_id']:contains(Maria)" },
        { trigger: "button[name='action_close_order']", run: "click" },
        { trigger: ".o_fiado_close [name='partner_id']:contains(Maria)" },
    ],
});

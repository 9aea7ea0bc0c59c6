import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("fiado_close_batch", {
    steps: () => [
        {
            content: "Choose all orders of the list",
            trigger: ".o_list_view:has(.o_data_row) thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(/^Close Orders$/)",
            run: "click",
        },
        {
            content: "The screen shows how many there are, and what is to receive",
            trigger: ".o_fiado_close [name='open']:contains(3)",
        },
        {
            trigger: ".o_fiado_close [name='amount_open']:contains(165)",
        },
        {
            content: "The chosen payment form shows",
            trigger: ".o_fiado_close .o_field_payment_form_buttons button:contains(Cash)",
            run: "click",
        },
        {
            trigger: ".o_fiado_close button.btn-primary:contains(Cash)",
        },
        {
            trigger: ".modal-footer button[name='action_close_orders']",
            run: "click",
        },
        {
            content: "What came of them shows in the same dialog",
            trigger: ".o_fiado_close [name='closed']:contains(2)",
        },
        {
            trigger: ".o_fiado_close [name='refused']:contains(1)",
        },
        {
            trigger: ".o_fiado_close .o_data_row:contains(Deliver these first)",
        },
        {
            trigger: ".modal-footer button:contains(Done)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_dialog))",
        },
    ],
});

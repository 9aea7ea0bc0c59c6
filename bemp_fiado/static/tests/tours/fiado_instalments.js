import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("fiado_leave_instalments", {
    steps: () => [
        {
            content: "Open the payment screen",
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: ".o_fiado_close [name='balance']:contains(-100)",
        },
        {
            trigger: ".o_fiado_close [name='use_balance'] input",
            run: "click",
        },
        {
            content: "The debt is due on one day",
            trigger: ".o_fiado_close [name='balance_forecast']:contains(/due on/)",
        },
        {
            content: "It can be split",
            trigger: ".o_fiado_close [name='payment_term_id'] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Three parts)",
            run: "click",
        },
        {
            content: "The sentence says how much is due when",
            trigger:
                ".o_fiado_close [name='balance_forecast']:contains(/Maria's debt in 3 instalments: .*33.33.*33.33.*33.34/)",
        },
        {
            content: "Some of it is paid after all",
            trigger: ".o_fiado_close .o_field_payment_form_buttons button:contains(Till)",
            run: "click",
        },
        {
            content: "Paid in full there is nothing to split",
            trigger: ".o_fiado_close:not(:has([name='payment_term_id'] .o_select_menu_toggler))",
        },
        {
            trigger: ".o_fiado_close .o_list_record_remove button",
            run: "click",
        },
        {
            content: "The choice of before is still there",
            trigger: ".o_fiado_close [name='balance_forecast']:contains(/in 3 instalments/)",
        },
        {
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        {
            content: "It says what was done",
            trigger: ".o_notification:contains(/100.00.*Maria in 3 instalments/)",
        },
        {
            trigger: "body:not(:has(.o_dialog)) .badge.text-bg-success",
        },
        {
            trigger: ".o_notebook a[name='closing']",
            run: "click",
        },
        {
            content: "One movement, with its instalments",
            trigger:
                "[name='wallet_entry_ids']:not(:has(.o_data_row ~ .o_data_row)) .o_data_row:contains(-100):contains(3 instalments)",
        },
    ],
});

import { registry } from "@web/core/registry";

const menu = (id) => `.o_menu_sections [data-menu-xmlid='bemp_fiado.${id}']`;

const closeDialog = () => [
    { trigger: ".modal .btn-close", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

const switchTo = (view, shown) => [
    { trigger: `.o_switch_view.o_${view}`, run: "click" },
    { trigger: shown },
];

/** Opens all that is read about wallets, in whichever language. */
registry.category("web_tour.tours").add("fiado_reports", {
    steps: () => [
        { content: "The chart is there", trigger: ".o_fiado_dashboard canvas" },
        { trigger: "[data-figure='taken']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
        { trigger: menu("bemp_fiado_menu_dashboard"), run: "click" },
        {
            content: "A figure lists what it is made of",
            trigger: ".o_fiado_dashboard [data-figure='debt']:contains(25)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
        ...switchTo("kanban", ".o_kanban_record:contains(Maria)"),
        ...switchTo("pivot", ".o_pivot table:contains(25)"),
        ...switchTo("graph", ".o_graph_renderer canvas"),
        ...switchTo("list", ".o_list_view .o_data_row:contains(Maria)"),
        {
            content: "The debt can be received from the row",
            trigger: ".o_data_row button[name='action_receive']",
            run: "click",
        },
        { trigger: ".modal .o_fiado_close [name='amount'] input:value(25)" },
        ...closeDialog(),
        {
            content: "So can the customer be reminded",
            trigger: ".o_data_row button[name='action_remind']",
            run: "click",
        },
        { trigger: ".modal [name='body']:contains(25)" },
        ...closeDialog(),
        {
            content: "The row opens the wallet",
            trigger: ".o_data_row .o_data_cell[name='partner_id']",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_fiado_print_statement']",
            run: "click",
        },
        { trigger: ".modal [name='period'] input:checked" },
        ...closeDialog(),
        { trigger: menu("fiado_wallet_menu"), run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
        { trigger: menu("fiado_wallet_entry_menu"), run: "click" },
        { trigger: ".o_data_row button[name='action_open_order']", run: "click" },
        { trigger: ".o_form_view .badge.text-bg-success" },
    ],
});

const report = (id) => [
    { trigger: menu("bemp_fiado_menu_reports"), run: "click" },
    { trigger: `.dropdown-item[data-menu-xmlid='bemp_fiado.${id}']`, run: "click" },
];

/** Opens what only the owner and the accountant read, in whichever language. */
registry.category("web_tour.tours").add("fiado_owner_reports", {
    steps: () => [
        ...report("fiado_billing_menu"),
        {
            content: "The page of the billing proves itself",
            trigger: ".o_form_view [name='difference'].text-success",
        },
        { trigger: "button[name='action_analyse']", run: "click" },
        { trigger: ".o_pivot table" },
        ...switchTo("graph", ".o_graph_renderer canvas, .o_view_nocontent"),
        ...switchTo("list", ".o_list_view"),
        ...switchTo("kanban", ".o_kanban_view"),
        ...report("fiado_credit_state_menu"),
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
        ...switchTo("kanban", ".o_kanban_record:contains(Maria)"),
        ...switchTo("pivot", ".o_pivot table"),
        ...report("fiado_payment_menu"),
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
        ...switchTo("kanban", ".o_kanban_record:contains(Maria)"),
        ...report("fiado_wallet_balance_menu"),
        { trigger: ".modal [name='day'] input:checked" },
        {
            content: "No calendar lies on the button",
            trigger: "body:not(:has(.o_datetime_picker)) .modal button[name='action_show']",
            run: "click",
        },
        { trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:contains(Maria)" },
        ...switchTo("kanban", ".o_kanban_record:contains(Maria)"),
        ...switchTo("list", ".o_list_view .o_data_row:contains(Maria)"),
        {
            content: "The row opens what is behind it",
            trigger: ".o_data_row .o_data_cell[name='partner_id']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(CART/)" },
    ],
});

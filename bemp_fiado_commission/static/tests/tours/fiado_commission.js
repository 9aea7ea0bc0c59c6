import { registry } from "@web/core/registry";

const add = (service, total) => [
    {
        isActive: ["desktop"],
        trigger: "[name='order_line'] :contains(/^Add a service or product$/)",
        run: "click",
    },
    {
        isActive: ["desktop"],
        trigger: "[name='order_line'] .o_selected_row [name^='product'] input",
        run: `edit ${service}`,
    },
    {
        isActive: ["desktop"],
        trigger: `.o-autocomplete--dropdown-item:contains(${service})`,
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: "button[name='action_add_from_catalog']",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: `.o_kanban_record:contains(${service})`,
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: "button:contains(Back to the Service Order)",
        run: "click",
    },
    {
        trigger: `[name='tax_totals']:contains(${total})`,
    },
];

/** Who did it, by touch: from the list of names, or on a phone on the line's badges. */
const choose = (service, professional, line) => [
    {
        isActive: ["desktop"],
        trigger: `[name='order_line'] .o_data_row:eq(${line}) .o_data_cell[name='professional_id']`,
        run: "click",
    },
    {
        isActive: ["desktop"],
        trigger: "[name='order_line'] .o_selected_row [name='professional_id'] input",
        run: "click",
    },
    {
        isActive: ["desktop"],
        trigger: `.o-autocomplete--dropdown-item:contains(${professional})`,
        run: "click",
    },
    {
        isActive: ["desktop"],
        trigger: `[name='order_line'] .o_selected_row [name='professional_id'] input:value(${professional})`,
    },
    {
        isActive: ["mobile"],
        trigger: `[name='order_line'] .o_kanban_record:contains(${service})`,
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: `.o_dialog [name='professional_id'] .o_selection_badge:contains(${professional})`,
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: `.o_dialog [name='professional_id'] .o_selection_badge.active:contains(${professional})`,
    },
    {
        isActive: ["mobile"],
        trigger: ".o_dialog .o_form_button_save",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: `body:not(:has(.o_dialog)) [name='order_line'] .o_kanban_record:contains(${service}):contains(${professional})`,
    },
];

/** Two professionals in one order, a part of it left on fiado. */
registry.category("web_tour.tours").add("fiado_commission_order", {
    steps: () => [
        {
            content: "What they earn is not on the counter's screen",
            trigger:
                ".o_form_view:not(:has([name='commission_total'])) [name='order_line']:not(:has([name='commission_status']))",
        },
        ...choose("Haircut", "Joana", 0),
        ...add("Beard", "95.00"),
        ...choose("Beard", "Rafael", 1),
        {
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_field_payment_form_buttons button:contains(Till)",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_fiado_close .o_data_row [name='amount']",
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input:focus",
            run: "edit 70",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input",
            run: "press Tab",
        },
        {
            trigger: ".o_fiado_close [name='use_balance'] input",
            run: "click",
        },
        {
            trigger: ".o_fiado_close [name='balance_forecast']:contains(25):contains(Maria)",
        },
        {
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_dialog)) .o_fiado_closed",
        },
    ],
});

/** What each of them gets of it, and which line it comes from. */
registry.category("web_tour.tours").add("fiado_commission_report", {
    steps: () => [
        {
            isActive: ["desktop"],
            trigger: ".o_menu_sections [data-menu-xmlid='bemp_fiado.bemp_fiado_menu_reports']",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_menu_toggle",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='bemp_fiado_commission.fiado_commission_menu']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_print']",
        },
        {
            trigger: ".modal button[name='action_show']",
            run: "click",
        },
        {
            isActive: ["desktop"],
            trigger: ".o_group_header:contains(Rafael):contains(40.00):contains(16.00)",
        },
        {
            isActive: ["desktop"],
            trigger: ".o_group_header:contains(Joana):contains(55.00):contains(27.50)",
            run: "click",
        },
        {
            isActive: ["desktop"],
            trigger: ".o_data_row:contains(Maria):contains(Haircut):contains(27.50) [name='product_id']",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_kanban_group:contains(Rafael) .o_kanban_record:contains(Beard):contains(16.00)",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_kanban_group:contains(Joana) .o_kanban_record:contains(Maria):contains(55.00):contains(27.50)",
            run: "click",
        },
        {
            content: "The row is a line of this order",
            isActive: ["desktop"],
            trigger: ".o_form_view [name='order_line'] .o_data_row:contains(Haircut)",
        },
        {
            content: "The card is a line of this order",
            isActive: ["mobile"],
            trigger: ".o_form_view [name='order_line'] .o_kanban_record:contains(Haircut)",
        },
    ],
});

import { registry } from "@web/core/registry";

const PHONE = "(202) 555-0148";
const printed = [];

/** Printing opens a dialog that nobody would close here: what is printed is kept. */
function keepWhatIsPrinted() {
    document.addEventListener(
        "load",
        ({ target }) => {
            if (target.matches?.(".o_fiado_print")) {
                target.contentWindow.print = () =>
                    printed.push(target.contentDocument.body.innerText);
            }
        },
        true
    );
}

const wasPrinted = (...texts) => ({
    content: `Printed: ${texts.join(", ")}`,
    trigger: "body",
    // For the first paper, Odoo puts together what papers load.
    timeout: 40000,
    async run() {
        for (let attempt = 0; attempt < 300 && !printed.length; attempt++) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        const paper = printed.pop() || "";
        const missing = texts.filter((text) => !paper.includes(text));
        if (missing.length) {
            throw new Error(`Not on the slip: ${missing.join(", ")}. It says: ${paper}`);
        }
    },
});

const openMenu = (menu, section) => [
    {
        isActive: ["mobile"],
        trigger: ".o_menu_toggle",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: `.o_app_menu_sidebar [data-menu-xmlid='bemp_fiado.${menu}']`,
        run: "click",
    },
    ...(section
        ? [
              {
                  isActive: ["desktop"],
                  trigger: `.o_menu_sections [data-menu-xmlid='bemp_fiado.${section}']`,
                  run: "click",
              },
          ]
        : []),
    {
        isActive: ["desktop"],
        trigger: `[data-menu-xmlid='bemp_fiado.${menu}']`,
        run: "click",
    },
];

const newCustomer = () => [
    {
        content: "Who comes in says her number: nobody has it",
        isActive: ["desktop"],
        trigger: ".o_form_view [name='partner_id'] input",
        run: `edit ${PHONE}`,
    },
    {
        isActive: ["desktop"],
        trigger: ".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create_edit",
        run: "click",
    },
    {
        isActive: ["desktop"],
        trigger: ".o_dialog [name='phone'] input:value(/555-?0148/)",
    },
    {
        content: "On a phone the customers are a list of their own",
        isActive: ["mobile"],
        trigger: ".o_form_view [name='partner_id'] input",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: ".o_dialog .o_create_button",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: ".o_dialog [name='phone'] input",
        run: `edit ${PHONE}`,
    },
    {
        trigger: ".o_dialog [name='name'] input",
        run: "edit Rita",
    },
    {
        trigger: ".o_dialog .o_form_button_save",
        run: "click",
    },
    {
        trigger: "body:not(:has(.o_dialog)) [name='partner_id'] input:value(Rita)",
    },
];

const haircut = () => [
    {
        isActive: ["desktop"],
        trigger: "[name='order_line'] :contains(/^Add a service or product$/)",
        run: "click",
    },
    {
        isActive: ["desktop"],
        trigger: "[name='order_line'] .o_selected_row [name^='product'] input",
        run: "edit Haircut",
    },
    {
        isActive: ["desktop"],
        trigger: ".o-autocomplete--dropdown-item:contains(Haircut)",
        run: "click",
    },
    {
        content: "On a phone services are picked from cards",
        isActive: ["mobile"],
        trigger: "button[name='action_add_from_catalog']",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: ".o_kanban_record:contains(Haircut)",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: "button:contains(Back to the Service Order)",
        run: "click",
    },
    {
        trigger: "[name='tax_totals']:contains(55.00)",
    },
];

registry.category("web_tour.tours").add("fiado_day", {
    steps: () => [
        {
            content: "After login: the orders that are to finish, and nothing else",
            trigger: ".o_breadcrumb:contains(Service Orders)",
            run: keepWhatIsPrinted,
        },
        {
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        ...newCustomer(),
        ...haircut(),
        {
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_field_payment_form_buttons button:contains(Till)",
            run: "click",
        },
        {
            content: "A phone's keyboard comes only when it is asked for",
            isActive: ["mobile"],
            trigger: ".o_fiado_close .o_data_row [name='amount']",
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input:focus",
            run: "edit 30",
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
            trigger: ".o_fiado_close [name='balance_forecast']:contains(25):contains(Rita)",
        },
        {
            trigger: ".o_dialog button[name='action_close_and_print']",
            run: "click",
        },
        {
            content: "What happened is said, the slip comes out, the order is closed",
            trigger: ".o_notification:contains(25):contains(Rita):has(button:contains(Print))",
        },
        wasPrinted("Rita", "Haircut", "55.00", "30.00", "25.00", "I acknowledge the debt of"),
        {
            trigger: "body:not(:has(.o_dialog)) .o_fiado_closed",
        },
        {
            content: "Later she comes to pay, and says her number",
            trigger: "body",
        },
        ...openMenu("fiado_wallet_receive_menu"),
        {
            isActive: ["desktop"],
            trigger: ".o_dialog [name='partner_id'] input",
            run: "edit 5550148",
        },
        {
            isActive: ["desktop"],
            trigger: ".o-autocomplete--dropdown-item:contains(Rita)",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_dialog [name='partner_id'] input",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_dialog .o_kanban_record:contains(Rita)",
            run: "click",
        },
        {
            trigger: ".o_fiado_close [name='amount'] input:value(25)",
        },
        {
            trigger: ".o_fiado_close .o_field_payment_form_buttons button:contains(Till)",
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_data_row",
        },
        {
            trigger: ".o_dialog button[name='action_receive']",
            run: "click",
        },
        wasPrinted("Rita", "25.00"),
        {
            trigger: "body:not(:has(.o_dialog))",
        },
        ...openMenu("sale_order_menu_counter_list", "sale_order_menu_counter"),
        {
            content: "In the evening: what was done today",
            isActive: ["mobile"],
            trigger: ".o_control_panel_navigation button .fa-search",
            run: "click",
        },
        {
            trigger: ".o_searchview .o_facet_remove",
            run: "click",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o_menu_item:contains(/^Today/)",
            run: "click",
        },
        {
            trigger: ".o_searchview_facet:contains(/^Today/)",
        },
        {
            trigger:
                ".o_data_row:contains(Rita):contains(55.00):contains(25.00):contains(Closed), .o_kanban_record:contains(Rita):contains(55.00):contains(25.00):contains(Closed)",
        },
    ],
});

import { registry } from "@web/core/registry";

const TILL = ".o_field_payment_form_buttons button:contains(Till)";
const orderIsClosed = "body:not(:has(.o_dialog)) .badge.text-bg-success";

registry.category("web_tour.tours").add("fiado_settle_debt", {
    steps: () => [
        {
            content: "The debt stands at the top of the order",
            trigger: ".alert-danger[name='fiado_debt']:contains(25)",
        },
        {
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            content: "Only the order is to receive at first",
            trigger: ".o_fiado_close [name='amount_receivable']:contains(55)",
        },
        {
            content: "Pay all of the debt with it",
            trigger: ".o_fiado_close [name='pay_all_debt'] input",
            run: "click",
        },
        {
            trigger: ".o_fiado_close [name='amount_receivable']:contains(80)",
        },
        {
            trigger: `.o_fiado_close ${TILL}`,
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_data_row:has([name='amount'] input:value(80))",
        },
        {
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        {
            content: "Closed, and nothing is owed any more",
            trigger: `${orderIsClosed}`,
        },
        {
            trigger: ".o_form_view:not(:has(.alert-danger[name='fiado_debt']))",
        },
    ],
});

registry.category("web_tour.tours").add("fiado_sell_credit", {
    steps: () => [
        {
            trigger: "button[name='action_fiado_receive']",
            run: "click",
        },
        {
            content: "The debt is offered; the customer pays more",
            trigger: ".o_fiado_close [name='amount'] input:value(25)",
            run: "edit 100",
        },
        {
            trigger: `.o_fiado_close ${TILL}`,
            run: "click",
        },
        {
            content: "It says what becomes of it",
            trigger: ".o_fiado_close [name='forecast']:contains(25):contains(75)",
        },
        {
            trigger: ".o_dialog button[name='action_receive_without_receipt']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_dialog)) [name='fiado_credit']:contains(75)",
        },
        {
            trigger: "[name='fiado_entry_ids'] .o_data_row [name='balance_after']:contains(75)",
        },
    ],
});

registry.category("web_tour.tours").add("fiado_over_limit", {
    steps: () => [
        {
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            content: "The limit shows before the click",
            trigger: ".o_fiado_close .alert [name='limit_refusal']:contains(40)",
        },
        {
            trigger: ".o_fiado_close [name='use_balance'] input",
            run: "click",
        },
        {
            content: "A manager says why it is all right",
            trigger: ".o_fiado_close [name='override_reason'] input",
            run: "edit The owner's sister",
        },
        {
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: orderIsClosed,
        },
    ],
});

registry.category("web_tour.tours").add("fiado_within_limit", {
    steps: () => [
        {
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            content: "Over the limit there is no checkbox, but the reason",
            trigger:
                ".o_fiado_close:not(:has([name='use_balance'])) .alert [name='balance_refusal']:contains(40)",
        },
        {
            trigger: `.o_fiado_close ${TILL}`,
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input:focus",
            run: "edit 20",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input",
            run: "press Tab",
        },
        {
            content: "Within it, what stays free shows",
            trigger: ".o_fiado_close [name='limit_forecast']:contains(40):contains(5)",
        },
        {
            trigger: ".o_fiado_close [name='use_balance'] input",
            run: "click",
        },
        {
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: orderIsClosed,
        },
    ],
});

registry.category("web_tour.tours").add("fiado_reopen_order", {
    steps: () => [
        {
            trigger: "button[name='action_reopen_order']",
            run: "click",
        },
        {
            content: "What it does shows before the click",
            trigger: ".o_dialog [name='forecast']:contains(60):contains(will owe)",
        },
        {
            trigger: ".o_dialog [name='reason'] input",
            run: "edit The wrong price",
        },
        {
            trigger: ".o_dialog button[name='action_reopen_order']",
            run: "click",
        },
        {
            content: "The order can be closed again",
            trigger:
                "body:not(:has(.o_dialog)) .o_form_view button[name='action_close_order']",
        },
    ],
});

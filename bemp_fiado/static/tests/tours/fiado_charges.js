import { registry } from "@web/core/registry";

const TILL = ".o_fiado_close .o_field_payment_form_buttons button:contains(Till)";
const CHARGES = ".o_fiado_close_row[name='charges']";

registry.category("web_tour.tours").add("fiado_receive_charges", {
    steps: () => [
        {
            content: "The customer's page says what is paid today",
            trigger: "[name='charges']:contains(3.00):contains(103.00)",
        },
        { trigger: "button[name='action_fiado_receive']", run: "click" },
        {
            content: "So does the screen, which charges it",
            trigger: `${CHARGES}:has([name='charge'] input:checked:disabled):contains(3.00)`,
        },
        {
            content: "Why the cashier can't leave it off",
            trigger: `${CHARGES} [name='charges_refusal']:contains(ask who manages)`,
        },
        { trigger: ".o_fiado_close [name='amount'] input:value(103)" },
        { trigger: TILL, run: "click" },
        {
            trigger: ".o_fiado_close [name='forecast']:contains(103.00)",
        },
        {
            trigger: ".o_dialog button[name='action_receive_without_receipt']",
            run: "click",
        },
        {
            content: "Received with it, and nothing is owed any more",
            trigger: "body:not(:has(.o_dialog)) .o_notification:contains(103.00)",
        },
        { trigger: "[name='balance']:contains(Owes nothing)" },
        { trigger: "[name='fiado_entry_ids']:contains(Late fee and interest)" },
    ],
});

registry.category("web_tour.tours").add("fiado_leave_charges_off", {
    steps: () => [
        { trigger: "button[name='action_close_order']", run: "click" },
        {
            content: "No charges while no debt is paid",
            trigger: `.o_fiado_close:has([name='debt_today']:contains(103.00)):not(:has(${CHARGES}))`,
        },
        { trigger: ".o_fiado_close [name='pay_all_debt'] input", run: "click" },
        {
            trigger: ".o_fiado_close [name='amount_receivable']:contains(158.00)",
        },
        { trigger: `${CHARGES} [name='charge'] input`, run: "click" },
        {
            content: "One click leaves them off",
            trigger: ".o_fiado_close [name='amount_receivable']:contains(155.00)",
        },
        { trigger: TILL, run: "click" },
        { trigger: ".o_dialog button[name='action_close_order']", run: "click" },
        { trigger: "body:not(:has(.o_dialog)) .badge.text-bg-success" },
    ],
});

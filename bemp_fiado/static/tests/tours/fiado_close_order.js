import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const CHECKBOX_LABEL = {
    en: "Use balance as credit/debit for the customer",
    pt: "Utilizar saldo como crédito/débito para o cliente",
};

const checkboxLabel = () => CHECKBOX_LABEL[user.lang.slice(0, 2)];

const openPaymentScreen = () => [
    {
        content: "Open the payment screen",
        trigger: "button[name='action_close_order']",
        run: "click",
    },
    {
        content: "It shows the total, and all of it is still to receive",
        trigger: ".o_fiado_close:has([name='amount_total']:contains(55))",
    },
    {
        trigger: ".o_fiado_close [name='balance']:contains(-55)",
    },
];

const receiveInCash = () => [
    {
        content: "A click on a payment form receives what is missing",
        trigger: ".o_fiado_close .o_field_payment_form_buttons button:contains(Till)",
        run: "click",
    },
    {
        trigger: ".o_fiado_close [name='balance']:contains(0):not(:contains(-))",
    },
];

const orderIsClosed = () => [
    {
        content: "The payment screen is gone and the order is closed",
        trigger: "body:not(:has(.o_dialog)) .badge.text-bg-success",
    },
];

registry.category("web_tour.tours").add("fiado_leave_debt", {
    steps: () => [
        ...openPaymentScreen(),
        {
            content: "The checkbox says what it does",
            trigger: `.o_fiado_close label:contains(/^${checkboxLabel()}$/)`,
        },
        ...receiveInCash(),
        {
            content: "Without a balance there is no checkbox",
            trigger: ".o_fiado_close:not(:has([name='use_balance']))",
        },
        {
            content: "The cursor is in the amount: 30 of it are paid",
            trigger: ".o_fiado_close .o_data_row [name='amount'] input:focus",
            run: "edit 30",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input",
            run: "press Tab",
        },
        {
            trigger: ".o_fiado_close [name='balance']:contains(-25)",
        },
        {
            content: "Unticked, the order isn't closed",
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        {
            trigger: `.o_error_dialog:contains(${checkboxLabel()}) .modal-footer button`,
            run: "click",
        },
        {
            content: "The screen and what was typed are still there",
            trigger:
                "body:not(:has(.o_error_dialog)) .o_fiado_close .o_data_row [name='amount']:contains(30)",
        },
        {
            content: "The sentence says whose debt it will be",
            trigger: ".o_fiado_close [name='balance_forecast']:contains(25):contains(Maria)",
        },
        {
            trigger: ".o_fiado_close [name='use_balance'] input",
            run: "click",
        },
        {
            trigger: ".o_fiado_close [name='use_balance'] input:checked",
        },
        {
            content: "Who clicks twice closes once",
            trigger: ".o_dialog button[name='action_close_order']",
            run: "dblclick",
        },
        ...orderIsClosed(),
        {
            content: "What was paid and what was left is on the order",
            trigger: ".o_notebook a[name='closing']",
            run: "click",
        },
        {
            trigger: "[name='closing_payment_ids'] .o_data_row:contains(Till):contains(30)",
        },
        {
            trigger: "[name='wallet_entry_ids'] .o_data_row:contains(-25)",
        },
        {
            content: "The next order of the same customer",
            trigger: ".o_form_button_create",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.badge.text-bg-success)) [name='partner_id'] input",
            run: "edit Maria",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(/^Maria$/)",
            run: "click",
        },
        {
            content: "The debt stands at the top of the order",
            trigger: ".alert-danger[name='fiado_debt']:contains(Maria):contains(25)",
        },
        {
            content: "One click from the statement",
            trigger: ".alert-danger[name='fiado_debt'] button[name='action_open_wallet']",
            run: "click",
        },
        {
            content: "The wallet: what is owed, and how it came about",
            trigger: ".o_form_view:has([name='fiado_debt']:contains(25)) h1:contains(Maria)",
        },
        {
            trigger: "[name='fiado_entry_ids'] .o_data_row [name='balance_after']:contains(-25)",
        },
    ],
});

registry.category("web_tour.tours").add("fiado_may_not_leave_balance", {
    steps: () => [
        ...openPaymentScreen(),
        {
            content: "Instead of the checkbox it says why not",
            trigger:
                ".o_fiado_close:not(:has([name='use_balance'])) .alert [name='balance_refusal']",
        },
        ...receiveInCash(),
        {
            content: "Paid in full there is nothing to say",
            trigger:
                ".o_fiado_close:not(:has([name='use_balance'])):not(:has([name='balance_refusal']))",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input:focus",
            run: "edit 60",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input",
            run: "press Tab",
        },
        {
            content: "What is too much in cash is change, and no credit",
            trigger:
                ".o_fiado_close:not(:has([name='use_balance'])):not(:has([name='balance_refusal'])) [name='change_amount']:contains(5)",
        },
        {
            content: "Remove the payment and receive what is due",
            trigger: ".o_fiado_close .o_list_record_remove button",
            run: "click",
        },
        {
            trigger: ".o_fiado_close [name='balance']:contains(-55)",
        },
        ...receiveInCash(),
        {
            trigger: ".o_dialog button[name='action_close_order']",
            run: "click",
        },
        ...orderIsClosed(),
    ],
});

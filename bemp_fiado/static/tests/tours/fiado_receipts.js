import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("fiado_email_receipt", {
    steps: () => [
        { trigger: "button[name='action_fiado_receive']", run: "click" },
        {
            trigger: ".o_field_payment_form_buttons button:contains(Till)",
            run: "click",
        },
        { trigger: ".o_fiado_close [name='forecast']:contains(25)" },
        {
            trigger: ".o_dialog button[name='action_receive_without_receipt']",
            run: "click",
        },
        { trigger: ".o_notification button:contains(E-mail)", run: "click" },
        { trigger: ".o_notification:contains(The receipt goes to maria@example.com)" },
    ],
});

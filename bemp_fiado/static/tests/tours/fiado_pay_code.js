import { registry } from "@web/core/registry";

const IMAGE = ".o_fiado_close [name='pay_code_image'] img";

/** Whether the picture is one: a broken one can't be decoded. */
async function checkPicture() {
    const image = document.querySelector(IMAGE);
    if (!image.src.startsWith("data:image/png")) {
        throw new Error(`The picture of the code is ${image.src}`);
    }
    await image.decode();
}

registry.category("web_tour.tours").add("fiado_receive_by_code", {
    steps: () => [
        { trigger: "button[name='action_fiado_receive']", run: "click" },
        {
            content: "No code before it is wanted",
            trigger: `.o_fiado_close:has([name='show_pay_code']):not(:has(${IMAGE}))`,
        },
        {
            content: "The payment form that is paid by it shows it",
            trigger: ".o_field_payment_form_buttons button:contains(PIX)",
            run: "click",
        },
        { trigger: IMAGE, run: checkPicture },
        { trigger: ".o_fiado_close [name='pay_code_text']:contains(000201)" },
        {
            content: "It is hidden by hand",
            trigger: ".o_fiado_close [name='show_pay_code'] input",
            run: "click",
        },
        { trigger: `.o_fiado_close:not(:has(${IMAGE}))` },
        {
            trigger: ".o_dialog button[name='action_receive_without_receipt']",
            run: "click",
        },
        { trigger: "body:not(:has(.o_dialog)) .o_notification:contains(25)" },
    ],
});

registry.category("web_tour.tours").add("fiado_close_by_code", {
    steps: () => [
        { trigger: "button[name='action_close_order']", run: "click" },
        { trigger: `.o_fiado_close:not(:has(${IMAGE}))` },
        {
            content: "Cash needs no code",
            trigger: ".o_field_payment_form_buttons button:contains(Till)",
            run: "click",
        },
        {
            trigger: ".o_fiado_close .o_data_row [name='amount'] input:focus",
            run: "edit 30",
        },
        {
            content: "The rest is paid by it",
            trigger: ".o_field_payment_form_buttons button:contains(PIX)",
            run: "click",
        },
        { trigger: IMAGE, run: checkPicture },
        { trigger: ".o_fiado_close [name='pay_code_amount']:contains(25)" },
        { trigger: ".o_fiado_close [name='pay_code_text']:contains(000201)" },
        { trigger: ".o_dialog button.btn-primary[name='action_close_order']", run: "click" },
        { trigger: "body:not(:has(.o_dialog)) .badge.text-bg-success" },
    ],
});

import { registry } from "@web/core/registry";

/** From the page that shows what is owed to the page that thanks. */
const pay = (amount, outcome = "done") => [
    { trigger: "[name='pay_amount'] input", run: `edit ${amount}` },
    {
        trigger: "[name='pay_amount'] button",
        run: "click",
        expectUnloadPage: true,
    },
    { trigger: `[name='amount']:contains(${amount}.00)` },
    { trigger: "#customer_input", run: "edit 4242" },
    {
        trigger: "#simulated_payment_state",
        run: `select ${outcome}`,
    },
    {
        trigger: "button[name='o_payment_submit_button']:enabled",
        run: "click",
        expectUnloadPage: true,
    },
];

registry.category("web_tour.tours").add("fiado_online_portal", {
    steps: () => [
        {
            content: "The wallet is on the customer's home page",
            trigger: "a[href$='/my/wallet']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[name='debt']:contains(100.00)" },
        ...pay("40"),
        { trigger: "[name='debt']:contains(60)" },
        {
            content: "What was paid stands on the statement",
            trigger: "[name='entries']:contains(Online):contains(40.00)",
        },
        ...pay("60"),
        { trigger: "[name='settled']:contains(you owe nothing)" },
    ],
});

registry.category("web_tour.tours").add("fiado_online_link", {
    steps: () => [
        { trigger: "[name='owed']:contains(25.00)" },
        ...pay("25"),
        { trigger: "[name='settled']" },
    ],
});

registry.category("web_tour.tours").add("fiado_online_refused", {
    steps: () => [
        ...pay("25", "cancel"),
        {
            content: "What was not paid is owed, and may be paid again",
            trigger: "[name='owed']:contains(25.00)",
        },
        ...pay("25", "pending"),
        {
            content: "The provider waits; the customer doesn't have to",
            trigger: "main a[href*='/fiado/pay/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is on its way can't be paid twice",
            trigger: "[name='pending']:contains(25.00)",
        },
        { trigger: "body:not(:has([name='pay_amount']))" },
    ],
});

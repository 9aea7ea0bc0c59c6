import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne, waitFor } from "@odoo/hoot-dom";
import {
    contains,
    defineActions,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class Wallet extends models.Model {
    name = fields.Char();
    debt = fields.Float();

    _records = [
        { id: 1, name: "Maria", debt: 25 },
        { id: 2, name: "Joana", debt: 0 },
    ];
    _views = { list: `<list><field name="name"/></list>` };
}

defineMailModels();
defineModels([Wallet]);
defineActions([
    {
        id: 1,
        xml_id: "wallets",
        name: "Wallets",
        res_model: "wallet",
        type: "ir.actions.act_window",
        views: [[false, "list"]],
    },
    { id: 2, type: "ir.actions.client", tag: "bemp_fiado.dashboard", name: "Fiado" },
]);

const FIGURE = {
    name: "debt",
    label: "Debt now",
    amount: 25,
    count: 1,
    action: "wallets",
    domain: [["debt", ">", 0]],
};

async function mountDashboard(data) {
    onRpc("fiado.wallet", "get_dashboard", () => ({
        enabled: true,
        may_configure: false,
        is_empty: false,
        currency_id: 1,
        figures: [FIGURE],
        months: [{ ...FIGURE, label: "Jun 26" }],
        debtors: [{ partner_id: 7, name: "Maria", debt: 25, days_overdue: 12 }],
        ...data,
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction(2);
}

test("figures, chart and debtors are drawn", async () => {
    await mountDashboard();
    expect("[data-figure='debt']").toHaveText("Debt now\n$ 25.00\nCustomers: 1");
    expect("canvas").toHaveCount(1);
    expect(".o_fiado_dashboard_debtor td:first-child").toHaveText("Maria\nDays overdue: 12");
    expect(".o_fiado_dashboard_debtor td:last-child").toHaveText("$ 25.00");
});

test("a click on a figure lists what it is made of", async () => {
    await mountDashboard();
    await contains("[data-figure='debt']").click();
    expect(queryAllTexts(".o_data_row")).toEqual(["Maria"]);
    expect(".o_breadcrumb").toHaveText("Fiado\nDebt now");
});

test("a click on a bar lists what was owed then", async () => {
    onRpc("wallet", "web_search_read", ({ kwargs }) => {
        expect.step(kwargs.context.fiado_date);
    });
    const title = "Debt on 06/30/2026";
    const context = { fiado_date: "2026-06-30" };
    await mountDashboard({ months: [{ ...FIGURE, label: "Jun 26", title, context }] });
    // What Chart.js calls once it knows which bar is below the mouse.
    window.Chart.getChart(queryOne("canvas")).config.options.onClick(null, [{ index: 0 }]);
    await waitFor(".o_list_view");
    expect.verifySteps(["2026-06-30"]);
    expect(".o_breadcrumb").toHaveText("Fiado\nDebt on 06/30/2026");
});

test("a click on a debtor opens the wallet", async () => {
    onRpc("res.partner", "action_open_wallet", ({ args }) => {
        expect.step(args[0]);
        return { type: "ir.actions.act_window_close" };
    });
    await mountDashboard();
    await contains(".o_fiado_dashboard_debtor").click();
    expect.verifySteps([[7]]);
});

test("an empty dashboard says what to do first", async () => {
    await mountDashboard({ is_empty: true });
    expect("canvas").toHaveCount(0);
    expect(".o_fiado_dashboard_empty button").toHaveText("Go to the Orders");
});

test("who may switch the feature on is sent to the settings", async () => {
    await mountDashboard({ is_empty: true, enabled: false, may_configure: true });
    expect(".o_fiado_dashboard_empty button").toHaveText("Go to the Settings");
});

test("who may not is told who does", async () => {
    await mountDashboard({ is_empty: true, enabled: false });
    expect(".o_fiado_dashboard_empty").toHaveText(/The owner switches it on/);
    expect(".o_fiado_dashboard_empty button").toHaveCount(0);
});

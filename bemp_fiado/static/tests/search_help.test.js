import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import {
    defineActions,
    defineModels,
    editSearch,
    fields,
    getService,
    models,
    mountView,
    mountWithCleanup,
    removeFacet,
    validateSearch,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class Wallet extends models.Model {
    name = fields.Char();
    debt = fields.Float();

    _records = [];
    _views = {
        list: `<list js_class="fiado_list"><field name="name"/></list>`,
        kanban: `
            <kanban js_class="fiado_kanban">
                <templates><t t-name="card"><field name="name"/></t></templates>
            </kanban>
        `,
        search: `
            <search>
                <field name="name"/>
                <filter name="debt" string="In debt" domain="[('debt', '&gt;', 0)]"/>
            </search>
        `,
    };
}

defineMailModels();
defineModels([Wallet]);
defineActions(
    ["list", "kanban"].map((view, index) => ({
        id: index + 1,
        name: "Wallets",
        res_model: "wallet",
        type: "ir.actions.act_window",
        views: [[false, view]],
        context: { search_default_debt: 1 },
        help: `<p class="o_view_nocontent_smiling_face">Nobody owes</p>`,
    }))
);

for (const [index, view] of ["list", "kanban"].entries()) {
    test(`an empty ${view} says whether something was searched for`, async () => {
        await mountWithCleanup(WebClient);
        await getService("action").doAction(index + 1);
        expect(".o_nocontent_help p:first-child").toHaveText("Nobody owes");
        await editSearch("Maria");
        await validateSearch();
        expect(".o_nocontent_help p:first-child").toHaveText("Nothing found for this search");
        await removeFacet("Name Maria");
        expect(".o_nocontent_help p:first-child").toHaveText("Nobody owes");
    });
}

test("buttons without a text say what they do to who can't see them", async () => {
    Wallet._records = [{ id: 1, name: "Maria", debt: 25 }];
    await mountView({
        type: "list",
        resModel: "wallet",
        arch: `
            <list js_class="fiado_list">
                <field name="name"/>
                <button name="remind" type="object" title="Remind" icon="fa-bell"/>
            </list>
        `,
    });
    expect(".o_data_row button[name='remind']").toHaveAttribute("aria-label", "Remind");
});

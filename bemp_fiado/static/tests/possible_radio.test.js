import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Screen extends models.Model {
    operation = fields.Selection({
        string: "What to do",
        selection: [
            ["pay_out", "Pay credit out"],
            ["forgive", "Forgive debt"],
            ["adjust", "Adjust the balance"],
        ],
    });
    possible = fields.Char();

    _records = [
        { id: 1, possible: "forgive,adjust" },
        { id: 2, possible: false },
    ];
}

defineMailModels();
defineModels([Screen]);

const ARCH = `
    <form>
        <field name="possible" invisible="1"/>
        <field
            name="operation"
            widget="fiado_possible_radio"
            options="{'possible_field': 'possible'}"
        />
    </form>
`;

test("only what is possible is offered, and nothing is chosen", async () => {
    await mountView({ type: "form", resModel: "screen", resId: 1, arch: ARCH });
    expect(queryAllTexts(".o_radio_item")).toEqual(["Forgive debt", "Adjust the balance"]);
    expect("[role='radiogroup']").toHaveAttribute("aria-label", "What to do");
    expect("input:checked").toHaveCount(0);
    await contains("[data-value='forgive']").click();
    expect("input:checked").toHaveAttribute("data-value", "forgive");
});

test("where nothing is possible, nothing is offered", async () => {
    await mountView({ type: "form", resModel: "screen", resId: 2, arch: ARCH });
    expect(".o_radio_item").toHaveCount(0);
});

import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Payment extends models.Model {
    amount = fields.Float();

    _records = [
        { id: 1, amount: 20 },
        { id: 2, amount: 35 },
    ];
}

class Screen extends models.Model {
    payment_ids = fields.One2many({ relation: "payment" });
    balance = fields.Float();
    use_balance = fields.Boolean();
    note = fields.Char();

    _records = [{ id: 1, payment_ids: [1, 2] }];
}

defineMailModels();
defineModels([Payment, Screen]);

const ARCH = `
    <form>
        <field name="payment_ids" widget="fiado_payments">
            <list editable="bottom" create="0">
                <field name="amount" widget="fiado_amount"/>
            </list>
        </field>
        <field name="balance" invisible="1"/>
        <field name="use_balance" invisible="balance == 0"/>
        <field name="note"/>
    </form>
`;

async function editRow(number) {
    Screen._onChanges.payment_ids = (screen) => {
        screen.balance = -25;
    };
    await mountView({ type: "form", resModel: "screen", resId: 1, arch: ARCH });
    await contains(`.o_data_row:eq(${number}) [name='amount']`).click();
    expect(`.o_data_row:eq(${number}) input`).toBeFocused();
}

for (const key of ["Tab", "Enter"]) {
    test(`${key} goes on with what the last amount brought up`, async () => {
        await editRow(1);
        await contains(".o_data_row:eq(1) input").edit("10", { confirm: false });
        await press(key);
        await animationFrame();
        await animationFrame();
        expect(".o_selected_row").toHaveCount(0);
        expect(".o_data_row:eq(1)").toHaveText("10.00");
        expect("[name='use_balance'] input").toBeFocused();
    });
}

test("Tab goes from one amount to the next one", async () => {
    await editRow(0);
    await press("Tab");
    await animationFrame();
    expect(".o_data_row:eq(1) input").toBeFocused();
});

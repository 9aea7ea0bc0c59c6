import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame, mockUserAgent } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Payment extends models.Model {
    payment_form_name = fields.Char();
    amount = fields.Float({ string: "Amount" });
}

class Screen extends models.Model {
    amount = fields.Float({ string: "To receive" });
    payment_ids = fields.One2many({ relation: "payment" });

    _records = [{ id: 1, amount: 55, payment_ids: [1] }];
}

Payment._records = [{ id: 1, payment_form_name: "Cash", amount: 30 }];

defineMailModels();
defineModels([Payment, Screen]);

const ARCH = `
    <form>
        <label for="amount"/>
        <field name="amount" widget="fiado_amount"/>
        <field name="payment_ids">
            <list editable="bottom" create="0">
                <field name="payment_form_name" readonly="1"/>
                <field name="amount" widget="fiado_amount"/>
            </list>
        </field>
    </form>
`;

function mountScreen() {
    return mountView({ type: "form", resModel: "screen", resId: 1, arch: ARCH });
}

test("an amount is typed on the decimal keypad and has its label", async () => {
    await mountScreen();
    expect("[name='amount'] input").toHaveAttribute("inputmode", "decimal");
    expect("[name='amount'] input").not.toHaveAttribute("aria-label");
    expect("label:contains(To receive)").toHaveAttribute("for", "amount_0");
    expect("[name='amount'] input").toHaveAttribute("id", "amount_0");
});

test("an amount in a list says what it is of", async () => {
    await mountScreen();
    await contains(".o_data_row [name='amount']").click();
    const input = ".o_data_row [name='amount'] input";
    expect(input).toHaveAttribute("inputmode", "decimal");
    expect(input).toHaveAttribute("aria-label", "Amount: Cash");
});

test("the keypad stays where Odoo takes it away for its minus sign", async () => {
    mockUserAgent("ios");
    await mountScreen();
    await animationFrame();
    expect("[name='amount'] input").toHaveAttribute("inputmode", "decimal");
});

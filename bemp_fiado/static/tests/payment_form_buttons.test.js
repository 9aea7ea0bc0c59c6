import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockTouch } from "@odoo/hoot-mock";
import { Command, contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class PaymentForm extends models.Model {
    _name = "payment.form";

    payment_form_name = fields.Char();

    _records = [
        { id: 1, payment_form_name: "Cash" },
        { id: 2, payment_form_name: "Pix" },
    ];
}

class Payment extends models.Model {
    payment_method_line_id = fields.Many2one({ relation: "payment.form" });
    amount = fields.Float();
}

class Screen extends models.Model {
    payment_form_ids = fields.Many2many({ relation: "payment.form" });
    payment_method_line_id = fields.Many2one({ relation: "payment.form" });
    payment_ids = fields.One2many({ relation: "payment" });

    _records = [{ id: 1, payment_form_ids: [1, 2] }];
}

defineMailModels();
defineModels([PaymentForm, Payment, Screen]);

const CHOOSER = `
    <field name="payment_method_line_id" invisible="1"/>
    <field name="payment_form_ids" widget="payment_form_buttons" default_focus="1"/>
`;
const PAYMENTS = `
    <field name="payment_ids">
        <list editable="bottom" create="0">
            <field name="payment_method_line_id" column_invisible="1"/>
            <field name="amount"/>
        </list>
    </field>
`;

/** As the wizards do: the choice becomes a payment of what is still to receive. */
function addPaymentsOnChoice() {
    Screen._onChanges.payment_method_line_id = (screen) => {
        const id = screen.payment_method_line_id;
        if (id) {
            screen.payment_ids = [
                Command.create({ payment_method_line_id: id, amount: 55 }),
            ];
            screen.payment_method_line_id = false;
        }
    };
}

function mountScreen(arch) {
    return mountView({ type: "form", resModel: "screen", resId: 1, arch });
}

test("one button for each payment form, each with a hotkey", async () => {
    await mountScreen(`<form>${CHOOSER}</form>`);
    expect(queryAllTexts(".o_field_payment_form_buttons button")).toEqual(["Cash", "Pix"]);
    expect("button[data-hotkey='1']").toHaveText("Cash");
    expect("button[data-hotkey='2']").toHaveText("Pix");
});

test("the chosen payment form is marked where it stays chosen", async () => {
    await mountScreen(`<form>${CHOOSER}</form>`);
    expect("button[aria-pressed='true']").toHaveCount(0);
    await contains("button:contains(Pix)").click();
    expect("button[aria-pressed='true']").toHaveText("Pix");
    await contains("button:contains(Cash)").click();
    expect("button[aria-pressed='true']").toHaveText("Cash");
});

test("the amount of the payment that was added can be typed at once", async () => {
    addPaymentsOnChoice();
    await mountScreen(`<form>${CHOOSER}${PAYMENTS}</form>`);
    await contains("button:contains(Pix)").click();
    await animationFrame();
    expect(".o_data_row").toHaveCount(1);
    expect(".o_data_row [name='amount'] input").toBeFocused();
    expect(".o_data_row [name='amount'] input").toHaveValue("55.00");
    expect("button[aria-pressed='true']").toHaveCount(0);
});

test("a touch screen's keyboard doesn't open by itself", async () => {
    mockTouch(true);
    addPaymentsOnChoice();
    await mountScreen(`<form>${CHOOSER}${PAYMENTS}</form>`);
    await contains("button:contains(Pix)").click();
    await animationFrame();
    expect(".o_data_row").toHaveCount(1);
    expect(".o_data_row input").toHaveCount(0);
});

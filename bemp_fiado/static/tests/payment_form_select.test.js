import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class PaymentForm extends models.Model {
    _name = "payment.form";

    payment_form_name = fields.Char();

    _records = [
        { id: 1, payment_form_name: "Cash" },
        { id: 2, payment_form_name: "Pix" },
    ];
}

class Order extends models.Model {
    name = fields.Char();

    _records = [
        { id: 1, name: "S00001" },
        { id: 2, name: "S00002" },
    ];
}

class Row extends models.Model {
    order_id = fields.Many2one({ relation: "order" });
    state = fields.Char();
    payment_form_ids = fields.Many2many({ relation: "payment.form" });
    payment_method_line_id = fields.Many2one({ relation: "payment.form" });

    _records = [
        { id: 1, order_id: 1, state: "open", payment_form_ids: [1, 2] },
        {
            id: 2,
            order_id: 2,
            state: "closed",
            payment_form_ids: [1, 2],
            payment_method_line_id: 2,
        },
    ];
}

class Screen extends models.Model {
    row_ids = fields.One2many({ relation: "row" });

    _records = [{ id: 1, row_ids: [1, 2] }];

}

defineMailModels();
defineModels([PaymentForm, Order, Row, Screen]);

const ARCH = `
    <form>
        <field name="row_ids">
            <list create="0" delete="0" no_open="1">
                <field name="order_id"/>
                <field name="state"/>
                <field name="payment_method_line_id" column_invisible="1"/>
                <field name="payment_form_ids" widget="payment_form_select"/>
            </list>
        </field>
    </form>
`;

test("each open row is given its own payment form, without opening it", async () => {
    await mountView({ type: "form", resModel: "screen", resId: 1, arch: ARCH });
    expect("select").toHaveCount(1);
    expect("select").toHaveAttribute("aria-label", "Payment form of S00001");
    expect(queryAllTexts("select option:not([hidden])")).toEqual(["Cash", "Pix"]);
    await contains("select").select("2");
    expect("select").toHaveValue("2");
    expect(".o_selected_row").toHaveCount(0);
});

test("a row that is done says how it was paid", async () => {
    await mountView({ type: "form", resModel: "screen", resId: 1, arch: ARCH });
    expect(".o_data_row:eq(1) [name='payment_form_ids']").toHaveText("Pix");
});

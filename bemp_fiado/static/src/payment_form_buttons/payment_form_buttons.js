import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * One button for each payment form. A click chooses it in `payment_method_line_id`,
 * whose onchange adds what is still to receive.
 */
export class PaymentFormButtons extends Component {
    static template = "bemp_fiado.PaymentFormButtons";
    static props = {...standardFieldProps};

    get forms() {
        return this.props.record.data[this.props.name].records.map((form) => ({
            id: form.resId,
            name: form.data.payment_form_name,
        }));
    }

    choose(form) {
        return this.props.record.update({
            payment_method_line_id: {id: form.id, display_name: form.name},
        });
    }
}

registry.category("fields").add("payment_form_buttons", {
    component: PaymentFormButtons,
    supportedTypes: ["many2many"],
    relatedFields: [{name: "payment_form_name", type: "char"}],
});

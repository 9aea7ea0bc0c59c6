import { Component } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * One button for each payment form. A click chooses it in `payment_method_line_id`. On
 * a screen with `payment_ids`, its onchange adds there what is still to receive.
 */
export class PaymentFormButtons extends Component {
    static template = "bemp_fiado.PaymentFormButtons";
    static props = { ...standardFieldProps };

    get forms() {
        const { data } = this.props.record;
        return data[this.props.name].records.map((form) => ({
            id: form.resId,
            name: form.data.payment_form_name,
            isChosen: form.resId === data.payment_method_line_id?.id,
        }));
    }

    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    async choose(form) {
        const { record } = this.props;
        await record.update({
            payment_method_line_id: { id: form.id, display_name: form.name },
        });
        const payments = record.data.payment_ids;
        const payment = payments?.records.find(
            ({ data }) => data.payment_method_line_id.id === form.id
        );
        // The next thing that a cashier types is the amount, if it is another one. On a
        // touch screen the keyboard would cover what is left to see.
        if (payment && !hasTouch()) {
            await payments.enterEditMode(payment);
        }
    }
}

export const paymentFormButtons = {
    component: PaymentFormButtons,
    supportedTypes: ["many2many"],
    relatedFields: [{ name: "payment_form_name", type: "char" }],
};

registry.category("fields").add("payment_form_buttons", paymentFormButtons);

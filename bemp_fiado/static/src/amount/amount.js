import { useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/**
 * An amount that is never negative: phones show their decimal keypad for it. In a list,
 * where no label stands beside it, it says itself what it is.
 */
export class AmountField extends MonetaryField {
    setup() {
        super.setup();
        // After Odoo's own: on iOS it takes the keypad away, which has no minus sign.
        useEffect(() => {
            const { el } = this.inputRef;
            if (el) {
                el.inputMode = "decimal";
                if (!this.props.id) {
                    el.ariaLabel = this.label;
                }
            }
        });
    }

    get label() {
        const { data, fields } = this.props.record;
        const { string } = fields[this.props.name];
        return [string, data.payment_form_name].filter(Boolean).join(": ");
    }
}

registry.category("fields").add("fiado_amount", { ...monetaryField, component: AmountField });

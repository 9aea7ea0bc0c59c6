import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { PaymentFormButtons, paymentFormButtons } from "../payment_form_buttons/payment_form_buttons";

/**
 * The payment form of one order among several that are closed at once: chosen in its row,
 * or on its card, without opening these, for as long as the order is open.
 */
export class PaymentFormSelect extends PaymentFormButtons {
    static template = "bemp_fiado.PaymentFormSelect";

    get chosen() {
        return this.forms.find((form) => form.isChosen);
    }

    get isOpen() {
        return this.props.record.data.state === "open";
    }

    get label() {
        const order = this.props.record.data.order_id.display_name;
        return _t("Payment form of %(order)s", { order });
    }

    onChange(ev) {
        return this.choose(this.forms.find(({ id }) => id === Number(ev.target.value)));
    }
}

registry.category("fields").add("payment_form_select", {
    ...paymentFormButtons,
    component: PaymentFormSelect,
});

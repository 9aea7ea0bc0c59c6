import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/** Radio buttons of those choices alone that another field names. */
export class PossibleRadio extends RadioField {
    static props = { ...RadioField.props, possibleField: { type: String } };

    get items() {
        const possible = (this.props.record.data[this.props.possibleField] || "").split(",");
        return super.items.filter(([value]) => possible.includes(value));
    }
}

registry.category("fields").add("fiado_possible_radio", {
    ...radioField,
    component: PossibleRadio,
    supportedTypes: ["selection"],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...radioField.extractProps(fieldInfo, dynamicInfo),
        possibleField: fieldInfo.options.possible_field,
    }),
});

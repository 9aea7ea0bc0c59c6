import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { getTabableElements } from "@web/core/utils/ui";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

/**
 * The payments on a payment screen. Odoo's list takes the focus back whenever it is drawn
 * anew with an edited row: Tab would never get out of the last amount.
 */
export class PaymentsListRenderer extends ListRenderer {
    onCellKeydownEditMode(hotkey, cell, group, record) {
        const isLast = record === this.props.list.records.at(-1);
        if (isLast && ["tab", "enter"].includes(hotkey)) {
            this.leaveRow();
            return true;
        }
        return super.onCellKeydownEditMode(...arguments);
    }

    /** Takes what was typed, and goes on with what it brought up behind the list. */
    async leaveRow() {
        const table = this.tableRef.el;
        if (!(await this.props.list.leaveEditMode())) {
            return;
        }
        await new Promise((resolve) => browser.requestAnimationFrame(resolve));
        const screen = table.closest(".modal-content") || document.body;
        const next = getTabableElements(screen).find(
            (el) => table.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING
        );
        next?.focus();
    }
}

export class PaymentsField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: PaymentsListRenderer };
}

registry.category("fields").add("fiado_payments", {
    ...x2ManyField,
    component: PaymentsField,
});

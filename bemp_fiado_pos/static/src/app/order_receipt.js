import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { generateQRCodeDataUrl } from "@point_of_sale/utils";
import { patch } from "@web/core/utils/patch";

patch(OrderReceipt.prototype, {
    /** A balance in words: what the customer owes, has left, or nothing. */
    formatFiado(balance) {
        return this.formatCurrency(Math.abs(balance));
    },

    get fiadoDueDate() {
        return this.order.formatDateOrTime("fiado_due_date", "date");
    },

    /** The picture of the code that pays what is owed. */
    get fiadoPayCode() {
        return generateQRCodeDataUrl(this.order.fiado_pay_code);
    },

    /** Whether the customer signs for a debt. */
    get isFiadoSigned() {
        return this.order.fiadoMovement < 0 && this.order.fiadoAfter < 0;
    },
});

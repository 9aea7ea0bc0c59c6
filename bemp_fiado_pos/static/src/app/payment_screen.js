import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { patch } from "@web/core/utils/patch";
import { useEffect } from "@odoo/owl";

patch(PaymentScreen.prototype, {
    setup() {
        super.setup(...arguments);
        useEffect(
            (partner) => {
                this.pos.refreshFiado(partner, this.currentOrder);
            },
            () => [this.currentOrder?.getPartner()]
        );
    },

    get fiadoWallet() {
        return this.pos.getFiadoWallet(this.currentOrder.fiadoOwner, this.currentOrder);
    },

    /** Why the customer leaves no debt, where there is something left to pay. */
    get fiadoNotice() {
        const blocked = this.currentOrder.fiadoOwner?._fiado_blocked;
        return this.pos.fiadoMethod && this.currentOrder.remainingDue > 0 ? blocked : "";
    },

    /** How much of the debt isn't in this order yet. */
    get fiadoUnpaidDebt() {
        const inOrder = Math.max(this.currentOrder.fiadoMovement, 0);
        return this.pos.fiadoRound(Math.max(this.fiadoWallet.debt - inOrder, 0));
    },

    /** How much of the credit can pay what is still to pay. */
    get fiadoUsableCredit() {
        const inOrder = Math.max(-this.currentOrder.fiadoMovement, 0);
        const left = this.fiadoWallet.credit - inOrder;
        return this.pos.fiadoRound(
            Math.max(Math.min(left, this.currentOrder.remainingDue), 0)
        );
    },

    get fiadoChange() {
        const order = this.currentOrder;
        return order.totalDue >= 0 ? this.pos.fiadoRound(-order.change) : 0;
    },

    payFiadoDebt() {
        this.addToFiado(-this.fiadoUnpaidDebt);
    },

    useFiadoCredit() {
        this.addToFiado(this.fiadoUsableCredit);
    },

    keepFiadoChange() {
        this.addToFiado(-this.fiadoChange);
    },

    addToFiado(amount) {
        if (this.currentOrder.addToFiado(this.pos.fiadoMethod, amount)) {
            this.numberBuffer.reset();
        }
    },
});

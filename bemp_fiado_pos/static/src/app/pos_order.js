import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

patch(PosOrder.prototype, {
    get fiadoLines() {
        return this.payment_ids.filter((line) => line.payment_method_id?.fiado);
    },

    /** The orders of the back office that this one sells, or takes back. They say whose
     * wallet it moves. */
    get fiadoSaleOrderIds() {
        const ids = this.lines
            .flatMap((line) => [line, line.refunded_orderline_id])
            .map((line) => line?.sale_order_origin_id?.id);
        return [...new Set(ids.filter(Boolean))].sort();
    },

    /** What an answer of the server about the wallet holds for. */
    get fiadoAsked() {
        return JSON.stringify([this.getPartner()?.id, this.fiadoSaleOrderIds]);
    },

    /** What the till knows of the wallet that this order moves: the customer, who has it
     * from the server, or what that said of these orders of the back office; nothing
     * where it wasn't asked. */
    get fiadoOwner() {
        if (!this.fiadoSaleOrderIds.length) {
            return this.getPartner();
        }
        const { asked, owner } = this.uiState.fiado || {};
        return asked === this.fiadoAsked ? owner : null;
    },

    /** What the order moves in the wallet, positive in the customer's favour. */
    get fiadoMovement() {
        const amount = this.fiadoLines.reduce((sum, line) => sum + line.getAmount(), 0);
        return this.currency.round(-amount);
    },

    /** What the order is to the wallet. */
    get fiadoKind() {
        if (!this.lines.length) {
            return "receipt";
        }
        return this.isRefund || this.priceIncl < 0 ? "refund" : "sale";
    },

    /** What the receipt says is in the wallet now. */
    get fiadoAfter() {
        return this.currency.round((this.fiado_before || 0) + this.fiadoMovement);
    },

    get isCustomerRequired() {
        return super.isCustomerRequired || (!this.partner_id && this.fiadoLines.length > 0);
    },

    /** Add an amount to what the order takes from the wallet, on one line.
     *
     * @return {Object} the line, or nothing where there can be none now
     */
    addToFiado(method, amount) {
        let line = this.fiadoLines.find((line) => line.payment_method_id === method);
        const before = line?.getAmount() || 0;
        if (!line) {
            const { status, data } = this.addPaymentline(method);
            if (!status) {
                return null;
            }
            line = data;
        }
        line.setAmount(before + amount);
        this.selectPaymentline(line);
        return line;
    },
});

import { ConnectionLostError } from "@web/core/network/rpc";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { moveWallet } from "@bemp_fiado_pos/app/wallet";
import { patch } from "@web/core/utils/patch";

patch(PosStore.prototype, {
    get fiadoMethod() {
        return this.config.payment_method_ids.find((method) => method.fiado);
    },

    get fiadoRound() {
        return (amount) => this.currency.round(amount);
    },

    /** A wallet as far as this till knows it: what the server said, moved by the orders
     * that it doesn't know yet.
     *
     * @param {Object} owner a customer, or an order's ``fiadoOwner``
     * @param {Object} [except] an order that doesn't count
     * @return {Object} the wallet, or nothing of who has none
     */
    getFiadoWallet(owner, except) {
        if (!this.fiadoMethod || !owner?._fiado_holder) {
            return null;
        }
        const wallet = {
            payer: owner._fiado_payer,
            debt: owner._fiado_debt,
            credit: owner._fiado_credit,
            headroom: owner._fiado_headroom,
        };
        return this.models["pos.order"]
            .filter(
                (order) =>
                    order !== except &&
                    order.isUnsyncedPaid &&
                    order.fiadoOwner?._fiado_holder === owner._fiado_holder
            )
            .reduce(
                (known, order) => moveWallet(known, order.fiadoMovement, this.fiadoRound),
                wallet
            );
    },

    /** An order that was sent and not answered is sent again: Odoo takes it for sent
     * until the page is loaded anew. The server knows it by its uuid. */
    async syncAllOrders() {
        try {
            return await super.syncAllOrders(...arguments);
        } finally {
            for (const order of this.models["pos.order"].getAll()) {
                if (order.isUnsyncedPaid && order.fiadoMovement) {
                    order._markDirty();
                }
            }
        }
    },

    /** Ask the server how a customer's wallet is now, or that which an order moves;
     * offline it stays as it was known. */
    async refreshFiado(partner, order) {
        if (!this.fiadoMethod || typeof partner?.id !== "number") {
            return;
        }
        try {
            if (order?.fiadoSaleOrderIds.length) {
                const asked = order.fiadoAsked;
                const owner = await this.data.call("pos.order", "get_fiado_wallet", [
                    this.config.id,
                    partner.id,
                    order.fiadoSaleOrderIds,
                ]);
                order.uiState.fiado = { asked, owner };
                return;
            }
            await this.data.callRelated(
                "res.partner",
                "get_new_partner",
                [this.config.id, [["id", "=", partner.id]], 0],
                {},
                false
            );
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    },

    /** Go and receive money from a customer who buys nothing. */
    async receiveFiado(partner) {
        await this.refreshFiado(partner);
        const order = this.addNewOrder({ partner_id: partner });
        const wallet = this.getFiadoWallet(partner);
        order.addToFiado(this.fiadoMethod, -wallet.debt);
        this.navigate("PaymentScreen", { orderUuid: order.uuid });
    },
});

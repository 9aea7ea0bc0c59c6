import { _t } from "@web/core/l10n/translation";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { ConnectionLostError } from "@web/core/network/rpc";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { TextInputPopup } from "@point_of_sale/app/components/popups/text_input_popup/text_input_popup";
import { ask, makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { getBalance, getNewCredit, getNewDebt } from "@bemp_fiado_pos/app/wallet";
import { patch } from "@web/core/utils/patch";

patch(OrderPaymentValidation.prototype, {
    async _askForCustomerIfRequired() {
        const [line] = this.order.fiadoLines;
        if (line && !this.order.getPartner()) {
            const confirmed = await ask(this.pos.dialog, {
                title: _t("Customer Required"),
                body: _t("Whose wallet is it?"),
            });
            if (confirmed) {
                await this.pos.selectPartner();
            }
            return false;
        }
        return super._askForCustomerIfRequired(...arguments);
    },

    async isOrderValid() {
        if (!(await super.isOrderValid(...arguments))) {
            return false;
        }
        return !this.order.fiadoMovement || (await this.isFiadoAllowed());
    },

    /** Whether the order may move the wallet: the server says, or, without a connection,
     * what the till knew last. */
    async isFiadoAllowed() {
        const order = this.order;
        const answer = await this.getFiadoAnswer();
        // Odoo's rewards have the same order checked twice.
        if (answer.refusal && answer.needs_reason && this.fiadoExcused !== order.fiadoMovement) {
            order.fiado_reason = await makeAwaitable(this.pos.dialog, TextInputPopup, {
                title: _t("Over the limit"),
                placeholder: _t("Why is it all right?"),
                startingValue: order.fiado_reason || "",
                rows: 2,
            });
            this.fiadoExcused = order.fiado_reason?.trim() ? order.fiadoMovement : undefined;
        }
        if (answer.refusal && !(answer.needs_reason && order.fiado_reason?.trim())) {
            this.pos.dialog.add(AlertDialog, {
                title: this.pos.fiadoMethod.name,
                body: answer.refusal,
            });
            return false;
        }
        const wallet = this.pos.getFiadoWallet(order.fiadoOwner, order);
        order.fiado_payer = wallet?.payer || false;
        order.fiado_before = wallet ? getBalance(wallet, this.pos.fiadoRound) : 0;
        return true;
    },

    async getFiadoAnswer() {
        const order = this.order;
        try {
            const answer = await this.pos.data.call("pos.order", "get_fiado_refusal", [
                this.pos.config.id,
                order.getPartner().id,
                order.fiadoMovement,
                order.fiadoKind,
                order.fiadoSaleOrderIds,
            ]);
            order.fiado_offline = false;
            return answer;
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            order.fiado_offline = true;
            return { refusal: this.getFiadoOfflineRefusal(), needs_reason: false };
        }
    },

    getFiadoOfflineRefusal() {
        const { order, pos } = this;
        const owner = order.fiadoOwner;
        if (!owner) {
            return _t("Offline, and it is not known whose wallet pays: receive exactly the total.");
        }
        const wallet = pos.getFiadoWallet(owner, order);
        if (!wallet) {
            return _t("Offline, and the customer has no wallet: receive exactly the total.");
        }
        const newDebt = getNewDebt(wallet, order.fiadoMovement, pos.fiadoRound);
        const newCredit = getNewCredit(wallet, order.fiadoMovement, pos.fiadoRound);
        if (order.fiadoKind === "receipt") {
            return newDebt || order.fiadoMovement < 0 ? _t("Nothing is sold.") : "";
        }
        if (newDebt && owner._fiado_blocked) {
            return owner._fiado_blocked;
        }
        if (newCredit && !pos.user._fiado_user) {
            return _t("You may not leave a balance in a customer's wallet.");
        }
        if (wallet.headroom !== false && newDebt > wallet.headroom) {
            return _t(
                "Offline: %(customer)s had %(free)s free when this was last known. Receive at least %(missing)s more.",
                {
                    customer: wallet.payer || order.getPartner().name,
                    free: this.formatFiado(Math.max(wallet.headroom, 0)),
                    missing: this.formatFiado(newDebt - Math.max(wallet.headroom, 0)),
                }
            );
        }
        return "";
    },

    formatFiado(amount) {
        return this.pos.env.utils.formatCurrency(amount);
    },

    handleValidationError(error) {
        if (error instanceof ConnectionLostError && this.order.fiadoMovement) {
            // It is handed over: the server takes it as it is when it comes.
            this.order.fiado_offline = true;
        }
        return super.handleValidationError(...arguments);
    },
});
